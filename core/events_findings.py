"""The facts of drills' findings (演练发现问题). The subject is `finding:ID`; realm live.

A finding outlives its drill: it is mended, and leads to another plan, in the real city.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from core.envelope import Body


class FindingProposed(Body):
    """建议 of the score at a drill's end or, with `code` own, of a person. `key` names it within its drill;
    `code` with `values` is its sentence where it has no `title`."""

    drill: str
    drill_name: str
    key: str
    about: str
    code: Literal["late", "missed", "mark", "own"]
    inject: int | None
    office: str
    due_on: date
    plan: str
    seq: int | None
    values: dict[str, str | int | float]
    title: str


class FindingTakenUp(Body):
    """列入整改, with who owns it until when; `title` "" = in its own words."""

    office: str
    due_on: date
    title: str


class FindingAssigned(Body):
    """改派 or 延期, while it is being mended."""

    office: str
    due_on: date
    reason: str


class FindingNoted(Body):
    """进展."""

    text: str


class FindingRevised(Body):
    """预案修订: this version of the plan answers it, as soon as it is approved."""

    plan: str
    version: int


class FindingClosed(Body):
    """销号, with what was done."""

    text: str


class FindingDropped(Body):
    """不采纳, and why."""

    reason: str


class FindingReopened(Body):
    """重新整改, why, and until when."""

    due_on: date
    reason: str


class FindingOverdue(Body):
    """Its day went by. `name` is what it is about, `drill_name` where it came to light."""

    name: str
    drill_name: str
    office: str
    due_on: date
