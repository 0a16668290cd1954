"""How a drill stands: its head, the hand that turns it, its seats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html

from pages.drill import words
from pages.drill.words import Found, Reader
from pages.messages import text
from pages.offices import office
from pages.parts import marked

RATES = (1, 2, 5, 10, 30, 60)
ROLES = ("controller", "evaluator", "player", "observer")
OPEN = ("player", "observer")
"""Roles that anybody may take."""


# --- the head ---------------------------------------------------------------------------------------------


def head(reader: Reader, found: Found) -> list[Any]:
    """Name and kind, state, the scenario's clock, how fast it runs, what comes next, where else to look."""
    say = reader.say
    kind = [say(f"drills.content.{found['content']}"), say(f"drills.form.{found['form']}"), reader.division]
    if found["rehearsal"]:
        kind.append(say("drills.rehearsal"))
    title = html.Div(
        [html.H2(words.name(reader.lang, found)), html.P(" · ".join(kind))], className="drill-title"
    )
    shown = [title, _state(reader, found), _clock(reader, found), _next(reader, found), _links(reader, found)]
    return [html.Div(shown, className="drill-bar"), *_over(reader, found)]


def _state(reader: Reader, found: Found) -> html.Div:
    kind = "aborted" if found["aborted"] else found["status"]
    rate = html.B(f"×{found['speed']:g}", title=reader.say("drill.rate"))
    state = html.Span(words.state(reader.lang, found), className=f"drill-state {kind}")
    return html.Div([state, *([] if found["status"] == "stopped" else [rate])], className="drill-stands")


def _clock(reader: Reader, found: Found) -> html.Div:
    """The time of the scenario, and how long it has run; moved on by static/js/8g-drill.js."""
    at: datetime = found["stopped_at"] or found["now"]
    began: datetime | None = found["started_at"]
    live = found["status"] != "stopped"
    time = at.astimezone(reader.zone).strftime("%H:%M:%S")
    since = marked(data_since=began.isoformat()) if began and live else {}
    return html.Div(
        [html.Strong(time, **(marked(data_clock="1") if live else {})),
         html.Span(words.elapsed(began, at), **since)],
        className="drill-clock", title=reader.say("drill.clock"),
    )  # fmt: skip


def _next(reader: Reader, found: Found) -> html.Div:
    """What comes next by the clock, and how long until then, on the drill's clock."""
    coming = ahead(found)
    if coming is None:
        return html.Div(className="drill-next")
    due: datetime = coming["due_at"]
    count = html.B(words.PLACE, **marked(data_until=due.isoformat()))
    return html.Div([html.Span(reader.say("drill.next", n=coming["number"])), count], className="drill-next")


def ahead(found: Found) -> Mapping[str, Any] | None:
    """The inject that is due next by the clock; None for whoever may not know, and while none is known."""
    known = [one for one in found.get("injects", []) if one.get("due_at") and one["due_at"] > found["now"]]
    return min(known, key=lambda one: (one["due_at"], one["number"])) if known else None


def _links(reader: Reader, found: Found) -> html.Div:
    query = urlencode({"realm": found["realm"], "lang": reader.lang})
    shown = [
        html.A(
            reader.say(f"drill.link.{page}"),
            href=f"/{page}?{query}",
            target="_blank",
            className="reports-act",
        )
        for page in ("desk", "replay")
    ]
    return html.Div(shown, className="drill-links")


def _over(reader: Reader, found: Found) -> list[Any]:
    """Why it stands still, or should: what everybody ought to know."""
    said = words.why(reader.lang, found)
    if found["aborted"]:
        said = " ".join(part for part in (reader.say("drill.aborted"), said) if part)
    if found["asked"] and found["status"] == "running":
        by, about = found["asked"]
        said = reader.say("live.asked", by=by, about=about)
    kind = "drill-why aborted" if found["aborted"] else "drill-why"
    return [html.P(said, className=kind, role="alert")] if said else []


def lost(lang: str) -> list[Any]:
    """Instead of a drill that is not there."""
    back = html.A(text(lang, "drill.lost.how"), href=f"/drills?lang={lang}")
    return [html.Div([html.P(text(lang, "drill.lost")), back], className="tab-empty")]


# --- the hand that turns it -------------------------------------------------------------------------------


