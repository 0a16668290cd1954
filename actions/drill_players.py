"""机器参演: a drill's seats that nobody takes act by themselves, on the realm's clock.

A timer of the realm looks every ten seconds what is to be done (`core.drill_player`), and does it through the
verbs that people use. Its row is locked meanwhile, so one worker plays; what it remembers is in the row: what
was tried, and until when nothing is to be done unless something happens. A server that dies in between has
done whole verbs, which the next look finds done.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from actions import intake
from actions.drill_player_drive import drive
from actions.drill_player_verbs import Nobody, do
from actions.services import Services
from core import drill_player as rules
from core.drill import is_drill
from core.drill_player import Move, Seen, Tries
from core.drill_player_cases import of_incidents
from core.drill_player_reports import of_losses, of_reports
from core.drill_player_responses import of_responses
from core.errors import Refusal
from core.model import OPEN
from core.permissions import SYSTEM
from db import drill_players as rows
from db import drills, log

logger = logging.getLogger(__name__)

ROUNDS = 4
"""So often a look is taken anew when something was done: one act may make room for the next."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered from look to look: `seq` is where the log stood, `idle_until` when the next thing is
    to be done if it still stands there."""

    seq: int = 0
    idle_until: datetime | None = None
    tries: Tries = field(default_factory=dict)

    @classmethod
    def of(cls, body: Any) -> Memory:
        until = body.get("idle_until")
        tries = {key: (int(n), datetime.fromisoformat(at)) for key, (n, at) in body.get("tries", {}).items()}
        return cls(int(body.get("seq", 0)), until and datetime.fromisoformat(until), tries)

    def body(self) -> dict[str, Any]:
        return {
            "seq": self.seq, "idle_until": self.idle_until and self.idle_until.isoformat(),
            "tries": {key: [n, at.isoformat()] for key, (n, at) in self.tries.items()},
        }  # fmt: skip


def run_due(services: Services, realm: str) -> int:
    """Look at a drill if it is time; how many timers were taken."""
    if not is_drill(realm):
        return 0
    with services.engine.begin() as conn:
        now = log.read_clock(conn, realm).now(services.now())
        row = rows.claim(conn, realm, now)
        if row is None:
            return 0
        memory = Memory.of(row.body)
        if not _idle(conn, realm, memory, now):
            drill = drills.read_drill(conn, realm)
            if drill is None or drill.status == "stopped":
                rows.drop(conn, realm, row.id)
                return 1
            if drill.status == "running":
                memory = _play(services, realm, memory, now)
        rows.put(conn, realm, row.id, now + rules.LOOK, memory.body())
    return 1


def _idle(conn: Connection, realm: str, memory: Memory, now: datetime) -> bool:
    until = memory.idle_until
    return until is not None and now < until and log.head(conn, realm) == memory.seq


def _play(services: Services, realm: str, memory: Memory, now: datetime) -> Memory:
    """Do what is to be done now. What is told after the last look is looked at next time."""
    for _ in range(ROUNDS):
        head = _head(services, realm)
        seen = _look(services, realm, now)
        moves = list(_moves(seen))
        memory = replace(memory, tries=rules.still(memory.tries, moves))
        due = rules.ready(moves, memory.tries, now)
        if not due:
            break
        for move in due:
            memory = replace(memory, tries=rules.tried(memory.tries, move.key, now))
            _try(services, seen, move)
    driven = drive(services, seen)
    until = now if driven or due else rules.next_look(moves, memory.tries)
    return replace(memory, seq=head, idle_until=until or datetime.max.replace(tzinfo=now.tzinfo))


def _head(services: Services, realm: str) -> int:
    with services.engine.connect() as conn:
        return log.head(conn, realm)


def _moves(seen: Seen) -> Iterator[Move]:
    return chain(of_incidents(seen), of_responses(seen), of_reports(seen), of_losses(seen))


def _try(services: Services, seen: Seen, move: Move) -> None:
    """What is refused, or fails, is tried again later."""
    try:
        do(services, seen, move)
    except (Refusal, Nobody) as refused:
        logger.info("%s: %s of %s: %r", seen.drill.id, move.verb, move.player.code, refused)
    except SQLAlchemyError:
        logger.exception("%s: %s of %s", seen.drill.id, move.verb, move.player.code)


def _look(services: Services, realm: str, now: datetime) -> Seen:
    with services.engine.connect() as conn:
        drill = drills.read_drill(conn, realm)
        assert drill is not None  # noqa: S101  narrows the type for the checker
        seen = rows.read_seen(conn, drill, now)
    fresh = [one for one in seen.incidents.values() if one.status == "reported"]
    return replace(seen, twins=dict(_twins(services, realm, [one.id for one in fresh])))


def _twins(services: Services, realm: str, incidents: list[str]) -> Iterator[tuple[str, str]]:
    """疑似重复 of the same class, each with what was reported before it and is not over."""
    for ident in incidents:
        with suppress(Refusal):
            alike = [one for one in intake.duplicates(services, SYSTEM, realm, ident) if one["id"] < ident]
            known = [one for one in alike if one["related"] == "class" and one["status"] in OPEN]
            if known:
                yield ident, known[0]["id"]
