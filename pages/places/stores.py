"""物资库: stores and their lots, what is moved in and out, alarms, and what districts lack of their norm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from core.norms import Shortage
from core.permissions import Principal, may
from core.stock import Lot
from pages.messages import DEFAULT, text
from pages.places import parts
from pages.places.table import Column, table
from pages.places.theme import DATES
from pages.words import distance, moment

VIEW = "stores-view"
LIST = "stores-list"
LOTS = "stores-lots"
LOTS_HEAD = "stores-lots-head"
ALARMS = "stores-alarms"
SHORT = "stores-short"
SHORT_HEAD = "stores-short-head"
TICK = "stores-tick"
STORE = "stores-store"
LOT = "stores-lot"
MOVED = "stores-moved"
LOT_HEAD = "stores-lot-head"
LOT_PANE = "stores-lot-pane"
MOVEMENTS = "stores-movements"
MOVE = "stores-move"
QUANTITY = "stores-quantity"
INCIDENT = "stores-incident"
TO = "stores-to"
REASON = "stores-reason"
GO = "stores-go"
ITEM = "stores-item"
NEW_QUANTITY = "stores-new-quantity"
EXPIRY = "stores-expiry"
MINIMUM = "stores-minimum"
NEW_REASON = "stores-new-reason"
RECEIVE = "stores-receive"

RECEIVE_PANE = "stores-receive-pane"

VIEWS = ("lots", "alarms", "short")
MOVES = ("reserve", "release", "issue", "return", "count", "transfer", "write_off", "amend")
FOR_INCIDENT = frozenset({"reserve", "release", "issue", "return"})
TICK_MS = 20_000
"""How often what others moved is looked for while the tab is open."""
_WHOLE = {"pagination": False}
"""Rolled, not paged: a table that is read from its top."""


def pane(view: str) -> str:
    return f"stores-{view}-pane"


def layout(lang: str, principal: Principal) -> html.Div:
    """The tab: three views of the stock; under the first two the lot that is picked."""
    views = [{"value": name, "label": text(lang, f"stores.view.{name}")} for name in VIEWS]
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (STORE, LOT, MOVED)),
            dcc.Interval(id=TICK, interval=TICK_MS),
            dmc.SegmentedControl(id=VIEW, data=views, value=VIEWS[0]),
            html.Div(_stores_view(lang), id=pane("lots")),
            html.Div(_alarms_view(lang), id=pane("alarms"), hidden=True),
            html.Div(_lot_pane(lang, principal), id=LOT_PANE, hidden=True),
            html.Div(_receiving(lang, principal), id=RECEIVE_PANE),
            html.Div(_short_view(lang), id=pane("short"), hidden=True),
        ],
        className="stores-tab",
    )


# --- views ------------------------------------------------------------------------------------------------


def _stores_view(lang: str) -> list[Any]:
    alarms = (("expired", 76), ("expiring", 80), ("below_minimum", 92))
    columns = (
        replace(_column(lang, "name", "name", 190, tooltipField="address"), wrap=True),
        _column(lang, "area_name", "area", 90),
        _number_column(lang, "lots", least=60),
        *(_number_column(lang, f"alarm.{alarm}", alarm, least) for alarm, least in alarms),
    )
    return [
        parts.heading(text(lang, "stores.title"), html.Span(text(lang, "stores.pick"))),
        table(lang, LIST, columns, key="code", select="one", height="13rem", options=_WHOLE),
        html.Div(parts.heading(text(lang, "stores.lots_of_none")), id=LOTS_HEAD, className="stores-next"),
        table(lang, LOTS, _lot_columns(lang), [], key="id", select="one", height="16rem", options=_WHOLE),
    ]


def _lot_columns(lang: str, *first: Column) -> tuple[Column, ...]:
    return (
        *first,
        _long(lang, "name", "item", 120),
        _number_column(lang, "quantity"),
        _number_column(lang, "reserved"),
        _column(lang, "unit", "unit", 60, filter=False),
        _number_column(lang, "minimum"),
        _column(lang, "expiry", "expiry", 105, filter=False, cellDataType="text"),
        _long(lang, "alarm", "alarm", 150),
    )


def _column(lang: str, name: str, words: str, least: int, **options: Any) -> Column:
    """A column whose share of the table's width is what it needs at least, on every screen."""
    return Column(name, text(lang, f"stores.{words}"), least=least, options=options)


def _long(lang: str, name: str, words: str, least: int) -> Column:
    """Words that may be longer than the column: they go on in a second line."""
    return replace(_column(lang, name, words, least), wrap=True)


