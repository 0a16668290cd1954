"""What becomes of a warning: reported as an incident, added to one, or kept without acting.

Live hears Actual alone, a drill hears Exercise alone; neither is bent. Class and level follow from tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.cap import COLOURS, Alert, Info
from core.errors_intake import CapForAnotherRealm

Outcome = Literal[
    "reported", "updated", "cleared",
    "kept_not_operational", "kept_receipt", "kept_expired", "kept_nothing_to_clear", "kept_no_info",
    "kept_outside",
]  # fmt: skip
"""The first three act; `cleared` notes that it is over and asks to close."""
LIVE = "live"
_WORLDS = {"Actual": True, "Exercise": False}


def judge(alert: Alert, realm: str, now: datetime, earlier: str | None) -> Outcome:
    """`earlier` is the incident of the warnings it refers to. Raises CapForAnotherRealm.

    An update of what nobody told us is a warning like any other: it says all that holds now.
    """
    if alert.status in _WORLDS and _WORLDS[alert.status] != (realm == LIVE):
        raise CapForAnotherRealm(status=alert.status, realm=realm)
    if alert.status not in _WORLDS:
        return "kept_not_operational"
    if alert.msg_type in ("Ack", "Error"):
        return "kept_receipt"
    info = alert.info
    if alert.msg_type == "Cancel" or (info is not None and _is_over(alert, info)):
        return "cleared" if earlier else "kept_nothing_to_clear"
    if info is None:
        return "kept_no_info"
    if info.expires is not None and info.expires <= now:
        return "kept_expired"
    return "updated" if earlier else "reported"


def _is_over(alert: Alert, info: Info) -> bool:
    """A first word of something past, as of an earthquake, is news all the same."""
    return "AllClear" in info.responses or (alert.msg_type != "Alert" and info.urgency == "Past")


@dataclass(frozen=True, slots=True)
class Word:
    """A row of db/data/intake_rules.csv: what `word` means, and how surely."""

    kind: str
    word: str
    value: str
    weight: float = 1.0


def class_of(info: Info, words: Iterable[Word]) -> str | None:
    """By the longest word found in the event or its codes, else by the category; None if no row fits."""
    said = " ".join([info.event, *(value for _, value in info.codes)]).lower()
    known = [word for word in words if word.kind == "cap_event" and word.word.lower() in said]
    if known:
        return max(known, key=lambda word: (len(word.word), word.weight)).value
    of_category = {word.word: word.value for word in words if word.kind == "cap_category"}
    return next((of_category[one] for one in info.categories if one in of_category), None)


_COLOUR_WORDS = {"红色": "Red", "橙色": "Orange", "黄色": "Yellow", "蓝色": "Blue"}


def level_of(info: Info, words: Iterable[Word]) -> int:
    """1-4: by colour where one is told, else by severity and urgency; 4 if no row fits."""
    rows = {(word.kind, word.word): int(word.value) for word in words if word.kind.startswith("cap_")}
    colour = colour_of(info)
    keys = [("cap_colour", colour)] if colour else []
    keys += [("cap_severity", f"{info.severity}/{info.urgency}"), ("cap_severity", info.severity)]
    return next((rows[key] for key in keys if key in rows), 4)


def colour_of(info: Info) -> str | None:
    """Red, Orange, Yellow or Blue: from the severity, a parameter, or the headline's "橙色预警"."""
    values = [info.severity, *(value.capitalize() for _, value in info.parameters)]
    told = next((value for value in values if value in COLOURS), None)
    title = info.headline + info.event
    return told or next((colour for word, colour in _COLOUR_WORDS.items() if word in title), None)


def words_of(alert: Alert, info: Info) -> str:
    """The incident's text: headline, description, what to do, where, who warns."""
    areas = "、".join(dict.fromkeys(area.desc for area in info.areas if area.desc))
    lines = [info.headline, info.description, info.instruction, areas]
    whole = "\n".join(line for line in lines if line) or info.event
    return f"{whole}\n（{info.sender_name or alert.sender}，{alert.sent}）"[:4000]
