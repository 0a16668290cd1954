"""The report of the drill whose page it is; its pictures come when they are drawn."""

from __future__ import annotations

from typing import Any

from dash import Input, Output

from actions.drill_reports import read_report
from callbacks.registrar import Ask, Registrar
from core.drill import PREFIX
from pages import drill_report_page as page
from pages.drill_report import drawn, ids
from pages.drill_report.sheets import sheet
from pages.paper import pictures
from pages.paper_colours import screen


def register(registrar: Registrar) -> None:
    registrar.add(
        show, [Output(ids.LINKS, "children"), Output(ids.TEXT, "children")], [Input(ids.TEXT, "id")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(
        draw, [Output(ids.PICTURES, "children")], [Input(ids.PICTURES, "id")], prevent_initial_call=False
    )


def show(ask: Ask, _there: str) -> list[Any]:
    ident = ask.realm.removeprefix(PREFIX)
    of = read_report(ask.services, ask.principal, ident)
    by = sheet(ask.services, ask.principal, ask.lang, ident, of, maps=False)
    return [page.links(ask.lang, ident), page.shown(by, of)]


def draw(ask: Ask, _there: str) -> list[Any]:
    """In the colours of the screen."""
    ident = ask.realm.removeprefix(PREFIX)
    of = read_report(ask.services, ask.principal, ident)
    by = sheet(ask.services, ask.principal, ask.lang, ident, of)
    found = drawn.pictures(ask.lang, ask.services.zone, of, by.scenes)
    return page.pictures(ask.lang, found, pictures(found, screen()))
