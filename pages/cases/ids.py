"""Ids of `/cases`."""

from __future__ import annotations

from typing import Any

CHOSEN, OPENED = "cases-chosen", "cases-opened"
"""Stores: the queue that is listed; the incident whose file is open."""
TICK, TOUCHED = "cases-tick", "cases-touched"
"""Stores: grow when something of this office's world, or of the open file, has changed."""
DONE = "cases-done"
"""Store: the log position of the last act from here."""
HELD = "cases-held"
"""Store: id and version of the file as it is shown."""
STALE = "cases-stale"
"""Store: the version that was held when somebody else had been quicker."""
QUEUES, LIST_HEAD, LIST, PAGES = "cases-queues", "cases-list-head", "cases-list", "cases-pages"
WORDS, CLASS, DATES = "cases-words", "cases-class", "cases-dates"
FILE = "cases-file"
FORM, FORM_BODY, FORM_VERB, FORM_SUBMIT = (
    "cases-form",
    "cases-form-body",
    "cases-form-verb",
    "cases-form-submit",
)
FLOW, FLOW_OPEN, FLOW_BODY = "cases-flow", "cases-flow-open", "cases-flow-body"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def queue(name: Any) -> dict[str, Any]:
    """A queue at the left."""
    return {"type": "cases-queue", "name": name}


def verb(name: Any) -> dict[str, Any]:
    """An act on the file."""
    return {"type": "cases-verb", "verb": name}


def field(name: Any) -> dict[str, Any]:
    """A field of an act's form."""
    return {"type": "cases-field", "name": name}


PATTERNS = ("cases-queue", "cases-verb", "cases-field")
