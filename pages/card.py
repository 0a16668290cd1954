"""The incident card from top to bottom: what, where, since when, who, what next, and its log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from actions.queries import Card, offices_named
from core.classes import IncidentClass
from core.clock import near_at
from core.model import ENDED, Assignment, Incident
from core.permissions import SYSTEM
from core.workflow import next_step
from pages import ids, keys
from pages.messages import has, text
from pages.offices import Names, offices
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

ACTS = ("accept", "handle", "verify", "close", "reopen", "reply", "note", "reject", "amend", "relocate")
"""Verbs with a button, in the order in which they stand: nothing moves under the pointer."""

IN_BROWSER = frozenset({"amend", "relocate"})
"""Verbs that ask for more first: a form, a point on the map (static/js/71-draft.js)."""

NEEDS_WORDS = frozenset({"reject", "note", "reply", "reopen", "decline"})
TAKES_WORDS = frozenset({"handle", "verify", "release", "check"})

Line = dict[str, Any]


def top(lang: str, zone: ZoneInfo, card: Card, kind: IncidentClass | None) -> list[Any]:
    """What, where, since when, who; then the loop with its times."""
    i = card.incident
    where = " · ".join(part for part in (i.place, i.address) if part)
    return [
        _head(lang, i, _title(lang, i, kind)),
        html.P(where or text(lang, "card.no_place"), className="card-line"),
        html.P([*_facts(lang, zone, i), *_since(i)], className="card-line small"),
        html.P(_who(lang, i), className="card-line small"),
        html.P(i.text, className="card-text", **marked(data_long="1")),
        _next(lang, zone, i),
        _steps(lang, zone, card),
    ]


def lost(lang: str, ident: str) -> list[Any]:
    """Instead of a card that cannot be shown: why, and what to do."""
    sentences = [html.P(text(lang, key)) for key in ("card.lost", "card.lost_remedy")]
    return [html.Div(sentences, className="lost", role="alert", **marked(data_incident=ident))]


def _title(lang: str, i: Incident, kind: IncidentClass | None) -> str:
    """A title that is only the class's name is said in the reader's language."""
    return kind.name_en if kind and lang == "en" and i.title == kind.name else i.title


def _head(lang: str, i: Incident, title: str) -> html.Div:
    mark = html.Span(
        className="mark", **marked(data_mark=f"{i.severity}:{i.class_code}", aria_label=LEVELS[i.severity])
    )
    state = html.Span(text(lang, f"status.{i.status}"), className="state")
    shown = marked(data_incident=i.id, data_seq=str(i.version))
    return html.Div([mark, html.H2(title), state], className="card-head", **shown)


def _facts(lang: str, zone: ZoneInfo, i: Incident) -> list[html.Span]:
    channel = text(lang, f"channel.{i.channel}") if has(lang, f"channel.{i.channel}") else i.channel
    return [
        html.Span(f"{LEVELS[i.severity]} {text(lang, f'severity.{i.severity}')}"),
        html.Span(text(lang, "card.reported", time=clock(zone, i.reported_at), channel=channel)),
    ]


def _since(i: Incident) -> list[html.Span]:
    """How long it has been open; the seconds are counted by static/js/78-card.js."""
    return [] if i.status in ENDED else [html.Span(**marked(data_since=i.reported_at.isoformat()))]


def _who(lang: str, i: Incident) -> list[html.Span]:
    reporter = i.reporter or text(lang, "card.no_reporter")
    hands = "、".join(i.hands) or text(lang, "card.no_hands")
    return [
        html.Span(text(lang, "card.reporter", reporter=reporter)),
        html.Span(text(lang, "card.hands", hands=hands)),
        html.Span(text(lang, "card.number", number=i.number)),
        *([] if i.status in ENDED else [_to_wall(lang, i)]),
    ]


def _to_wall(lang: str, i: Incident) -> html.Span:
    """上大屏: static/js/69-to-wall.js asks which wall."""
    button = html.Button(text(lang, "walls.to_wall"), className="plain", **marked(data_to_wall=i.id))
    return html.Span(button, className="to-wall")


def _next(lang: str, zone: ZoneInfo, i: Incident) -> html.Div:
    """What is due next, and how long there is; its bar and words run by static/js/78-card.js."""
    following = next_step(i)
    if following is None:
        said = text(
            lang, "card.ended", status=text(lang, f"status.{i.status}"), time=clock(zone, i.status_since)
        )
        return html.Div(html.Span(said), className="next-step")
    words = html.Span(text(lang, "next.line", what=text(lang, f"next.{following}")), className="what")
    if i.deadline is None:
        return html.Div(words, className="next-step")
    running = marked(
        data_due=i.deadline.due_at.isoformat(), data_near=near_at(i.deadline).isoformat(),
        data_total=str(i.deadline.total_s), data_step=i.deadline.step, data_state=i.deadline.state,
    )  # fmt: skip
    bar = html.Div(html.I(), className="bar")
    return html.Div([words, html.Span(className="due"), bar], className="next-step", **running)


def _steps(lang: str, zone: ZoneInfo, card: Card) -> html.Ol:
    reached, open_ = _rank(card.incident), next_step(card.incident) is not None
    first = {line["kind"]: line["occurred_at"] for line in reversed(card.timeline)}
    rows = []
    for rank, (status, kind) in enumerate(STEPS.items()):
        done = rank <= reached
        at = clock(zone, first[kind], seconds=False) if done and kind in first else ""
        state = "done" if done else "next" if rank == reached + 1 and open_ else ""
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
    offered = {a.id: _in_order(card.assignment_verbs.get(a.id, ())) for a in active}
    first = _first_holders(offered)
    due = _due_step(card.incident, active, offered)
    return [head, *(_assignment(lang, zone, a, offered[a.id], first, due) for a in active)]


def _first_holders(offered: dict[str, list[str]]) -> dict[str, str]:
    """verb → the first assignment that offers it: there the verb's key stands."""
    first: dict[str, str] = {}
    for ident, verbs in offered.items():
        for verb in verbs:
            first.setdefault(verb, ident)
    return first


