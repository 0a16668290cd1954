"""Sensors (感知设备): readings taken in, thresholds that report incidents, what is silent.

A reading is not a fact: the last one is kept, a thinned history beside it. The incident that a threshold
reports is one, by the ordinary verb. The rules stand in `core.sensors`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from actions.commands import Location, ReportCommand
from actions.incidents import report_within
from actions.queries import check_read
from actions.services import Services
from actions.site_commands import ReadingCommand
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import sensors as rules
from core.clock import FUTURE_TOLERANCE
from core.errors import InvalidInput, NotFound, Refusal, TimeInFuture
from core.permissions import Scope, visible
from core.sensors import Reading, Rule, State
from db import readings, sites
from db.places import lies_in
from db.tables_places import place

log = logging.getLogger(__name__)

MOST = 5000
CHANNEL = "sensor"
THIN = timedelta(seconds=60)
"""The history keeps one reading a minute, and each that an alarm began or ended with."""
TOLD = 20
Rules = Mapping[tuple[str, str], Rule]


def take(services: Services, call: Call, commands: Sequence[ReadingCommand]) -> Answer:
    """Keep readings: {accepted, unknown, incidents}; `unknown` are codes that no sensor in scope has.

    Raises Forbidden, InvalidInput (more than MOST), TimeInFuture, RealmUnknown.
    """
    if len(commands) > MOST:
        raise InvalidInput(pointer="", detail=f"<= {MOST}")
    try:
        return perform(services, call, "readings", lambda tx: _take(tx, commands))
    except IntegrityError as error:  # two told the first crossing of a sensor nobody had heard before
        if "uq_incident_source" not in str(error.orig):
            raise
    return perform(services, call, "readings", lambda tx: _take(tx, commands))


def _take(tx: Transaction, commands: Sequence[ReadingCommand]) -> Answer:
    _check_times(commands, tx.now)
    codes, scope = {command.sensor for command in commands}, Scope.of(tx.call.principal)
    found = sites.find_places(tx.conn, "sensors", codes)
    known = {code: row for code, row in found.items() if visible(scope, row.area or "")}
    byrule = sites.sensor_rules(tx.conn)
    held = readings.lock_states(tx.conn, tx.call.realm, known)
    walks = [
        _walk(held.get(code), of_one, rule_of(byrule, known[code]))
        for code, of_one in _by_sensor(commands, known, tx.now).items()
    ]
    oldest = tx.now - timedelta(days=readings.KEPT_DAYS)
    kept = [one for walk in walks for one in walk.kept if one.at >= oldest]
    readings.trace(tx.conn, tx.call.realm, kept)  # before an alarm takes the realm's counter row
    told = [_told_of(tx, known[walk.last.sensor], walk, byrule) for walk in walks]
    readings.put_states(tx.conn, tx.call.realm, [state for state, _ in told])
    incidents = [incident for _, incident in told if incident]
    accepted = sum(walk.taken for walk in walks)
    return {"accepted": accepted, "unknown": sorted(codes - known.keys())[:TOLD], "incidents": incidents}


def _told_of(tx: Transaction, row: Any, walk: _Walk, byrule: Rules) -> tuple[State, str | None]:
    """The state to keep, and the incident that was reported; a sensor that stands where nothing can be
    reported (outside the city, a class that is gone) holds up no other's readings."""
    if walk.alarmed is None:
        return walk.last, None
    try:
        incident = _reported(tx, row, walk, byrule)
    except Refusal as refusal:
        log.warning("sensor %s alarms and cannot be reported: %s", row.code, refusal)
        return walk.last, None
    return (replace(walk.last, incident=incident) if walk.last.alarming else walk.last), incident


def _check_times(commands: Sequence[ReadingCommand], now: datetime) -> None:
    for number, command in enumerate(commands):
        if command.at is not None and command.at > now + FUTURE_TOLERANCE:
            stated = command.at.isoformat()
            raise TimeInFuture(stated=stated, now=now.isoformat(), pointer=f"/{number}/at")


