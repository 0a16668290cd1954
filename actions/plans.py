"""预案库: plans by version, written by one and approved by another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import Connection, delete, func, insert, select, update

from actions.commands import Timed, Words
from actions.imports import check_whole_city
from actions.queries import check_read, read_incident
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core import plan_checks
from core.drill_findings import Finding, sees
from core.envelope import Body, Draft
from core.errors import Forbidden, InvalidInput, NotFound
from core.errors_plans import OwnPlan, PlanFaulty, PlanWrittenMeanwhile
from core.events_plans import PlanApproved, PlanDrafted, PlanRetired
from core.permissions import Principal, may
from core.plan_checks import Fault
from core.plan_text import differences, plan_of, to_yaml
from core.plan_text import read_plan as read_text
from core.plans import Plan, proposed
from db import findings
from db.plans import known_to, list_versions, names_of, times_run
from db.tables_linkage import plan_version

Version = Annotated[int, Field(ge=1)]


class ApproveCommand(Timed):
    """审批: which version was read."""

    version: Version


class RetireCommand(Timed):
    reason: Words


def approved_plan(conn: Connection, code: str) -> tuple[int, Plan]:
    """The version in force. Raises NotFound."""
    row = conn.execute(_versions(code).where(plan_version.c.state == "approved")).one_or_none()
    if row is None:
        raise NotFound(kind="plan", id=code)
    return row.version, plan_of(row.body)


def plan_at(conn: Connection, code: str, version: int) -> Plan:
    """Any version that there was. Raises NotFound."""
    row = conn.execute(_versions(code).where(plan_version.c.version == version)).one_or_none()
    if row is None:
        raise NotFound(kind="plan", id=f"{code}/{version}")
    return plan_of(row.body)


def _versions(code: str) -> Any:
    return select(plan_version).where(plan_version.c.code == code)


def draft(services: Services, call: Call, plan: Plan) -> Answer:
    """Write the next version, in the place of a draft that is there; its number is never given again, so that
    nobody approves what they did not read. Faults are told, and only approval asks for their absence.

    `call.if_match`: the newest version that the writer has seen; a newer one is not replaced unseen.

    Raises Forbidden, WholeCityNeeded, InvalidInput (another realm than live), PlanWrittenMeanwhile.
    """
    return _on_library(services, call, "plan.write", lambda tx: _draft(tx, plan, call.if_match))


def draft_text(services: Services, call: Call, text: str) -> Answer:
    """The same of YAML or JSON, read only of who may write. Raises also PlanUnreadable, PlanMisshapen."""
    _check_library(call, "plan.write")
    return draft(services, call, read_text(text))


def _on_library(services: Services, call: Call, verb: str, decide: Callable[[Transaction], Answer]) -> Answer:
    """A verb on the library, which is the whole city's, and a drill's as well."""
    _check_library(call, verb)
    return perform(services, call, verb, decide)


def _check_library(call: Call, verb: str) -> None:
    """Raises InvalidInput, WholeCityNeeded, Forbidden."""
    if call.realm != "live":
        raise InvalidInput(pointer="realm", detail="live")
    check_whole_city(call.principal)
    if not may(call.principal, verb):
        raise Forbidden(verb=verb, role=call.principal.role)


def _draft(tx: Transaction, plan: Plan, seen: int | None) -> Answer:
    """`seen`: the newest version that the writer knows of, None = any."""
    _wait_turn(tx, plan.code)
    newest = _newest(tx, plan.code, seen)
    version = newest + 1
    tx.conn.execute(
        delete(plan_version).where(plan_version.c.code == plan.code, plan_version.c.state == "draft")
    )
    seq = _told(tx, plan.code, PlanDrafted(version=version, plan=plan))
    tx.conn.execute(
        insert(plan_version).values(
            code=plan.code, version=version, state="draft", body=plan.model_dump(mode="json"),
            made_by=tx.call.principal.id, made_at=tx.now,
        )
    )  # fmt: skip
    return {"seq": seq, "plan": plan.code, "version": version, "faults": _faults(tx.conn, plan)}


def draft_again(tx: Transaction, code: str) -> int:
    """The version of the draft that is there, or that the plan in force is written anew as, for somebody to
    change. Raises NotFound, WholeCityNeeded, Forbidden, InvalidInput."""
    _wait_turn(tx, code)
    waiting = tx.conn.execute(_versions(code).where(plan_version.c.state == "draft")).one_or_none()
    if waiting is not None:
        return int(waiting.version)
    _check_library(tx.call, "plan.write")
    return int(_draft(tx, approved_plan(tx.conn, code)[1], None)["version"])


def _newest(tx: Transaction, code: str, seen: int | None) -> int:
    """The number of the newest version, 0 = none. Raises PlanWrittenMeanwhile."""
    row = tx.conn.execute(_versions(code).order_by(plan_version.c.version.desc()).limit(1)).one_or_none()
    newest = row.version if row else 0
    if row and seen is not None and seen != newest:
        raise PlanWrittenMeanwhile(
            plan=row.body["name"], version=newest, by=names_of(tx.conn, [row.made_by])[row.made_by]
        )
    return int(newest)


def _wait_turn(tx: Transaction, code: str) -> None:
    """Two who write the same plan do so one after the other."""
    tx.conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"plan:{code}"))))


def _told(tx: Transaction, code: str, body: Body) -> int:
    return tx.append([Draft(body, f"plan:{code}", "", tx.occurred_at())])


def _faults(conn: Connection, plan: Plan) -> list[dict[str, Any]]:
    found: Sequence[Fault] = plan_checks.faults(plan, known_to(conn))
    return [{"pointer": one.pointer, "code": one.code, "params": one.params} for one in found]


def approve(services: Services, call: Call, code: str, command: ApproveCommand) -> Answer:
    """审批通过. Raises NotFound, OwnPlan (a second person approves), PlanFaulty naming what is wrong."""
    return _on_library(services, call, "plan.approve", lambda tx: _approve(tx, code, command.version))


def _approve(tx: Transaction, code: str, version: int) -> Answer:
    rows = {row.version: row for row in tx.conn.execute(_versions(code).with_for_update())}
    row = rows.get(version)
    if row is None or row.state != "draft":
        raise NotFound(kind="plan", id=f"{code}/{version}")
    if row.made_by == tx.call.principal.id:
        raise OwnPlan(plan=row.body["name"])
    if faults := _faults(tx.conn, plan_of(row.body)):
        raise PlanFaulty(plan=row.body["name"], count=len(faults), first=faults[0]["code"], faults=faults)
    retires = next((one for one, held in rows.items() if held.state == "approved"), None)
    seq = _told(tx, code, PlanApproved(version=version, made_by=row.made_by, retires=retires))
    this = plan_version.c.code == code
    in_force = this, plan_version.c.state == "approved"
    tx.conn.execute(update(plan_version).where(*in_force).values(state="retired"))
    tx.conn.execute(
        update(plan_version)
        .where(this, plan_version.c.version == version)
        .values(state="approved", approved_by=tx.call.principal.id, approved_at=tx.now)
    )
    return {"seq": seq, "plan": code, "version": version, "state": "approved"}


def retire(services: Services, call: Call, code: str, command: RetireCommand) -> Answer:
    """停用 the version in force. Raises NotFound."""

    def decide(tx: Transaction) -> Answer:
        query = _versions(code).where(plan_version.c.state == "approved").with_for_update()
        row = tx.conn.execute(query).one_or_none()
        if row is None:
            raise NotFound(kind="plan", id=code)
        seq = _told(tx, code, PlanRetired(version=row.version, reason=command.reason))
        tx.conn.execute(
            update(plan_version)
            .where(plan_version.c.code == code, plan_version.c.version == row.version)
            .values(state="retired")
        )
        return {"seq": seq, "plan": code, "version": row.version, "state": "retired"}

    return _on_library(services, call, "plan.approve", decide)


# --- reading --------------------------------------------------------------------------------------------


def list_plans(services: Services, principal: Principal) -> list[dict[str, Any]]:
    """The newest version of each plan, which one is in force, which draft waits, and when it last ran in
    earnest and in a drill."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        rows = list_versions(conn)
        names = names_of(conn, {one for row in rows for one in (row["made_by"], row["approved_by"]) if one})
        ran = times_run(conn)
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        before = found.get(row["plan"], {})
        version = row["version"]
        found[row["plan"]] = {
            **row, "in_force": version if row["state"] == "approved" else before.get("in_force"),
            "draft": version if row["state"] == "draft" else before.get("draft"),
            "made_by": names[row["made_by"]], "approved_by": names.get(row["approved_by"] or ""),
            **ran.get(row["plan"], {"runs": 0, "ran_at": None, "drilled_at": None}),
        }  # fmt: skip
    return list(found.values())


