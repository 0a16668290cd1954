"""The thinned trace of unit positions, partitioned by UTC day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ARRAY, Connection, Row, Select, Text, any_, delete, func, literal, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine.interfaces import DBAPIConnection

from db.days import ensure_day
from db.tables import track

KEPT_DAYS = 30
LATEST_WITHIN = timedelta(days=1)


def write(conn: Connection, realm: str, rows: Sequence[Sequence[Any]]) -> None:
    """Append positions by COPY: [unit, lon, lat, at_ms, speed, heading] each. Partitions appear as needed."""
    for day in {_at(row[3]).date() for row in rows}:
        ensure_day(conn, "track", day)
    cursor = _raw(conn).cursor()
    with cursor.copy("COPY track (realm, unit, at, lon, lat, speed, heading) FROM STDIN") as copy:
        for unit, lon, lat, at_ms, speed, heading in rows:
            copy.write_row((realm, unit, _at(at_ms), lon, lat, speed, heading))


def _raw(conn: Connection) -> Any:
    raw: DBAPIConnection | None = conn.connection.driver_connection
    return raw


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def latest(conn: Connection, realm: str) -> list[list[Any]]:
    """The last position of each unit within a day of the newest: [unit, lon, lat, at_ms, speed, heading]."""
    newest = conn.scalar(select(func.max(track.c.at)).where(track.c.realm == realm))
    if newest is None:
        return []
    query = (
        select(track)
        .ext(distinct_on(track.c.unit))
        .where(track.c.realm == realm, track.c.at > newest - LATEST_WITHIN)
        .order_by(track.c.unit, track.c.at.desc())
    )
    return _rows(conn, query)


def standing(conn: Connection, realm: str, units: Sequence[str], at: datetime) -> list[list[Any]]:
    """The last position of each of these units within a day before a moment, as `latest`."""
    asked = func.unnest(literal(list(units), ARRAY(Text))).table_valued("id").render_derived("asked")
    last = (
        select(track)
        .where(track.c.realm == realm, track.c.unit == asked.c.id)
        .where(track.c.at > at - LATEST_WITHIN, track.c.at <= at)
        .order_by(track.c.at.desc())
        .limit(1)
        .lateral("last")
    )
    return _rows(conn, select(last).select_from(asked.join(last, true())))


def between(
    conn: Connection, realm: str, units: Sequence[str], since: datetime, until: datetime, step_s: float
) -> list[list[Any]]:
    """Where these units were after a moment up to another, oldest first, as `latest`: of each the last
    position in every `step_s` seconds."""
    step = func.floor(func.extract("epoch", track.c.at - since) / step_s)
    some = (
        select(track)
        .ext(distinct_on(track.c.unit, step))
        .where(track.c.realm == realm, track.c.unit == any_(literal(list(units), ARRAY(Text))))
        .where(track.c.at > since, track.c.at <= until)
        .order_by(track.c.unit, step, track.c.at.desc())
        .subquery()
    )
    return _rows(conn, select(some).order_by(some.c.at))


def _rows(conn: Connection, query: Select[Any]) -> list[list[Any]]:
    return [_position(row) for row in conn.execute(query)]


def _position(r: Row[Any]) -> list[Any]:
    return [r.unit, r.lon, r.lat, int(r.at.timestamp() * 1000), r.speed, r.heading]


def forget(conn: Connection, realm: str, now: datetime) -> int:
    """Delete a realm's positions older than KEPT_DAYS; how many."""
    old = delete(track).where(track.c.realm == realm, track.c.at < now - timedelta(days=KEPT_DAYS))
    return conn.execute(old).rowcount
