"""车速表 and 出动时间表 out of files."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from sqlalchemy import select

from actions.table_checks import Problems, refuse_rows, twice
from actions.unit_of_work import Transaction
from core.speeds import SpeedRule
from db.history import Counts, Revision
from db.org import put_rows
from db.tables_speeds import speed_rule, turnout
from geo.problems import Problem
from geo.table import Row

_RULE = ("vehicle", "road_class", "starts", "ends", "factor", "most_kmh")


def write_speeds(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """车速表. Raises FileRefused for a line given twice, and for hours of one vehicle on one road that
    overlap without one of the two being the narrower."""
    for row in rows:
        row["road_class"] = row.pop("road") or ""
        row |= {"vehicle": row["vehicle"] or "", "starts": row["starts"] or 0}
        row["ends"] = 24 if row["ends"] is None else row["ends"]
    refuse_rows(_beyond_the_day(rows))
    refuse_rows(twice(rows, "vehicle", "road_class", "starts", "ends"))
    refuse_rows(_overlaps(rows))
    made = [{name: row[name] for name in _RULE} | {"source": _source(row)} for row in rows]
    return put_rows(tx.conn, speed_rule, made, replace=revision.replace)


def _beyond_the_day(rows: Iterable[Row]) -> Iterable[Problem]:
    for row in rows:
        for name, limit in (("starts", 24), ("ends", 0)):
            if row[name] == limit:
                yield Problem("field_invalid", row["row"], name, params={"value": row[name]})


def _overlaps(rows: Iterable[Row]) -> Iterable[Problem]:
    for before, after in combinations(rows, 2):
        one, other = (SpeedRule(**{name: row[name] for name in _RULE}) for row in (before, after))
        same = (one.vehicle, one.road_class) == (other.vehicle, other.road_class)
        if same and len(one.hours) == len(other.hours) and one.hours & other.hours:
            yield Problem("hours_overlap", after["row"], "starts", params={"other": before["row"]})


def write_turnouts(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """出动时间表. Raises FileRefused for a kind given twice, a vehicle without a speed, and figures that do
    not rise from the fastest tenth to the slowest."""
    for row in rows:
        row["kind"] = row["kind"] or ""
    refuse_rows(twice(rows, "kind"))
    refuse_rows(_unknown_vehicles(tx, rows))
    refuse_rows(_not_rising(rows))
    names = [column.name for column in turnout.c if column.name != "source"]
    made = [{name: row[name] for name in names} | {"source": _source(row)} for row in rows]
    return put_rows(tx.conn, turnout, made, replace=revision.replace)


def _unknown_vehicles(tx: Transaction, rows: Iterable[Row]) -> Iterable[Problem]:
    known = set(tx.conn.scalars(select(speed_rule.c.vehicle).where(speed_rule.c.vehicle != "")))
    for row in rows:
        if row["vehicle"] not in known:
            params = {"value": row["vehicle"], "choices": ", ".join(sorted(known))}
            yield Problem("field_not_a_choice", row["row"], "vehicle", params=params)


def _not_rising(rows: Iterable[Row]) -> Iterable[Problem]:
    for row in rows:
        for start in ("home", "street"):
            low, usual, high = (row[f"{start}_{name}"] for name in ("low_s", "s", "high_s"))
            if not low <= usual <= high:
                yield Problem("field_invalid", row["row"], f"{start}_s", params={"value": f"{usual:g}"})
        if not row["drive_low"] <= 1 <= row["drive_high"]:
            value = f"{row['drive_low']:g}–{row['drive_high']:g}"
            yield Problem("field_invalid", row["row"], "drive_low", params={"value": value})


def _source(row: Row) -> str:
    return row["source"] or "本市导入"
