"""应急联动 at the desk: the dialog in which a plan is activated, and the panel of a response that runs.

What is live in the panel is drawn from the store by static/js/79-linkage.js; here stand the frames, and what
the server alone knows: what an activation would set moving.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import dcc, html

from actions.linkage_desk import Log
from core.plans import Plan
from pages import ids
from pages.card import by_whom
from pages.messages import DEFAULT, has, text
from pages.offices import Names, office
from pages.parts import marked
from pages.words import LEVELS, clock, distance, duration

SECTIONS = ("tasks", "zone", "means", "shelters", "roads", "log")
"""Of the panel, from left to right."""
Row = Mapping[str, Any]


# --- frames ---------------------------------------------------------------------------------------------


def panel(lang: str) -> html.Div:
    """In the card's place: head, one section at a time, the one form that is open; filled in the browser."""
    tabs = [
        html.Button([text(lang, f"response.tab.{name}"), html.B()], **marked(data_linkage_tab=name))
        for name in SECTIONS
    ]
    sections = [
        html.Section(_log() if name == "log" else None, **marked(data_section=name)) for name in SECTIONS
    ]
    return html.Div(
        [
            html.Div(className="linkage-head"),
            html.Nav(tabs, className="linkage-tabs"),
            html.Div(sections, className="linkage-scroll"),
            html.Div(className="linkage-foot card-foot"),
        ],
        id=ids.LINKAGE_PANEL,
        tabIndex="-1",
        hidden=True,
    )


def _log() -> html.Div:
    return html.Div(id=ids.LINKAGE_LOG)


def strip(lang: str) -> html.Div:
    """Under the list of incidents: the responses that run, each with what the own office has to do."""
    return html.Div(id=ids.LINKAGE_STRIP, hidden=True, **marked(aria_label=text(lang, "response.running")))


def stores() -> list[dcc.Store]:
    names = (ids.LINKAGE_ACT, ids.LINKAGE_SAID, ids.LINKAGE_OPEN, ids.ACTIVATING, ids.ACTIVATION_SEEN)
    return [dcc.Store(id=name) for name in names]


def dialog(lang: str) -> html.Dialog:
    """启动应急响应: which plan, which level, what it sets moving, and one button."""
    plans: Any = dcc.RadioItems(id=ids.ACTIVATION_PLAN, options=[], className="plan-choice")
    levels: Any = dcc.RadioItems(id=ids.ACTIVATION_LEVEL, options=[], className="level-choice-row")
    name: Any = dcc.Input(
        id=ids.ACTIVATION_NAME, type="text", maxLength=40, placeholder=text(lang, "activation.name_hint")
    )
    left = html.Div([html.H3(text(lang, "activation.plans")), plans], className="activation-plans")
    right = html.Div(
        [levels, html.Div(id=ids.ACTIVATION_BODY, className="activation-body")], className="activation-main"
    )
    return html.Dialog(
        [
            html.H2(text(lang, "activation.title")),
            html.Div([left, right], className="activation-columns"),
            html.Div([_answer(), _foot(lang, name)], className="activation-foot"),
        ],
        id=ids.ACTIVATION,
        className="activation",
    )


def _answer() -> html.Div:
    return html.Div(id=ids.ACTIVATION_SAID, className="activation-said", role="alert")


def _foot(lang: str, name: Any) -> html.Div:
    commander = html.Label([html.Span(text(lang, "activation.commander")), name], className="commander")
    cancel = html.Button(
        [text(lang, "report.cancel"), html.Kbd("Esc")],
        className="act",
        **marked(data_close_activation="1"),
    )
    button = html.Button(
        [text(lang, "activation.commit"), html.Kbd("Ctrl ↵")],
        id=ids.ACTIVATE,
        className="act primary",
        disabled=True,
    )
    return html.Div([commander, cancel, button], className="acts")


# --- what an activation would do ------------------------------------------------------------------------


def plan_options(lang: str, plans: Mapping[str, Plan], proposed: Mapping[str, int]) -> list[dict[str, Any]]:
    """The plans in force; those that the incident calls for first, with the level they are proposed at."""
    order = sorted(plans, key=lambda code: (proposed.get(code, 9), code))
    return [{"value": code, "label": _plan_label(lang, plans[code], proposed.get(code))} for code in order]


def _plan_label(lang: str, plan: Plan, level: int | None) -> html.Span:
    words: list[Any] = [html.Span(plan.name if lang == DEFAULT else plan.name_en)]
    if level:
        words.append(html.Small(text(lang, "activation.proposed", level=LEVELS[level])))
    return html.Span(words)


def nothing_chosen(lang: str, some: bool) -> html.P:
    """Until a plan is chosen, where the incident calls for none."""
    return html.P(text(lang, "activation.choose" if some else "activation.no_plans"), className="secondary")


def level_options(lang: str, levels: Iterable[int]) -> list[dict[str, Any]]:
    return [
        {"value": level, "label": html.Span(text(lang, "activation.level", level=LEVELS[level]))}
        for level in sorted(levels, reverse=True)
    ]


def preview(lang: str, given: Row, names: Names) -> list[Any]:
    """What the click sets moving: what is short first, then tasks by department, then the means."""
    means = [
        _means(lang, kind, given.get(kind, ())) for kind in ("units", "supplies", "shelters", "closures")
    ]
    return [
        html.P(given["when"], className="stage-when"),
        html.P(text(lang, "activation.command", office=office(lang, names, given["commander"]))),
        *_shortfalls(lang, given["shortfalls"]),
        html.Div(
            [
                html.Div(_tasks(lang, given["tasks"], names), className="activation-tasks"),
                html.Div(
                    [*means, _means(lang, "broadcasts", given.get("broadcasts", ()))],
                    className="activation-means",
                ),
            ],
            className="activation-parts",
        ),
    ]


