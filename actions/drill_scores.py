"""How drills that are over came out, for lists: read from each log once, for what is over stays so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine
from ulid import ULID

from actions import drill_reading
from actions.drill_reports import facts
from actions.services import Services
from core.drill import PREFIX, Drill
from core.drill_levels import Rule, grade
from core.drill_score import Score, score
from core.events_drills import SeatTaken
from core.permissions import Principal
from db import drills as rows
from db.drill_levels import drill_levels

_KEPT = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """`rule` and `share` are its grade (None: it has none); so many `persons` took `seats`."""

    rule: Rule | None
    share: float | None
    persons: int
    seats: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Read:
    score: Score
    persons: frozenset[str]
    seats: frozenset[str]


def list_drills(services: Services, principal: Principal) -> list[tuple[dict[str, Any], Outcome | None]]:
    """The drills that are open to the asker, the newest first, with how those came out that are over.

    Raises Forbidden.
    """
    found = drill_reading.open_to(services, principal)
    with services.engine.connect() as conn:
        rules = drill_levels(conn)
    return [
        (
            drill_reading.about(one, principal),
            outcome(services.engine, one, rules) if one.status == "stopped" else None,
        )
        for one in found
    ]


def outcome(engine: Engine, of: Drill, rules: tuple[Rule, ...]) -> Outcome:
    """Of a drill that has ended, by the city's levels as they are now."""
    read = _read(engine, of.id, of.version)
    level = grade(read.score, rules)
    return Outcome(level.rule if level else None, read.score.share, len(read.persons), read.seats)


@lru_cache(maxsize=_KEPT)
def _read(engine: Engine, realm: str, _version: int) -> _Read:
    """Its version moves on with every mark that is given after its end."""
    with engine.connect() as conn:
        of, events = rows.read_drill(conn, realm), facts(conn, realm)
    assert of is not None  # noqa: S101  it was listed; drills are never taken away
    sat = [one.body for one in events if isinstance(one.body, SeatTaken) and one.body.person]
    found = score(of.script, events, of.since)
    return _Read(found, frozenset(one.person for one in sat), frozenset(one.seat for one in sat))


def set_up_at(realm: str) -> datetime:
    """The real time at which a drill was set up, which its id tells: its own clock may stand at any."""
    return datetime.fromtimestamp(ULID.from_str(realm.removeprefix(PREFIX).upper()).timestamp, UTC)
