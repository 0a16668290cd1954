"""Chapters (章节) of a film: something grave began, a response changed, a drill went on, an inject came.

Which facts begin a chapter stands in one table. Their sentences are those of the ticker (`event.<kind>`), and
for drills `replay.chapter.<kind>`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, select

from actions.reading import seen_of
from core.permissions import Principal
from db import drills, log
from db.tables import incident
from db.tables_linkage import linkage

GRAVE = 2
"""特别重大 and 重大 (Ⅰ, Ⅱ)."""
Body = dict[str, Any]


def _always(_body: Body) -> bool:
    return True


def _grave(body: Body) -> bool:
    return (body.get("severity") or GRAVE + 1) <= GRAVE


@dataclass(frozen=True, slots=True)
class _Opening:
    """A fact that begins a chapter: of what sort, when it does, and which of its values are said."""

    sort: str
    said: tuple[str, ...] = ()
    begins: Callable[[Body], bool] = _always


_OPENINGS = {
    "IncidentReported": _Opening("incident", ("title", "place", "severity"), _grave),
    "IncidentAmended": _Opening("incident", ("severity",), _grave),
    "IncidentReclassified": _Opening("incident", ("title", "severity"), _grave),
    "PlanActivated": _Opening("response", ("title", "level")),
    "ResponseLevelChanged": _Opening("response", ("level",)),
    "ResponseEnded": _Opening("response"),
    "DrillStarted": _Opening("phase", ("rate",)),
    "DrillPaused": _Opening("phase", ("why",)),
    "DrillResumed": _Opening("phase", ("rate",)),
    "DrillJumped": _Opening("phase", ("seconds",)),
    "DrillStopped": _Opening("phase", ("reason",)),
    "InjectDelivered": _Opening("inject", ("number",)),
    "InjectFailed": _Opening("inject", ("number", "reason")),
}


def chapters(
    conn: Connection, principal: Principal, realm: str, after: int, until: int
) -> list[dict[str, Any]]:
    """`{seq, at, chapter, kind, subject, args}` each, in order, within the scope. Injects are told to players
    when the drill is over (`seen_of`): until then they know of their own alone."""
    wires = seen_of(conn, realm, principal, _openings(conn, realm, after, until))
    names, synopses = _names(conn, realm, {w["subject"] for w in wires}), _synopses(conn, realm)
    return [_chapter(wire, names, synopses) for wire in wires]


def _openings(conn: Connection, realm: str, after: int, until: int) -> list[log.Wire]:
    found = log.read_kinds(conn, realm, list(_OPENINGS), until, after)
    return [wire for wire in found if _OPENINGS[wire["kind"]].begins(orjson.loads(wire["body"]))]


def _chapter(wire: log.Wire, names: dict[str, Body], synopses: dict[int, str]) -> dict[str, Any]:
    opening, body = _OPENINGS[wire["kind"]], orjson.loads(wire["body"])
    said = {name: body[name] for name in opening.said}
    if opening.sort == "inject":
        said["synopsis"] = synopses.get(body["number"], "")
    return {
        "seq": wire["seq"],
        "at": wire["recorded_at"],
        "chapter": opening.sort,
        "kind": wire["kind"],
        "subject": wire["subject"],
        "args": {**names.get(wire["subject"], {}), **said},
    }


def _names(conn: Connection, realm: str, subjects: Collection[str]) -> dict[str, Body]:
    """What incidents and responses are called, by id."""
    wanted: Sequence[str] = list(subjects)
    doc = incident.c.doc
    cases = select(incident.c.id, doc["title"].astext.label("title"), doc["place"].astext.label("place"))
    called = linkage.c.doc
    responses = select(
        linkage.c.id, called["title"].astext.label("title"), called["plan_name"].astext.label("plan")
    )
    rows = [
        *conn.execute(cases.where(incident.c.realm == realm, incident.c.id.in_(wanted))),
        *conn.execute(responses.where(linkage.c.realm == realm, linkage.c.id.in_(wanted))),
    ]
    return {row.id: {key: value for key, value in row._mapping.items() if key != "id"} for row in rows}


def _synopses(conn: Connection, realm: str) -> dict[int, str]:
    """By number, of the drill whose realm it is: what was delivered stays in its script as it was."""
    drill = drills.read_drill(conn, realm)
    return {one.number: one.synopsis for one in drill.script.injects} if drill else {}
