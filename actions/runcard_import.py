"""出动编成, the supplies that go with it and the weights of advice out of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from actions.table_checks import Problems, refuse_rows, tell_idle_classes, twice
from actions.unit_of_work import Transaction
from db.history import Counts, Revision
from db.org import put_rows
from db.stock import read_items
from db.tables_advice import advice_rule, run_card, run_supply
from geo.problems import Problem
from geo.table import Row

_CARD = ("level", "position", "slot", "slot_en", "kinds", "skills", "vehicle", "number", "takes")


def write_run_cards(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """出动编成: rows of one class and level are a card, in the order of the file. Raises FileRefused for a
    row given twice; classes that the city does not have are told."""
    order: Counter[tuple[str, int]] = Counter()
    for row in rows:
        _classed(row)
        row |= {name: row[name] or "" for name in ("slot_en", "skills", "vehicle")}
        row["takes"] = row["takes"] or 0
        order[row["class"], row["level"]] += 1
        row["position"] = order[row["class"], row["level"]]
    refuse_rows(twice(rows, "class", "level", "slot"))
    tell_idle_classes(tx, rows, problems)
    made = [_made(row, _CARD) for row in rows]
    return put_rows(tx.conn, run_card, made, replace=revision.replace)


def write_run_supplies(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """Supplies by class and level. Raises FileRefused for an item that is not in the code table, and a row
    given twice."""
    for row in rows:
        _classed(row)
    known = read_items(tx.conn)
    refuse_rows(
        Problem("field_invalid", row["row"], "item", params={"value": row["item"]})
        for row in rows
        if row["item"] not in known
    )
    refuse_rows(twice(rows, "class", "level", "item"))
    tell_idle_classes(tx, rows, problems)
    made = [_made(row, ("level", "item", "quantity", "within_min")) for row in rows]
    return put_rows(tx.conn, run_supply, made, replace=revision.replace)


def write_advice_rules(tx: Transaction, rows: list[Row], problems: Problems, revision: Revision) -> Counts:
    """What advice weighs: figures of the table by their names; none is added or lost. Raises FileRefused for
    a name that there is not, and one given twice."""
    held = {row["name"]: dict(row) for row in tx.conn.execute(select(advice_rule)).mappings()}
    known = ", ".join(sorted(held))
    refuse_rows(
        Problem("field_not_a_choice", row["row"], "name", params={"value": row["name"], "choices": known})
        for row in rows
        if row["name"] not in held
    )
    refuse_rows(twice(rows, "name"))
    made = [{**held[row["name"]], "value": row["value"], "source": _source(row)} for row in rows]
    return put_rows(tx.conn, advice_rule, made, replace=False)


def _classed(row: Row) -> None:
    row |= {"class": row["class"] or "", "level": row["level"] or 0}


def _made(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names} | {"class_code": row["class"], "source": _source(row)}


def _source(row: Row) -> str:
    return row["source"] or "本市导入"