def _due_step(
    incident: Incident, active: Sequence[Assignment], offered: dict[str, list[str]]
) -> tuple[str, str] | None:
    """The one step of a unit that is due next: (verb, assignment) of whoever is least far on its way."""
    if next_step(incident) not in ("ack", "arrive"):
        return None
    waiting = [a for a in active if a.status in ON_THE_WAY and offered[a.id]]
    least = min(waiting, key=lambda a: ON_THE_WAY.index(a.status), default=None)
    return (offered[least.id][0], least.id) if least else None


ON_THE_WAY = ("dispatched", "acknowledged", "enroute")


def _assignment(
    lang: str,
    zone: ZoneInfo,
    a: Assignment,
    verbs: Sequence[str],
    first: dict[str, str],
    due: tuple[str, str] | None,
) -> html.Div:
    buttons = [
        _button(
            text(lang, f"assignment.{verb}"),
            verb,
            keys.STEPS[verb] if first[verb] == a.id else None,
            primary=(verb, a.id) == due,
            ident=ids.step(verb, a.id),
        )
        for verb in verbs
    ]
    since = text(
        lang, "card.unit_since", time=clock(zone, a.started_at), distance=distance(lang, a.distance_m)
    )
    return html.Div(
        [
            html.Div(a.unit_name, className="clip"),
            html.Div(text(lang, f"unit.status.{a.status}")),
            html.Div(since, className="secondary clip"),
            html.Div(className="crew-check", hidden=True, **marked(data_check=a.id)),
            html.Div(html.Div(buttons, className="acts"), className="acts"),
        ],
        className="assignment",
    )


def _in_order(verbs: Sequence[str]) -> list[str]:
    order = ("ack", "enroute", "arrive", "check", "release", "decline")
    return [verb for verb in order if verb in verbs]


