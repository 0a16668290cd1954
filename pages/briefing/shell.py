"""The frame of `/briefing/ID`: what was reported left, the report being written, the losses right."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from pages import ids as common
from pages import parts
from pages.briefing import ids
from pages.messages import DEFAULT, language, text
from pages.places.parts import heading, skeleton
from pages.places.theme import themed

title = text(DEFAULT, "briefing.page_title")


def layout(lang: str | None = None, realm: str = "live", ident: str = "", **_: object) -> Any:
    """The page in this language and realm, of one response."""
    lang = language(lang)
    body = html.Main([_sent(lang), _writing(lang), _losses(lang)], className="briefing-body")
    shown = [*_stores(lang, realm, ident), parts.bar(lang, f"briefing/{ident}"), body, parts.toast()]
    return themed(html.Div(shown, className="places-page briefing-page"))


def _stores(lang: str, realm: str, ident: str) -> list[Any]:
    given = [
        dcc.Store(id=common.LANG, data=lang), dcc.Store(id=common.REALM, data=realm),
        dcc.Store(id=ids.LINKAGE, data=ident),
    ]  # fmt: skip
    empty = (common.NOTICE, common.SELECTION, ids.STAGE, ids.COVERS, ids.TICK, ids.DONE)
    return [*given, *(dcc.Store(id=name) for name in empty)]


def _sent(lang: str) -> html.Section:
    head = html.Div(skeleton(), id=ids.HEAD, className="briefing-head")
    filed = html.Div(id=ids.FILED, className="briefing-filed")
    return html.Section([head, heading(text(lang, "briefing.filed")), filed])


def _writing(lang: str) -> html.Section:
    words: Any = dmc.Textarea(
        id=ids.TEXT, className="briefing-text",
        **parts.marked(aria_label=text(lang, "briefing.text")),
    )  # fmt: skip
    to: Any = dmc.MultiSelect(
        id=ids.TO, label=text(lang, "briefing.to"), data=[], value=[], searchable=True, limit=60,
        maxValues=40, hidePickedOptions=True, nothingFoundMessage=text(lang, "measures.nothing"),
    )  # fmt: skip
    task: Any = dmc.Select(
        id=ids.TASK, label=text(lang, "briefing.task"), data=[], clearable=True,
        placeholder=text(lang, "briefing.task.none"),
    )  # fmt: skip
    again = dmc.Button(text(lang, "briefing.again"), id=ids.AGAIN, variant="default")
    send = dmc.Button(text(lang, "briefing.send"), id=ids.SEND, disabled=True)
    return html.Section(
        [
            html.Div(skeleton(), id=ids.WRITING, className="briefing-writing"),
            words,
            html.Div([to, task], className="briefing-pair"),
            html.Div([again, send], className="briefing-foot"),
        ]
    )


def _losses(lang: str) -> html.Section:
    area: Any = dmc.Select(
        id=ids.AREA, label=text(lang, "briefing.area"), data=[], searchable=True,
        nothingFoundMessage=text(lang, "measures.nothing"),
    )  # fmt: skip
    remark: Any = dmc.TextInput(id=ids.REMARK, label=text(lang, "briefing.remark"))
    tell = dmc.Button(text(lang, "briefing.tell"), id=ids.TELL, disabled=True)
    return html.Section(
        [
            heading(text(lang, "briefing.losses")),
            html.Div(id=ids.LOSSES, className="briefing-losses"),
            area,
            html.Div(id=ids.FIGURES, className="briefing-figures"),
            remark,
            html.Div(tell, className="briefing-foot"),
        ]
    )
