"""Ids of the tab 脚本 of `/drills/ID`."""

from __future__ import annotations

from typing import Any

DRILL, CHANGED = "drill-id", "drill-tick"
"""Stores of the page that the tab stands in (pages.drill.ids): which drill, and that something changed."""
VIEW, HELD, DONE, OTHER, SAVING, MOVE, PICKED = (
    "drillscript-view", "drillscript-held", "drillscript-done", "drillscript-other", "drillscript-saving",
    "drillscript-move", "drillscript-picked",
)  # fmt: skip
"""Stores: HELD {mark, version, edits, division, plan} of what is shown; DONE grows with each act from here;
OTHER: with each script that somebody else saved; SAVING {over}: a save was pressed and what was written is
taken up; MOVE {key, by}: an inject was moved by minutes on the time line; PICKED: the key of the inject whose
form is shown."""
SAVE, DISCARD, SAVE_OVER, MOVED, FAULTS, UPLOAD = (
    "drillscript-save", "drillscript-discard", "drillscript-save-over", "drillscript-moved",
    "drillscript-faults", "drillscript-upload",
)  # fmt: skip
TABS, LINE, INJECTS, FORM, FIND, FOUND = (
    "drillscript-tabs", "drillscript-line", "drillscript-injects", "drillscript-form",
    "drillscript-find", "drillscript-found",
)  # fmt: skip
SEATS, OBJECTIVES, SOURCES = "drillscript-seats", "drillscript-objectives", "drillscript-sources"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def field(name: Any) -> dict[str, Any]:
    """A field of the script itself."""
    return {"type": "drillscript-field", "name": name}


def part(name: Any) -> dict[str, Any]:
    """A field of the inject whose form is shown."""
    return {"type": "drillscript-part", "name": name}


def measured(of: Any) -> dict[str, Any]:
    """The indicators of the inject whose form is shown, if any is."""
    return {"type": "drillscript-measured", "of": of}


def row_act(section: Any, act: Any) -> dict[str, Any]:
    """What is done to the rows of a table: add, remove."""
    return {"type": "drillscript-act", "section": section, "act": act}


PATTERNS = ("drillscript-field", "drillscript-part", "drillscript-act", "drillscript-measured")
