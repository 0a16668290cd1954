"""Ids of `/plans`."""

from __future__ import annotations

from typing import Any

OPENED = "plans-opened"
"""Store: {code, version} of the plan that is asked for; version None = the newest."""
HELD = "plans-held"
"""Store: {code, version, newest, mode} of what is shown; `newest` is what whoever edits has seen."""
TICK, DONE = "plans-tick", "plans-done"
"""Stores: grow when the library may have changed; with each act from here."""
SAVING = "plans-saving"
"""Store: {over} of a save that was pressed, set once the cell that was written in has been taken up."""

LIST, LIST_PANE, RAIL, WORDS, KIND, LIST_NOTE = (
    "plans-list", "plans-list-pane", "plans-rail", "plans-words", "plans-kind", "plans-list-note",
)  # fmt: skip
VIEW, TABS, MOVED, FAULTS = "plans-view", "plans-tabs", "plans-moved", "plans-faults"
CHART, CHART_SAID, RUNNING = "plans-chart", "plans-chart-said", "plans-running"
EDIT, CANCEL, SAVE, SAVE_OVER, MOVED_OPEN = (
    "plans-edit", "plans-cancel", "plans-save", "plans-save-over", "plans-moved-open",
)  # fmt: skip
APPROVE, RETIRE, RETIRE_FORM, RETIRE_REASON, RETIRE_DO = (
    "plans-approve", "plans-retire", "plans-retire-form", "plans-retire-reason", "plans-retire-do",
)  # fmt: skip
OLD, NEW, DIFFERENCES, COMPARED, VERSIONS = (
    "plans-old", "plans-new", "plans-differences", "plans-compared", "plans-versions",
)  # fmt: skip
NEEDED, CARDS = "plans-needed", "plans-cards"
BRING, UPLOAD, UPLOADED, UPLOADED_SAID, UPLOADED_FAULTS = (
    "plans-bring", "plans-upload", "plans-uploaded", "plans-uploaded-said", "plans-uploaded-faults",
)  # fmt: skip
TASK_FORM, TASK_HEAD, TASK_AFTER, TASK_NEEDS, NEED_WHAT, NEED_NUMBER, NEED_ADD, TASK_APPLY = (
    "plans-task-form", "plans-task-head", "plans-task-after", "plans-task-needs", "plans-need-what",
    "plans-need-number", "plans-need-add", "plans-task-apply",
)  # fmt: skip

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def table(section: Any) -> dict[str, Any]:
    """The table of a section."""
    return {"type": "plans-table", "section": section}


def field(name: Any) -> dict[str, Any]:
    """A field of the plan itself."""
    return {"type": "plans-field", "name": name}


def row_act(section: Any, act: Any) -> dict[str, Any]:
    """What is done to the rows of a table: add, remove, up."""
    return {"type": "plans-row", "section": section, "act": act}


def mark(section: Any) -> dict[str, Any]:
    """How many faults a section has, on its tab."""
    return {"type": "plans-mark", "section": section}


PATTERNS = ("plans-table", "plans-field", "plans-row")
