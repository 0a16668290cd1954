"""Every element id of the pages, once. Those of the contract keep their names for ever."""

from __future__ import annotations

from typing import Any

MAP = "map"
INCIDENT_LIST = "incident-list"
INCIDENT_CARD = "incident-card"
ADVICE_LIST = "advice-list"
COMMIT_DISPATCH = "commit-dispatch"
TOAST = "toast"
CLOCK = "clock"
FRESHNESS = "freshness"
KPI_STRIP = "kpi-strip"
TICKER = "ticker"
REPLAY_PLAY = "replay-play"
BELL_PANEL = "bell-panel"

LIST_NOTE = "list-note"
STALE_NOTE = "stale-note"
SEARCH = "search"
UNIT_BARS = "unit-bars"
UNIT_TOTAL = "unit-total"
WALL_LOCK = "wall-lock"

# Browser stores hold a cursor, a selection or a filter, never data or tokens.
SELECTION = "selection"
PICKED = "picked"
DRAFT = "draft"
NOTICE = "notice"
UNDO = "undo"
MOVED = "moved"
AMENDING = "amending"
LANG = "lang"
REALM = "realm"

CARD_PANE = "card-pane"
CARD_TOP = "card-top"
CARD_UNITS = "card-units"
CARD_ACTS = "card-acts"
CARD_TIMELINE = "card-timeline"
ADVICE_HEAD = "advice-head"
COMMIT_LABEL = "commit-label"
OFFER = "offer"
CHOICE = "choice"
CHOICE_REASON = "choice-reason"
WORD = "word"

REPORT_CLASS = "report-class"
REPORT_SEVERITY = "report-severity"
REPORT_TEXT = "report-text"
REPORT_ADDRESS = "report-address"
REPORT_PLACE = "report-place"
REPORT_HINTS = "report-hints"
REPORT_SAID = "report-said"
REPORT_SUBMIT = "report-submit"

AMEND_CLASS = "amend-class"
AMEND_SEVERITY = "amend-severity"
AMEND_TEXT = "amend-text"
AMEND_ADDRESS = "amend-address"
AMEND_SUBMIT = "amend-submit"

FILTER_LINE = "filter-line"
FILTER_PANEL = "filter-panel"
FOUND = "found"
KEY_SHEET = "key-sheet"

COMMAND = "command"
COMMAND_SAID = "command-said"
COMMAND_LINE = "command-line"
COMMAND_HINTS = "command-hints"
COMMAND_RESULT = "command-result"
STATUS_BOARD = "status-board"

WALLS = "walls-list"
WALLS_SEND = "walls-send"
LINKAGE_PANEL = "linkage-panel"
LINKAGE_STRIP = "linkage-strip"
LINKAGE_ACT = "linkage-act"
LINKAGE_SAID = "linkage-said"
LINKAGE_OPEN = "linkage-open"
LINKAGE_LOG = "linkage-log"
CARD_LINKAGE = "card-linkage"
ACTIVATION = "activation"
ACTIVATING = "activating"
ACTIVATION_PLAN = "activation-plan"
ACTIVATION_LEVEL = "activation-level"
ACTIVATION_BODY = "activation-body"
ACTIVATION_NAME = "activation-name"
ACTIVATION_SEEN = "activation-seen"
ACTIVATION_SAID = "activation-said"
ACTIVATE = "activate"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def advice(unit: Any) -> dict[str, Any]:
    """A row of advice; `unit` may be a wildcard."""
    return {"type": "advice", "unit": unit}


def advice_set(rank: Any) -> dict[str, Any]:
    """A set of units that is advised; `rank` may be a wildcard."""
    return {"type": "advice-set", "rank": rank}


def move_up(unit: Any, place: Any) -> dict[str, Any]:
    """Orders a unit to where another stood."""
    return {"type": "move-up", "unit": unit, "place": place}


def send_supplies(incident: Any) -> dict[str, Any]:
    """Has the stores send what the run card wants."""
    return {"type": "send-supplies", "incident": incident}


def incident_row(ident: Any) -> dict[str, Any]:
    """A row of the incident list. The rows are drawn by static/js/53-list.js under the same id."""
    return {"type": "incident-row", "id": ident}


def verb(name: Any) -> dict[str, Any]:
    """A button that does a verb to the selected incident."""
    return {"type": "verb", "verb": name}


def step(name: Any, assignment: Any) -> dict[str, Any]:
    """A button that moves an assignment on."""
    return {"type": "step", "verb": name, "assignment": assignment}
