"""事件流程表: which verb may be done from which state, by whom, with what, and which clock it starts.

The table is data of a city (`db/data/workflow.csv`). What a state means, and what a fact does to it, is the
fold's: a city may take moves away, ask for more and set other clocks, but not invent states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import MoveNotAllowed
from core.errors_cases import FlowBroken, NeedMissing, NotInCharge, TooOften
from core.model import DONE, ENDED, OPEN, WAITING, Incident
from core.permissions import Principal, Scope, covers, may, prefixes, visible

ACTIVE = frozenset({"reported", "accepted", "dispatched", "acknowledged", "on_scene"})
UNDER_WAY = ACTIVE - {"reported"}

SUPPORTED: dict[str, frozenset[str]] = {
    "accept": frozenset({"reported"}),
    "reject": frozenset({"reported"}),
    "merge": ACTIVE,
    "unmerge": frozenset({"merged"}),
    "amend": OPEN,
    "relocate": ACTIVE,
    "reclassify": ACTIVE,
    "note": OPEN | ENDED,
    "attach": OPEN | ENDED,
    "sensitive": OPEN | ENDED,
    "unsensitive": OPEN | ENDED,
    "backup": UNDER_WAY,
    "situation": OPEN,
    "hold": ACTIVE,
    "dispatch": ACTIVE,
    "cancel": ACTIVE - WAITING,
    "transfer": UNDER_WAY,
    "assist": UNDER_WAY | {"handled"},
    "assist_end": OPEN,
    "return": UNDER_WAY,
    "whistle": ACTIVE,
    "report_in": OPEN,
    "extend": OPEN,
    "pause": OPEN,
    "resume": OPEN,
    "approve": OPEN,
    "refuse": OPEN,
    "supervise": OPEN,
    "answer": OPEN,
    "escalate": ACTIVE,
    "handle": UNDER_WAY,
    "reply": OPEN - {"reported"},
    "verify": frozenset({"handled"}),
    "close": frozenset({"verified"}),
    "reopen": frozenset({"handled", "verified", "closed", "evaluated", "rejected"}),
    "rate": frozenset({"closed", "evaluated"}),
    "archive": DONE - {"archived"},
}
"""verb → every state from which the fold understands it."""

LEADS_TO: dict[str, str] = {
    "accept": "accepted",
    "reject": "rejected",
    "merge": "merged",
    "unmerge": "accepted",
    "dispatch": "dispatched",
    "handle": "handled",
    "verify": "verified",
    "close": "closed",
    "reopen": "accepted",
    "rate": "evaluated",
    "archive": "archived",
}
"""verb → the state it leads to; the others leave the state. Assignments carry dispatched → acknowledged →
on_scene (`core.workflow.ASSIGNMENT_MOVES`)."""

ROLES = frozenset({"desk", "owner", "helper", "whistled", "unit", "reporter"})
NEEDS = frozenset({"text", "reason", "photo"})
STARTERS = frozenset({"dispatch", "handle", "verify", "reopen", "unmerge"})
"""Verbs that end the clock that ran: the incident is without one unless they start another."""
STATES = OPEN | ENDED


@dataclass(frozen=True, slots=True)
class Move:
    """One row: `starts` is the step whose clock it starts ("" = none), `most` how often (None = always)."""

    verb: str
    states: frozenset[str]
    who: frozenset[str]
    needs: frozenset[str]
    starts: str
    most: int | None
    source: str


def relations(principal: Principal, incident: Incident) -> frozenset[str]:
    """How somebody stands to an incident: desk of its area, owner, helper, whistled, a unit that is or was
    there, whoever reported it. A unit is no desk, wherever it lies."""
    if principal.kind == "system":
        return ROLES
    reporter = bool(incident.reported_by) and incident.reported_by == principal.id
    if principal.kind == "unit":
        own = {"unit": principal.id in incident.sent, "reporter": reporter}
        return frozenset(name for name, so in own.items() if so)
    found = {
        "reporter": reporter,
        "desk": not principal.dept and principal.area in prefixes(incident.area),
        "owner": covers(principal, incident.owner),
        "helper": any(covers(principal, office) for office in incident.helpers),
        "whistled": any(covers(principal, one.office) for one in incident.whistles),
    }
    return frozenset(name for name, so in found.items() if so)


def sees(principal: Principal, incident: Incident) -> bool:
    """Whether an incident is within somebody's scope, or they are there, or reported it. A unit sees no more
    than that."""
    related = relations(principal, incident) & {"unit", "reporter"}
    if related or principal.kind == "unit":
        return bool(related)
    return visible(Scope.of(principal), incident.area, incident.offices, sensitive=incident.sensitive)


def times(incident: Incident, verb: str) -> int:
    """How often a counted verb was done."""
    counts = {"return": incident.returns, "extend": incident.extensions, "reopen": incident.reopened}
    return counts.get(verb, 0)


class Workflow:
    """The table of a city."""

    def __init__(self, moves: Iterable[Move]) -> None:
        """Raises FlowBroken when the table lets an incident be lost, or end without what it must have."""
        self.moves = {move.verb: move for move in moves}
        for move in self.moves.values():
            _check_row(move)
        _check_whole(self.moves)

    def check(self, incident: Incident, verb: str, by: Principal, given: Mapping[str, Any]) -> Move:
        """The row, if this may be done now. Raises MoveNotAllowed, NotInCharge, TooOften, NeedMissing."""
        move = self.moves.get(verb)
        if move is None or incident.status not in move.states:
            raise MoveNotAllowed(verb=verb, status=incident.status, allowed=list(self.allowed(incident, by)))
        if not move.who & relations(by, incident):
            raise NotInCharge(verb=verb, owner=incident.owner)
        if move.most is not None and times(incident, verb) >= move.most:
            raise TooOften(verb=verb, most=move.most)
        missing = sorted(need for need in move.needs if not given.get(need))
        if missing:
            raise NeedMissing(verb=verb, need=missing[0])
        return move

    def allowed(self, incident: Incident, by: Principal) -> tuple[str, ...]:
        """The verbs somebody may do now, in the table's order."""
        related = relations(by, incident)
        return tuple(
            verb
            for verb, move in self.moves.items()
            if incident.status in move.states
            and move.who & related
            and (move.most is None or times(incident, verb) < move.most)
            and may(by, verb)
            and _makes_sense(incident, verb)
        )


