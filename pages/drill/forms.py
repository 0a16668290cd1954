"""The forms of `/drills/ID`: jumping, whom a seat is given to, stopping, an inject of the moment, a mark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from pages.drill import ids
from pages.messages import text
from pages.parts import marked
from pages.places.parts import heading

KINDS = ("message", "report", "supplement", "closure", "breakdown")
FIELDS: Mapping[str, tuple[str, ...]] = {
    "message": ("text", "about"),
    "report": ("class", "severity", "text", "place", "address"),
    "supplement": ("about", "text", "severity"),
    "closure": ("text", "place", "about", "radius_m"),
    "breakdown": ("text", "skill", "place", "about"),
}
"""What each kind of inject asks; `about`: the inject whose incident it is about."""
COMMON = ("target", "channel", "expected")
OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "message": ("about",),
    "report": ("address",),
    "supplement": ("severity",),
    "closure": ("about", "place", "radius_m"),
    "breakdown": ("about", "place"),
}
"""Without a place it is that of the incident that it is about."""
Choices = Sequence[Mapping[str, str]]


def forms(lang: str) -> list[Any]:
    """What opens over the page."""
    return [_person(lang), _stop(lang), _new(lang)]


def jump(lang: str) -> html.Div:
    """跳转 to a minute, counted from the start."""
    minute: Any = dmc.NumberInput(
        id=ids.MINUTE, size="sm", min=0, max=7 * 24 * 60, step=5, hideControls=True, suffix="′",
        placeholder=text(lang, "drill.minute"), **marked(aria_label=text(lang, "drill.minute")),
    )  # fmt: skip
    button = html.Button(text(lang, "drill.jump"), className="act", **marked(data_do="jump"))
    return html.Div([minute, button], id=ids.JUMP, className="drill-jump", hidden=True)


def _person(lang: str) -> Any:
    person: Any = dmc.Select(
        id=ids.PERSON, label=text(lang, "drill.person"), data=[], searchable=True,
        nothingFoundMessage=text(lang, "measures.nothing"),
    )  # fmt: skip
    said = html.P(id=ids.PERSON_SEAT, className="tab-note")
    return _modal(lang, ids.PERSON_FORM, "drill.give", "32rem", [said, person], "drill.give", ids.PERSON_DO)


def _stop(lang: str) -> Any:
    """结束 or 中止; the clock stands for good, so it is asked once more."""
    how: Any = dmc.SegmentedControl(
        id=ids.STOP_HOW, value="end", size="sm",
        data=[{"value": one, "label": text(lang, f"drill.stop.{one}")} for one in ("end", "abort")],
    )  # fmt: skip
    reason: Any = dmc.Textarea(
        id=ids.STOP_REASON, label=text(lang, "drill.stop.reason"), autosize=True, minRows=3
    )
    body = [how, html.P(text(lang, "drill.stop.means"), className="tab-note"), reason]
    return _modal(lang, ids.STOP_FORM, "drill.stop.title", "36rem", body, "drill.stop.do", ids.STOP_DO)


def _new(lang: str) -> Any:
    kinds: Any = dmc.SegmentedControl(
        id=ids.NEW_KIND, value="message", size="sm",
        data=[{"value": one, "label": text(lang, f"drills.kind.{one}")} for one in KINDS],
    )  # fmt: skip
    body = [kinds, html.Div(id=ids.NEW_FIELDS, className="drill-new")]
    return _modal(lang, ids.NEW_FORM, "drill.new", "48rem", body, "drill.new.do", ids.NEW_DO)


def new_fields(lang: str, kind: str, number: int, choices: Mapping[str, Choices]) -> list[Any]:
    """The fields of one kind. `choices` has the city's and the script's: target, about, class, skill."""
    said = html.P(text(lang, "drill.new.number", n=number), className="tab-note")
    return [said, *(_field(lang, name, choices, name in needed(kind)) for name in (*FIELDS[kind], *COMMON))]


def needed(kind: str) -> list[str]:
    """The fields that are not left empty."""
    return [name for name in (*FIELDS[kind], *COMMON) if name not in OPTIONAL[kind]]


def _field(lang: str, name: str, choices: Mapping[str, Choices], required: bool) -> Any:
    label = text(lang, f"drill.new.{name}")
    given: dict[str, Any] = {"id": ids.new(name), "label": label, "required": required}
    if name in choices:
        nothing = text(lang, "measures.nothing")
        first = choices[name][0]["value"] if name == "target" and choices[name] else None
        return dmc.Select(
            **given,
            data=list(choices[name]),
            value=first,
            searchable=True,
            nothingFoundMessage=nothing,
            limit=80,
        )
    if name == "severity":
        levels = [{"value": str(n), "label": mark} for n, mark in ((1, "Ⅰ"), (2, "Ⅱ"), (3, "Ⅲ"), (4, "Ⅳ"))]
        return dmc.Select(**given, data=levels, value=None)
    if name == "radius_m":
        return dmc.NumberInput(**given, value=100, min=10, max=5000, step=50)
    if name in ("text", "expected"):
        return dmc.Textarea(**given, autosize=True, minRows=2, maxRows=6)
    hint = "118.0901, 24.4802" if name == "place" else ""
    value = text(lang, "drill.new.channel.default") if name == "channel" else ""
    return dmc.TextInput(**given, placeholder=hint, value=value)


def mark(lang: str) -> html.Section:
    """评分: about what, 1 to 5, in words, of which moment."""
    about: Any = dmc.Select(
        id=ids.ABOUT, label=text(lang, "drill.mark.about"), data=[], searchable=True, required=True,
        nothingFoundMessage=text(lang, "measures.nothing"), limit=200,
    )  # fmt: skip
    marks = [{"value": str(n), "label": text(lang, f"drill.mark.{n}")} for n in range(1, 6)]
    given: Any = dmc.SegmentedControl(id=ids.MARK, value="4", data=marks, fullWidth=True)
    words: Any = dmc.Textarea(
        id=ids.WORDS, label=text(lang, "drill.mark.words"), autosize=True, minRows=3, maxRows=8
    )
    moment: Any = dmc.Select(
        id=ids.MOMENT, label=text(lang, "drill.mark.moment"), data=[], searchable=True, clearable=True,
        limit=200, placeholder=text(lang, "drill.mark.now"),
        nothingFoundMessage=text(lang, "measures.nothing"),
    )  # fmt: skip
    do = html.Div(dmc.Button(text(lang, "drill.mark.do"), id=ids.MARK_DO), className="cases-form-foot")
    fields = html.Div([about, given, words, moment], className="cases-form")
    return html.Section([heading(text(lang, "drill.mark")), fields, do], id=ids.MARK_FORM, hidden=True)


def _modal(lang: str, ident: str, head: str, size: str, body: list[Any], do: str, button: str) -> Any:
    foot = html.Div(dmc.Button(text(lang, do), id=button), className="cases-form-foot")
    return dmc.Modal(
        [html.Div(body, className="cases-form"), foot], id=ident, opened=False, title=text(lang, head),
        size=size, withinPortal=False, centered=True,
        closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip
