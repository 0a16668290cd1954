"""Sensors' readings: the last one of each, and a thinned history partitioned by UTC day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert

from core.sensors import Reading, State
from db.days import ensure_day
from db.tables_sites import reading, sensor_state

KEPT_DAYS = 30


def lock_states(conn: Connection, realm: str, sensors: Collection[str]) -> dict[str, State]:
    """The last words of sensors, locked, codes ascending."""
    query = select(sensor_state).where(sensor_state.c.realm == realm, sensor_state.c.sensor.in_(sensors))
    rows = conn.execute(query.order_by(sensor_state.c.sensor).with_for_update()).mappings()
    return {row["sensor"]: _state(row) for row in rows}


def states(conn: Connection, realm: str) -> dict[str, State]:
    """Of every sensor that was ever heard."""
    rows = conn.execute(select(sensor_state).where(sensor_state.c.realm == realm)).mappings()
    return {row["sensor"]: _state(row) for row in rows}


def _state(row: Any) -> State:
    return State(**{name: value for name, value in row.items() if name != "realm"})


def put_states(conn: Connection, realm: str, fresh: Iterable[State]) -> None:
    rows = [{"realm": realm, **asdict(state)} for state in fresh]
    if not rows:
        return
    statement = insert(sensor_state)
    values = {c.name: statement.excluded[c.name] for c in sensor_state.c if not c.primary_key}
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["realm", "sensor"], set_=values, where=sensor_state.c.at <= statement.excluded.at
        ),
        rows,
    )


def trace(conn: Connection, realm: str, readings: Sequence[Reading]) -> None:
    """Append to the history by COPY. Partitions appear as needed."""
    for day in {one.at.astimezone(UTC).date() for one in readings}:
        ensure_day(conn, "reading", day)
    cursor: Any = conn.connection.cursor()
    with cursor, cursor.copy("COPY reading (realm, sensor, at, value) FROM STDIN") as copy:
        for one in readings:
            copy.write_row((realm, one.sensor, one.at, one.value))


def history(conn: Connection, realm: str, sensor: str, since: datetime) -> list[Reading]:
    """Oldest first."""
    query = select(reading.c.sensor, reading.c.value, reading.c.at).where(
        reading.c.realm == realm, reading.c.sensor == sensor, reading.c.at >= since
    )
    return [Reading(*row) for row in conn.execute(query.order_by(reading.c.at))]


def forget(conn: Connection, realm: str, now: datetime) -> int:
    """Delete a realm's readings older than KEPT_DAYS; how many."""
    old = delete(reading).where(reading.c.realm == realm, reading.c.at < now - timedelta(days=KEPT_DAYS))
    return conn.execute(old).rowcount
