"""Refusals of directing walls."""

from __future__ import annotations

from core.errors import Refusal


class WallIsLocked(Refusal):
    """Its holder, or a leader above, directs it; params: wall, name, minutes that are left."""

    code = "wall_locked"


class WallElsewhere(Refusal):
    """The wall is bound to another realm; params: wall, realm."""

    code = "wall_elsewhere"


class SceneOutside(Refusal):
    """The wall may not show what lies outside its area; params: wall, number."""

    code = "scene_outside_wall"


class SceneSensitive(Refusal):
    """A wall that visitors stand before shows nothing sensitive; params: wall, number."""

    code = "scene_sensitive"


class NoResponse(Refusal):
    """No response runs that could be shown; params: number (of the incident) or plan."""

    code = "no_response_to_show"


class NothingTurns(Refusal):
    """The wall has no rotation; params: wall."""

    code = "no_rotation"


class SensitivityUnchanged(Refusal):
    """It is marked so already, or is not; params: number."""

    code = "sensitivity_unchanged"