def _shortfalls(lang: str, rows: Sequence[Row]) -> list[Any]:
    if not rows:
        return [html.P(text(lang, "activation.nothing_short"), className="secondary")]
    head = html.H4(text(lang, "activation.short", n=len(rows)))
    return [html.Div([head, html.Ul([_shortfall(lang, one) for one in rows])], className="shortfalls")]


def _shortfall(lang: str, one: Row) -> html.Li:
    why = _why(lang, str(one["reason"]))
    said = text(
        lang, "activation.shortfall", name=_named(lang, one) or one["what"], wanted=float(one["wanted"]),
        missing=float(one["missing"]), why=why,
    )  # fmt: skip
    return html.Li(said)


def _why(lang: str, reason: str) -> str:
    """Units and supplies are short for the reasons that advice gives, shelters for their own."""
    keys = (f"advice.gap.{reason}", f"advice.supply.{reason}", f"response.short.{reason}")
    return text(lang, next((key for key in keys if has(lang, key)), keys[-1]))


def _tasks(lang: str, rows: Sequence[Row], names: Names) -> list[Any]:
    by_owner: dict[str, list[Row]] = {}
    for one in rows:
        by_owner.setdefault(one["owner"], []).append(one)
    head = html.H4(text(lang, "activation.tasks", tasks=len(rows), offices=len(by_owner)))
    return [head, *(_office(lang, owner, tasks, names) for owner, tasks in by_owner.items())]


def _office(lang: str, owner: str, tasks: Sequence[Row], names: Names) -> html.Div:
    lines = [html.Li([html.Span(_named(lang, one)), _times(lang, one)]) for one in tasks]
    return html.Div([html.B(office(lang, names, owner)), html.Ul(lines)], className="activation-office")


def _times(lang: str, one: Row) -> html.Small:
    times = {name: _span(lang, one[f"{name}_min"]) for name in ("ack", "due")}
    return html.Small(text(lang, "activation.due", **times))


_HOUR, _DAY = 60, 24 * 60


def _span(lang: str, minutes: float) -> str:
    """A time that a plan gives, in the unit in which people gave it: 90 分, 4 小时, 3 天."""
    for size, key in ((_DAY, "duration.d"), (_HOUR, "duration.h")):
        if minutes >= 2 * size and minutes % size == 0:
            return text(lang, key, d=minutes / size, h=minutes / size)
    return text(lang, "duration.m", m=float(minutes))


def _named(lang: str, one: Row) -> str:
    """Whatever it is called by, in the reader's language."""
    which = "name" if "name" in one else "title"
    return str(one[which] if lang == DEFAULT else one.get(f"{which}_en") or one[which])


def _means(lang: str, kind: str, rows: Sequence[Row]) -> html.Details:
    """Of many of one name (the pieces of a road) one line with their number."""
    head = html.Summary([text(lang, f"activation.{kind}"), html.B(str(len(rows)))])
    lines = Counter(_line(lang, kind, one) for one in rows)
    items = [html.Li(words if count == 1 else f"{words} × {count}") for words, count in lines.items()]
    return html.Details([head, html.Ul(items)], open=0 < len(lines) <= 6)


def _line(lang: str, kind: str, one: Row) -> str:
    """One line of the means; what a line has no place for is left out."""
    told = {**one, "name": one.get("name") or text(lang, "activation.unnamed")}
    if one.get("eta_s") is not None:
        told["eta"] = duration(lang, one["eta_s"])
    if one.get("distance_m") is not None:
        told["far"] = distance(lang, one["distance_m"])
    if kind == "broadcasts":
        told["level"] = text(lang, f"response.points.{one['level']}")
    return text(lang, f"activation.line.{kind}", **told)


def refused(notice: Mapping[str, str]) -> list[Any]:
    """Why nothing was activated, and what to do."""
    return [html.B(notice["text"]), html.Span(notice["remedy"])]


# --- the log of a response ------------------------------------------------------------------------------


def timeline(lang: str, zone: ZoneInfo, found: Log) -> html.Ol:
    """What happened in it, newest first, each with who said so."""
    return html.Ol([_said(lang, zone, found, line) for line in reversed(found.lines)], className="timeline")


def _said(lang: str, zone: ZoneInfo, found: Log, line: Row) -> html.Li:
    body = line["body"]
    words = body.get("text") or body.get("reason")
    quote = [html.Span(words, className="quote")] if words else []
    by = html.Span(f" · {by_whom(lang, dict(line))}", className="by")
    told = text(lang, f"said.{line['kind']}", **_values(lang, found, body))
    return html.Li([html.Time(clock(zone, line["occurred_at"])), html.Div([told, by, *quote])])


def _values(lang: str, found: Log, body: Row) -> dict[str, object]:
    values: dict[str, object] = {
        name: value for name, value in body.items() if isinstance(value, str | int | float)
    }
    values |= {name: len(value) for name, value in body.items() if isinstance(value, list)}
    if isinstance(body.get("task"), str):
        values["task"] = found.tasks.get(body["task"], (body["task"],) * 2)[lang != DEFAULT]
    for name in ("level", "before"):
        if body.get(name):
            values[name] = LEVELS[body[name]]
    if body.get("stage"):
        values["stage"] = text(lang, f"situation.{body['stage']}")
    owner = body.get("owner") or body.get("office")
    return values | ({"office": office(lang, found.offices, owner)} if owner else {})
