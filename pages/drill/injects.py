"""情景注入 as who controls sees them, and the texts that came to a player's seat."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dash import html

from core.drill_script import Inject, Script
from pages.drill import words
from pages.drill.words import Found, Reader
from pages.parts import marked
from pages.places.parts import empty, heading
from pages.words import clock

COLUMNS = ("number", "when", "what", "state")
Stood = Mapping[str, Any]
"""What became of an inject, as `actions.drill_reading` tells it."""


def injects(reader: Reader, found: Found, script: Script, coming: Stood | None) -> list[Any]:
    """Every inject with what became of it; `coming`: the one that is due next."""
    came = sum(one["state"] == "delivered" for one in found["injects"])
    said = html.Span(reader.say("drill.injects.count", n=came, all=len(script.injects)))
    going = found["control"] and found["status"] in ("running", "paused")
    new = html.Button(reader.say("drill.new"), className="reports-act", **marked(data_do="new"))
    head = heading(reader.say("drill.injects"), said, *([new] if going else []))
    titles = [html.Th(reader.say(f"drill.inject.{name}")) for name in COLUMNS]
    stood = {one["number"]: one for one in found["injects"]}
    following = coming["number"] if coming else 0
    rows = [
        _row(reader, found, script, one, stood[one.number], going=going, following=one.number == following)
        for one in sorted(script.injects, key=lambda one: _order(one, stood[one.number]))
        if one.number in stood
    ]
    table = html.Table([html.Thead(html.Tr(titles)), html.Tbody(rows)], className="drill-injects")
    return [head, html.Div(table, className="drill-scroll")]


def _order(inject: Inject, one: Stood) -> tuple[float, int]:
    """By the script's minutes; one that waits for another stands after it."""
    if inject.at_min is not None:
        return inject.at_min, inject.number
    return float("inf") if inject.when is None else inject.when.latest_min or 1e6, inject.number


def _row(
    reader: Reader, found: Found, script: Script, inject: Inject, one: Stood, *, going: bool, following: bool
) -> html.Tr:
    channel = f"{words.channel(reader.lang, inject.channel)} → {words.seat(script, inject.target)}"
    what = [html.Div(inject.synopsis, className="drill-what", title=inject.expected), html.Small(channel)]
    act = [] if not going or one["state"] == "delivered" else [_by_hand(reader, inject.number, one["state"])]
    cells = [
        html.Td(str(inject.number)), html.Td(words.when(reader.lang, inject)), html.Td(what),
        html.Td([html.Div(_state(reader, found, inject, one)), *act]),
    ]  # fmt: skip
    kind = f"{one['state']} next" if following else one["state"]
    number = str(inject.number)
    return html.Tr(cells, key=number, className=kind, **marked(data_inject=number))


def _by_hand(reader: Reader, number: int, state: str) -> html.Button:
    again = reader.say("drill.again" if state == "failed" else "drill_move.inject")
    return html.Button(again, className="plain", **marked(data_do="inject", data_number=str(number)))


def _state(reader: Reader, found: Found, inject: Inject, one: Stood) -> list[Any]:
    if one["state"] == "waiting":
        return [_waiting(reader, found, inject, one["due_at"])]
    at = clock(reader.zone, one["at"])
    if one["state"] == "failed":
        why = reader.say(f"error.{one['reason']}.title")
        return [html.B(reader.say("drill.inject.failed")), f" {at}", html.Small(why)]
    hand = [html.Small(reader.say("drill.inject.by_hand"))] if one["by_hand"] else []
    return [html.Span(reader.say("drill.inject.delivered")), f" {at}", *hand]


def _waiting(reader: Reader, found: Found, inject: Inject, due: datetime | None) -> Any:
    """A count where the time is known, else what it waits for."""
    if found["status"] == "stopped":
        return reader.say("drill.inject.never")
    if due and due > found["now"]:
        return html.B(words.PLACE, **marked(data_until=due.isoformat()))
    if inject.when and inject.when.fact and due:
        return reader.say("drill.inject.awaits", fact=reader.say(f"drills.fact.{inject.when.fact}"))
    if inject.when:
        return reader.say("drill.inject.after", n=inject.when.inject)
    return reader.say("drill.inject.due" if due else "drill.inject.waits")


# --- what a player gets -----------------------------------------------------------------------------------


def scenario(reader: Reader, found: Found) -> list[Any]:
    """背景, which everybody reads."""
    return [heading(reader.say("drill.scenario")), html.P(found["scenario"], className="drill-scenario")]


def messages(reader: Reader, found: Found) -> list[Any]:
    """情况通报 to one's own seats, the newest first; other injects come through the desk, as in earnest."""
    head = heading(reader.say("drill.messages"))
    if not found["own"]:
        return [head, empty(reader.lang, "drill.messages.no_seat")]
    if not found["messages"]:
        return [head, empty(reader.lang, "drill.messages.none")]
    names = {one["code"]: one["name"] for one in found["seats"]}
    lines = [_message(reader, one, names) for one in reversed(found["messages"])]
    return [head, html.Ol(lines, className="drill-messages")]


def _message(reader: Reader, one: Stood, names: Mapping[str, str]) -> html.Li:
    channel = words.channel(reader.lang, one["channel"])
    said = [clock(reader.zone, one["at"]), channel, names.get(one["seat"], one["seat"])]
    number = str(one["number"])
    return html.Li(
        [html.Small(" · ".join(said)), html.P(one["text"])], key=number, **marked(data_message=number)
    )