def _number_column(
    lang: str, words: str, name: str | None = None, least: int = 72, *, unit: bool = False
) -> Column:
    """Figures without a filter, whose button would take the heading's room; `unit`: with the row's unit."""
    shown = "d3.format(',')(params.value)" + (" + ' ' + params.data.unit" if unit else "")
    formatted = {"valueFormatter": {"function": f"params.value == null ? '' : {shown}"}, "filter": False}
    return replace(_column(lang, name or words, words, least, **formatted), number=True)


def _alarms_view(lang: str) -> list[Any]:
    store = _long(lang, "store_name", "store", 135)
    columns = [column for column in _lot_columns(lang, store) if column.name != "reserved"]
    return [
        parts.heading(text(lang, "stores.alarms"), html.Span(text(lang, "stores.alarms.hint"))),
        table(lang, ALARMS, columns, key="id", select="one", height="24rem", options=_WHOLE),
    ]


def _short_view(lang: str) -> list[Any]:
    columns = (
        _column(lang, "area", "district", 74),
        _long(lang, "name", "norm", 98),
        _number_column(lang, "required", least=64),
        _number_column(lang, "held", least=64),
        _number_column(lang, "missing", least=88, unit=True),
        _long(lang, "nearest", "nearest", 155),
        _number_column(lang, "spare", least=66),
        _column(lang, "far", "far", 78, filter=False),
    )
    return [
        html.Div(parts.heading(text(lang, "stores.short")), id=SHORT_HEAD),
        html.P(text(lang, "stores.short.about"), className="secondary"),
        table(lang, SHORT, columns, key="id", select="one", height="34rem", options=_WHOLE),
    ]


# --- forms ------------------------------------------------------------------------------------------------


def _receive(lang: str) -> list[Any]:
    fields = [
        dmc.Select(id=ITEM, label=text(lang, "stores.item"), data=[], searchable=True, limit=60,
                   placeholder=text(lang, "stores.item.find"), maxDropdownHeight=320,
                   nothingFoundMessage=text(lang, "stores.item.none")),
        _number(NEW_QUANTITY, text(lang, "stores.quantity")),
        dmc.DateInput(id=EXPIRY, label=text(lang, "stores.expiry"), clearable=True, valueFormat="YYYY-MM-DD",
                      placeholder=text(lang, "stores.no_expiry"), **DATES),
        _number(MINIMUM, text(lang, "stores.minimum"), placeholder="0"),
        dmc.TextInput(id=NEW_REASON, label=text(lang, "stores.reason"), className="wide"),
        dmc.Button(text(lang, "stores.move.receive"), id=RECEIVE, disabled=True),
    ]  # fmt: skip
    return [parts.heading(text(lang, "stores.receive")), html.Div(fields, className="stores-form")]


def _number(ident: str, label: str, **more: Any) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=ident, label=label, min=0, decimalScale=3, thousandSeparator=",", hideControls=True, **more
    )


def _lot_pane(lang: str, principal: Principal) -> list[Any]:
    columns = (
        _column(lang, "at", "when", 150),
        _column(lang, "what", "what", 90),
        _column(lang, "much", "quantity", 100, type="rightAligned", filter=False),
        _long(lang, "why", "reason", 190),
        _long(lang, "actor", "actor", 90),
    )
    return [
        html.Div(id=LOT_HEAD, role="status"),
        *_moving(lang, principal),
        parts.heading(text(lang, "stores.movements")),
        table(lang, MOVEMENTS, columns, [], key="seq", height="15rem"),
    ]


def _receiving(lang: str, principal: Principal) -> html.Div:
    """Hidden from those who may not: its fields stand there, for callbacks name them."""
    return html.Div(_receive(lang), hidden=not may(principal, "stock.receive"))


def _moving(lang: str, principal: Principal) -> list[Any]:
    """The form of a movement; who may make none is told so, and its fields stand there hidden."""
    own = [move for move in MOVES if may(principal, f"stock.{move}")]
    first = own[0] if own else None
    moves = [{"value": move, "label": text(lang, f"stores.move.{move}")} for move in own]
    chosen: dict[str, Any] = {"searchable": True, "clearable": True, "maxDropdownHeight": 320}
    fields = [
        dmc.Select(id=MOVE, label=text(lang, "stores.move"), data=moves, value=first, allowDeselect=False),
        _number(QUANTITY, text(lang, "stores.quantity")),
        dmc.Select(id=INCIDENT, label=text(lang, "stores.incident"), data=[], **chosen,
                   placeholder=text(lang, "stores.no_incident"),
                   nothingFoundMessage=text(lang, "stores.item.none")),
        dmc.Select(id=TO, label=text(lang, "stores.to"), data=[], disabled=True, **chosen,
                   nothingFoundMessage=text(lang, "stores.item.none")),
        dmc.TextInput(id=REASON, label=text(lang, "stores.reason"), className="wide"),
        dmc.Button(text(lang, "stores.go"), id=GO),
    ]  # fmt: skip
    told = [] if own else [parts.empty(lang, "stores.not_yours")]
    return [*told, html.Div(fields, className="stores-form", hidden=not own)]