def turn(reader: Reader, found: Found) -> list[Any]:
    """Start, pause, resume, how fast, to the next inject, the end; for others who controls."""
    if not found["control"]:
        return [_controllers(reader, found)]
    if found["status"] == "stopped":
        return []
    faulty = found["status"] == "prepared" and found["faults"]
    note = html.P(reader.say("drill.faulty", n=len(found["faults"])), className="drill-faulty", role="alert")
    return [
        html.Div([_main(reader, found), _act(reader, "stop", "ask-stop")], className="drill-acts"),
        _rates(reader, found),
        *([note] if faulty else []),
        *_to_next(reader, found),
    ]


def _controllers(reader: Reader, found: Found) -> html.P:
    names = [one["taken_by"] for one in found["seats"] if one["role"] == "controller" and one["taken_by"]]
    return html.P(reader.say("drill.controlled", who="、".join(names) or words.PLACE), className="tab-note")


def _main(reader: Reader, found: Found) -> html.Button:
    """The one lawful step."""
    verb = {"prepared": "start", "running": "pause", "paused": "resume"}[found["status"]]
    return html.Button(reader.say(f"drill_move.{verb}"), className="act primary", **marked(data_do=verb))


def _act(reader: Reader, words_: str, do: str) -> html.Button:
    return html.Button(reader.say(f"drill.{words_}"), className="act", **marked(data_do=do))


def _rates(reader: Reader, found: Found) -> html.Div:
    """倍速; the one that stands is pressed, also one that another hand has set between these."""
    rates = sorted({*RATES, found["speed"]})
    buttons = [
        html.Button(
            f"×{rate:g}", className="chip",
            **marked(data_do="rate", data_rate=f"{rate:g}", aria_pressed=str(rate == found["speed"]).lower()),
        )
        for rate in rates
    ]  # fmt: skip
    return html.Div(
        buttons, className="drill-rates", role="group", **marked(aria_label=reader.say("drill.rate"))
    )


def _to_next(reader: Reader, found: Found) -> list[Any]:
    coming = ahead(found)
    if found["status"] == "prepared" or coming is None:
        return []
    number = str(coming["number"])
    words_ = reader.say("drill.to_next", n=number)
    return [html.Button(words_, className="act drill-to-next", **marked(data_do="next", data_number=number))]


# --- seats ------------------------------------------------------------------------------------------------


def seats(reader: Reader, found: Found) -> html.Ul:
    """席位: who sits where; one's own first, then by role."""
    own = set(found["own"])
    order = sorted(found["seats"], key=lambda one: (one["code"] not in own, ROLES.index(one["role"])))
    return html.Ul([_seat(reader, found, one, own) for one in order], className="drill-seats")


def _seat(reader: Reader, found: Found, one: Mapping[str, Any], own: set[str]) -> html.Li:
    mine = one["code"] in own
    kind = reader.say(f"drills.role.{one['role']}")
    speaks = office(reader.lang, reader.names, one["office"]) if one["role"] == "player" else ""
    said = [html.B(one["name"]), html.Small(" · ".join(part for part in (kind, speaks) if part))]
    sits = html.Span(_sitter(reader, one), className="drill-sits" if one["taken_by"] else "drill-sits nobody")
    acts = [_seat_act(reader, verb, one["code"]) for verb in _seat_verbs(found, one, mine)]
    return html.Li(
        [html.Div(said), html.Div([sits, *acts])],
        className="own" if mine else "",
        **marked(data_seat=one["code"]),
    )


def _sitter(reader: Reader, one: Mapping[str, Any]) -> str:
    if one["taken_by"]:
        return str(one["taken_by"])
    return reader.say("drill.machine" if one["simulated"] and one["role"] == "player" else "drill.empty")


def _seat_verbs(found: Found, one: Mapping[str, Any], mine: bool) -> list[str]:
    """Who controls gives and clears seats; others take and leave their own."""
    if found["status"] == "stopped":
        return []
    verbs = [] if one["taken_by"] or not (found["control"] or one["role"] in OPEN) else ["take"]
    if one["taken_by"] and (mine or found["control"]):
        verbs.append("leave")
    return [*verbs, "give"] if found["control"] else verbs


def _seat_act(reader: Reader, verb: str, seat: str) -> html.Button:
    words_ = reader.say(f"drill.{verb}")
    return html.Button(words_, className="plain", **marked(data_do=verb, data_seat=seat))
