"""初报, 续报, 终报 of a response, drafted from the log and sent; 灾情报送 of an incident by towns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection

from actions import timer_rows
from actions.access import Wanted, require_seen
from actions.cases import check_offices
from actions.commands import Code, Timed
from actions.linkage_commands import Office
from actions.queries import check_read
from actions.services import Services
from actions.system_log import ledger
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import briefing, linkage, losses, reports
from core.briefing_facts import goods_ordered
from core.briefing_model import Known, Section, Supply
from core.briefing_totals import supplies_used
from core.envelope import Draft, Event
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_accounts import AreaUnknown
from core.errors_briefing import NotOwnArea
from core.errors_plans import NotCommander
from core.events_briefing import LossesReported, ReportFiled, ReportMissed, Stage
from core.events_system import Exported
from core.flow import sees
from core.linkage import TASK_MOVES, Running
from core.linkage_model import Linkage, Task
from core.losses import AreaLosses
from core.model import Incident
from core.offices import prefixes
from core.permissions import Principal, Scope, covers, visible
from core.reports import Due, Filed
from core.serial import incident_of
from db import briefing as rows
from db import cases, log, projection
from db.projection import Needs

TOWN = 1
"""Tier of the areas that report losses."""
_TOLD = 200
"""So much of a report stands with the task that is done by it."""


class FileCommand(Timed):
    """报送. `covers`: the position up to which the draft told (left out: now); `task`: the task that is done
    by it."""

    stage: Stage
    text: Annotated[str, Field(min_length=1, max_length=20_000)]
    to: Annotated[tuple[Office, ...], Field(min_length=1, max_length=40)]
    covers: Annotated[int, Field(ge=0)] | None = None
    task: Code | None = None


class LossesCommand(Timed):
    """灾情报送 of one town: all its figures so far; `remark` says why one became smaller."""

    area: Code
    figures: dict[Code, Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]]
    remark: Annotated[str, Field(max_length=400)] = ""


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of a response, and the one that is next; None after the 终报."""

    linkage: Linkage
    filed: tuple[Filed, ...]
    due: Due | None


def read_reports(services: Services, principal: Principal, realm: str, ident: str) -> Reports:
    """Raises Forbidden (no wall reads reports), NotFound; a foreign one is logged as denied."""
    of = _seen(services, principal, realm, ident)
    with services.engine.connect() as conn:
        return _reports(conn, of, rows.facts(conn, realm, [ident]))


def _seen(services: Services, principal: Principal, realm: str, ident: str) -> Linkage:
    check_read(principal, realm)
    if principal.kind == "wall":
        raise Forbidden(verb="read", role=principal.role)
    with services.engine.connect() as conn:
        held = rows.read_linkage(conn, realm, ident)
    return require_seen(
        services, principal, Wanted("linkage", ident, realm), held, lambda one: one.area,
        lambda one: visible(Scope.of(principal), one.area, one.offices, sensitive=one.sensitive),
    )  # fmt: skip


def _reports(conn: Connection, of: Linkage, events: Sequence[Event]) -> Reports:
    filed = reports.filed_in(events)
    return Reports(of, tuple(filed), reports.next_due(of, filed, rows.report_limits(conn)))


def reports_of_incident(conn: Connection, realm: str, incident: str) -> list[Reports]:
    """Of every response that there was to an incident, oldest first."""
    found = rows.linkages_of(conn, realm, incident)
    return [_reports(conn, one, rows.facts(conn, realm, [one.id])) for one in found]


@dataclass(frozen=True, slots=True)
class Drafted:
    """A report as it would be now: `seq` is the position in the log up to which it tells."""

    stage: Stage
    seq: int
    linkage: Linkage
    sections: tuple[Section, ...]
    due: Due | None
    fields: tuple[losses.Field, ...]
    tasks: tuple[Task, ...]
    """That are open and end with a report."""


def draft(
    services: Services, principal: Principal, realm: str, ident: str, stage: Stage | None = None
) -> Drafted:
    """The report that is next, or another one of the same response, for those who report. Raises NotFound,
    NotCommander."""
    of = _seen(services, principal, realm, ident)
    with services.engine.connect() as conn:
        _check_right(principal, of, rows.tasks_of(conn, realm, of))
        seq = log.head(conn, realm)  # first: what comes meanwhile is told again rather than never
        links = rows.assignments_of(conn, realm, of.incident)
        subjects = [of.incident, *links, ident, *of.means.broadcasts]
        events = rows.facts(conn, realm, subjects)
        held = _reports(conn, of, [one for one in events if one.subject == ident])
        wanted: Stage = stage or (held.due.stage if held.due else "final")
        known = _known(conn, services, realm, held, events)
        fields = rows.loss_fields(conn)
    reporting = tuple(one for one in known.tasks if one.reports and one.status in TASK_MOVES["done"])
    return Drafted(wanted, seq, of, briefing.draft(known, wanted), held.due, fields, reporting)


