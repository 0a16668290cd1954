"""What the parts of `/handover` show: values in, rows and components out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from core.alarms import FLOOD, Hour
from core.handover import KINDS, Handover
from core.model import Incident, first_due
from core.offices import CITY_DESK
from core.permissions import Principal
from core.roster import Shift
from pages import parts
from pages.handover import ids
from pages.messages import text
from pages.places.table import Column


def unresolved_columns(lang: str) -> list[Column]:
    """The list of what is unresolved; the last column is written in."""
    return [
        column(lang, "level", 70), column(lang, "number", 150), column(lang, "title", 150, wrap=True),
        column(lang, "place", 170, wrap=True), column(lang, "status", 80),
        column(lang, "owner", 130, wrap=True),
        column(lang, "due", 130), column(lang, "note", 220, wrap=True, editable=True),
    ]  # fmt: skip


def history_columns(lang: str) -> list[Column]:
    """Shifts handed over, and the paper of each."""
    return [
        column(lang, "handed", 120), column(lang, "handed_by", 120), column(lang, "taken", 120),
        column(lang, "taken_by", 120), column(lang, "open", 70, number=True),
        column(lang, "over", 70, number=True), column(lang, "notes", 260, wrap=True),
        column(lang, "paper", 70, cellClass="pressable"),
    ]  # fmt: skip


def roster_columns(lang: str) -> list[Column]:
    """Shifts of the coming days; the last cell is pressed when somebody leaves or comes back."""
    return [
        column(lang, "office", 160, wrap=True), column(lang, "post", 100), column(lang, "starts", 110),
        column(lang, "ends", 110), column(lang, "person", 100), column(lang, "deputy", 100),
        column(lang, "state", 90), column(lang, "act", 90, cellClass="pressable"),
    ]  # fmt: skip


def contacts_columns(lang: str) -> list[Column]:
    return [
        column(lang, "office", 180, wrap=True), column(lang, "role", 120), column(lang, "phone", 140),
        column(lang, "name", 110),
        Column("note", text(lang, "handover.column.remark"), least=180, wrap=True),
    ]  # fmt: skip


LANG_COLUMNS: dict[str, Callable[[str], list[Column]]] = {
    "unresolved": unresolved_columns,
    "history": history_columns,
    "roster": roster_columns,
    "contacts": contacts_columns,
}


def column(
    lang: str, name: str, least: int, *, number: bool = False, wrap: bool = False, **options: Any
) -> Column:
    return Column(name, text(lang, f"handover.column.{name}"), number, least, wrap, options)


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M") if at else ""


def office_part(
    lang: str, name: str, on_duty: Sequence[Shift], since: datetime | None, zone: ZoneInfo
) -> list[Any]:
    """Whose shift it is, since when, and who is on the roster now."""
    told = (
        text(lang, "handover.since", at=moment(since, zone)) if since else text(lang, "handover.since.never")
    )
    people = [
        html.Li([html.B(shift.held_by or "—"), f" {shift.post}", html.Span(_until(lang, shift, zone))])
        for shift in on_duty
    ]
    shown = html.Ul(people) if people else html.P(text(lang, "handover.nobody"), className="tab-note")
    return [html.P([html.B(name), html.Span(told)]), shown]


def _until(lang: str, shift: Shift, zone: ZoneInfo) -> str:
    return text(lang, "handover.until", at=moment(shift.ends_at, zone))


def tiles(lang: str, counts: Mapping[str, int], chosen: str) -> list[html.Button]:
    """A figure for each kind; pressed, it lists what it counts. Alarms are listed by the bell."""
    return [_tile(lang, kind, counts.get(kind, 0), kind == chosen) for kind in KINDS]


def _tile(lang: str, kind: str, count: int, chosen: bool) -> html.Button:
    marks = parts.marked(aria_pressed="true" if chosen else "false")
    figure = html.B(str(count), className="figure")
    return html.Button([html.Span(text(lang, f"handover.kind.{kind}")), figure], id=ids.tile(kind), **marks)


def load_part(lang: str, hours: Sequence[Hour], zone: ZoneInfo) -> list[Any]:
    """Alarms an hour and seat as bars, newest first; the words say what it comes to."""
    rows = [_hour(lang, hour, zone) for hour in reversed(hours)]
    return [html.Ul(rows), html.P(text(lang, "handover.load.means"), className="tab-note")]


def _hour(lang: str, hour: Hour, zone: ZoneInfo) -> html.Li:
    share = min(1.0, hour.per_seat / FLOOD)
    bar = html.I(html.B(style={"width": f"{share:.0%}"}))
    figure = f"{hour.per_seat:.1f}".removesuffix(".0")
    words = text(lang, f"handover.band.{hour.band}")
    seats = text(lang, "handover.load.seats", alarms=hour.alarms, seats=hour.seats)
    at = html.Span(hour.starts_at.astimezone(zone).strftime("%H:%M"))
    cells = [at, bar, html.Span(figure, className="figure"), html.Span(words)]
    return html.Li(cells, className=hour.band, title=seats)


def unresolved_row(
    lang: str, one: Incident, title: str, office: str, notes: Mapping[str, str], zone: ZoneInfo
) -> dict[str, Any]:
    """A row of what is unresolved; `title` and `office` in words."""
    clock = first_due(one)
    return {
        "id": one.id, "level": "ⅠⅡⅢⅣ"[one.severity - 1], "number": one.number, "title": title,
        "place": one.place or one.address, "status": text(lang, f"status.{one.status}"), "owner": office,
        "due": "" if clock is None else _due(lang, clock.state, clock.due_at, zone),
        "note": notes.get(one.id, ""),
    }  # fmt: skip


def _due(lang: str, state: str, due_at: datetime, zone: ZoneInfo) -> str:
    said = text(lang, f"handover.clock.{state}") if state != "running" else ""
    return f"{moment(due_at, zone)} {said}".strip()


def history_row(lang: str, one: Handover, zone: ZoneInfo) -> dict[str, Any]:
    """A row of the shifts before."""
    taken = one.taken
    by = "" if taken is None else f"{taken.name} {taken.seat}".strip()
    return {
        "id": one.id, "handed": moment(one.handed.at, zone),
        "handed_by": f"{one.handed.name} {one.handed.seat}".strip(),
        "taken": moment(taken.at, zone) if taken else text(lang, "handover.waiting"),
        "taken_by": text(lang, "handover.withdrawn", by=by) if one.withdrawn else by,
        "open": one.counts.get("open", 0), "over": one.counts.get("over", 0), "notes": one.notes,
        "paper": text(lang, "handover.paper"),
    }  # fmt: skip


def roster_row(
    lang: str, shift: Shift, office: str, principal: Principal, now: datetime, zone: ZoneInfo, *, leads: bool
) -> dict[str, Any]:
    """A row of the roster; `act` is empty where the asker has nothing to say."""
    may_act = leads or shift.person == principal.name
    state = (
        "away"
        if shift.away
        else "running"
        if shift.covers(now)
        else "later"
        if now < shift.starts_at
        else "past"
    )
    return {
        "key": "|".join((shift.office, shift.starts_at.isoformat(), shift.post, shift.person)),
        "office": office, "post": shift.post, "person": shift.person, "deputy": shift.deputy,
        "starts": moment(shift.starts_at, zone), "ends": moment(shift.ends_at, zone),
        "state": text(lang, f"handover.state.{state}"),
        "act": text(lang, "handover.back" if shift.away else "handover.leave") if may_act else "",
        "away": shift.away,
    }  # fmt: skip


def told_part(lang: str, one: Handover, zone: ZoneInfo) -> list[Any]:
    """What the shift before says, above the second signature."""
    signed = text(
        lang,
        "handover.handed",
        by=one.handed.name,
        at=moment(one.handed.at, zone),
        seat=one.handed.seat or "—",
    )
    counted = text(lang, "handover.counted", open=one.counts.get("open", 0), over=one.counts.get("over", 0))
    items = [html.Li([html.B(number), f" {note}"]) for _, number, note in one.items]
    return [
        html.P(signed),
        html.P(counted),
        html.P(one.notes or text(lang, "handover.no_notes")),
        html.Ul(items),
    ]


def gaps_part(lang: str, office: str, gaps: Sequence[tuple[datetime, datetime]], zone: ZoneInfo) -> str:
    """When nobody of the office is on the roster, in one line."""
    if not gaps:
        return text(lang, "handover.gaps.none")
    first = "；".join(f"{moment(a, zone)} – {moment(b, zone)}" for a, b in gaps[:3])
    key = "handover.gaps.city" if office == str(CITY_DESK) else "handover.gaps"
    return text(lang, key, n=len(gaps), first=first)


def contact_row(row: Mapping[str, Any], office: str) -> dict[str, Any]:
    key = "|".join((row["office"], row["role"], row["phone"]))
    return {"key": key, **row, "office": office}
