"""What a plan needs at each level, beside what the city's run cards send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from core.plan_checks import demanded
from core.plans import LEVELS, Plan
from core.runcards import Slot
from pages.places.parts import heading
from pages.places.table import Column, table
from pages.plans import ids, words
from pages.plans.shown import STEADY
from pages.plans.words import City


def forces(city: City, plan: Plan, slots: Sequence[Slot]) -> list[Any]:
    """What the tasks need together at each level, and the city's run cards for the trigger's classes."""
    levels = [Column(f"at{level}", words.level(level), number=True, least=80) for level in LEVELS]
    need_columns = [Column("what", city.say("plans.need.what"), least=200), *levels]
    card_columns = [
        Column("class", city.say("plans.forces.class"), least=170, wrap=True),
        Column("level", city.say("plans.column.level"), least=70),
        Column("slot", city.say("plans.forces.slot"), least=150),
        Column("number", city.say("plans.need.number"), number=True, least=70),
    ]
    needed = table(city.lang, ids.NEEDED, need_columns, needed_rows(city, plan), height=None,
                   options=STEADY)  # fmt: skip
    cards = table(city.lang, ids.CARDS, card_columns, card_rows(city, slots), height=None,
                  options=STEADY)  # fmt: skip
    left = html.Div([heading(city.say("plans.forces.needed")), needed])
    note = html.P(city.say("plans.forces.note"), className="tab-note")
    right = html.Div([heading(city.say("plans.forces.cards")), note, cards])
    return [html.Div([left, right], className="plans-pair")]


def needed_rows(city: City, plan: Plan) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for level in reversed(LEVELS):
        for one in demanded(plan.tasks_at(level)):
            row = found.setdefault((one.kind, one.what), {"what": _needed(city, one.kind, one.what)})
            row[f"at{level}"] = one.number
    return list(found.values())


def _needed(city: City, kind_: str, what: str) -> str:
    if kind_ == "unit":
        return city.say("plans.forces.units", what=words.skill(city, what))
    name, unit = city.items.get(what, (what, ""))
    return f"{name}（{unit}）" if unit else name


def card_rows(city: City, slots: Sequence[Slot]) -> list[dict[str, Any]]:
    return [
        {"class": words.class_words(city, one.class_code),
         "level": words.level(one.level) if one.level else city.say("plans.forces.every"),
         "slot": one.slot_en if city.lang == "en" else one.slot, "number": one.number}
        for one in slots
    ]  # fmt: skip


def slots_for(plan: Mapping[str, Any], slots: Sequence[Slot]) -> list[Slot]:
    """The run cards of the classes that trigger a plan: of codes that begin as theirs, or they as these."""
    codes = {code for one in plan["triggers"] for code in one["classes"]}
    return [
        one for one in slots
        if any(one.class_code.startswith(code) or code.startswith(one.class_code) for code in codes)
    ]  # fmt: skip
