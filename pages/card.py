"""The incident card from top to bottom: what, where, since when, who, what next, and its log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from actions.queries import Card
from core.classes import IncidentClass
from core.model import Assignment, Incident
from pages import ids
from pages.messages import has, text
from pages.parts import marked
from pages.words import LEVELS, clock, distance, duration

STEPS = {
    "reported": "IncidentReported",
    "accepted": "IncidentAccepted",
    "dispatched": "UnitDispatched",
    "acknowledged": "AssignmentAcknowledged",
    "on_scene": "AssignmentArrived",
    "handled": "IncidentHandled",
    "verified": "IncidentVerified",
    "closed": "IncidentClosed",
}
"""The closed loop, and the fact that first reached each step."""

ACTS = ("accept", "handle", "verify", "close", "reopen", "reply", "note", "reject")
"""Verbs with a button, in the order in which they stand: nothing moves under the pointer."""

Line = dict[str, Any]


def top(lang: str, zone: ZoneInfo, card: Card, kind: IncidentClass | None) -> list[Any]:
    """What, where, since when, who; then the loop with its times."""
    i = card.incident
    where = " · ".join(part for part in (i.place, i.address) if part)
    return [
        _head(lang, i, _title(lang, i, kind)),
        html.P(where or text(lang, "card.no_place"), className="card-line"),
        html.P(_facts(lang, zone, i), className="card-line small"),
        html.P(i.text, className="card-text"),
        _steps(lang, zone, card),
    ]


def _title(lang: str, i: Incident, kind: IncidentClass | None) -> str:
    """A title that is only the class's name is said in the reader's language."""
    return kind.name_en if kind and lang == "en" and i.title == kind.name else i.title


def _head(lang: str, i: Incident, title: str) -> html.Div:
    mark = html.Span(
        className="mark", **marked(data_mark=f"{i.severity}:{i.class_code}", aria_label=LEVELS[i.severity])
    )
    state = html.Span(text(lang, f"status.{i.status}"), className="state")
    return html.Div([mark, html.H2(title, className="clip", title=title), state], className="card-head")


def _facts(lang: str, zone: ZoneInfo, i: Incident) -> str:
    channel = text(lang, f"channel.{i.channel}") if has(lang, f"channel.{i.channel}") else i.channel
    parts = [
        text(lang, "card.number", number=i.number),
        f"{LEVELS[i.severity]} {text(lang, f'severity.{i.severity}')}",
        channel,
        clock(zone, i.reported_at),
    ]
    if i.reporter:
        parts.append(text(lang, "card.reporter", reporter=i.reporter))
    return " · ".join(parts)


def _steps(lang: str, zone: ZoneInfo, card: Card) -> html.Ol:
    reached = _rank(card.incident)
    first = {line["kind"]: line["occurred_at"] for line in reversed(card.timeline)}
    rows = []
    for rank, (status, kind) in enumerate(STEPS.items()):
        done = rank <= reached
        at = clock(zone, first[kind], seconds=False) if done and kind in first else ""
        state = "done" if done else "next" if rank == reached + 1 else ""
        rows.append(html.Li([text(lang, f"loop.{status}"), html.Time(at or "\u00a0")], className=state))
    return html.Ol(rows, className="steps")


def _rank(i: Incident) -> int:
    return list(STEPS).index(i.status) if i.status in STEPS else 0


def units(lang: str, zone: ZoneInfo, card: Card) -> list[Any]:
    """Who is bound to it, each with the steps that may be reported for it by radio."""
    active = [a for a in card.assignments if a.ended_at is None]
    if not active:
        return []
    head = html.Div(
        [html.H3(text(lang, "card.units")), html.Span(str(len(active)))], className="section-head"
    )
    return [head, *(_assignment(lang, zone, a, card.assignment_verbs.get(a.id, ())) for a in active)]


def _assignment(lang: str, zone: ZoneInfo, a: Assignment, verbs: Sequence[str]) -> html.Div:
    buttons = [
        html.Button(
            text(lang, f"assignment.{verb}"),
            id=ids.step(verb, a.id),
            className="act primary" if rank == 0 and verb != "release" else "act",
        )
        for rank, verb in enumerate(_in_order(verbs))
    ]
    since = text(
        lang, "card.unit_since", time=clock(zone, a.started_at), distance=distance(lang, a.distance_m)
    )
    return html.Div(
        [
            html.Div(a.unit_name, className="clip"),
            html.Div(text(lang, f"unit.status.{a.status}")),
            html.Div(since, className="secondary clip"),
            html.Div(html.Div(buttons, className="acts"), className="acts"),
        ],
        className="assignment",
    )


def _in_order(verbs: Sequence[str]) -> list[str]:
    order = ("ack", "enroute", "arrive", "release", "decline")
    return [verb for verb in order if verb in verbs]


def acts(lang: str, card: Card, following: str | None) -> list[Any]:
    """One button for each verb that is lawful now, always in one order; the one due next is filled."""
    verbs = [verb for verb in ACTS if verb in card.verbs]
    dispatching = "dispatch" in card.verbs and following in ("accept", "dispatch")
    return [
        html.Button(
            text(lang, f"verb.{verb}"),
            id=ids.verb(verb),
            className="act primary" if verb == following and not dispatching else "act",
        )
        for verb in verbs
    ]


def timeline(lang: str, zone: ZoneInfo, card: Card) -> list[Any]:
    """What happened, newest first, each with who said so."""
    head = html.Div(html.H3(text(lang, "card.timeline")), className="section-head")
    rows = [_line(lang, zone, line) for line in reversed(card.timeline)]
    return [head, html.Ol(rows, className="timeline")]


def _line(lang: str, zone: ZoneInfo, line: Line) -> html.Li:
    body = line["body"]
    said = text(lang, f"said.{line['kind']}", **_values(lang, line))
    words = body.get("text") or body.get("reason") or body.get("override_reason")
    quote = [html.Span(words, className="quote")] if words and line["kind"] != "IncidentReported" else []
    by = html.Span(f" · {line['actor']}", className="by")
    return html.Li([html.Time(clock(zone, line["occurred_at"])), html.Div([said, by, *quote])])


def _values(lang: str, line: Line) -> dict[str, object]:
    body = line["body"]
    values: dict[str, object] = {"unit": line["unit_name"] or body.get("unit_name") or ""}
    if body.get("eta_s") is not None:
        values["eta"] = duration(lang, body["eta_s"])
    if body.get("step"):
        values["step"] = text(lang, f"step.{body['step']}")
    if body.get("severity"):
        values["level"] = LEVELS[body["severity"]]
    return values
