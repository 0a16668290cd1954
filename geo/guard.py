"""Text in the cells of tables that spreadsheets open: what begins like a formula is marked as text.

A spreadsheet works out a cell that begins with = + - or @, and a name that somebody typed could so make it
fetch or send something (OWASP: CSV Injection). An apostrophe in front says "text"; reading takes it off.
"""

from __future__ import annotations

import re
from typing import Any

_MAY_BE_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")


def guarded(cell: Any) -> Any:
    """Text that a spreadsheet could take for a formula gets an apostrophe; anything else stays."""
    return f"'{cell}" if isinstance(cell, str) and _MAY_BE_FORMULA.match(cell) else cell


def unguarded(cell: Any) -> Any:
    """What `guarded` was given."""
    return cell[1:] if isinstance(cell, str) and _MARKED.match(cell) else cell