def _makes_sense(incident: Incident, verb: str) -> bool:
    """Whether there is anything for the verb to be about."""
    clock = incident.deadline
    about = {
        "assist_end": bool(incident.helpers),
        "return": bool(incident.former),
        "extend": clock is not None and clock.state != "paused" and incident.request is None,
        "pause": clock is not None and clock.state in ("running", "near") and incident.request is None,
        "resume": clock is not None and clock.state == "paused",
        "approve": incident.request is not None,
        "refuse": incident.request is not None,
        "answer": any(one.answered_at is None for one in incident.supervisions),
        "report_in": any(one.answered_at is None for one in incident.whistles),
        "cancel": bool(incident.units),
        "merge": not incident.units,
        "sensitive": not incident.sensitive and not incident.shelved,
        "unsensitive": incident.sensitive and not incident.shelved,
    }
    return about.get(verb, True)


def _check_row(move: Move) -> None:
    supported = SUPPORTED.get(move.verb)
    if supported is None:
        raise FlowBroken(verb=move.verb, field="verb", value=move.verb)
    for field, given, known in (
        ("from", move.states, supported),
        ("who", move.who, ROLES),
        ("needs", move.needs, NEEDS),
    ):
        if given - known:
            raise FlowBroken(verb=move.verb, field=field, value=" ".join(sorted(given - known)))
    starts = move.starts or move.verb not in STARTERS
    for field, there in (("from", move.states), ("who", move.who), ("starts", starts)):
        if not there:
            raise FlowBroken(verb=move.verb, field=field, value="")


def _check_whole(moves: Mapping[str, Move]) -> None:
    """Every open state has a way to an end, and the way to 办结 needs reply and verification."""
    for verb in ("accept", "handle", "reply", "verify", "close"):
        if verb not in moves:
            raise FlowBroken(verb=verb, field="verb", value="")
    for state in OPEN:
        if not _ends(moves, state):
            raise FlowBroken(verb="close", field="from", value=state)


def _ends(moves: Mapping[str, Move], state: str) -> bool:
    seen: set[str] = set()
    ahead = [state]
    while ahead:
        here = ahead.pop()
        if here in DONE:
            return True
        seen.add(here)
        ahead += [LEADS_TO[v] for v, m in moves.items() if v in LEADS_TO and here in m.states]
        ahead = [one for one in ahead if one not in seen]
    return False
