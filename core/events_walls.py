"""The facts of directing walls (大屏调度). The subject is `wall:NAME`, the area the wall's."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.envelope import Body
from core.wall_model import Scene


class SceneSent(Body):
    """上屏; with `until` for a time, then what stood before returns. Without, a rotation ends with it."""

    scene: Scene
    until: datetime | None = None
    pinned: bool = False


class SceneReturned(Body):
    """Its time is over: what stood before is shown again."""


class ScenePinned(Body):
    """固定: nothing changes it by itself."""


class SceneUnpinned(Body):
    """取消固定"""


class SceneWithdrawn(Body):
    """撤下: these incidents may not be seen on this wall any more, wherever it shows them."""

    incidents: tuple[str, ...]
    why: Literal["sensitive", "visitors"]


class RotationSet(Body):
    """轮播: the first scene is shown at once. `hold_s`: how long a grave incident interrupts it."""

    scenes: tuple[Scene, ...]
    every_s: float
    hold_s: float


class RotationTurned(Body):
    """The scene of this place in the rotation's order is shown."""

    at: int


class RotationStopped(Body):
    """A new Ⅰ or Ⅱ incident is shown instead, until then."""

    incident: str
    until: datetime


class RotationResumed(Body):
    """Asked to go on, or by itself after its time."""


class RotationEnded(Body):
    """What is shown stays."""


class WallLocked(Body):
    """锁定"""

    holder: str
    name: str
    area: str
    leads: bool
    until: datetime


class WallUnlocked(Body):
    """解锁, or the lock's time is over."""


class WallBlanked(Body):
    """保密遮蔽: the picture is gone."""


class WallUnblanked(Body):
    """恢复显示"""


class StripSet(Body):
    """屏上通知: words over the picture until then; "" takes them away."""

    text: str
    until: datetime | None
