"""The fact of a norm (定额与标准) that was set anew. The subject is `norm:TABLE:KEY`.

It does not touch the board: norms are rows of small tables, which say what holds now; the log says who set
what.
"""

from __future__ import annotations

from core.envelope import Body


class NormChanged(Body):
    """`field` of one row of a table of norms; None = no value (a sensor that never calls)."""

    table: str
    key: tuple[str, ...]
    field: str
    before: float | None
    after: float | None
    source: str
    """On what the city bases it (依据)."""
