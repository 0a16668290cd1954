"""The facts of casework: who owns an incident, who helps, what clocks it has, and how it ends (闭环).

The subject is the incident. Offices are written as `core.offices` has them.
"""

from __future__ import annotations

from typing import Literal

from core.due import Due, TimeUnit
from core.envelope import Body


class IncidentTransferred(Body):
    """转办: another office owns it. `off_list`: not on that department's duty list, `reason` says why."""

    to: str
    reason: str
    off_list: bool
    due: Due | None


class OwnerFollowed(Body):
    """属地随迁: it lies, or the boundaries lie, elsewhere, where the same desk is another's."""

    to: str


class IncidentReturned(Body):
    """退回: to whoever owned it before."""

    to: str
    reason: str
    due: Due | None


class HelpAsked(Body):
    """协办: further offices that help its owner."""

    offices: tuple[str, ...]
    reason: str | None
    off_list: bool


class HelpEnded(Body):
    """协办结束: one office helps no longer."""

    office: str
    reason: str | None


class WhistleBlown(Body):
    """吹哨: one office must report in by a time; `asker` is the office that whistled ("" = not known)."""

    whistle: str
    office: str
    text: str
    due: Due | None
    asker: str = ""


class WhistleAnswered(Body):
    """报到: `late_s` is how much later than due, at least 0."""

    whistle: str
    office: str
    text: str | None
    late_s: float


class SupervisionOrdered(Body):
    """督办; `asker` is the office that ordered it ("" = not known)."""

    order: str
    text: str
    due: Due | None
    asker: str = ""


class SupervisionAnswered(Body):
    """督办回复"""

    order: str
    text: str


class IncidentEscalated(Body):
    """升级: one level up. By hand the higher office owns it from now on, and `due` is its clock. By itself,
    when a clock was missed, the owner keeps it, and `due` is when it goes further up."""

    to: str
    by_itself: bool
    reason: str | None
    due: Due | None


class ClockExtensionAsked(Body):
    """延期申请"""

    amount: float
    unit: TimeUnit
    reason: str


class ClockExtended(Body):
    """延期"""

    reason: str
    due: Due


class ClockPauseAsked(Body):
    """暂停计时申请"""

    reason: str


class ClockPaused(Body):
    """暂停计时"""

    reason: str


class ClockResumed(Body):
    """恢复计时"""

    due: Due


class RequestRefused(Body):
    """不予批准"""

    request: Literal["extend", "pause"]
    reason: str


class IncidentReclassified(Body):
    """改类定级: `due` is the step's clock by the new class."""

    class_code: str
    title: str
    severity: int
    reason: str
    due: Due | None


class IncidentMerged(Body):
    """并案: it is a duplicate of `into`."""

    into: str
    number: str


class DuplicateTaken(Body):
    """The other side of a merge: the subject answers for `incident` too."""

    incident: str
    number: str


class IncidentUnmerged(Body):
    """撤销并案; `restored` is the incident as it was when it has already left the board."""

    into: str
    reason: str
    restored: str | None
    due: Due | None


class DuplicateReleased(Body):
    """The other side of an unmerge."""

    incident: str
    number: str


class AttachmentAdded(Body):
    """附件: a photo or paper; its bytes stand outside the log, under their digest."""

    attachment: str
    name: str
    media_type: str
    size: int
    sha256: str
    verb: str
    """The act it was handed in with ("" = none)."""


class SituationReported(Body):
    """初报, 续报, 终报 of an emergency."""

    stage: Literal["first", "follow", "final"]
    text: str


class IncidentRated(Body):
    """评价 by whoever reported it: 满意 3, 基本满意 2, 不满意 1; `by` how it was asked (回访, 短信 …)."""

    rating: Literal[1, 2, 3]
    text: str | None
    by: str


class IncidentArchived(Body):
    """归档"""

    text: str | None
