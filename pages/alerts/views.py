"""What `/alerts` shows: the list, one warning whole, what a warning will do before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core.outbound import is_drill
from pages.alerts import ids
from pages.messages import DEFAULT, text
from pages.places.table import Column
from pages.words import LEVELS

MUTE_NAMED = 20
"""Points that could not speak which are named one by one."""
NOTHING = "—"


def columns(lang: str) -> list[Column]:
    return [
        _column(lang, "level", 60), _column(lang, "headline", 260, wrap=True), _column(lang, "state", 80),
        _column(lang, "points", 90, number=True), _column(lang, "reach", 110, number=True),
        _column(lang, "sent", 110), _column(lang, "expires", 110),
    ]  # fmt: skip


def _column(lang: str, name: str, least: int, *, number: bool = False, wrap: bool = False) -> Column:
    return Column(name, text(lang, f"alerts.column.{name}"), number, least, wrap, {"filter": False})


def row(lang: str, one: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """A row of the list, of a feature."""
    said = one["properties"]
    return {
        "id": one["id"], "level": LEVELS[said["level"]], "headline": headline(lang, said),
        "state": text(lang, f"alerts.state.{one['state']}"), "points": f"{said['done']} / {said['points']}",
        "reach": people(said["reach"]), "sent": moment(datetime.fromisoformat(said["sent"]), zone),
        "expires": moment(said["expires"], zone),
    }  # fmt: skip


def headline(lang: str, said: Mapping[str, Any]) -> str:
    return str(said["headline"] if lang == DEFAULT else said["headline_en"])


def people(count: int | None) -> str:
    """Too few to be told: a dash."""
    return NOTHING if count is None else f"{count:,}"


def share(part: int | None, whole: int | None) -> str:
    return f"{part / whole:.0%}" if part is not None and whole else NOTHING


def moment(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M")


# --- one warning --------------------------------------------------------------------------------------------


def file(lang: str, realm: str, one: Mapping[str, Any], zone: ZoneInfo, *, may_issue: bool) -> list[Any]:
    said = one["properties"]
    return [
        _head(lang, one),
        html.Dl(_facts(lang, one, zone), className="alerts-facts"),
        _figures(lang, said),
        html.Div([html.P(said["text"]), html.P(said["text_en"], lang="en")], className="alerts-words"),
        html.H3(text(lang, "alerts.orders")),
        _orders(lang, one),
        *_mute(lang, one["terminals"]),
        html.H3(text(lang, "alerts.letters")),
        _letters(lang, one["letters"], zone),
        _documents(lang, realm, one),
        _acts(lang, one["state"] == "standing" and may_issue),
    ]


def _head(lang: str, one: Mapping[str, Any]) -> html.Div:
    said = one["properties"]
    marks: list[Any] = [html.B(LEVELS[said["level"]], className=f"alerts-level level-{said['level']}")]
    marks.append(html.H2(headline(lang, said)))
    marks.append(html.Span(text(lang, f"alerts.state.{one['state']}"), className="alerts-state"))
    if said["status"] == "Exercise":
        marks.append(html.Span(text(lang, "alerts.exercise"), className="alerts-state"))
    return html.Div(marks, className="alerts-title")


def _facts(lang: str, one: Mapping[str, Any], zone: ZoneInfo) -> list[Any]:
    said = one["properties"]
    told = {
        "sent": moment(datetime.fromisoformat(said["sent"]), zone), "expires": moment(said["expires"], zone),
        "area": said["area_desc"] or NOTHING, "by": one["by"], "identifier": one["identifier"],
    }  # fmt: skip
    pairs = ((html.Dt(text(lang, f"alerts.fact.{name}")), html.Dd(words)) for name, words in told.items())
    return [part for pair in pairs for part in pair]


def _figures(lang: str, said: Mapping[str, Any]) -> html.Ul:
    """Points that spoke, who can hear one, who has."""
    shown = (
        ("points", f"{said['done']} / {said['points']}", share(said["done"], said["points"])),
        ("reach", people(said["reach"]), share(said["reach"], said["people"])),
        ("heard", people(said["heard"]), share(said["heard"], said["people"])),
    )
    items = [
        html.Li([html.Span(text(lang, f"alerts.figure.{name}")), html.B(figure), html.Span(of)])
        for name, figure, of in shown
    ]
    return html.Ul(items, className="alerts-figures")


def _orders(lang: str, one: Mapping[str, Any]) -> Any:
    """A line a level: how many points were ordered, spoke, could not, have not answered."""
    states = ("done", "failed", "waiting")
    counts = {level: dict.fromkeys(states, 0) for level in one["levels"]}
    for point in one["terminals"]:
        counts[point["level"]][point["state"]] += 1
    if not counts:
        return html.P(text(lang, "alerts.cap_only"), className="tab-note")
    head = html.Tr([html.Th(text(lang, f"alerts.orders.{name}")) for name in ("level", *states)])
    lines = [
        html.Tr([html.Td(text(lang, f"plans.points.{level}")), *(html.Td(str(of[name])) for name in states)])
        for level, of in counts.items()
    ]
    return html.Table([html.Thead(head), html.Tbody(lines)], className="alerts-table")


def _mute(lang: str, points: Sequence[Mapping[str, Any]]) -> list[Any]:
    names = [point["name"] for point in points if point["state"] == "failed"]
    if not names:
        return []
    more = text(lang, "alerts.mute.more", n=len(names)) if len(names) > MUTE_NAMED else ""
    words = text(lang, "alerts.mute", names="、".join(names[:MUTE_NAMED])) + more
    return [html.P(words, className="alerts-mute")]


def _letters(lang: str, letters: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Any:
    """What left the building, oldest first."""
    if not letters:
        return html.P(text(lang, "alerts.letters.none"), className="tab-note")
    lines = [
        html.Tr([
            html.Td(text(lang, f"alerts.kind.{one['fact']}")),
            html.Td(text(lang, f"alerts.channel.{one['channel']}")),
            html.Td(text(lang, f"alerts.letter.{one['state']}", tries=one["attempts"])),
            html.Td(one["error"] or (moment(one["sent_at"], zone) if one["sent_at"] else "")),
        ])
        for one in letters
    ]  # fmt: skip
    return html.Table(html.Tbody(lines), className="alerts-table")


def _documents(lang: str, realm: str, one: Mapping[str, Any]) -> html.P:
    """The CAP document of every message."""
    links = [
        html.A(text(lang, "alerts.document", n=n), target="_blank", rel="noopener",
               href=f"/api/v1/alerts/{one['id']}.cap?number={n}&realm={realm}")
        for n in range(1, one["number"] + 1)
    ]  # fmt: skip
    return html.P(links, className="alerts-documents")


def _acts(lang: str, allowed: bool) -> html.Div:
    buttons = [
        html.Button(text(lang, f"alerts.act.{kind}"), id=ids.act(kind), className="act", disabled=not allowed)
        for kind in ("update", "cancel")
    ]
    return html.Div(buttons, className="alerts-acts")


# --- the second look ----------------------------------------------------------------------------------------


def looked(lang: str, realm: str, told: Mapping[str, Any], zone: ZoneInfo) -> list[Any]:
    """What will happen, in words, figures and as the document."""
    said = told["headline"] if lang == DEFAULT else told["headline_en"]
    facts = {
        "headline": said, "area": told["area_desc"] or NOTHING, "expires": moment(told["expires"], zone),
        "people": people(told["people"]),
        "reach": f"{people(told['reach'])}（{share(told['reach'], told['people'])}）",
        "points": _ordered(lang, told["points"]),
    }  # fmt: skip
    pairs = ((html.Dt(text(lang, f"alerts.fact.{name}")), html.Dd(words)) for name, words in facts.items())
    key = "alerts.will.drill" if is_drill(realm) else "alerts.will"
    document = html.Details([html.Summary(text(lang, "alerts.cap")), html.Pre(told["cap"])])
    warned = [html.P(text(lang, "alerts.silent", n=told["silent"]))] if told["silent"] else []
    if any(n == 0 for n in told["points"].values()):
        warned.append(html.P(text(lang, "alerts.no_points")))
    return [
        html.P(text(lang, key, n=sum(told["points"].values())), className="alerts-will"),
        html.Dl([part for pair in pairs for part in pair], className="alerts-facts"),
        html.Div([html.P(told["text"]), html.P(told["text_en"], lang="en")], className="alerts-words"),
        *warned, document,
    ]  # fmt: skip


def _ordered(lang: str, points: Mapping[str, int]) -> str:
    words = (f"{text(lang, f'plans.points.{level}')} {n}" for level, n in points.items())
    return "，".join(words) or text(lang, "alerts.cap_only")


# --- 更新 and 解除 -----------------------------------------------------------------------------------


def change_fields(lang: str, kind: str, one: Mapping[str, Any]) -> list[Any]:
    """What an update or a cancel asks, with what holds now."""
    said = one["properties"]
    what = text(lang, f"alerts.{kind}.will", n=said["points"])
    if kind == "cancel":
        return [html.P(what), _area(lang, "reason", ""), _area(lang, "reason_en", "", required=False)]
    levels = [{"value": str(n), "label": text(lang, f"alerts.level.{n}", mark=LEVELS[n])} for n in LEVELS]
    level = dmc.Select(
        id=ids.field("level"), label=text(lang, "alerts.field.level"), data=levels,
        value=str(said["level"]), allowDeselect=False,
    )  # fmt: skip
    hours = dmc.NumberInput(
        id=ids.field("valid_h"), label=text(lang, "alerts.field.hours"), value=24, min=1, max=720
    )
    return [
        html.P(what), html.Div([level, hours], className="cases-pair"),
        _area(lang, "text", said["text"]), _area(lang, "text_en", said["text_en"]),
    ]  # fmt: skip


def _area(lang: str, name: str, value: str, *, required: bool = True) -> Any:
    return dmc.Textarea(
        id=ids.field(name), label=text(lang, f"alerts.field.{name}"), value=value, required=required,
        autosize=True, minRows=3, maxRows=8,
    )  # fmt: skip
