"""Run cards and the weights of advice: shipped as data, replaced by a city's own."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from core.runcards import OF_KIND, WEIGHTS, RunCards, Slot, Supply, Weights
from db.shipped import Readers, put_shipped, shipped
from db.tables_advice import advice_rule, run_card, run_supply

KINDS = ("runcards", "runsupplies", "advicerules")
"""The lists by which they come in."""
_CARD: Readers = {"position": int, "level": int, "number": int, "takes": int}
_SUPPLY: Readers = {"level": int, "quantity": float, "within_min": float}
_RULE: Readers = {"value": float}


def load_run_cards(conn: Connection) -> None:
    """Put the shipped cards into empty tables: a city that brought its own does not get these back. Every
    weight is there."""
    for table, file, readers in (
        (run_card, "run_cards.csv", _CARD), (run_supply, "run_supplies.csv", _SUPPLY),
    ):  # fmt: skip
        if conn.execute(select(table).limit(1)).first() is None:
            put_shipped(conn, table, file, readers)
    put_shipped(conn, advice_rule, "advice_rules.csv", _RULE)


def read_run_cards(conn: Connection) -> RunCards:
    """All of the city's, by class, level and slot."""
    cards = select(run_card).order_by(run_card.c.class_code, run_card.c.level, run_card.c.position)
    supplies = select(run_supply).order_by(run_supply.c.class_code, run_supply.c.level, run_supply.c.item)
    rules = {row.name: row.value for row in conn.execute(select(advice_rule))}
    return RunCards(
        tuple(slot_of(dict(row)) for row in conn.execute(cards).mappings()),
        tuple(Supply(**row) for row in conn.execute(supplies).mappings()),
        weights_of(rules),
    )


def slot_of(row: dict[str, object]) -> Slot:
    """A card's row as it is stored."""
    words = {name: tuple(str(row[name]).split()) for name in ("kinds", "skills")}
    told = {name: value for name, value in row.items() if name != "position"}
    return Slot(**{**told, **words})  # type: ignore[arg-type]


def weights_of(rules: Mapping[str, float]) -> Weights:
    """From figures by name; what is missing is as in the code."""
    kinds = {name.removeprefix(OF_KIND): value for name, value in rules.items() if name.startswith(OF_KIND)}
    return Weights(**{name: rules[name] for name in WEIGHTS if name in rules}, kinds=kinds)


def shipped_run_cards() -> RunCards:
    """What a new city has, without a database."""
    rules = {row["name"]: row["value"] for row in shipped("advice_rules.csv", _RULE)}
    return RunCards(
        tuple(slot_of(row) for row in shipped("run_cards.csv", _CARD)),
        tuple(Supply(**row) for row in shipped("run_supplies.csv", _SUPPLY)),
        weights_of(rules),
    )