def _known(conn: Connection, services: Services, realm: str, held: Reports, events: Sequence[Event]) -> Known:
    last = held.filed[-1] if held.filed else None
    (doc,) = cases.documents(conn, realm, [held.linkage.incident])
    incident = incident_of(doc)
    return Known(
        incident=incident, linkage=held.linkage, tasks=rows.tasks_of(conn, realm, held.linkage),
        events=events, losses=losses.fold(events), supplies=_supplies(conn, realm, incident.id, events),
        at=services.now_in(realm), after=last.body.covers if last else 0, since=last.at if last else None,
    )  # fmt: skip


def _supplies(conn: Connection, realm: str, incident: str, events: Sequence[Event]) -> list[Supply]:
    """What went out of the lots that were reserved for it."""
    names = {part.lot: (part.name, part.unit) for part in goods_ordered(events)}
    return supplies_used(rows.facts(conn, realm, names), incident, names)


# --- sending ----------------------------------------------------------------------------------------------


def file_report(services: Services, call: Call, ident: str, command: FileCommand) -> Answer:
    """报送: {seq, linkage, number, stage, late}. Numbers are given one after another, however many send.

    Raises NotFound, UnknownOffice, ReportOutOfTurn, NotCommander, and for `task` what `linkage.finish` does.
    """
    check_offices(services, command.to)
    with services.engine.connect() as conn:
        of = rows.read_linkage(conn, call.realm, ident)
    needs = Needs(incidents=(of.incident,)) if of else Needs()
    return perform(services, call, "situation", lambda tx: _file(tx, ident, command), needs)


def _file(tx: Transaction, ident: str, command: FileCommand) -> Answer:
    of = lock(tx, ident)
    if of is None or not visible(Scope.of(tx.call.principal), of.linkage.area, of.linkage.offices):
        raise NotFound(kind="linkage", id=ident)
    _check_right(tx.call.principal, of.linkage, of.tasks.values())
    held = _reports(tx.conn, of.linkage, rows.facts(tx.conn, tx.call.realm, [ident]))
    due, h = reports.check(command.stage, held.due), tx.hearing()
    head = log.head(tx.conn, tx.call.realm)
    body = ReportFiled(
        stage=command.stage, number=len(held.filed) + 1, incident=of.linkage.incident,
        title=of.linkage.title, text=command.text, offices=command.to,
        covers=min(command.covers if command.covers is not None else head, head), due_at=due.at,
        late=due.at is not None and h.at > due.at,
    )  # fmt: skip
    drafts = [Draft(body, subject=ident, area=of.linkage.area, occurred_at=h.at)]
    if command.task:
        _check_reports(of.tasks, command.task)
        drafts += linkage.finish(h, of, command.task, command.text[:_TOLD])
    tx.append(drafts)
    timer_rows.set_report(tx.conn, tx.call.realm, h.at, ident)
    told = {"stage": body.stage, "number": body.number, "late": body.late}
    return {"seq": tx.board.seq, "linkage": ident, **told}


def lock(tx: Transaction, ident: str) -> Running | None:
    """The response, running or over, locked, with its tasks; one that is locked stands as it is decided."""
    if ident not in tx.board.linkages:
        projection.lock_linkage(tx.conn, tx.board, ident)
    if of := tx.board.linkages.get(ident):
        return Running(of, {one: tx.board.tasks[one] for one in of.tasks if one in tx.board.tasks})
    over = rows.read_linkage(tx.conn, tx.call.realm, ident, lock=True)
    if over is None:
        return None
    return Running(over, {one.id: one for one in rows.tasks_of(tx.conn, tx.call.realm, over)})


def may_write(services: Services, principal: Principal, realm: str, of: Linkage) -> bool:
    """Whether this principal reports of the response, and so reads what is drafted."""
    with services.engine.connect() as conn:
        return _reports_of(principal, of, rows.tasks_of(conn, realm, of))


def _reports_of(by: Principal, of: Linkage, tasks: Iterable[Task]) -> bool:
    """Who commands reports, and whoever has a task that is to report."""
    return covers(by, of.commander) or any(one.reports and covers(by, one.owner) for one in tasks)


def _check_right(by: Principal, of: Linkage, tasks: Iterable[Task]) -> None:
    """Raises NotCommander."""
    if not _reports_of(by, of, tasks):
        raise NotCommander(commander=of.commander, name=of.commander_name)


def _check_reports(tasks: Mapping[str, Task], ident: str) -> None:
    """Raises NotFound, InvalidInput for a task that no report is the end of."""
    if ident not in tasks:
        raise NotFound(kind="task", id=ident)
    if not tasks[ident].reports:
        raise InvalidInput(pointer="/task", detail=tasks[ident].title)


