"""演练评估: the score and the report of a drill, made of its log whenever somebody asks.

It stands beside earlier drills of the same plan, and beside what real incidents of its classes took.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from actions.drills import realm_of
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger
from core.clock import day_of
from core.drill import Drill, knows_script
from core.drill_compare import Real, Taken, compare, taken, taken_of
from core.drill_findings import proposed
from core.drill_levels import Grade, Rule, grade
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
from db import log
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
    check_read(principal, realm)
    with services.engine.connect() as conn:
        drill = rows.read_drill(conn, realm)
        if drill is None:
            raise NotFound(kind="drill", id=ident)
        if principal.kind == "wall" or not knows_script(drill, principal):
            raise Forbidden(verb="drill", role=principal.role)
        rules, events = drill_levels(conn), facts(conn, realm)
        found = score(drill.script, events, services.now_in(realm))
        earlier, real = _earlier(conn, drill), _real(conn, drill.script, services.now())
    level = grade(found, rules)
    compared = compare(found.indicators, earlier, real)
    on = _ended(services, found)
    findings = proposed(drill.script, found, on, _days(level, rules)) if on else ()
    return report(drill.script, events, found, level, compared, findings)


def record_print(services: Services, principal: Principal, ident: str, of: Report) -> None:
    """A report leaves as paper: the audit knows it first."""
    area = of.script.division
    with ledger(services, principal) as book:
        fact = Exported(what="drill_report", format="pdf", rows=1, of_area=area)
        book.record(fact, f"export:{ident}", area)


def facts(conn: Connection, realm: str) -> list[Event]:
    """All of a realm's log that scores and reports read, oldest first."""
    return [log.to_event(wire) for wire in log.read_kinds(conn, realm, KINDS, log.head(conn, realm))]


def _earlier(conn: Connection, of: Drill) -> Taken:
    """What was taken in drills that ended before this one began and that put the same to the test;
    rehearsals are no measure."""
    alike = [
        one for one in rows.list_drills(conn)
        if one.id < of.id and one.status == "stopped" and not one.rehearsal and _kind(one) == _kind(of)
    ]  # fmt: skip
    found: dict[str, list[float | None]] = defaultdict(list)
    for one in alike[:EARLIER_MOST]:
        measured = score(one.script, facts(conn, one.id), one.since).indicators
        for code, seconds in taken(measured).items():
            found[code].append(seconds)
    return found


def _kind(of: Drill) -> tuple[str, str]:
    """The plan that is tested, else the class of incidents that it is about."""
    return of.script.plan, of.script.hazard if not of.script.plan else ""


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


def _days(level: Grade | None, rules: Iterable[Rule]) -> int:
    """How long mending may take; of a drill without a level as of the worst."""
    return level.rule.mend_days if level else min(rule.mend_days for rule in rules)
