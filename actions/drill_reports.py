"""演练评估: the score and the report of a drill, made of its log whenever somebody asks.

It stands beside earlier drills of the same plan, and beside what real incidents of its classes took.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from actions.drills import realm_of
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger
from core.clock import day_of
from core.drill import PREFIX, Drill, knows_script
from core.drill_compare import Real, Taken, compare, taken, taken_of
from core.drill_findings import Finding, proposed
from core.drill_levels import Grade, grade
from core.drill_report import Report, report
from core.drill_score import KINDS, Score, score
from core.drill_script import Report as Reported
from core.drill_script import Script
from core.envelope import Event
from core.errors import Forbidden, NotFound
from core.events_system import Exported
from core.permissions import Principal
from core.serial import incident_of
from db import drills as rows
from db import findings, log
from db.drill_levels import drill_levels
from db.tables import incident

EARLIER_MOST = 10
"""Drills that one is compared with, the newest first."""
REAL_SINCE, REAL_MOST = timedelta(days=365), 500
"""Real incidents of a class: of so long, the newest first."""


def read_report(services: Services, principal: Principal, ident: str) -> Report:
    """A drill's report as it stands now. While it runs, who plays does not read what is expected of them.

    Raises NotFound, Forbidden.
    """
    realm = realm_of(ident)
    with services.engine.connect() as conn:
        drill = readable(conn, principal, realm)
        of = _scored(services, conn, drill, services.now_in(realm))
        earlier, real = _earlier(conn, drill), _real(conn, drill.script, services.now())
        known = findings.of_drill(conn, realm)
    compared = compare(of.score.indicators, earlier, real)
    return report(drill.script, of.events, of.score, of.level, compared, _merged(known, of.proposed))


def readable(conn: Connection, principal: Principal, realm: str) -> Drill:
    """The drill of a realm, for who may read what came of it. Raises NotFound, Forbidden."""
    check_read(principal, realm)
    drill = _known(conn, realm)
    if principal.kind == "wall" or not knows_script(drill, principal):
        raise Forbidden(verb="drill", role=principal.role)
    return drill


def _known(conn: Connection, realm: str) -> Drill:
    drill = rows.read_drill(conn, realm)
    if drill is None:
        raise NotFound(kind="drill", id=realm.removeprefix(PREFIX))
    return drill


@dataclass(frozen=True, slots=True)
class _Scored:
    """`days` is how long mending may take; nothing is `proposed` before the end."""

    events: list[Event]
    score: Score
    level: Grade | None
    days: int
    proposed: tuple[Finding, ...]


def _scored(services: Services, conn: Connection, drill: Drill, now: datetime) -> _Scored:
    rules, events = drill_levels(conn), facts(conn, drill.id)
    found = score(drill.script, events, now)
    level = grade(found, rules)
    days = level.rule.mend_days if level else min(rule.mend_days for rule in rules)
    on = _ended(services, found)
    return _Scored(events, found, level, days, proposed(drill.script, found, on, days) if on else ())


def _merged(known: Sequence[Finding], of_score: Iterable[Finding]) -> list[Finding]:
    """Those that live knows, and what the score has to propose besides."""
    keys = {one.key for one in known}
    return [*known, *(one for one in of_score if one.key not in keys)]


def proposals(services: Services, conn: Connection, realm: str) -> tuple[Drill, tuple[Finding, ...]]:
    """What the score of a drill that is over suggests to mend. Raises NotFound."""
    drill = _known(conn, realm)
    return drill, _scored(services, conn, drill, drill.since).proposed


def mending(services: Services, conn: Connection, realm: str) -> tuple[Drill, int]:
    """A drill, and how many days mending may take as it stands now. Raises NotFound."""
    drill = _known(conn, realm)
    return drill, _scored(services, conn, drill, services.now_in(realm)).days


def record_print(services: Services, principal: Principal, ident: str, of: Report, form: str = "pdf") -> None:
    """A report leaves as a file: the audit knows it first."""
    area = of.script.division
    with ledger(services, principal) as book:
        fact = Exported(what="drill_report", format=form, rows=1, of_area=area)
        book.record(fact, f"export:{ident}", area)


def facts(conn: Connection, realm: str) -> list[Event]:
    """All of a realm's log that scores and reports read, oldest first."""
    return [log.to_event(wire) for wire in log.read_kinds(conn, realm, KINDS, log.head(conn, realm))]


def _earlier(conn: Connection, of: Drill) -> Taken:
    """What was taken in drills that ended before this one began and that put the same to the test;
    rehearsals are no measure."""
    found: dict[str, list[float | None]] = defaultdict(list)
    for one in rows.alike(conn, of, EARLIER_MOST):
        measured = score(one.script, facts(conn, one.id), one.since).indicators
        for code, seconds in taken(measured).items():
            found[code].append(seconds)
    return found


def _real(conn: Connection, script: Script, now: datetime) -> Real:
    classes = {one.act.class_code for one in script.injects if isinstance(one.act, Reported)}
    c = incident.c
    since = c.realm == "live", c.reported_at >= now - REAL_SINCE
    docs = (
        doc
        for code in sorted(classes)
        for doc in conn.scalars(
            select(c.doc).where(*since, c["class"] == code).order_by(c.reported_at.desc()).limit(REAL_MOST)
        )
    )
    return taken_of(map(incident_of, docs))


def _ended(services: Services, of: Score) -> date | None:
    return day_of(of.ended, services.zone) if of.ended else None
