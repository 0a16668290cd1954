"""The facts of a drill (演练), in the log of its own realm. The subject is the drill.

What its players do are the same facts as in live. The script stands in the log as it was run, so that a drill
can be replayed and scored when its script has long been changed.
"""

from __future__ import annotations

from typing import Literal

from core.drill_script import Script
from core.envelope import Body


class DrillOpened(Body):
    """设立: a world of its own, begun from a copy of `source` at position `source_seq`. `script_code` is
    where the script came from, "" = written for this drill."""

    name: str
    script: Script
    script_code: str
    source: str
    source_seq: int
    rehearsal: bool
    """Played by machines alone, or by one person: not counted in the year's ledger."""


class ScriptChanged(Body):
    """脚本修改, before the start; after it, only injects that were not delivered differ."""

    script: Script


class SeatTaken(Body):
    """入席; `person` "" leaves it to the machine again."""

    seat: str
    person: str
    name: str


class DrillStarted(Body):
    """开始: the realm's clock runs from here at `rate`."""

    rate: float


class DrillPaused(Body):
    """暂停: the realm's clock stands. `why`: by hand, after a restart, or for a grave live incident."""

    why: Literal["hand", "restart", "live"]


class PauseAsked(Body):
    """请求暂停 by somebody who does not control it, for a grave live incident; `about`: what it is called."""

    about: str


class CrewCalledBack(Body):
    """召回 of a real crew that took part: it is needed in live."""

    unit: str
    unit_name: str


class DrillResumed(Body):
    rate: float


class RateSet(Body):
    """倍速, 1 to 60."""

    rate: float


class DrillJumped(Body):
    """跳转: the realm's clock is set forward by so many seconds; what fell due between comes at once."""

    seconds: float


class InjectDelivered(Body):
    """情景注入 delivered. `made` is what it made: the incident's, closure's or unit's id, "" = nothing."""

    number: int
    by_hand: bool
    made: str
    incident: str


class InjectFailed(Body):
    """It could not be delivered; `reason` is the refusal's code."""

    number: int
    by_hand: bool
    reason: str


class DrillRated(Body):
    """评估员评分 of an inject or objective, 1 to 5, pinned to the moment in the log that it is about."""

    about: str
    mark: int
    text: str
    at_seq: int
    evaluator: str


class DrillStopped(Body):
    """演练中止 or 结束."""

    aborted: bool
    reason: str
