"""Verbs and lists of hazard sites (风险隐患点). The rules stand in `core.hazards`."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from actions import timer_rows
from actions.access import Wanted, require_seen
from actions.queries import check_read
from actions.services import Services
from actions.site_commands import HazardCommand
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import hazards as rules
from core.envelope import Draft, Event
from core.errors import InvalidInput, NotFound, StaleVersion
from core.events_sites import PatrolVisited
from core.hazards import Hazard, Step
from core.permissions import Scope, may, visible
from db import log, sites
from db.places import lies_in
from db.tables_places import place
from db.tables_sites import hazard as table

MOST = 1000
"""Rows of one page."""


def act(services: Services, call: Call, code: str, verb: str, command: HazardCommand) -> Answer:
    """One verb of `core.hazards.MOVES`: {seq, status, owner, due_at}.

    Raises Forbidden, NotFound, StaleVersion, MoveNotAllowed, HazardDuePassed, TimeInFuture,
    BackdatingNotAllowed.
    """
    if verb not in rules.MOVES:
        raise NotFound(kind="verb", id=verb)
    return perform(services, call, f"hazard.{verb}", lambda tx: _act(tx, code, verb, command))


def _act(tx: Transaction, code: str, verb: str, command: HazardCommand) -> Answer:
    at = tx.occurred_at()
    known = _locked(tx, code)
    held = tx.call.if_match
    if held is not None and held != known.version:
        raise StaleVersion(held=held, current=known.version, newer=as_json(known, at))
    step = Step(command.text, command.owner, command.due_at, command.level)
    (after,) = append(tx, rules.decide(known, verb, step, at), {code: known})
    return {"seq": after.version, **as_json(after, tx.now)}


def _locked(tx: Transaction, code: str) -> Hazard:
    """The hazard's row, locked; of a site that the log does not know yet, what its place says."""
    found = sites.find_places(tx.conn, "hazards", [code]).get(code)
    if found is None or not visible(Scope.of(tx.call.principal), found.area or ""):
        raise NotFound(kind="hazard", id=code)
    if known := sites.lock_hazards(tx.conn, tx.call.realm, [code]).get(code):
        return known
    sites.lock_place(tx.conn, "hazards", code)  # of two that begin its life at once, one waits here
    known = sites.lock_hazards(tx.conn, tx.call.realm, [code]).get(code)
    return known or _unregistered(found._mapping | {"code": code}, found.props, tx.services.zone, tx.now)


def _unregistered(row: Mapping[str, Any], props: Mapping[str, Any], zone: ZoneInfo, at: datetime) -> Hazard:
    """A site as its file describes it; version 0. It is due when its file says, else as its state has it."""
    status = props.get("status") or "registered"
    return Hazard(
        row["code"], 0, row["name"], props.get("category") or "", row["area"] or "", status,
        props.get("owner") or "", at, at, _end_of(props.get("due_on"), zone) or rules.due_after(status, at),
    )  # fmt: skip


def _end_of(day: str | None, zone: ZoneInfo) -> datetime | None:
    """The end of a day of the city, given as YYYY-MM-DD."""
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone).astimezone(UTC)


def append(tx: Transaction, drafts: Sequence[Draft], known: dict[str, Hazard]) -> list[Hazard]:
    """Write facts about hazards, their rows, and what the map says of them; the hazards after it."""
    first = len(tx.events)
    tx.append(drafts)
    after: dict[str, Hazard | None] = dict(known)
    touched: dict[str, None] = {}
    for event in map(log.to_event, tx.events[first:]):
        code = event.subject.removeprefix(rules.SUBJECT)
        after[code] = rules.apply(None if _is_new(after.get(code)) else after[code], event)
        touched[code] = None
    fresh = [found for code in touched if (found := after[code])]
    sites.put_hazards(tx.conn, tx.call.realm, fresh)
    _set_timers(tx, [one for one in fresh if _due_of(known.get(one.code)) != one.due_at])
    if tx.call.realm == "live":
        moved = {one.code: one.status for one in fresh if _status_of(known.get(one.code)) != one.status}
        sites.show_status(tx.conn, moved)
    return fresh


