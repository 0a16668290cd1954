"""Ids of `/drills/ID`."""

from __future__ import annotations

from typing import Any

DRILL, TICK, ASKED, MOUNTED = "drill-id", "drill-tick", "drill-asked", "drill-mounted"
"""Stores: which drill; grows when something in its realm has changed; what was pressed, by
static/js/8g-drill.js: {do, speed, and what the button says of it}; tabs that have their content."""
HEAD, TURN, TABS = "drill-head", "drill-turn", "drill-tabs"
SEATS, INJECTS, EXPECTED, FACTS = "drill-seats", "drill-injects", "drill-expected", "drill-facts"
JUMP, MINUTE = "drill-jump", "drill-minute"

PERSON_FORM, PERSON, PERSON_SEAT, PERSON_DO = (
    "drill-person-form", "drill-person", "drill-person-seat", "drill-person-do",
)  # fmt: skip
"""席位交给: whom a seat is given to."""
STOP_FORM, STOP_HOW, STOP_REASON, STOP_DO = (
    "drill-stop-form", "drill-stop-how", "drill-stop-reason", "drill-stop-do",
)  # fmt: skip

NEW_FORM, NEW_KIND, NEW_FIELDS, NEW_DO = (
    "drill-new-form", "drill-new-kind", "drill-new-fields", "drill-new-do",
)  # fmt: skip
"""临时注入: one that the script has not."""

MARKS, MARK_FORM, ABOUT, MARK, WORDS, MOMENT, MARK_DO = (
    "drill-marks", "drill-mark-form", "drill-about", "drill-mark", "drill-words", "drill-moment",
    "drill-mark-do",
)  # fmt: skip
"""评估: what there is, and the form."""

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def pane(tab: Any) -> dict[str, Any]:
    """What stands in a tab."""
    return {"type": "drill-pane", "tab": tab}


def head(tab: Any) -> dict[str, Any]:
    """The tab itself."""
    return {"type": "drill-tab", "tab": tab}


def new(name: Any) -> dict[str, Any]:
    """A field of 临时注入."""
    return {"type": "drill-new", "name": name}


PATTERNS = ("drill-new",)
"""Those that callbacks read."""
