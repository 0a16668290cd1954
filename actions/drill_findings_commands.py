"""What the verbs of drills' findings are given."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from actions.commands import Code, Timed, Words

Title = Annotated[str, Field(min_length=1, max_length=200)]


class ProposeCommand(Timed):
    """A finding of one's own. Without a day: as long as the drill's level gives."""

    title: Title
    office: Code
    due_on: date | None = None
    inject: Annotated[int, Field(ge=1, le=999)] | None = None
    about: Annotated[str, Field(max_length=40)] = ""


class TakeUpCommand(Timed):
    """整改. What is left out is as proposed."""

    office: Code | None = None
    due_on: date | None = None
    title: Title | None = None


class AssignCommand(Timed):
    """改派, 延期."""

    office: Code | None = None
    due_on: date | None = None
    text: Words


class SaidCommand(Timed):
    text: Words


class ReopenCommand(SaidCommand):
    due_on: date | None = None


class ReviseCommand(Timed):
    """预案修订, by a version that is there, or without one by a draft: the one that is there, else the plan
    in force written anew."""

    version: Annotated[int, Field(ge=1)] | None = None


COMMANDS: dict[str, type[Timed]] = {
    "take_up": TakeUpCommand,
    "assign": AssignCommand,
    "drop": SaidCommand,
    "note": SaidCommand,
    "revise": ReviseCommand,
    "close": SaidCommand,
    "reopen": ReopenCommand,
}
"""verb → what it is given."""
