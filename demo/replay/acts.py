"""What a plan consists of: acts in the order in which they are done, and what had to be corrected."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Verb = Literal[
    "release",
    "report",
    "accept",
    "dispatch",
    "enroute",
    "arrive",
    "note",
    "handle",
    "reply",
    "verify",
    "close",
]
CorrectionKind = Literal[
    "same_second", "still_held", "held_again", "back_on_call", "after_release",
    "never_available", "never_on_scene", "out_of_order",
]  # fmt: skip

#: The reason of a release that the source never stated.
DISPATCHED_AGAIN = "source dispatched it again"
#: Why a unit is bound a second time to an incident that it was taken from.
BACK_ON_CALL = "source has it back on this call"


@dataclass(frozen=True, slots=True)
class Correction:
    """A row that could not be taken as it stands. Kinds:

    same_second: dispatched in the very second of the unit's release; the release goes first.
    still_held: dispatched while the file holds the unit on an earlier row (this one), which is released
    first. held_again: the same, on a row that the unit had gone back to.
    back_on_call: arrived after such a release, at a time when the unit is free: bound again, then arrives.
    after_release: a further time after such a release, kept as a note.
    never_available, never_on_scene: that time is blank.
    out_of_order: a stated time is earlier than the one before it in the order of the steps.
    """

    row: int
    kind: CorrectionKind
    detail: str


@dataclass(frozen=True, slots=True)
class UnitSeen:
    """A unit the file names: lon, lat is where its first call was; `post` a pattern of its post's name."""

    code: str
    kind: str
    lon: float
    lat: float
    post: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One verb. `at` is when the realm's clock stands for it, `occurred_at` what the file says: they
    differ where rows are out of order. `rows` are the responses it is about, `text` a reason or words."""

    at: datetime
    occurred_at: datetime
    verb: Verb
    incident: str
    rows: tuple[int, ...] = ()
    units: tuple[str, ...] = ()
    text: str = ""
    nth: int = 0
    """Tells acts apart that are alike in everything else."""

    def key(self) -> str:
        """The same act has the same key in every run over the same (or a longer) file."""
        parts = [self.verb, self.occurred_at.isoformat(), self.incident, self.units, self.text, self.nth]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


@dataclass(slots=True)
class Plan:
    """Everything to be done, oldest first."""

    units: list[UnitSeen] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
