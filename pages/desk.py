"""值班台: list left, map middle, card right."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from pages import advice, command_line, ids, keys, linkage, parts, report_form, status_board
from pages.messages import DEFAULT, language, text

title = text(DEFAULT, "desk.page_title")

QUEUES = ("open", "near", "over", "waiting", "mine", "all")
"""The queues, as static/js/74-queues.js counts them."""


def layout(lang: str | None = None, realm: str = "live", **_: object) -> html.Div:
    """The duty desk, in this language and realm."""
    lang = language(lang)
    return html.Div(
        [
            *_stores(lang, realm),
            *linkage.stores(),
            _bar(lang),
            html.Div(
                [_list_head(lang), *parts.incident_list(lang), linkage.strip(lang)], className="list-pane"
            ),
            parts.map_frame(lang, _move_note(lang), status_board.panel(lang)),
            _card_pane(lang),
            command_line.foot(lang),
            parts.toast(),
            keys.sheet(lang),
            linkage.dialog(lang),
        ],
        className="desk-page",
    )


def _stores(lang: str, realm: str) -> list[dcc.Store]:
    acts = (ids.SELECTION, ids.PICKED, ids.NOTICE, ids.UNDO, ids.MOVED)
    names = (*acts, ids.DRAFT, ids.AMENDING, ids.REPORT_SAID, ids.OFFER, ids.COMMAND, ids.COMMAND_SAID)
    plain = [dcc.Store(id=name) for name in names]
    return [*plain, dcc.Store(id=ids.LANG, data=lang), dcc.Store(id=ids.REALM, data=realm)]


def _bar(lang: str) -> html.Header:
    help_ = html.Button(
        [text(lang, "keys.open"), html.Kbd("?")], className="plain", **parts.marked(data_open_keys="1")
    )
    return parts.bar(lang, "desk", help_)


def _list_head(lang: str) -> html.Div:
    search = dcc.Input(
        id=ids.SEARCH,
        type="text",
        className="search",
        placeholder=text(lang, "list.search"),
        maxLength=80,
        autoComplete="off",
    )
    field = html.Div([search, html.Kbd("/"), html.Div(id=ids.FOUND, hidden=True)], className="search-field")
    chips = html.Div([_chip(lang, name) for name in QUEUES], className="chips")
    return html.Div([field, chips, _filter_line(lang)], className="list-head")


def _chip(lang: str, name: str) -> html.Button:
    words = html.Span(text(lang, f"queue.{name}"))
    marks = parts.marked(data_filter=name, aria_pressed="false", title=text(lang, f"queue.{name}.means"))
    return html.Button([words, html.B("–")], className="chip", **marks)


def _filter_line(lang: str) -> html.Div:
    """The button, what is chosen in words, and the way out of it; always there, so that nothing jumps."""
    key = html.Button(
        [text(lang, "filter.open"), html.Kbd("F")], className="plain", **parts.marked(data_narrow="1")
    )
    said = html.Span(text(lang, "list.order"), className="clip said")
    clear = html.Button(
        [text(lang, "filter.clear"), html.Kbd("0")],
        className="plain clear",
        hidden=True,
        **parts.marked(data_clear="1"),
    )
    panel = html.Div(id=ids.FILTER_PANEL, hidden=True)
    return html.Div([key, said, clear, panel], id=ids.FILTER_LINE)


def _move_note(lang: str) -> html.Div:
    """Over the map while a new place is being pointed at."""
    return html.Div([text(lang, "move.hint"), html.Kbd("Esc")], className="move-note", role="status")


def _card_pane(lang: str) -> html.Div:
    return html.Div(
        [
            _empty(lang),
            _skeleton(),
            _card(lang),
            linkage.panel(lang),
            report_form.form(lang),
            report_form.amend_form(lang),
        ],
        id=ids.CARD_PANE,
        className="card-pane no-card",
    )


def _empty(lang: str) -> html.Div:
    lines = [html.P(text(lang, f"card.empty.{n}")) for n in ("select", "report", "keys")]
    return html.Div(lines, className="empty card-scroll")


def _skeleton() -> html.Div:
    """While the card of another incident is on its way."""
    return html.Div(
        [*(html.I() for _ in range(7)), html.P(role="alert")], className="card-skeleton card-scroll"
    )


def _card(lang: str) -> html.Div:
    """The frame of the card; callbacks/desk.py fills its parts, so that what is typed is never redrawn.

    Above what is read, below, always at the same place, what is pressed.
    """
    read = [
        html.Div(id=ids.CARD_TOP),
        html.Div(id=ids.CARD_LINKAGE, hidden=True),
        html.Div(id=ids.CARD_UNITS),
        html.Div(id=ids.ADVICE_HEAD, className="section-head"),
        html.Div(id=ids.ADVICE_LIST),
        html.Div(id=ids.CARD_TIMELINE),
    ]
    pressed = [
        advice.choice(lang),
        _word(lang),
        html.Div([_commit(lang), html.Div(id=ids.CARD_ACTS, className="verbs")], className="acts"),
    ]
    return html.Div(
        [html.Div(read, className="card-scroll"), html.Div(pressed, className="card-foot")],
        id=ids.INCIDENT_CARD,
        tabIndex="-1",
    )


def _word(lang: str) -> html.Div:
    words = text(lang, "card.word")
    field: Any = dcc.Textarea(id=ids.WORD, rows=2, maxLength=4000, placeholder=words, title=words)
    return html.Div(field, className="word")


def _commit(lang: str) -> html.Button:
    return html.Button(
        [html.Span(text(lang, "act.dispatch_none"), id=ids.COMMIT_LABEL), html.Kbd("Ctrl ↵")],
        id=ids.COMMIT_DISPATCH,
        className="act primary",
        title="Ctrl+Enter",
    )