def acts(lang: str, card: Card, following: str | None) -> list[Any]:
    """One button for each verb that is lawful now, always in one order; the one due next is filled."""
    verbs = [verb for verb in ACTS if verb in card.verbs]
    dispatching = "dispatch" in card.verbs and following in ("accept", "dispatch")
    return [
        _button(
            text(lang, f"verb.{verb}"),
            verb,
            keys.VERBS[verb],
            primary=verb == following and not dispatching,
            ident=None if verb in IN_BROWSER else ids.verb(verb),
        )
        for verb in verbs
    ]


def _button(words: str, verb: str, key: str | None, *, primary: bool, ident: Any) -> html.Button:
    """A verb with its key; the keyboard finds the button by the letter it carries."""
    marks = {"data_verb": verb} | ({"data_key": key} if key else {})
    if verb in NEEDS_WORDS:
        marks["data_words"] = "needed"
    children: list[Any] = [words, html.Kbd(key)] if key else [words]
    name = {} if ident is None else {"id": ident}
    return html.Button(children, className="act primary" if primary else "act", **name, **marked(**marks))


def timeline(lang: str, zone: ZoneInfo, card: Card) -> list[Any]:
    """What happened, newest first, each with who said so."""
    file = html.A(text(lang, "card.case"), href=f"/cases/{card.incident.id}?lang={lang}", className="plain")
    head = html.Div([html.H3(text(lang, "card.timeline")), file], className="section-head")
    rows = [_line(lang, zone, line, card.offices) for line in reversed(card.timeline)]
    return [head, html.Ol(rows, className="timeline")]


def _line(lang: str, zone: ZoneInfo, line: Line, names: Names) -> html.Li:
    words = quoted(line)
    quote = [html.Span(words, className="quote")] if words else []
    by = html.Span(f" · {by_whom(lang, line)}", className="by")
    said = said_of(lang, line, names)
    return html.Li([html.Time(clock(zone, line["occurred_at"])), html.Div([said, by, *quote])])


def said_of(lang: str, line: Line, names: Names) -> str:
    """What a line of the log says happened."""
    variant = next((f"_{name}" for name in ("replaces", "reinforces") if line["body"].get(name)), "")
    return text(lang, f"said.{line['kind']}{variant}", **_values(lang, line, names))


def quoted(line: Line) -> str:
    """The words somebody gave with it; the report's own stand on the card already."""
    body = line["body"]
    words = body.get("text") or body.get("reason") or body.get("override_reason")
    return str(words) if words and line["kind"] != "IncidentReported" else ""


def by_whom(lang: str, line: Line) -> str:
    """The person's name; what the product did by itself is said to be so."""
    return text(lang, "role.system") if line["actor"] == SYSTEM.name else line["actor"]


def _values(lang: str, line: Line, names: Names) -> dict[str, object]:
    body = line["body"]
    named = {name: body[name] for name in ("number", "name") if body.get(name)}
    values: dict[str, object] = {"unit": line["unit_name"] or body.get("unit_name") or ""}
    if body.get("eta_s") is not None:
        values["eta"] = duration(lang, body["eta_s"])
    if body.get("step"):
        values["step"] = text(lang, f"step.{body['step'].split(':')[0]}")
    if body.get("severity"):
        values["level"] = LEVELS[body["severity"]]
    if body.get("stage"):
        values["stage"] = text(lang, f"situation.{body['stage']}")
    if body.get("rating"):
        values["rating"] = text(lang, f"rating.{body['rating']}")
    if line["kind"] == "HoldEnded":
        values["why"] = text(lang, f"hold_end.{body['why']}")
    if "parts" in body:
        values["supplies"] = [text(lang, "said.supply_part", **part) for part in body["parts"]]
    if "plans" in body:
        values["plans"] = [one["name"] for one in body["plans"]]
    if "rank" in body:
        values["choice"] = _answered(lang, body["rank"])
    return values | named | {"office": offices(lang, names, offices_named(body))}


def _answered(lang: str, rank: int) -> str:
    """Which of the sets that were advised was taken."""
    key = "first" if rank == 1 else "ranked" if rank else "other"
    return text(lang, f"answered.{key}", rank=rank)
