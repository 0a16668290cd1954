"""Packing days of incidents into columns (`db.kpi_columns`), and knowing which are to be packed."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Connection, Date, Text, and_, cast, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from core.kpi import INTERVALS
from db import log
from db.kpi_columns import FORM, Rows, day_span, read_words
from db.tables_kpi import WORDS, kpi_day, kpi_touched, kpi_word

COLUMNS = ("moments", *WORDS, *(one.code for one in INTERVALS))
_DAY = cast(func.timezone("UTC", kpi_touched.c.moment), Date)


def to_pack(conn: Connection, least: int) -> list[tuple[str, date]]:
    """Realms and days (UTC) in which at least so many moments were touched since they were packed."""
    query = select(kpi_touched.c.realm, _DAY).group_by(kpi_touched.c.realm, _DAY)
    found = conn.execute(query.having(func.count() >= least).order_by(kpi_touched.c.realm, _DAY))
    return [(row[0], row[1]) for row in found]


def read_day(conn: Connection, realm: str, day: date) -> tuple[int, Rows]:
    """A day as it stands at a position of the log. The connection's isolation must be REPEATABLE READ."""
    return log.head(conn, realm), Rows(conn, realm, [day_span(day)])


def write_day(conn: Connection, realm: str, day: date, seq: int, rows: Rows) -> None:
    """Keep what was read, unless a newer one is kept.

    Verbs wait for nothing here but the removal of a moment that they touch: those whom one is just touching
    are passed over, and stay touched.
    """
    known = {kind: _numbered(conn, kind, set(rows.words(kind))) for kind in WORDS}
    values: dict[str, Any] = {name: rows.packed(name, known.get(name, {})) for name in COLUMNS}
    kept = insert(kpi_day).values(realm=realm, day=day, seq=seq, form=FORM, **values)
    fresh = {name: kept.excluded[name] for name in ("seq", "form", *COLUMNS)}
    older = (kpi_day.c.seq < kept.excluded.seq) | (kpi_day.c.form != FORM)
    conn.execute(kept.on_conflict_do_update(index_elements=["realm", "day"], set_=fresh, where=older))
    since, until = day_span(day)
    t = kpi_touched.c
    within = and_(t.realm == realm, t.moment >= since, t.moment < until, t.seq <= seq)
    told = select(t.moment).where(within).with_for_update(skip_locked=True).cte("told")
    conn.execute(delete(kpi_touched).where(t.realm == realm, t.moment.in_(select(told.c.moment))))


def _numbered(conn: Connection, kind: str, words: set[str]) -> dict[str, int]:
    """The numbers of words; new ones are given."""
    known = read_words(conn, kind)
    if new := sorted(words - known.keys()):
        given = select(literal(kind), func.unnest(literal(new, ARRAY(Text))))
        added = insert(kpi_word).from_select(["kind", "word"], given).on_conflict_do_nothing()
        conn.execute(added)
        known = read_words(conn, kind)
    return known


def forget(conn: Connection, realm: str) -> None:
    """The packed days of a realm, whose rows are made again."""
    conn.execute(delete(kpi_day).where(kpi_day.c.realm == realm))
