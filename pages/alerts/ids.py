"""Ids of `/alerts`."""

from __future__ import annotations

from typing import Any

TICK, DONE, OPENED = "alerts-tick", "alerts-done", "alerts-opened"
"""Stores: grows when a warning has changed; the position of the last act from here; which one is open."""
LIST, LIST_NOTE, FILE = "alerts-list", "alerts-list-note", "alerts-file"
NEW = "alerts-new"
FORM, STEP_WRITE, STEP_LOOK = "alerts-form", "alerts-step-write", "alerts-step-look"
CAUSE, CLASS, LEVEL, PLANNED = "alerts-cause", "alerts-class", "alerts-level", "alerts-planned"
TEXT, TEXT_EN, HEADLINE, HOURS = "alerts-text", "alerts-text-en", "alerts-headline", "alerts-hours"
WHERE, RADIUS, DIVISIONS, RING = "alerts-where", "alerts-radius", "alerts-divisions", "alerts-ring"
POINTS = "alerts-points"
RING_FIELD = "alerts-ring-field"
LOOK, LOOKED, BACK, SEND = "alerts-look", "alerts-looked", "alerts-back", "alerts-send"
CHANGE, CHANGE_BODY, CHANGE_KIND = "alerts-change", "alerts-change-body", "alerts-change-kind"
CHANGE_SUBMIT = "alerts-change-submit"

WRITTEN = (CAUSE, CLASS, LEVEL, TEXT, TEXT_EN, HEADLINE, HOURS, WHERE, RADIUS, DIVISIONS, RING, POINTS)
"""The fields of the form, in the order in which callbacks get them."""
PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def act(kind: Any) -> dict[str, Any]:
    """更新 or 解除 of the warning that is open."""
    return {"type": "alerts-act", "kind": kind}


def field(name: Any) -> dict[str, Any]:
    """A field of that small form."""
    return {"type": "alerts-field", "name": name}


PATTERNS = ("alerts-act", "alerts-field")