def read_plan(
    services: Services, principal: Principal, code: str, version: int | None = None
) -> dict[str, Any]:
    """A version (None: the newest) with its faults and all versions there are; `own`: who asks wrote it;
    `findings`: what drills showed to be amiss with the plan, where the asker sees it. Raises NotFound."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        rows = conn.execute(_versions(code).order_by(plan_version.c.version)).all()
        row = next((one for one in reversed(rows) if version in (None, one.version)), None)
        if row is None:
            raise NotFound(kind="plan", id=code)
        faults = _faults(conn, plan_of(row.body))
        names = names_of(conn, {who for one in rows for who in (one.made_by, one.approved_by) if who})
        amiss = [one for one in findings.of_plan(conn, code) if sees(one, principal)]
    told = ("version", "state", "made_at", "approved_at")
    versions = [
        {name: getattr(one, name) for name in told}
        | {"made_by": names[one.made_by], "approved_by": names.get(one.approved_by or "")}
        for one in rows
    ]
    this = {"version": row.version, "state": row.state, "own": row.made_by == principal.id, "plan": row.body}
    return {**this, "faults": faults, "versions": versions, "findings": [_amiss(one) for one in amiss]}


def _amiss(of: Finding) -> dict[str, Any]:
    told = ("id", "drill", "drill_name", "name", "state", "revision", "due_on")
    return {name: getattr(of, name) for name in told}


def skills(services: Services, principal: Principal) -> list[str]:
    """What the city's units can do, as a plan may ask for it."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        return sorted(known_to(conn).skills)


