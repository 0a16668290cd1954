"""风险隐患点: the list by state, what is overdue, and the one that is picked with its history and steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from pages.messages import text
from pages.places import parts
from pages.places.figures import Figure, strip
from pages.places.layer_views import Row, count, name_column, value_words
from pages.places.layers import listed, note
from pages.places.table import Column, table
from pages.places.theme import DATES
from pages.words import age, moment

SHOWN = "layers-hazards-shown"
PICKED = "layers-hazard"
BODY = "layers-hazards-body"
PANE = "layers-hazard-pane"
VERB = "layers-hazard-verb"
TEXT = "layers-hazard-text"
OWNER = "layers-hazard-owner"
DUE = "layers-hazard-due"
LEVEL = "layers-hazard-level"
GO = "layers-hazard-go"
LIST = "hazards"

FILTERS: Mapping[str, tuple[str | None, bool | None]] = {
    "overdue": (None, True),
    "open": ("registered,assessed,reported,rectified", None),
    "monitored": ("monitored", None),
    "closed": ("closed", None),
    "all": (None, None),
}
"""What is shown → states and whether overdue, as `actions.hazards.HazardFilter` takes them."""
LEVELS = ("1", "2", "3", "4")


def view(lang: str, shown: str, body: Sequence[Any]) -> list[Any]:
    """The choice of what is shown, over `body`."""
    choices = [{"value": name, "label": text(lang, f"sites.hazards.{name}")} for name in FILTERS]
    return [
        dcc.Store(id=PICKED),
        html.Div(dmc.SegmentedControl(id=SHOWN, data=choices, value=shown), className="layers-tiers"),
        html.Div(list(body), id=BODY),
    ]


def body(lang: str, counts: Mapping[str, int], rows: Sequence[Row], most: int) -> list[Any]:
    """Figures by state, the list (`most` rows at most), and room for the one that is picked."""
    columns = (
        name_column(lang),
        Column("category", text(lang, "fact.category"), least=90, wrap=True),
        Column("status", text(lang, "fact.status"), least=92),
        Column("owner", text(lang, "fact.owner"), least=110, wrap=True),
        Column("due", text(lang, "sites.due"), least=104),
        Column("late", text(lang, "sites.late"), least=84),
        Column("area", text(lang, "sites.community"), least=100, wrap=True),
    )
    states = ("registered", "assessed", "reported", "rectified", "closed", "monitored")
    figures = [Figure(count(counts.get(s, 0)), value_words(lang, "hazards", "status", s)) for s in states]
    late = Figure(count(counts["overdue"]), text(lang, "sites.hazards.overdue"), counts["overdue"] > 0)
    return [
        strip([late, *figures]),
        table(lang, listed(LIST), columns, rows, key="code", select="one", height="20rem"),
        *([note(lang, "sites.hazards.first", n=count(len(rows)))] if len(rows) >= most else []),
        html.Div(note(lang, "sites.hazards.pick"), id=PANE, className="layers-pane"),
    ]


def rows(
    lang: str, zone: ZoneInfo, now: datetime, found: Sequence[Row], names: Mapping[str, str]
) -> list[Row]:
    """Rows of the list; `late` says for how long."""
    return [
        {
            "code": one["code"], "name": one["name"], "lon_lat": one["lon_lat"], "owner": one["owner"] or "–",
            "category": value_words(lang, "hazards", "category", one["category"]),
            "status": value_words(lang, "hazards", "status", one["status"]),
            "due": _day(zone, one["due_at"]), "late": _late(lang, now, one),
            "area": names.get(one["area"], one["area"]),
        }
        for one in found
    ]  # fmt: skip


def _day(zone: ZoneInfo, at: str | None) -> str:
    """The last day on which it is in time: what is due at midnight is due on the day before."""
    return (moment(at).astimezone(zone) - timedelta.resolution).strftime("%Y-%m-%d") if at else "–"


def _late(lang: str, now: datetime, one: Row) -> str:
    """▲ 3 天, nothing while there is time."""
    return "▲ " + age(lang, (now - moment(one["due_at"])).total_seconds()) if one["overdue"] else ""


def pane(lang: str, zone: ZoneInfo, told: Row) -> list[Any]:
    """The hazard that is picked: what is known, the steps the asker may do, its history."""
    said = [
        value_words(lang, "hazards", "status", told["status"]),
        told["owner"],
        text(lang, "sites.due_on", day=_day(zone, told["due_at"])) if told["due_at"] else "",
        text(lang, "sites.level_is", level=text(lang, f"sites.level.{told['level']}"))
        if told["level"]
        else "",
    ]
    columns = (
        Column("at", text(lang, "stores.when"), least=155),
        Column("what", text(lang, "stores.what"), least=85, wrap=True),
        Column("text", text(lang, "sites.words"), least=140, wrap=True),
        Column("owner", text(lang, "fact.owner"), least=90, wrap=True),
        Column("actor", text(lang, "stores.actor"), least=80),
    )
    history = [_history_row(lang, zone, line) for line in _latest_first(told["history"])]
    facts = html.Span(" · ".join(part for part in said if part))
    return [
        parts.heading(told["name"], facts),
        *_form(lang, told["verbs"]),
        parts.heading(text(lang, "sites.history")),
        table(lang, "layers-hazard-history", columns, history, key="seq", height="14rem"),
    ]


def _latest_first(history: Sequence[Row]) -> list[Row]:
    """By when it happened: a visit may be told later than a step."""
    return sorted(history, key=lambda line: (moment(line["occurred_at"]), line["seq"]), reverse=True)


def _history_row(lang: str, zone: ZoneInfo, line: Row) -> Row:
    body = line["body"]
    return {
        "seq": str(line["seq"]),
        "at": moment(line["occurred_at"]).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "what": text(lang, f"sites.fact.{line['kind']}"),
        "text": body.get("text") or body.get("finding") or "",
        "owner": body.get("owner") or "",
        "actor": text(lang, "role.system") if line["actor"] == "system" else line["actor"],
    }


def _form(lang: str, verbs: Sequence[str]) -> list[Any]:
    if not verbs:
        return [note(lang, "sites.hazards.not_yours")]
    steps = [{"value": verb, "label": text(lang, f"sites.verb.{verb}")} for verb in verbs]
    levels = [{"value": level, "label": text(lang, f"sites.level.{level}")} for level in LEVELS]
    fields = [
        dmc.Select(id=VERB, label=text(lang, "sites.step"), data=steps, value=verbs[0], allowDeselect=False),
        dmc.TextInput(id=OWNER, label=text(lang, "sites.owner_next"),
                      placeholder=text(lang, "sites.as_before")),
        dmc.DateInput(id=DUE, label=text(lang, "sites.due_next"), clearable=True, valueFormat="YYYY-MM-DD",
                      placeholder=text(lang, "sites.usual"), **DATES),
        dmc.Select(id=LEVEL, label=text(lang, "sites.level"), data=levels, clearable=True,
                   disabled=verbs[0] != "assess"),
        dmc.TextInput(id=TEXT, label=text(lang, "sites.words"), className="wide"),
        dmc.Button(text(lang, "sites.go"), id=GO),
    ]  # fmt: skip
    return [html.Div(fields, className="stores-form")]
