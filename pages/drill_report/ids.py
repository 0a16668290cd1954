"""Ids of a drill's report and of findings, on `/drills/ID` and on `/drills`."""

from __future__ import annotations

from typing import Any

FINDINGS = "findings"
TEXT, PICTURES, LINKS = "drill-report-text", "drill-report-pictures", "drill-report-links"
STATE, NOTE, DONE, ASKED = "findings-state", "findings-note", "findings-done", "findings-asked"
"""Which are listed; how many; stores: grows when one was moved; what is being moved {id, verb, version}."""
FORM, HEAD, WORDS, OFFICE, DUE, DO, OWN = (
    "finding-form", "finding-head", "finding-words", "finding-office", "finding-due", "finding-do",
    "finding-own",
)  # fmt: skip
PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def move(ident: Any, verb: Any) -> dict[str, Any]:
    """A button of a finding."""
    return {"type": "finding-move", "id": ident, "verb": verb}


PATTERNS = ("finding-move",)
