"""状态板: every unit by how long it has been in its state, over the lower half of the map.

Its rows are drawn by static/js/7b-board.js from what the stream has brought: no question to the server.
"""

from __future__ import annotations

from dash import html

from pages import ids
from pages.messages import text
from pages.parts import marked

FILTERS = ("all", "late", "away", "on_scene", "reserved", "available", "in_drill", "off_duty")
"""The views of the board, as static/js/7b-board.js counts them."""
COLUMNS = ("sign", "name", "kind", "status", "time", "limit", "incident", "area")


def panel(lang: str) -> html.Section:
    """Head with views and filters, column names, and the host of the rows."""
    chips = [_chip(lang, name) for name in FILTERS]
    close = html.Button(
        [text(lang, "board.close"), html.Kbd("Esc")], className="plain", **marked(data_board_close="1")
    )
    names = [html.Span(text(lang, f"board.column.{name}")) for name in COLUMNS]
    return html.Section(
        [
            html.Div([*chips, html.Div(className="board-selects"), close], className="board-head"),
            html.Div(names, className="board-row board-names"),
            html.Div(className="board-rows", tabIndex="0", **marked(aria_label=text(lang, "board.button"))),
        ],
        id=ids.STATUS_BOARD,
        className="status-board",
        hidden=True,
    )


def _chip(lang: str, name: str) -> html.Button:
    marks = marked(data_board=name, aria_pressed="false")
    return html.Button(
        [html.Span(text(lang, f"board.filter.{name}")), html.B("0")], className="chip", **marks
    )