def _set_timers(tx: Transaction, hazards: Sequence[Hazard]) -> None:
    """For dates that lie ahead of the step: what came in overdue is in the list, and did not become so."""
    due = [(one.due_at, one.code) for one in hazards if one.due_at and one.due_at > one.status_since]
    timer_rows.set_hazards(tx.conn, tx.call.realm, due)


def _due_of(hazard: Hazard | None) -> datetime | None:
    return hazard.due_at if hazard and hazard.version else None


def fall_due(tx: Transaction, code: str, due_at: datetime) -> list[Draft]:
    """A date has passed: told if it still is the hazard's. Locks its row."""
    known = sites.lock_hazards(tx.conn, tx.call.realm, [code]).get(code)
    return rules.went_overdue(known, due_at, tx.now) if known else []


def _is_new(hazard: Hazard | None) -> bool:
    return hazard is None or hazard.version == 0


def _status_of(hazard: Hazard | None) -> str | None:
    return hazard.status if hazard else None


def keep_status(tx: Transaction, rows: Sequence[dict[str, Any]]) -> int:
    """Before an import writes its rows: how far a hazard has come is the log's affair, so a known one's row
    gets the known status. How many said another one."""
    known = sites.lock_hazards(tx.conn, tx.call.realm, [row["code"] for row in rows])
    differing = 0
    for row in rows:
        if held := known.get(row["code"]):
            differing += row["status"] not in (None, held.status)
            row["status"] = held.status
    return differing


def take_in(tx: Transaction, rows: Sequence[dict[str, Any]]) -> None:
    """Register what an import brought, or what it says anew: code, name, area, status, category, owner and
    due_on, as the kind has them."""
    known = sites.lock_hazards(tx.conn, tx.call.realm, [row["code"] for row in rows])
    drafts, at = [], tx.occurred_at()
    for row in rows:
        held = known.get(row["code"])
        if held is None:
            drafts.append(rules.register(_unregistered(row, row, tx.services.zone, at)))
        elif (fresh := _described(held, row)) != held:
            drafts.append(rules.register(replace(fresh, registered_at=at)))
    append(tx, drafts, known)


def _described(held: Hazard, row: dict[str, Any]) -> Hazard:
    return replace(
        held, name=row["name"], area=row["area"] or "", category=row["category"] or "",
        owner=row["owner"] or held.owner,
    )  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HazardFilter:
    """`status` may name several, with commas; `overdue` None = both; `cursor` is of the page before."""

    status: str | None = None
    overdue: bool | None = None
    area: str | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class HazardPage:
    """Hazards, what is due first on top, and the cursor of the next page."""

    items: list[dict[str, Any]]
    cursor: str | None


def list_hazards(
    services: Services, call: Call, wanted: HazardFilter | None = None, limit: int = MOST
) -> HazardPage:
    """A page in scope. Raises Forbidden, RealmUnknown, InvalidInput."""
    check_read(call.principal, call.realm)
    now = services.now_in(call.realm)
    query = _filtered(_joined(call.realm), call.principal.area, wanted or HazardFilter(), now)
    with services.engine.connect() as conn:
        rows = conn.execute(query.limit(limit + 1)).all()
    cursor = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return HazardPage([_told(row, services.zone, now) for row in rows[:limit]], cursor)


def _cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([row.due_at, row.code])).decode()


def _after(cursor: str) -> ColumnElement[bool]:
    """What stands behind a row of the list. Raises InvalidInput."""
    try:
        due_at, code = orjson.loads(base64.urlsafe_b64decode(cursor.encode()))
        at = datetime.fromisoformat(due_at) if due_at else None
    except (ValueError, TypeError) as error:
        raise InvalidInput(pointer="/cursor", detail="cursor") from error
    behind, undated = place.c.code > code, table.c.due_at.is_(None)
    if at is None:
        return and_(undated, behind)
    return or_(undated, table.c.due_at > at, and_(table.c.due_at == at, behind))


def _joined(realm: str) -> Select[Any]:
    on = func.ST_PointOnSurface(place.c.geom)
    query = select(
        place.c.code, place.c.name, place.c.area, place.c.props, table.c.doc, table.c.due_at,
        func.ST_X(on).label("lon"), func.ST_Y(on).label("lat"),
    )  # fmt: skip
    known = (table.c.realm == realm) & (table.c.code == place.c.code)
    return query.outerjoin(table, known).where(place.c.kind == "hazards")


