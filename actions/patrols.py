"""Patrol rounds (巡查): visits as facts; what is due, what was missed, how many rounds were done.

Rounds and days are counted by `core.patrol` in the city's days, by the realm's clock.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, literal, or_, select

import core.events_sites as e
from actions.commands import EPOCH, Location, ReportCommand
from actions.incidents import report_within
from actions.queries import check_read
from actions.services import Services
from actions.site_commands import PeriodCommand, VisitCommand
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import workflow
from core.clock import day_of
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.patrol import TARGETS, Period, Round, Rule, Tally, Target, is_done, round_of, rounds, rule_for
from core.permissions import Scope, may, visible
from db import log, sites
from db.places import lies_in
from db.tables_places import grid, place
from db.tables_sites import hazard

CHANNEL = "patrol"
LONGEST = timedelta(days=92)
"""A quarter: the longest period that is counted at once."""
MOST = 1000


def visit(services: Services, call: Call, commands: Sequence[VisitCommand]) -> Answer:
    """Somebody was there, at one target or on a tour: {seq, incidents, visits}, visits by
    position in the log. What was found may be reported as an
    incident with it. All or nothing.

    Raises Forbidden, NotFound, UnknownClass, TimeInFuture, BackdatingNotAllowed.
    """
    return perform(services, call, "patrol", lambda tx: _visit(tx, commands))


def _visit(tx: Transaction, commands: Sequence[VisitCommand]) -> Answer:
    spots = _spots(tx, commands)
    incidents, drafts = [], []
    for command in commands:
        spot = spots[command.target, command.code]
        at = workflow.occurred_by(tx.call.principal, command.occurred_at, tx.now)
        incident = _reported(tx, command, spot, at) if command.incident else None
        incidents += [incident] if incident else []
        drafts.append(_visited_by(tx.call.principal.name, command, spot, incident, at))
    first = len(tx.events)
    tx.append(drafts)
    visits = [log.to_event(wire) for wire in tx.events[first:]]
    sites.put_visits(tx.conn, tx.call.realm, visits)
    return {"seq": tx.board.seq, "incidents": incidents, "visits": [visit.seq for visit in visits]}


def _visited_by(name: str, command: VisitCommand, spot: Any, incident: str | None, at: datetime) -> Draft:
    body = e.PatrolVisited(
        target=command.target, code=command.code, name=spot.name, by=name, finding=command.finding,
        incident=incident,
    )  # fmt: skip
    return Draft(body, f"patrol:{command.target}:{command.code}", spot.area or "", at)


def _spots(tx: Transaction, commands: Sequence[VisitCommand]) -> dict[tuple[str, str], Any]:
    """Name, area and a point of what was visited. Raises NotFound for what is not there or out of scope."""
    found: dict[tuple[str, str], Any] = {}
    for target in TARGETS:
        codes = {command.code for command in commands if command.target == target}
        if codes and target == "grids":
            rows = sites.find_grids(tx.conn, codes)
        else:
            rows = sites.find_places(tx.conn, target, codes) if codes else {}
        found |= {(target, code): row for code, row in rows.items()}
    principal = tx.call.principal
    for command in commands:
        spot = found.get((command.target, command.code))
        at = command.code if command.target == TARGETS[0] else (spot and spot.area) or ""
        scoped = principal.kind == "unit" or visible(Scope.of(principal), at)
        if spot is None or not scoped:
            raise NotFound(kind=command.target, id=command.code)
    return found


def _reported(tx: Transaction, command: VisitCommand, spot: Any, at: datetime) -> str:
    """It happened when the visit did, also where that is told later."""
    assert command.incident is not None  # noqa: S101  asked before
    report = ReportCommand(
        class_code=command.incident.class_code, severity=command.incident.severity,
        text=command.finding or "", channel=CHANNEL, location=Location(lon=spot.lon, lat=spot.lat),
        title=spot.name[:80],
    )  # fmt: skip
    return str(report_within(tx, report, at)["id"])


def set_period(services: Services, call: Call, command: PeriodCommand) -> Answer:
    """Declare a sensitive period, or change one: {seq, code}. Periods are the city's: a drill has none of its
    own. Raises Forbidden, InvalidInput (another realm than live), NotFound."""
    if call.realm != "live":
        raise InvalidInput(pointer="realm", detail="live")
    return perform(services, call, "patrol.period", lambda tx: _set_period(tx, command))


def _set_period(tx: Transaction, command: PeriodCommand) -> Answer:
    scope = Scope.of(tx.call.principal)
    if not (visible(scope, command.scope) and sites.has_area(tx.conn, command.scope)):
        raise NotFound(kind="area", id=command.scope)
    held = sites.period_of(tx.conn, command.code)
    if held and not visible(scope, held.scope):
        raise NotFound(kind="period", id=command.code)
    values = command.model_dump(include={"name", "scope", "starts_on", "ends_on"})
    sites.put_period(tx.conn, Period(code=command.code, **values))
    body = e.SensitivePeriodSet.model_validate(values)
    tx.append([Draft(body, f"period:{command.code}", command.scope, tx.occurred_at())])
    return {"seq": tx.board.seq, "code": command.code}


# --- counting --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Days of the city, both included (None: the rounds that ended in the last seven days), and an area."""

    since: date | None = None
    until: date | None = None
    area: str | None = None


