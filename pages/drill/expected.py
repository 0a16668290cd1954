"""应有行动: what players are expected to do, what is late first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dash import html

from core.drill_script import Script
from pages.drill import words
from pages.drill.words import Found, Reader
from pages.parts import marked
from pages.places.parts import empty, heading
from pages.words import duration

One = Mapping[str, Any]
"""An indicator, as `actions.drill_reading` tells it."""
ORDER = ("late", "open", "missed", "met")


def expected(reader: Reader, found: Found, script: Script, coming: One | None) -> list[Any]:
    """What should be done next, then each indicator whose inject has come."""
    awaited = [one for one in found["indicators"] if one["since"]]
    counts = [
        html.Span(reader.say("drill.expected.count", state=reader.say(f"drills.state.{state}"), n=n))
        for state in ORDER
        if (n := sum(one["state"] == state for one in awaited))
    ]
    head = heading(reader.say("drill.expected"), *counts)
    lines = [_line(reader, found, script, one) for one in sorted(awaited, key=_order)]
    shown = html.Ol(lines, className="drill-expected") if lines else empty(reader.lang, "drill.expected.none")
    return [head, *_coming(reader, script, coming), shown]


def _order(one: One) -> tuple[int, float]:
    """Late before open: the longest late first, of what is open what has least time, of what is done the
    last."""
    place = ORDER.index(one["state"]) if one["state"] in ORDER else len(ORDER)
    if one["state"] == "late":
        return (0, -one["late_s"]) if one["at"] is None else (2, -one["at"].timestamp())
    if one["state"] == "open":
        return place, one["limit_s"] - (one["seconds"] or 0)
    return place, -(one["at"] or one["since"]).timestamp()


def _coming(reader: Reader, script: Script, coming: One | None) -> list[Any]:
    inject = script.inject(coming["number"]) if coming else None
    if inject is None:
        return []
    said = reader.say("drill.expected.next", n=inject.number, seat=words.seat(script, inject.target))
    return [html.Div([html.Small(said), html.P(inject.expected)], className="drill-coming")]


def _line(reader: Reader, found: Found, script: Script, one: One) -> html.Li:
    where = f"#{one['inject']} · {words.seat(script, one['seat'])}"
    limit = reader.say("drill.expected.limit", limit=duration(reader.lang, one["limit_s"]))
    said = html.Div([html.Div(one["name"]), html.Small(f"{where} · {limit}")], title=one["expected"])
    return html.Li([said, *_stands(reader, found, one)], key=one["code"], className=_class(one))


def _class(one: One) -> str:
    """Late and not done yet is another thing than done late."""
    return f"done {one['state']}" if one["at"] else str(one["state"])


def _stands(reader: Reader, found: Found, one: One) -> Sequence[Any]:
    """Seconds to the limit or beyond it, counted on in the browser; or how long it took."""
    if one["at"] is None and one["state"] in ("open", "late") and found["status"] != "stopped":
        limit = found["now"] + timedelta(seconds=one["limit_s"] - (one["seconds"] or 0))
        spot = marked(data_limit=limit.isoformat(), data_of=f"{one['limit_s']:g}")
        return [html.B(words.PLACE, **spot), html.I(className="drill-left")]
    state = reader.say(f"drills.state.{one['state']}")
    took = duration(reader.lang, one["seconds"]) if one["at"] and one["seconds"] is not None else ""
    return [html.Span(" ".join(part for part in (state, took) if part))]
