"""replay-csv: a table of real past responses through the product's own verbs, at any speed.

The realm's clock is driven. At `max` it stands still and is moved from act to act, stopping wherever a
deadline or midnight falls due; at speed X it runs X times as fast as real time, and each act waits for its
moment. Acts carry keys, so a run that was broken off goes on where it was and repeats nothing.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from actions import replaying
from actions.realms import open_realm
from actions.services import Services
from core.clock import RealmClock
from core.drill import is_drill
from core.errors import Refusal
from core.histories import PREFIX, is_history
from demo.replay.acts import Act, Plan
from demo.replay.mapping import Mapping, MappingInvalid, read_mapping
from demo.replay.pacing import Speed, pace
from demo.replay.plan import make_plan
from demo.replay.player import Player, principal_of
from demo.replay.rows import Response, read_rows
from geo.kinds import UNIT_KINDS

Say = Callable[[str], None]
_SAY_EVERY_S = 5.0


class RealmNotForReplay(Refusal):
    """Past calls never enter the live realm or the system's; params: realm."""

    code = "realm_not_for_replay"


@dataclass(frozen=True, slots=True)
class Summary:
    """`events`, `seconds` and `acts_done` are of this run alone; counts and corrections of the whole file.
    `compared`: how many rows have the recorded grid name that we found ourselves."""

    realm: str
    incidents: int
    responses: int
    units: int
    acts: int
    acts_done: int
    events: int
    seconds: float
    corrections: dict[str, int]
    corrected: list[dict[str, Any]]
    compared: dict[str, Any] | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Table:
    """A file, read and planned."""

    name: str
    mapping: Mapping
    responses: Sequence[Response]
    plan: Plan


def replay(
    services: Services, file: Path, mapping_file: Path, speed: Speed = "max", realm: str = "",
    say: Say = lambda line: None,
) -> Summary:  # fmt: skip
    """Play the whole file. Raises MappingInvalid, RowsRefused, UnknownClass, RealmNotForReplay before
    anything is written, and whatever a verb refuses."""
    realm = realm or PREFIX + file.stem
    if not (is_history(realm) or is_drill(realm)):
        raise RealmNotForReplay(realm=realm)
    table = _read(services, file, mapping_file)
    say(f"{realm}: {len(table.responses)} 次出动 responses, {len(table.plan.acts)} 个动作 acts")
    started = time.monotonic()
    before = _open(services, realm, table)
    done = _play(services, realm, table, speed, say)
    head, _ = replaying.realm_position(services, realm)
    return _summary(services, realm, table, done, head - before, time.monotonic() - started)


def _read(services: Services, file: Path, mapping_file: Path) -> _Table:
    mapping = read_mapping(mapping_file)
    responses = read_rows(file, mapping)
    for code in sorted({response.class_code for response in responses}):
        services.reference.incident_class(code)
    for kind in {response.unit_kind for response in responses} - set(UNIT_KINDS):
        raise MappingInvalid(file=mapping_file.name, field="unit.kind", detail=f"{kind!r}: {UNIT_KINDS}")
    return _Table(file.name, mapping, responses, make_plan(responses, mapping))


def _open(services: Services, realm: str, table: _Table) -> int:
    """Begin the realm, with its clock standing at the first act; the position of its log before."""
    if table.plan.acts:
        open_realm(services, realm, RealmClock(services.now(), table.plan.acts[0].at, 0.0))
    return replaying.realm_position(services, realm)[0]


def _play(services: Services, realm: str, table: _Table, speed: Speed, say: Say) -> int:
    """Do what is left to do; how many acts that was."""
    principal = principal_of(realm, table.name)
    rows = {response.row: response for response in table.responses}
    player = Player(realm, principal, table.mapping, rows, replaying.answers_of(services, principal))
    left = [act for act in table.plan.acts if not player.is_done(act)]
    if not left:
        return 0
    player.register(services, table.plan.units, left[0].at)
    _, now = replaying.realm_position(services, realm)
    with pace(services, realm, min(now, left[0].at), speed) as moments:
        for act in _counted(left, say):
            moments.reach(act.at)
            player.play(moments.services, act)
    return len(left)


def _counted(acts: Sequence[Act], say: Say) -> Any:
    """The acts, with a line of progress every few seconds."""
    started = said = time.monotonic()
    for number, act in enumerate(acts):
        yield act
        if time.monotonic() - said >= _SAY_EVERY_S:
            said = time.monotonic()
            say(f"{number + 1}/{len(acts)} {act.at:%Y-%m-%d %H:%M:%S}Z, {number / (said - started):.0f}/s")


def _summary(
    services: Services, realm: str, table: _Table, done: int, events: int, seconds: float
) -> Summary:
    corrections = table.plan.corrections
    return Summary(
        realm=realm,
        incidents=len({response.incident for response in table.responses}),
        responses=len(table.responses),
        units=len(table.plan.units),
        acts=len(table.plan.acts),
        acts_done=done,
        events=events,
        seconds=round(seconds, 3),
        corrections=dict(Counter(correction.kind for correction in corrections)),
        corrected=[asdict(correction) for correction in corrections],
        compared=_compared(services, realm, table),
    )


def _compared(services: Services, realm: str, table: _Table) -> dict[str, Any] | None:
    """The recorded grid names against those of the grids we found."""
    column = table.mapping.compare.grid
    if column is None:
        return None
    ours = replaying.grid_names_of_sources(services, realm)
    agree = sum(ours.get(response.incident) == response.grid_name for response in table.responses)
    blank = sum(not response.grid_name for response in table.responses)
    rows = len(table.responses)
    return {"column": column, "rows": rows, "blank": blank, "agree": agree, "share": round(agree / rows, 4)}
