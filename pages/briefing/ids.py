"""Ids of `/briefing/ID`."""

from __future__ import annotations

from typing import Any

LINKAGE, STAGE, COVERS = "briefing-linkage", "briefing-stage", "briefing-covers"
"""Stores: the response; which report is being written, and up to where in the log its draft tells."""
TICK, DONE = "briefing-tick", "briefing-done"
"""Stores: something may have changed (static/js/6b-briefing.js); something was sent here."""
HEAD, FILED, LOSSES = "briefing-head", "briefing-filed", "briefing-losses"
WRITING, TEXT, TO, TASK = "briefing-writing", "briefing-text", "briefing-to", "briefing-task"
AGAIN, SEND = "briefing-again", "briefing-send"
AREA, FIGURES, REMARK, TELL = "briefing-area", "briefing-figures", "briefing-remark", "briefing-tell"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))
PATTERNS = ("briefing-figure",)


def figure(code: Any) -> dict[str, Any]:
    """The field of one loss."""
    return {"type": "briefing-figure", "code": code}
