"""REST for duty: notices, alarm load, handing shifts over, the roster, the phone book."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import city, duty, handover, notices
from actions.drill_reading import name_of
from actions.duty_commands import (
    AcknowledgeCommand,
    HandOverCommand,
    ShelveCommand,
    StandInCommand,
    TakeOverCommand,
)
from actions.offices import names_of
from api.operations import answered, time_of
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, language_of, number, parse
from core import alarms
from core.features import feature
from pages.drill_mark import disposition
from pages.handover.paper import sheet
from pages.offices import office as office_words

router = APIRouter(prefix="/api/v1")


# --- notices ---------------------------------------------------------------------------------------------


@router.get("/notices")
def listed(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """What the asker's office is told: `state` waiting, shelved or all; newest first."""
    state = request.query_params.get("state") or "waiting"
    found = notices.listed(services, principal, realm, state)
    return answered({**notices.waiting(services, principal, realm), "items": found})


@router.post("/notices/ack")
def acknowledge(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """确认"""
    return answered(notices.acknowledge(services, call, parse(AcknowledgeCommand, body).notices))


@router.post("/notices/{seq}/shelve")
def shelve(services: ServicesIn, call: CallIn, body: BodyIn, seq: str) -> Response:
    """搁置"""
    at = number("notice", seq, 0)
    return answered(notices.shelve(services, call, at, parse(ShelveCommand, body)))


@router.post("/notices/{seq}/unshelve")
def unshelve(services: ServicesIn, call: CallIn, seq: str) -> Response:
    """取消搁置"""
    return answered(notices.unshelve(services, call, number("notice", seq, 0)))


@router.get("/alarms/load")
def alarm_load(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Alarms of the asker's office an hour and seat, over the last `hours`."""
    hours = number("hours", request.query_params.get("hours"), 24)
    found = notices.alarm_load(services, principal, realm, hours)
    limits = {"good": alarms.GOOD, "manageable": alarms.MANAGEABLE, "flood": alarms.FLOOD}
    return answered({"limits": limits, "items": [_hour(hour) for hour in found]})


def _hour(hour: alarms.Hour) -> dict[str, Any]:
    return {**asdict(hour), "per_seat": round(hour.per_seat, 2), "band": hour.band}


# --- shifts ----------------------------------------------------------------------------------------------


@router.get("/handovers")
def handovers(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """交接班 of the asker's office: what is unresolved now, and the shifts before."""
    sheet = handover.sheet(services, principal, realm)
    past = [handover.as_json(one) for one in handover.history(services, principal, realm)]
    waiting = sheet.waiting and handover.as_json(sheet.waiting)
    on_duty = duty.shifts_json(sheet.on_duty)
    found = {"office": sheet.office, "counts": sheet.counts, "waiting": waiting, "on_duty": on_duty}
    return answered({**found, "items": past})


@router.get("/handovers/unresolved")
def unresolved(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """The incidents behind a count; `kind` as in `counts`."""
    kind = request.query_params.get("kind") or "open"
    return answered({"items": [feature(i) for i in handover.unresolved(services, principal, realm, kind)]})


@router.post("/handovers")
def hand_over(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """交班"""
    return answered(handover.hand_over(services, call, parse(HandOverCommand, body)), 201)


@router.get("/handovers/{ident}/paper")
def paper(
    request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str
) -> Response:
    """One change of shifts as a PDF, told in the audit."""
    known, lang = handover.take_away(services, principal, realm, ident), language_of(request)
    office = office_words(lang, names_of(services.reference, [known.office]), known.office)
    drill = name_of(services, realm)
    body = sheet(lang, known, office, str(city.about(services)["name"] or ""), services.zone, drill)
    name = disposition(f"handover-{ident}.pdf", drill, "inline")
    given = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(body, 200, given, "application/pdf")


@router.post("/handovers/{ident}/take")
def take_over(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """接班"""
    return answered(handover.take_over(services, call, ident, parse(TakeOverCommand, body).remark))


@router.post("/handovers/{ident}/withdraw")
def withdraw(services: ServicesIn, call: CallIn, ident: str) -> Response:
    """撤回交班"""
    return answered(handover.withdraw(services, call, ident))


# --- roster and phone book -------------------------------------------------------------------------------


@router.get("/roster")
def roster(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """值班表 from `since` (now) until `until` (a week later), and when the asker's office has nobody."""
    since = time_of("since", request.query_params.get("since")) or services.now_in("live")
    until = time_of("until", request.query_params.get("until")) or since + timedelta(days=7)
    found = duty.roster(services, principal, since, until)
    gaps = [{"since": a, "until": b} for a, b in duty.own_gaps(services, principal, since, until)]
    return answered({"items": duty.shifts_json(found), "gaps": gaps})


@router.get("/roster/now")
def on_duty(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """Who answers for an office (`office`, else the asker's) at a time (`at`, else now)."""
    office = request.query_params.get("office") or str(principal.office)
    found = duty.on_duty(services, principal, office, time_of("at", request.query_params.get("at")))
    people = {"office": office, "via": found.via, "people": found.people}
    return answered({**people, "shifts": duty.shifts_json(found.shifts)})


@router.post("/roster/stand-in")
def stand_in(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """离岗 / 回岗"""
    return answered(duty.stand_in(services, call, parse(StandInCommand, body)))


@router.get("/contacts")
def contacts(request: Request, services: ServicesIn, principal: PrincipalIn) -> Response:
    """通讯录 within `area`, with the words of `q` in them."""
    query = request.query_params
    found = duty.phone_book(services, principal, query.get("area") or "", query.get("q") or "")
    return answered({"items": found})