_STATUS = func.coalesce(table.c.status, place.c.props["status"].astext, "registered")


def _filtered(query: Select[Any], area: str, wanted: HazardFilter, now: datetime) -> Select[Any]:
    for scope in filter(None, (area, wanted.area)):
        query = query.where(lies_in(place.c.area, scope))
    if wanted.status:
        query = query.where(_STATUS.in_(wanted.status.split(",")))
    if wanted.overdue is not None:
        late = func.coalesce(table.c.due_at <= now, False)
        query = query.where(late if wanted.overdue else ~late)
    if wanted.cursor:
        query = query.where(_after(wanted.cursor))
    return query.order_by(table.c.due_at.asc().nulls_last(), place.c.code)


def _told(row: Any, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """A row of `_joined` as JSON; `lon_lat` is a point on it."""
    known = sites.hazard_of(row.doc) if row.doc else _unregistered(row._mapping, row.props, zone, now)
    return {**as_json(known, now), "lon_lat": [row.lon, row.lat]}


def as_json(hazard: Hazard, now: datetime) -> dict[str, Any]:
    return {
        "code": hazard.code, "name": hazard.name, "category": hazard.category, "area": hazard.area,
        "status": hazard.status, "owner": hazard.owner, "level": hazard.level,
        "status_since": hazard.status_since.isoformat(),
        "due_at": hazard.due_at.isoformat() if hazard.due_at else None,
        "overdue": rules.overdue(hazard, now), "version": hazard.version,
    }  # fmt: skip


def read_hazard(services: Services, call: Call, code: str) -> dict[str, Any]:
    """One hazard, its history from the log, and the verbs the asker may do. Raises NotFound."""
    check_read(call.principal, call.realm)
    now = services.now_in(call.realm)
    with services.engine.connect() as conn:
        row = conn.execute(_joined(call.realm).where(place.c.code == code)).first()
        wanted = Wanted("hazard", code, call.realm)
        row = require_seen(services, call.principal, wanted, row, lambda one: one.area or "")
        wires = log.timeline(conn, call.realm, [rules.SUBJECT + code, f"patrol:hazards:{code}"])
    found = _told(row, services.zone, now)
    verbs = [verb for verb in rules.allowed(found["status"]) if may(call.principal, f"hazard.{verb}")]
    return {**found, "verbs": verbs, "history": [_line(wire) for wire in wires]}


def _line(wire: log.Wire) -> dict[str, Any]:
    kept = ("seq", "kind", "occurred_at", "recorded_at", "actor", "seat")
    return {**{name: wire[name] for name in kept}, "body": orjson.loads(wire["body"])}


def counts(services: Services, call: Call) -> dict[str, int]:
    """How many there are in each state, and `overdue`, in scope."""
    check_read(call.principal, call.realm)
    now = services.now_in(call.realm)
    query = _filtered(_joined(call.realm), call.principal.area, HazardFilter(), now).order_by(None)
    inner = query.add_columns(_STATUS.label("state"), (table.c.due_at <= now).label("late")).subquery()
    figures = select(
        inner.c.state, func.count().label("n"), func.count().filter(inner.c.late).label("late")
    ).group_by(inner.c.state)
    with services.engine.connect() as conn:
        rows = conn.execute(figures).all()
    return {**{row.state: row.n for row in rows}, "overdue": sum(row.late for row in rows)}


class Ledger:
    """Hazards and visits folded from a realm's log, to be written anew."""

    def __init__(self) -> None:
        self._hazards: dict[str, Hazard] = {}
        self._visits: list[Event] = []

    def take(self, event: Event) -> None:
        """One fact, in the order of the log; facts about other things are passed over."""
        if isinstance(event.body, PatrolVisited):
            self._visits.append(event)
        if event.subject.startswith(rules.SUBJECT):
            code = event.subject.removeprefix(rules.SUBJECT)
            if after := rules.apply(self._hazards.get(code), event):
                self._hazards[code] = after

    def write(self, conn: Connection, realm: str) -> int:
        """Replace the realm's rows; how many there are."""
        sites.forget_ledger(conn, realm)
        sites.put_hazards(conn, realm, self._hazards.values())
        sites.put_visits(conn, realm, self._visits)
        return len(self._hazards) + len(self._visits)
