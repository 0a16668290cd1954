"""The tables of speeds and of turnout times: shipped as data, replaced by a city's own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Double, select

from core.speeds import SpeedRule, SpeedTable, Spread, Turnout
from db.shipped import Readers, Row, figure, put_shipped, shipped
from db.tables_speeds import speed_rule, turnout

KINDS = ("speeds", "turnouts")
"""The lists by which they come in."""
_SPEEDS: Readers = {"starts": int, "ends": int, "factor": float, "most_kmh": figure}
_TURNOUTS: Readers = {column.name: float for column in turnout.c if isinstance(column.type, Double)}


def load_speed_tables(conn: Connection) -> None:
    """Put the shipped rows into empty tables: a city that brought its own does not get these back."""
    for table, file, readers in ((speed_rule, "speeds.csv", _SPEEDS), (turnout, "turnouts.csv", _TURNOUTS)):
        if conn.execute(select(table).limit(1)).first() is None:
            put_shipped(conn, table, file, readers)


def read_speeds(conn: Connection) -> SpeedTable:
    rules, turnouts = (conn.execute(select(table)).mappings() for table in (speed_rule, turnout))
    return _table([dict(row) for row in rules], [dict(row) for row in turnouts])


def shipped_speeds() -> SpeedTable:
    """What a new city has, without a database."""
    return _table(shipped("speeds.csv", _SPEEDS), shipped("turnouts.csv", _TURNOUTS))


def _table(rules: Sequence[Row], turnouts: Sequence[Row]) -> SpeedTable:
    names = ("vehicle", "road_class", "starts", "ends", "factor", "most_kmh")
    return SpeedTable(
        [SpeedRule(**{name: row[name] for name in names}) for row in rules],
        [
            Turnout(
                row["kind"], row["vehicle"], Spread(row["home_low_s"], row["home_s"], row["home_high_s"]),
                Spread(row["street_low_s"], row["street_s"], row["street_high_s"]),
                row["drive_low"], row["drive_high"],
            )
            for row in turnouts
        ],
    )  # fmt: skip