def _by_sensor(
    commands: Sequence[ReadingCommand], known: Mapping[str, Any], now: datetime
) -> dict[str, list[Reading]]:
    """Readings of known sensors, each one's in the order of their times, sensors by code."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for command in commands:
        if command.sensor in known:
            found[command.sensor].append(Reading(command.sensor, command.value, command.at or now))
    return {code: sorted(found[code], key=lambda one: one.at) for code in sorted(found)}


def rule_of(byrule: Rules, row: Any) -> Rule | None:
    """The sensor's own rule, else its category's."""
    category = row.props.get("category") or ""
    return byrule.get((category, row.code)) or byrule.get((category, ""))


@dataclass(frozen=True, slots=True)
class _Walk:
    """One sensor through its readings: its state after them, the last alarm among them, what is kept."""

    last: State
    alarmed: State | None
    taken: int
    kept: tuple[Reading, ...]


def _walk(state: State | None, of_one: Sequence[Reading], rule: Rule | None) -> _Walk:
    alarmed, taken, kept = None, 0, []
    for one in of_one:
        after = rules.take(state, one, rule)
        if after is state:
            continue
        taken += 1
        begins = after.alarmed_at == one.at
        ends = state is not None and state.alarming and not after.alarming
        if begins or ends or after.stored_at is None or one.at - after.stored_at >= THIN:
            kept.append(one)
            after = replace(after, stored_at=one.at)
        alarmed = after if begins else alarmed
        state = after
    assert state is not None  # noqa: S101  there is a reading at least
    return _Walk(state, alarmed, taken, tuple(kept))


def _reported(tx: Transaction, row: Any, walk: _Walk, byrule: Rules) -> str:
    """Report the alarm; the same crossing of the same sensor is one incident whoever tells it again."""
    state, rule = walk.alarmed, rule_of(byrule, row)
    assert state is not None and rule is not None  # noqa: S101  without a rule nothing alarms
    sign, since = ("≥" if rule.above else "≤"), state.over_since or state.at
    said = f"{row.name} {rule.quantity} {state.value:g} {rule.unit} {sign} {rule.limit:g} {rule.unit}"
    command = ReportCommand(
        class_code=rule.class_code, severity=rule.severity, text=said, title=row.name[:80], channel=CHANNEL,
        source_id=f"{row.code}@{since.isoformat()}", location=Location(lon=row.lon, lat=row.lat),
    )  # fmt: skip
    return str(report_within(tx, command, warning=said)["id"])


# --- reading ---------------------------------------------------------------------------------------------


def list_sensors(services: Services, call: Call, *, stale: bool | None = None) -> list[dict[str, Any]]:
    """Every sensor in scope with its last value, its age and its threshold; alarming ones, then silent ones
    first. Raises Forbidden, RealmUnknown."""
    check_read(call.principal, call.realm)
    now = services.now_in(call.realm)
    on = func.ST_PointOnSurface(place.c.geom)
    query = select(
        place.c.code, place.c.name, place.c.area, place.c.props,
        func.ST_X(on).label("lon"), func.ST_Y(on).label("lat"),
    ).where(place.c.kind == "sensors", lies_in(place.c.area, call.principal.area))  # fmt: skip
    with services.engine.connect() as conn:
        rows = conn.execute(query.order_by(place.c.code)).all()
        byrule, held = sites.sensor_rules(conn), readings.states(conn, call.realm)
    told = [_told(row, rule_of(byrule, row), held.get(row.code), now) for row in rows]
    kept = [row for row in told if stale is None or row["stale"] == stale]
    return sorted(kept, key=lambda row: (not row["alarm"], not row["stale"], row["code"]))


def _told(row: Any, rule: Rule | None, state: State | None, now: datetime) -> dict[str, Any]:
    stale, alarm = rules.is_stale(state.at if state else None, rule, now), bool(state and state.alarming)
    about = {"quantity": rule.quantity, "unit": rule.unit, "limit": rule.limit} if rule else {}
    return {
        "code": row.code, "name": row.name, "area": row.area, "category": row.props.get("category"), **about,
        "value": state.value if state else None, "at": state.at.isoformat() if state else None,
        "age_s": round(max(0.0, (now - state.at).total_seconds()), 1) if state else None,
        "stale": stale, "alarm": alarm, "status": "alarm" if alarm else "silent" if stale else "fine",
        "incident": state.incident if state else None,
        "lon_lat": [row.lon, row.lat],
    }  # fmt: skip


def read_sensor(services: Services, call: Call, code: str) -> dict[str, Any]:
    """One sensor with its readings of the last day. Raises NotFound."""
    found = next((row for row in list_sensors(services, call) if row["code"] == code), None)
    if found is None:
        raise NotFound(kind="sensor", id=code)
    since = services.now_in(call.realm) - timedelta(days=1)
    with services.engine.connect() as conn:
        past = readings.history(conn, call.realm, code, since)
    return {**found, "history": [{"at": one.at.isoformat(), "value": one.value} for one in past]}


def list_rules(services: Services, call: Call) -> list[Rule]:
    """The thresholds, by category; a sensor's own after its category's."""
    check_read(call.principal, call.realm)
    with services.engine.connect() as conn:
        return [rule for _, rule in sorted(sites.sensor_rules(conn).items())]
