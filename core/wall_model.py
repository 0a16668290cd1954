"""大屏 on the board: what each wall is directed to show.

Frozen values, replaced whole, as those of `core.model`. Bounds are west, south, east, north in EPSG:4326.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from pydantic import ConfigDict

OVERVIEW, INCIDENT, LINKAGE, COVERAGE, KPIS, SPLIT = (
    "overview", "incident", "linkage", "coverage", "kpis", "split",
)  # fmt: skip
PANES = (1, 2, 4)
"""Into how many a wall is split."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture. A linkage's names its incident as well; `panes` are a split's, none of them split again.

    It stands in facts as it stands on the board, so it refuses unknown fields as they do.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")
    kind: str
    incident: str = ""
    linkage: str = ""
    bounds: Bounds | None = None
    panes: tuple[Scene, ...] = ()

    @property
    def incidents(self) -> frozenset[str]:
        """Those that it shows."""
        own = {self.incident} - {""}
        return frozenset(own).union(*(pane.incidents for pane in self.panes))

    @property
    def about(self) -> frozenset[str]:
        """The response or incident with whose end it has nothing more to show; a split has always some."""
        return frozenset({self.linkage or self.incident} - {""})

    def without(self, incidents: Collection[str]) -> Scene:
        """The same with the overview where one of these was."""
        if self.incident in incidents:
            return PLAIN
        return replace(self, panes=tuple(pane.without(incidents) for pane in self.panes))

    def shown(self) -> dict[str, Any]:
        """As screens get it: what is empty is left out."""
        parts = {"incident": self.incident, "linkage": self.linkage, "bounds": self.bounds}
        said: dict[str, Any] = {name: value for name, value in parts.items() if value}
        panes = {"panes": [pane.shown() for pane in self.panes]} if self.panes else {}
        return {"kind": self.kind, **said, **panes}


PLAIN = Scene(OVERVIEW)


@dataclass(frozen=True, slots=True)
class Rotation:
    """轮播: the scenes by turns, `every_s` each; scene `at` stands, the next comes at `next_at`.

    `stopped_for` is the grave incident that is shown instead until `resumes_at`, `hold_s` after it came.
    """

    scenes: tuple[Scene, ...]
    every_s: float
    hold_s: float
    next_at: datetime
    at: int = 0
    stopped_for: str = ""
    resumes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """锁定 by an account: only its holder, or a leader above, directs the wall until then."""

    holder: str
    name: str
    area: str
    leads: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall by its name. `before` is what it returns to at `until`; `by` who directed it last.

    Pinned (固定), nothing changes it by itself; locked, nobody else does. Blank (保密), it shows nothing.
    """

    id: str
    version: int
    area: str
    since: datetime
    scene: Scene = PLAIN
    by: str = ""
    until: datetime | None = None
    before: Scene | None = None
    pinned: bool = False
    rotation: Rotation | None = None
    lock: Lock | None = None
    blank: bool = False
    strip: str = ""
    strip_until: datetime | None = None

    @property
    def offices(self) -> None:
        """Walls are seen by area."""
        return None

    @property
    def turning(self) -> bool:
        """Whether its rotation goes on by itself now."""
        still = self.pinned or self.blank or self.until is not None
        return self.rotation is not None and not self.rotation.stopped_for and not still

    @property
    def incidents(self) -> frozenset[str]:
        """Every incident that it shows now, or by itself later."""
        rotation = self.rotation
        kept = (*rotation.scenes, Scene(INCIDENT, rotation.stopped_for)) if rotation else ()
        before = (self.before,) if self.before else ()
        return frozenset().union(*(scene.incidents for scene in (self.scene, *before, *kept)))
