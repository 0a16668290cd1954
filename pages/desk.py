"""值班台: list left, map middle, card right."""

from __future__ import annotations

from dash import dcc, html

from pages import ids, parts, report_form
from pages.messages import DEFAULT, language, text

title = text(DEFAULT, "desk.page_title")

FILTERS = ("all", "waiting", "near", "over")


def layout(lang: str | None = None, realm: str = "live", **_: object) -> html.Div:
    """The duty desk, in this language and realm."""
    lang = language(lang)
    return html.Div(
        [
            *_stores(lang, realm),
            _bar(lang),
            html.Div([_list_head(lang), *parts.incident_list(lang)], className="list-pane"),
            parts.map_frame(lang),
            _card_pane(lang),
            parts.toast(),
        ],
        className="desk-page",
    )


def _stores(lang: str, realm: str) -> list[dcc.Store]:
    plain = [dcc.Store(id=name) for name in (ids.SELECTION, ids.PICKED, ids.DRAFT, ids.NOTICE)]
    return [*plain, dcc.Store(id=ids.LANG, data=lang), dcc.Store(id=ids.REALM, data=realm)]


def _bar(lang: str) -> html.Header:
    other = "en" if lang == DEFAULT else DEFAULT
    here = html.A(text(lang, "desk.title"), href="/desk", **parts.marked(aria_current="page"))
    return html.Header(
        [
            html.H1(text(lang, "product.name")),
            html.Nav([here]),
            parts.freshness(lang),
            html.Div(className="who clip", **parts.marked(data_who="1")),
            html.A(text(other, "login.language"), href=f"/desk?lang={other}", className="plain"),
            _log_out(lang),
            parts.clock(),
        ],
        className="bar",
    )


def _log_out(lang: str) -> html.Form:
    button = html.Button(text(lang, "desk.log_out"), type="submit", className="plain")
    return html.Form(button, action=f"/logout?lang={lang}", method="post")


def _list_head(lang: str) -> html.Div:
    search = dcc.Input(
        id=ids.SEARCH, type="text", className="search", placeholder=text(lang, "list.search"), debounce=True
    )
    chips = [
        html.Button(text(lang, f"filter.{name}", n=0), className="chip", **parts.marked(data_filter=name))
        for name in FILTERS
    ]
    return html.Div([search, html.Div(chips, className="chips")], className="list-head")


def _card_pane(lang: str) -> html.Div:
    return html.Div(
        [_empty(lang), _card(lang), report_form.form(lang)], id=ids.CARD_PANE, className="card-pane no-card"
    )


def _empty(lang: str) -> html.Div:
    lines = [html.P(text(lang, f"card.empty.{n}")) for n in ("select", "report", "keys")]
    return html.Div(lines, className="empty card-scroll")


def _card(lang: str) -> html.Div:
    """The frame of the card; callbacks/desk.py fills its parts, so that what is typed is never redrawn."""
    commit = html.Button(
        [html.Span(text(lang, "act.dispatch_none"), id=ids.COMMIT_LABEL), html.Kbd("Ctrl ↵")],
        id=ids.COMMIT_DISPATCH,
        className="act primary",
        title="Ctrl+Enter",
    )
    word = dcc.Textarea(
        id=ids.WORD,
        rows=2,
        maxLength=4000,
        placeholder=text(lang, "card.word"),
        title=text(lang, "card.word"),
    )
    return html.Div(
        [
            html.Div(id=ids.CARD_TOP),
            html.Div(id=ids.ADVICE_HEAD, className="section-head"),
            html.Div(id=ids.ADVICE_LIST),
            html.Div(commit, className="acts commit"),
            html.Div(id=ids.CARD_UNITS),
            html.Div(word, className="word"),
            html.Div(id=ids.CARD_ACTS, className="acts"),
            html.Div(id=ids.CARD_TIMELINE),
        ],
        id=ids.INCIDENT_CARD,
        className="card-scroll",
    )
