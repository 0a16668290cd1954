"""What may be asked of a wall: the commands of 大屏调度."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, Field

from actions.commands import Code, Command

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Kind = Literal["overview", "incident", "linkage", "coverage", "kpis", "split"]
DAY_S = 86_400.0
STRIP_MOST = 60


class SceneWanted(Command):
    """A picture: `incident` for itself or its response, `linkage` or `plan` for a response; bounds are west,
    south, east, north; `panes` of a split."""

    kind: Annotated[Kind, Field(validation_alias=AliasChoices("scene", "kind"))]
    incident: Code | None = None
    linkage: Code | None = None
    plan: Code | None = None
    bounds: tuple[Lon, Lat, Lon, Lat] | None = None
    panes: Annotated[tuple[SceneWanted, ...], Field(max_length=4)] = ()


class SceneCommand(SceneWanted):
    """上屏; for `seconds`, then what stood before returns; `pin`: nothing but people changes it."""

    seconds: Annotated[float, Field(ge=5, le=DAY_S)] | None = None
    pin: bool = False


class RotateCommand(Command):
    """轮播; `hold_s`: how long a new grave incident is shown before it goes on."""

    scenes: Annotated[tuple[SceneWanted, ...], Field(min_length=2, max_length=12)]
    every_s: Annotated[float, Field(ge=10, le=3600)]
    hold_s: Annotated[float, Field(ge=30, le=DAY_S)] = 600.0


class LockCommand(Command):
    """A lock ends by itself, so that nobody's absence keeps a wall."""

    hours: Annotated[float, Field(gt=0, le=24)] = 2.0


class StripCommand(Command):
    """One line over the picture for `seconds`; left empty it is taken away."""

    text: Annotated[str, Field(max_length=STRIP_MOST, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    seconds: Annotated[float, Field(ge=10, le=DAY_S)] = 600.0


class NoWords(Command):
    """A verb that needs nothing."""