# --- rows -------------------------------------------------------------------------------------------------


def figure(quantity: float) -> str:
    """12,000 or 0.5: no more decimals than there are."""
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")


def store_rows(lang: str, found: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    city = text(lang, "stores.of_city")
    return [{**store, "area_name": store["area_name"] or city} for store in found]


def lot_rows(
    lang: str, lots: Iterable[Lot], today: date, stores: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Rows of lots, what alarms first, then by what expires next; `stores`: names by code."""
    ordered = sorted(lots, key=lambda lot: (not lot.alarms, lot.expiry or date.max, lot.item))
    return [
        {
            "id": lot.id, "store": lot.store, "store_name": (stores or {}).get(lot.store, lot.store),
            "item": lot.item, "name": lot.name, "unit": lot.unit, "quantity": lot.quantity,
            "reserved": lot.reserved, "minimum": lot.minimum,
            "expiry": lot.expiry.isoformat() if lot.expiry else text(lang, "stores.no_expiry"),
            "alarm": alarm_words(lang, lot, today),
        }
        for lot in ordered
    ]  # fmt: skip


def alarm_words(lang: str, lot: Lot, today: date) -> str:
    """▲ 已过期 24 天 · 低于下限"""
    days = abs((lot.expiry - today).days) if lot.expiry else 0
    said = " · ".join(text(lang, f"stores.is.{alarm}", days=days) for alarm in lot.alarms)
    return f"▲ {said}" if said else ""


def short_rows(lang: str, found: Sequence[Shortage]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{one.area.code}:{one.norm.prefix}", "code": one.area.code, "area": one.area.name,
            "name": one.norm.name if lang == DEFAULT else one.norm.name_en, "required": one.required,
            "held": one.held, "missing": one.missing, "unit": one.norm.unit,
            "store": one.nearest.store if one.nearest else None,
            "nearest": one.nearest.name if one.nearest else text(lang, "stores.nearest.none"),
            "spare": one.nearest.quantity if one.nearest else None,
            "far": distance(lang, one.nearest.metres) if one.nearest else "",
        }
        for one in found
    ]  # fmt: skip


def lot_head(lang: str, lot: Lot, store: str, today: date) -> html.Div:
    """What the lot is, and what can be had of it."""
    said = [
        text(lang, "stores.lot.free", n=figure(lot.free), unit=lot.unit),
        text(lang, "stores.lot.quantity", n=figure(lot.quantity)),
        text(lang, "stores.lot.reserved", n=figure(lot.reserved)),
        text(lang, "stores.lot.issued", n=figure(lot.issued)),
    ]
    if lot.expiry:
        said.append(text(lang, "stores.lot.expiry", day=lot.expiry.isoformat()))
    if lot.alarms:
        said.append(alarm_words(lang, lot, today))
    facts = html.P(" · ".join(said), className="stores-lot-facts")
    return html.Div([parts.heading(f"{lot.name} · {store}"), facts])


def movement_rows(
    lang: str, zone: ZoneInfo, found: Iterable[Mapping[str, Any]], numbers: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The log of a lot; `numbers`: incident id → its number."""
    return [
        {
            "seq": str(one["seq"]),
            "at": moment(one["occurred_at"]).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "what": text(lang, f"stores.fact.{one['kind']}"),
            "much": _much(lang, one["kind"], one["body"]),
            "why": _why(lang, one["body"], numbers),
            "actor": text(lang, "role.system") if one["actor"] == "system" else one["actor"],
        }
        for one in found
    ]


_SIGNS = {"LotReceived": "+", "LotReturned": "+", "LotIssued": "−", "LotWrittenOff": "−", "LotSent": "−"}


def _much(lang: str, kind: str, body: Mapping[str, Any]) -> str:
    if kind == "LotCounted":
        sign = "+" if body["difference"] > 0 else ""
        return f"{figure(body['quantity'])} ({sign}{figure(body['difference'])})"
    if kind == "LotAmended":
        return figure(body["minimum"])
    return _SIGNS.get(kind, "") + figure(body["quantity"]) if "quantity" in body else ""


def _why(lang: str, body: Mapping[str, Any], numbers: Mapping[str, str]) -> str:
    incident = body.get("incident")
    said = [
        text(lang, f"stores.alarm.{body['alarm']}") if "alarm" in body else "",
        numbers.get(incident, incident) if incident else "",
        text(lang, "stores.by_import") if body.get("reason") == "import" else body.get("reason") or "",
    ]
    return " · ".join(part for part in said if part)
