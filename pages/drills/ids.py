"""Ids of `/drills`."""

from __future__ import annotations

TICK, DONE, GO = "drills-tick", "drills-done", "drills-go"
"""Stores: grow when drills may have changed elsewhere; with each act from here. GO: where to go."""
TABS = "drills-tabs"

LIST, LIST_NOTE, STATE, YEAR = "drills-list", "drills-list-note", "drills-state", "drills-year"
SCRIPTS = "drills-scripts"

NEW, NEW_BOX, NEW_FORM, ORIGIN, SHIPPED_PANE, FILE_PANE, PLAN_PANE = (
    "drills-new", "drills-new-box", "drills-new-form", "drills-origin", "drills-shipped-pane",
    "drills-file-pane", "drills-plan-pane",
)  # fmt: skip
SHIPPED, UPLOAD, BROUGHT = "drills-shipped", "drills-upload", "drills-brought"
PLAN, LEVEL, PLACE, POINT, MINUTES = (
    "drills-plan", "drills-level", "drills-place", "drills-point", "drills-minutes",
)  # fmt: skip
SOURCE, AT_DAY, AT_TIME, REHEARSAL, OPEN = (
    "drills-source", "drills-at-day", "drills-at-time", "drills-rehearsal", "drills-open",
)  # fmt: skip

LEDGER, LEDGER_YEAR, LEDGER_TILES, LEDGER_NOTE, LEDGER_BOOK = (
    "drills-ledger", "drills-ledger-year", "drills-ledger-tiles", "drills-ledger-note", "drills-ledger-book",
)  # fmt: skip
PLAN_YEAR, PLAN_BOX, YEAR_FORM, YEAR_TABLE, YEAR_HELD, YEAR_ADD, YEAR_REMOVE, YEAR_SAVE, YEAR_SAID = (
    "drills-plan-year", "drills-plan-box", "drills-year-form", "drills-year-table", "drills-year-held",
    "drills-year-add", "drills-year-remove", "drills-year-save", "drills-year-said",
)  # fmt: skip
"""YEAR_HELD, a store: {year, seq} of the year's plan that is edited."""

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))
