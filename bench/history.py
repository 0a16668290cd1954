"""Years of ended incidents behind a city, for benches: rows of the guard table alone, made in the database.

They are copies of incidents that were worked through, each with an id, a number, a source and a time of its
own. The log does not know them: only for an instance that is thrown away.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    Insert,
    Integer,
    Interval,
    Text,
    bindparam,
    cast,
    func,
    insert,
    literal,
    null,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.tables import Time, incident

AT_ONCE, TEMPLATES = 50_000, 200
YEARS = timedelta(days=3 * 365)
CHANNEL = "past"


def fill(engine: Engine, wanted: int, until: datetime) -> None:
    """So many, evenly over three years until a moment. Raises LookupError when nothing was closed yet."""
    closed = select(incident).where(incident.c.realm == "live", incident.c.status == "closed")
    with engine.connect() as conn:
        made = len(conn.execute(closed.with_only_columns(incident.c.id).limit(TEMPLATES)).all())
    if not made:
        raise LookupError("no incident was closed")
    for first in range(1, wanted + 1, AT_ONCE):
        with engine.begin() as conn:
            last = min(first + AT_ONCE - 1, wanted)
            step = YEARS / wanted
            conn.execute(_copies(made), {"first": first, "last": last, "until": until, "step": step})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE incident"))


def _copies(templates: int) -> Insert:
    """INSERT … SELECT of the rows numbered first … last, each after one of the templates."""
    place = func.row_number().over(order_by=incident.c.id) - 1
    closed = select(*incident.c, place.label("place")).where(
        incident.c.realm == "live", incident.c.status == "closed", incident.c.channel != CHANNEL
    )
    kept = closed.limit(templates).subquery()
    series = func.generate_series(bindparam("first", type_=Integer), bindparam("last", type_=Integer))
    count = series.table_valued("n").render_derived()
    at: ColumnElement[datetime] = bindparam("until", type_=Time) - count.c.n * cast(
        bindparam("step", type_=Interval), Interval
    )
    digits = func.lpad(cast(count.c.n, Text), 8, "0")
    own: dict[str, Any] = {
        "id": func.concat("PAST", digits),
        "number": func.concat(func.to_char(at, "YYYYMMDD-"), digits),
        "channel": literal(CHANNEL),
        "source_id": digits,
        "reported_at": at,
        "closed_at": at + timedelta(hours=3),
        "shelved": true(),
        "wakes_at": null(),
    }
    told = ("id", "number", "channel", "source_id", "shelved", "reported_at")
    pairs = [part for name in told for part in (literal(name), own[name])]
    own["doc"] = kept.c.doc.op("||")(cast(func.jsonb_build_object(*pairs), JSONB))
    written = [c.name for c in incident.c if c.computed is None]
    values = [own.get(name, kept.c[name]) for name in written]
    query = select(*values).select_from(count).join(kept, kept.c.place == count.c.n % templates)
    return insert(incident).from_select(written, query)
