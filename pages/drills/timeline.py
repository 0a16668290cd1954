"""脚本时间线: scenario time on x, a lane for each target, what waits for something drawn behind it. Pure
values to components; moved and opened by static/js/6d-script.js."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from dash import html

from pages.drills.script_rows import Row, inject_of
from pages.drills.script_words import City
from pages.parts import marked

STEPS = (5, 10, 15, 30, 60, 120, 240, 720, 1440)
TICKS = 13
"""So many names of times at most."""
ROOM = 0.034
"""What an inject's box takes of the line."""
TRACK_REM = 1.9


@dataclass(frozen=True, slots=True)
class Spot:
    """An inject on the line. `minute`: when it comes, or can come first; None = nobody can say. `since` is
    the minute of what it waits for, `latest` when it comes all the same."""

    key: str
    number: str
    lane: str
    minute: float | None
    after: str
    since: float | None
    latest: float | None
    kind: str
    words: str


def spots(rows: Sequence[Row]) -> list[Spot]:
    """Total: also of rows that are no script yet."""
    injects = [inject_of(row) for row in rows]
    held = {one.get("number"): one for one in reversed(injects)}
    return [_spot(row, one, held) for row, one in zip(rows, injects, strict=True)]


def _spot(row: Row, inject: Mapping[str, Any], held: Mapping[Any, Mapping[str, Any]]) -> Spot:
    when = inject.get("when") or {}
    state = "done" if row.get("done") else "faulty" if row.get("fault") else ""
    return Spot(
        key=row["key"], number=str(inject.get("number") or "?"), lane=str(inject.get("target") or ""),
        minute=_minute(inject, held, ()), after=str(when.get("inject") or ""),
        since=_minute(held.get(when.get("inject"), {}), held, (inject.get("number"),)) if when else None,
        latest=when.get("latest_min"), kind=f"{(inject.get('act') or {}).get('kind', '')} {state}".strip(),
        words=str(inject.get("synopsis") or ""),
    )  # fmt: skip


def _minute(
    inject: Mapping[str, Any], held: Mapping[Any, Mapping[str, Any]], seen: tuple[Any, ...]
) -> float | None:  # fmt: skip
    """None also of what waits for itself in a circle."""
    when, at = inject.get("when"), inject.get("at_min")
    if not when:
        return float(at) if isinstance(at, int | float) else None
    if inject.get("number") in seen:
        return None
    before = _minute(held.get(when.get("inject"), {}), held, (*seen, inject.get("number")))
    return None if before is None else before + (when.get("after_min") or 0)


def line(city: City, rows: Sequence[Row], seats: Sequence[Row], minutes: float, begins: str) -> html.Div:
    """The whole line; `begins` is the scenario's time at minute 0."""
    placed = spots(rows)
    names = {str(row.get("code") or ""): str(row.get("name") or row.get("code")) for row in seats}
    lanes = [code for code in names if any(spot.lane == code for spot in placed)]
    lost = sorted({spot.lane for spot in placed} - set(lanes))
    last = max([minutes, *(spot.minute for spot in placed if spot.minute is not None)], default=minutes)
    made = [
        _lane(city, names.get(code, code or "—"), [spot for spot in placed if spot.lane == code], last)
        for code in (*lanes, *lost)
    ]
    return html.Div([_axis(last, begins), *made], className="script-line", **marked(data_minutes=f"{last:g}"))


def _axis(minutes: float, begins: str) -> html.Div:
    step = next((one for one in STEPS if minutes / one < TICKS), ceil(minutes / TICKS))
    hour, _, minute = begins.partition(":")
    first = (int(hour) * 60 + int(minute)) if hour.isdigit() and minute.isdigit() else 0
    ticks = [
        html.Span([_clock(first + at), html.Small(f"{at}")], style={"left": _share(at, minutes)})
        for at in range(0, int(minutes) + 1, step)
    ]
    return html.Div([html.Span(className="script-name"), html.Div(ticks, className="script-ticks")],
                    className="script-lane script-axis")  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _share(minute: float, minutes: float) -> str:
    return f"{100 * minute / minutes:.3f}%" if minutes else "0%"


def _lane(city: City, name: str, placed: Sequence[Spot], minutes: float) -> html.Div:
    tracks = stacked(placed, minutes)
    made = [part for spot in placed for part in _box(city, spot, tracks[spot.key], minutes)]
    height = {"height": f"{(1 + max(tracks.values())) * TRACK_REM:.2f}rem"}
    track = html.Div(made, className="script-track", style=height)
    return html.Div([html.Span(name, className="script-name clip", title=name), track],
                    className="script-lane")  # fmt: skip


def stacked(placed: Sequence[Spot], minutes: float) -> dict[str, int]:
    """Key → the track of its lane in which its box covers no other."""
    ends: list[float] = []
    found: dict[str, int] = {}
    for spot in sorted(placed, key=lambda one: (_at(one, minutes), one.key)):
        begins = _at(spot, minutes)
        free = next((n for n, end in enumerate(ends) if end <= begins), len(ends))
        ends[free : free + 1] = [begins + minutes * ROOM]
        found[spot.key] = free
    return found


def _at(spot: Spot, minutes: float) -> float:
    return minutes if spot.minute is None else spot.minute


def _box(city: City, spot: Spot, track: int, minutes: float) -> list[Any]:
    """Its number, a dashed way from what it waits for, and how late it may come."""
    at, top = _at(spot, minutes), f"{track * TRACK_REM:.2f}rem"
    ways = []
    if spot.since is not None and at > spot.since:
        ways.append(_way("script-wait", spot.since, at, top, minutes))
    if spot.latest is not None and spot.latest > at:
        ways.append(_way("script-latest", at, spot.latest, top, minutes))
    waits = [html.Small(f"↳{spot.after}")] if spot.after else []
    known = "drills.line.at" if spot.minute is not None else "drills.line.unknown"
    label = city.say(known, n=spot.number, minute=f"{at:g}", words=spot.words)
    kind = " ".join(one for one in ("script-inject", spot.kind, "waits" if spot.after else "") if one)
    button = html.Button(
        [spot.number, *waits], className=kind, title=label, type="button",
        style={"left": _share(at, minutes), "top": top},
        **marked(data_key=spot.key, data_minute=f"{at:g}", aria_label=label),
    )  # fmt: skip
    return [*ways, button]


def _way(kind: str, begins: float, ends: float, top: str, minutes: float) -> html.I:
    place = {"left": _share(begins, minutes), "width": _share(ends - begins, minutes), "top": top}
    return html.I(className=kind, style=place)
