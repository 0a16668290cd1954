"""What the verbs of drills are given."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from actions.commands import Code, Command, Moment, Text
from core import drill as rules
from core.drill_script import Inject, Script


def _storable(script: Script) -> Script:
    """PostgreSQL's text holds every character but this one."""
    if "\\u0000" in script.model_dump_json():
        raise ValueError("NUL character")
    return script


ScriptIn = Annotated[Script, AfterValidator(_storable)]
Rate = Annotated[float, Field(ge=rules.RATES[0], le=rules.RATES[1], allow_inf_nan=False)]
Why = Literal["hand", "live"]


class OpenCommand(Command):
    """设立, by a script or the code of one: of those that ship, or a drill's realm. The city is copied from
    `source` as it was `at` a moment of that world, now without one. `rehearsal`: not for the ledger."""

    script: ScriptIn | None = None
    script_code: Code | None = None
    source: Code = "live"
    at: Moment | None = None
    rehearsal: bool = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.script is None) == (self.script_code is None):
            raise ValueError("script or script_code")
        return self


class RunCommand(Command):
    """`rate` None: as fast as before."""

    rate: Rate | None = None


class PauseCommand(Command):
    why: Why = "hand"


class AskCommand(Command):
    """请求暂停 for something in live; `about`: what it is called."""

    about: Annotated[str, Field(min_length=1, max_length=200)]


class CrewsCommand(Command):
    """抽调 of real units, all or none."""

    units: Annotated[tuple[Code, ...], Field(min_length=1, max_length=50)]


class RateCommand(Command):
    rate: Rate


class JumpCommand(Command):
    """`seconds` None: to the next inject whose time is known."""

    seconds: Annotated[float, Field(gt=0, le=7 * 86400, allow_inf_nan=False)] | None = None


class StopCommand(Command):
    """结束, or 中止 (`aborted`)."""

    aborted: bool = False
    reason: Text = ""


class ScriptCommand(Command):
    script: ScriptIn


class SeatCommand(Command):
    """入席: oneself, or a `person` by their account's name; `leave`: 离席."""

    seat: Code
    person: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    leave: bool = False


class MarkCommand(Command):
    """评估员评分 of an inject (its number) or an objective (its code), pinned to a position in the log."""

    about: Code
    mark: Annotated[int, Field(ge=1, le=5)]
    text: Text = ""
    at_seq: Annotated[int, Field(ge=1)] | None = None


class InjectCommand(Command):
    """手动注入 of one that waits or failed, by its number; with `inject`, of one that the script has not."""

    number: Annotated[int, Field(ge=1, le=999)]
    inject: Inject | None = None