def compare(services: Services, principal: Principal, code: str, old: int, new: int) -> list[dict[str, Any]]:
    """What differs between two versions. Raises NotFound."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        before, now = plan_at(conn, code, old), plan_at(conn, code, new)
    return [
        {"section": one.section, "key": one.key, "how": one.how, "fields": one.fields}
        for one in differences(before, now)
    ]


def as_yaml(services: Services, principal: Principal, code: str, version: int | None = None) -> str:
    """Raises NotFound."""
    return to_yaml(plan_of(read_plan(services, principal, code, version)["plan"]))


def for_incident(services: Services, principal: Principal, realm: str, ident: str) -> list[dict[str, Any]]:
    """The plans in force whose trigger matches an incident, or was matched by the warning that it came from,
    gravest level first. Raises NotFound."""
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        rows = conn.execute(select(plan_version).where(plan_version.c.state == "approved")).all()
    known = {row.code: row for row in rows}
    found = proposed(
        [plan_of(row.body) for row in rows],
        class_code=incident.class_code, severity=incident.severity, area=incident.area,
    )  # fmt: skip
    levels = {one.plan: one.level for one in incident.proposed if one.plan in known}
    for plan, level in found:
        levels[plan.code] = min(level, levels.get(plan.code, level))
    return [
        {"plan": code, "version": known[code].version, "name": known[code].body["name"],
         "name_en": known[code].body["name_en"], "level": level}
        for code, level in sorted(levels.items(), key=lambda one: (one[1], one[0]))
    ]  # fmt: skip