@dataclass(frozen=True, slots=True)
class _Book:
    """What is counted from: the targets with their rules, the periods, the days on which each was visited."""

    targets: list[tuple[Target, Rule]]
    periods: list[Period]
    visited: dict[tuple[str, str], set[date]]
    today: date
    since: date
    until: date
    start: date

    def ended(self) -> Iterator[tuple[Target, Round, bool]]:
        """Every round that ended from `since` to `until`, and whether it was done."""
        cut: dict[tuple[str, str, str], list[Round]] = {}
        for target, rule in self.targets:
            key = (target.area, rule.target, rule.category)
            if key not in cut:
                span = rounds(rule, self.periods, target.area, self.since, self.until)
                cut[key] = [this for this in span if this.last >= self.start]
            days = self.visited.get((target.target, target.code), set())
            for this in cut[key]:
                yield target, this, is_done(this, days)

    def current(self) -> Iterator[tuple[Target, Round]]:
        """The rounds of today that nobody has done yet."""
        for target, rule in self.targets:
            this = round_of(rule, self.periods, target.area, self.today)
            if not is_done(this, self.visited.get((target.target, target.code), set())):
                yield target, this


def due(services: Services, call: Call, wanted: Wanted | None = None) -> dict[str, Any]:
    """Rounds of today not done yet, those that end first on top; `count` is of all. Raises Forbidden."""
    if not may(call.principal, "patrol"):
        check_read(call.principal, call.realm)
    book = _book(services, call, wanted or Wanted())
    found = sorted(book.current(), key=lambda pair: (pair[1].last, pair[0].area, pair[0].code))
    return {"count": len(found), "items": [_row(*pair) for pair in found[:MOST]]}


def missed(services: Services, call: Call, wanted: Wanted | None = None) -> dict[str, Any]:
    """Rounds that ended without a visit, the latest first; `count` is of all."""
    book = _open_book(services, call, wanted or Wanted())
    found = [(target, this) for target, this, done in book.ended() if not done]
    found.sort(key=lambda pair: (-pair[1].last.toordinal(), pair[0].area, pair[0].code))
    return {**_span(book), "count": len(found), "items": [_row(*pair) for pair in found[:MOST]]}


def rate(services: Services, call: Call, wanted: Wanted | None = None) -> dict[str, Any]:
    """Rounds due and done and their share, of all and of each community that has targets."""
    book = _open_book(services, call, wanted or Wanted())
    tallies: dict[str, Tally] = defaultdict(Tally)
    for target, _, done in book.ended():
        tallies[target.area] += Tally(1, int(done))
    with services.engine.connect() as conn:
        names = sites.grid_names(conn, tallies)
    rows = [
        {"area": area, "name": names.get(area, area), **_share(tally)}
        for area, tally in sorted(tallies.items(), key=lambda item: (item[1].rate or 0.0, item[0]))
    ]
    return {**_span(book), **_share(sum(tallies.values(), Tally())), "items": rows}


def targets(services: Services, call: Call) -> list[tuple[str, str, str]]:
    """(target, code, area) of everything that has rounds, in scope."""
    check_read(call.principal, call.realm)
    with services.engine.connect() as conn:
        return [(one.target, one.code, one.area) for one in _targets(conn, call, None)]


