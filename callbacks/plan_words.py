"""What the callbacks of `/plans` say, and in whose words."""

from __future__ import annotations

from dash import set_props

from actions import stock_reading
from callbacks.registrar import Ask
from pages import ids as common
from pages.messages import DEFAULT, text
from pages.plans.words import City


def city_of(ask: Ask) -> City:
    """The names of the city's codes, in the reader's language."""
    known, own = ask.services.reference, ask.lang == DEFAULT
    items = stock_reading.list_items(ask.services, ask.principal)
    return City(
        ask.lang,
        departments={one.code: one.name if own else one.name_en for one in known.departments().values()},
        items={one["code"]: (one["name"] if own else one["name_en"], one["unit"]) for one in items},
        classes={one.code: one.name if own else one.name_en for one in known.classes().values()},
        areas={code: row.name for code, row in known.areas().by_code.items()},
    )


def told(ask: Ask, key: str, kind: str = "done", remedy: str = "", **params: object) -> None:
    """A notice; `remedy`: the key of what to do."""
    more = {"remedy": text(ask.lang, remedy)} if remedy else {}
    set_props(common.NOTICE, {"data": {"kind": kind, "text": text(ask.lang, key, **params), **more}})
