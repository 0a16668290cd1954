"""Refusals of drills."""

from __future__ import annotations

from core.errors import Refusal, UnitOffDuty


class DrillMoveNotAllowed(Refusal):
    """The drill does not stand so; params: drill_status, by (who brought it there), moves
    (what may be done to it now)."""

    code = "drill_move_not_allowed"


class DrillOver(Refusal):
    """It was stopped: nothing more is done in its realm; params: name, by."""

    code = "drill_over"


class DrillStands(Refusal):
    """It is paused: its players wait; params: name, by."""

    code = "drill_stands"


class UnitInDrill(UnitOffDuty):
    """A real unit takes part in a drill, and is called back first; params: unit, unit_name, drill (name)."""

    code = "unit_in_drill"


class UnitNotInDrill(Refusal):
    """params: unit, unit_name."""

    code = "unit_not_in_drill"


class ScriptFaulty(Refusal):
    """It cannot be run as it stands; params: name, count, first, faults."""

    code = "script_faulty"


class ScriptUnknown(Refusal):
    """params: script, known."""

    code = "script_unknown"


class SeatUnknown(Refusal):
    """params: seat."""

    code = "seat_unknown"


class SeatOccupied(Refusal):
    """params: seat, name."""

    code = "seat_occupied"


class InjectUnknown(Refusal):
    """params: number."""

    code = "inject_unknown"


class InjectDone(Refusal):
    """It was delivered: it comes no second time, and stays as it was; params: number."""

    code = "inject_done"


class InjectFutile(Refusal):
    """There is nothing that the inject could be done to (no road near, no unit free, no incident reported);
    params: number, what."""

    code = "inject_futile"


class JumpPassed(Refusal):
    """The clock stands there or beyond already, somebody else may have been quicker; params: minute."""

    code = "jump_passed"


class RateTurned(Refusal):
    """Somebody else has set another rate meanwhile; params: speed."""

    code = "rate_turned"