def fall_due(tx: Transaction, ident: str) -> list[Draft]:
    """A report that nobody sent in time; nothing while there is time, or when it was told before."""
    of = lock(tx, ident)
    if of is None:
        return []
    events = rows.facts(tx.conn, tx.call.realm, [ident])
    due = _reports(tx.conn, of.linkage, events).due
    if due and due.at and due.at > tx.now:
        timer_rows.set_report(tx.conn, tx.call.realm, due.at, ident)
    if due is None or due.at is None or not reports.missed(due, tx.now, events):
        return []
    body = ReportMissed(
        stage=due.stage, title=of.linkage.title, due_at=due.at, commander=of.linkage.commander
    )
    return [Draft(body, subject=ident, area=of.linkage.area, occurred_at=tx.now)]


def record_print(
    services: Services, principal: Principal, of: Reports, number: int, form: str = "pdf"
) -> Filed:
    """A report leaves as a file: the audit knows it first. Raises NotFound."""
    found = next((one for one in of.filed if one.body.number == number), None)
    if found is None:
        raise NotFound(kind="report", id=str(number))
    with ledger(services, principal) as book:
        fact = Exported(what="report", format=form, rows=1, of_area=of.linkage.area)
        book.record(fact, f"export:{of.linkage.id}/{number}", of.linkage.area)
    return found


# --- losses -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Losses:
    """灾情 of an incident: by town, by district (code → figures; `names` of these), and all together."""

    incident: Incident
    fields: tuple[losses.Field, ...]
    areas: tuple[AreaLosses, ...]
    districts: dict[str, dict[str, float]]
    total: dict[str, float]
    names: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """For other systems."""
        districts = [
            {"area": code, "name": self.names[code], "figures": figures}
            for code, figures in self.districts.items()
        ]
        areas = [{**asdict(one), "district": one.district} for one in self.areas]
        fields = [asdict(one) for one in self.fields]
        return {"fields": fields, "areas": areas, "districts": districts, "total": self.total}


def read_losses(services: Services, principal: Principal, realm: str, incident: str) -> Losses:
    """For whoever sees the incident, or was called by a response to it. Raises NotFound."""
    check_read(principal, realm)
    with services.engine.connect() as conn:
        docs = cases.documents(conn, realm, [incident])
        called = [office for one in rows.linkages_of(conn, realm, incident) for office in one.offices]
    scope = Scope.of(principal)
    of = require_seen(
        services, principal, Wanted("incident", incident, realm), incident_of(docs[0]) if docs else None,
        lambda one: one.area,
        lambda one: visible(scope, one.area, (*one.offices, *called), sensitive=one.sensitive),
    )  # fmt: skip
    with services.engine.connect() as conn:
        areas = losses.fold(rows.facts(conn, realm, [incident]))
        fields = rows.loss_fields(conn)
    districts, known = losses.by_district(areas), services.reference.areas().by_code
    names = {code: known[code].name if code in known else code for code in districts}
    return Losses(of, fields, tuple(areas), districts, losses.total(areas), names)


def report_losses(services: Services, call: Call, incident: str, command: LossesCommand) -> Answer:
    """灾情报送: {seq, area, figures, reports}. Figures that are left out are told no more.

    Raises NotFound, AreaUnknown (no town), NotOwnArea, InvalidInput, LossesReduced.
    """
    known = services.reference.areas().by_code.get(command.area)
    if known is None or known.tier != TOWN:
        raise AreaUnknown(area=command.area)
    if call.principal.area not in prefixes(command.area):
        raise NotOwnArea(area=known.name)

    def decide(tx: Transaction) -> Answer:
        return _report_losses(tx, incident, command, known.name)

    return perform(services, call, "situation", decide, Needs(incidents=(incident,)))


def _report_losses(tx: Transaction, incident: str, command: LossesCommand, name: str) -> Answer:
    held, realm, by = tx.board.incidents.get(incident), tx.call.realm, tx.call.principal
    if held is None or not (sees(by, held) or _is_called(tx, incident)):
        raise NotFound(kind="incident", id=incident)
    found = {one.area: one for one in losses.fold(rows.facts(tx.conn, realm, [incident]))}
    before = found.get(command.area)
    former = dict(before.figures) if before else {}
    figures = losses.checked(rows.loss_fields(tx.conn), command.figures, former, command.remark)
    body = LossesReported(
        of_area=command.area, name=name, figures=figures, former=former, remark=command.remark,
        office=str(by.office),
    )  # fmt: skip
    seq = tx.append([tx.hearing().about(held, body)])
    reports_n = (before.reports if before else 0) + 1
    return {"seq": seq, "area": command.area, "figures": figures, "reports": reports_n}


def _is_called(tx: Transaction, incident: str) -> bool:
    """Whether a response to it called the asker's office."""
    scope = Scope.of(tx.call.principal)
    responses = rows.linkages_of(tx.conn, tx.call.realm, incident)
    return any(visible(scope, one.area, one.offices) for one in responses)
