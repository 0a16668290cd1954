"""Refusals of warnings to the public."""

from __future__ import annotations

from core.errors import Refusal


class WarningOver(Refusal):
    """It was cancelled or has expired; params: headline, how."""

    code = "warning_over"


class NoTarget(Refusal):
    """Neither a drawn area nor divisions nor a distance from an incident; params: none."""

    code = "warning_no_target"


class TargetElsewhere(Refusal):
    """Nothing of the target area lies where the asker may warn; params: none."""

    code = "warning_target_elsewhere"


class WarningChanged(Refusal):
    """Somebody updated it since it was read; params: headline, number (of the latest message)."""

    code = "warning_changed"