def periods(services: Services, call: Call) -> list[dict[str, Any]]:
    """Sensitive periods, the latest first."""
    check_read(call.principal, call.realm)
    with services.engine.connect() as conn:
        found = sites.periods(conn)
    return [{**asdict(one), "starts_on": str(one.starts_on), "ends_on": str(one.ends_on)} for one in found]


def _share(tally: Tally) -> dict[str, Any]:
    return {"due": tally.due, "done": tally.done, "rate": tally.rate}


def _span(book: _Book) -> dict[str, str]:
    return {"since": book.since.isoformat(), "until": book.until.isoformat()}


def _row(target: Target, this: Round) -> dict[str, Any]:
    return {
        **asdict(target), "first": this.first.isoformat(), "last": this.last.isoformat(),
        "sensitive": this.sensitive,
    }  # fmt: skip


def _open_book(services: Services, call: Call, wanted: Wanted) -> _Book:
    check_read(call.principal, call.realm)
    return _book(services, call, wanted)


def _book(services: Services, call: Call, wanted: Wanted) -> _Book:
    today = day_of(services.now_in(call.realm), services.zone)
    for name, day in (("since", wanted.since), ("until", wanted.until)):
        if day and day < EPOCH.date():
            raise InvalidInput(pointer=name, detail=f">= {EPOCH.date()}")
    until = min(wanted.until or today, today - timedelta(days=1))  # today's rounds have not ended
    since = wanted.since or until - timedelta(days=6)
    if wanted.until and wanted.since and wanted.until < wanted.since:
        raise InvalidInput(pointer="until", detail=f">= {wanted.since}")
    if until - since > LONGEST:
        raise InvalidInput(pointer="since", detail=f"<= {LONGEST.days} d")
    with services.engine.connect() as conn:
        rules, found = sites.patrol_rules(conn), sites.periods(conn)
        began = sites.first_visit(conn, call.realm)
        back = max((rule.days for rule in rules), default=1)
        span = (_midnight(services, since - timedelta(days=back)), _midnight(services, today + timedelta(1)))
        visited = _visited(conn, call.realm, str(services.zone), *span)
        targets = _targets(conn, call, wanted.area)
    ruled = [(one, rule) for one in targets if (rule := rule_for(rules, one.target, one.category))]
    # Before anybody walked rounds here, none was missed.
    start = day_of(began, services.zone) if began else today
    return _Book(ruled, found, visited, today, since, until, start)


def _midnight(services: Services, day: date) -> datetime:
    return datetime.combine(day, time(), services.zone).astimezone(UTC)


def _visited(
    conn: Connection, realm: str, zone: str, since: datetime, until: datetime
) -> dict[tuple[str, str], set[date]]:
    found: dict[tuple[str, str], set[date]] = defaultdict(set)
    for target, code, day in sites.visited_days(conn, realm, zone, since, until):
        found[target, code].add(day)
    return found


def _grids_of(of_grid: ColumnElement[str], scope: str) -> ColumnElement[bool]:
    """Base grids of an area, or the one that a grid member (网格员) answers for."""
    return or_(lies_in(of_grid, scope), grid.c.code == scope)


def _targets(conn: Connection, call: Call, area: str | None) -> list[Target]:
    """Base grids, key places, and hazards that are not struck off, in scope."""
    scopes = [scope for scope in (call.principal.area, area) if scope]
    base = select(func.max(grid.c.tier)).scalar_subquery()
    of_grid = func.coalesce(grid.c.parent, grid.c.code)
    grids = select(literal(TARGETS[0]), grid.c.code, grid.c.name, of_grid, literal(""))
    grids = grids.where(grid.c.tier == base, *(_grids_of(of_grid, scope) for scope in scopes))
    where = func.coalesce(place.c.area, "")
    known = and_(hazard.c.realm == call.realm, hazard.c.code == place.c.code, place.c.kind == "hazards")
    category = func.coalesce(place.c.props["category"].astext, "")
    places = select(place.c.kind, place.c.code, place.c.name, where, category).outerjoin(hazard, known)
    places = places.where(
        place.c.kind.in_(TARGETS[1:]),
        or_(hazard.c.status.is_(None), hazard.c.status != "closed"),
        *(lies_in(where, scope) for scope in scopes),
    )
    return [Target(*row) for query in (grids, places) for row in conn.execute(query)]
