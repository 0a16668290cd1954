"""What is asked of a response (应急响应)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from actions.commands import Code, Ring, Timed, Words
from core.linkage import Shape
from core.plans import Minutes, Owner

Name = Annotated[str, Field(min_length=1, max_length=40)]
Office = Annotated[str, Field(pattern=r"^[a-z_]*@\d{0,20}$")]


class Gap(BaseModel):
    """A shortfall of the preview, handed back: it is accepted that so much is missing."""

    model_config = ConfigDict(frozen=True)
    kind: Code
    what: Code
    missing: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


Gaps = Annotated[tuple[Gap, ...], Field(max_length=200)]


class ActivateCommand(Timed):
    """启动响应 at one level; `commander` names the person, if not who asks; `accept_shortfalls` are those of
    the preview."""

    incident: Code
    level: Annotated[int, Field(ge=1, le=4)]
    commander: Name | None = None
    accept_shortfalls: Gaps = ()


class TaskCommand(Timed):
    """`text`: what was done; `reason`, `owner`, `due_min`: what the commander changes, and why."""

    text: Words | None = None
    reason: Words | None = None
    owner: Office | None = None
    due_min: Minutes | None = None


class AddCommand(Timed):
    """追加任务, in the manner of a plan's."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    owner: Owner
    ack_min: Minutes = 10.0
    due_min: Minutes
    reason: Words


class HandOverCommand(Timed):
    office: Office
    name: Name
    reason: Words


class LevelCommand(Timed):
    level: Annotated[int, Field(ge=1, le=4)]
    reason: Words
    accept_shortfalls: Gaps = ()


class OpenShelterCommand(Timed):
    """开放 one more shelter, for so many persons."""

    shelter: Code
    places: Annotated[int, Field(ge=1, le=1_000_000)]


class FillShelterCommand(Timed):
    """入住: so many are in it now."""

    shelter: Code
    persons: Annotated[int, Field(ge=0, le=1_000_000)]


class CloseShelterCommand(Timed):
    shelter: Code


class ZoneCommand(Timed):
    """划定影响范围: a closed ring of lon/lat in degrees; left out, the zone is taken away."""

    shape: Shape
    ring: Ring | None = None


class EndCommand(Timed):
    reason: Words
