"""What the verbs of duty are given."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from actions.commands import Code, Command, Moment

Reason = Annotated[str, Field(min_length=1, max_length=200)]
Office = Annotated[str, Field(min_length=1, max_length=64, pattern="^[^@]*@[^@]*$")]


class AcknowledgeCommand(Command):
    """确认 of notices, by the positions of the facts told."""

    notices: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1, max_length=500)]


class ShelveCommand(Command):
    """搁置 for so many minutes."""

    reason: Reason
    minutes: Annotated[int, Field(ge=1)]


class HandedItem(Command):
    """An unresolved incident with a word to the next shift."""

    incident: Code
    note: Annotated[str, Field(max_length=500)] = ""


class HandOverCommand(Command):
    """交班"""

    notes: Annotated[str, Field(max_length=4000)] = ""
    items: Annotated[tuple[HandedItem, ...], Field(max_length=200)] = ()


class TakeOverCommand(Command):
    """接班"""

    remark: Annotated[str, Field(max_length=500)] | None = None


class StandInCommand(Command):
    """离岗 / 回岗 of a person on the roster."""

    office: Office
    post: Annotated[str, Field(max_length=40)]
    person: Annotated[str, Field(min_length=1, max_length=80)]
    starts_at: Moment
    away: bool


class ChannelCommand(Command):
    """Where a channel goes: `url` "" = into the file."""

    url: Annotated[str, Field(max_length=500)] = ""
    enabled: bool = True


class GiveUpCommand(Command):
    """放弃 of a dead letter."""

    reason: Reason
