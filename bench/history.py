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
    Select,
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

from core.model import DONE
from core.past import STEPS
from db.tables import Time, incident
from db.tables_kpi import kpi_touched

AT_ONCE, TEMPLATES = 50_000, 1000
YEARS = timedelta(days=3 * 365)
CHANNEL = "past"
_MOMENTS = ("reported_at", *STEPS)


def fill(engine: Engine, wanted: int, until: datetime, over: timedelta = YEARS) -> None:
    """So many more, evenly over a time until a moment. Raises LookupError when nothing was closed yet."""
    past = select(func.count()).where(incident.c.channel == CHANNEL)
    with engine.connect() as conn:
        known = int(conn.scalar(past) or 0)
        made = len(conn.execute(_closed().with_only_columns(incident.c.id).limit(TEMPLATES)).all())
    if not made:
        raise LookupError("no incident was closed")
    step = over / wanted
    for first in range(known + 1, known + wanted + 1, AT_ONCE):
        span = {"first": first, "last": min(first + AT_ONCE - 1, known + wanted)}
        with engine.begin() as conn:
            conn.execute(_copies(made), {**span, "until": until + known * step, "step": step})
    with engine.begin() as conn:
        conn.execute(_touched())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("VACUUM ANALYZE incident"))


def _closed() -> Select[Any]:
    """The incidents of the log that were worked through."""
    ended = incident.c.status.in_(DONE)
    return select(incident).where(incident.c.realm == "live", ended, incident.c.channel != CHANNEL)


def _touched() -> Insert:
    """For the reports they are new: to be packed."""
    moments = select(incident.c.realm, incident.c.reported_at, literal(0)).distinct()
    return insert(kpi_touched).from_select(
        ["realm", "moment", "seq"], moments.where(incident.c.channel == CHANNEL)
    )


def _copies(templates: int) -> Insert:
    """INSERT … SELECT of the rows numbered first … last, each after one of the templates, all its moments as
    much earlier as its report."""
    place = func.row_number().over(order_by=incident.c.id) - 1
    kept = _closed().add_columns(place.label("place")).order_by(incident.c.id).limit(templates).subquery()
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
        "shelved": true(),
        "wakes_at": null(),
        **{name: at + (kept.c[name] - kept.c.reported_at) for name in _MOMENTS},
    }
    told = ("id", "number", "channel", "source_id", "shelved", *_MOMENTS)
    pairs = [part for name in told for part in (literal(name), own[name])]
    own["doc"] = kept.c.doc.op("||")(cast(func.jsonb_build_object(*pairs), JSONB))
    written = [c.name for c in incident.c if c.computed is None]
    values = [own.get(name, kept.c[name]) for name in written]
    query = select(*values).select_from(count).join(kept, kept.c.place == count.c.n % templates)
    return insert(incident).from_select(written, query)
