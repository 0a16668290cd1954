"""The fleet of a realm as arrays: where each unit is, how soon it could be there, what is held against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from actions.driving import AT_HOME_M, timing
from actions.services import Services
from core.advice import Fleet, State
from core.model import Incident
from core.permissions import Principal, Scope, prefixes, visible
from core.runcards import Profile, Weights
from db.fleet import FleetRow, on_duty_since, read_fleet
from feed.positions import Position
from geo.eta import Etas, Timing
from geo.fleet_cover import FleetCover
from geo.roadlines import straight_m
from geo.roadnet import Floats, Mask

DISTRICT = 3
"""Of an area's prefixes ("", province, city, county …) the one that is its district."""


@dataclass(frozen=True, slots=True)
class Facing:
    """A fleet as it faces one incident. Parallel: one entry a unit. `age_s` None: no position, so at home;
    `on_duty_s` None: the roster does not say."""

    rows: Sequence[FleetRow]
    fleet: Fleet
    timing: Timing
    etas: Etas
    spots: Floats
    age_s: Sequence[float | None]
    on_duty_s: Sequence[float | None]
    away: Sequence[bool]
    home: Sequence[bool]

    @property
    def free(self) -> Mask:
        found: Mask = self.fleet.state == 0
        return found

    def sorts(self, units: Collection[str]) -> list[Profile]:
        """Of these units."""
        return [_sort(row) for row in self.rows if row.id in units]

    def cover(self, services: Services, principal: Principal, weights: Weights) -> FleetCover:
        """What the free units cover, counted in the asker's area; who moves up is whom the asker may send."""
        areas, kinds = services.reference.areas(), [row.kind for row in self.rows]
        scope = areas.seen(Scope.of(principal)) if principal.area else None
        return FleetCover(
            self.timing.roads, kinds, self.spots, self._covering(), areas.places, weights, scope, self.free
        )

    def _covering(self) -> Mask:
        """Everybody in the city who is free, whoever may send them."""
        return np.array([row.status == "available" for row in self.rows], dtype=bool)


def facing(
    services: Services, conn: Connection, principal: Principal, realm: str, incident: Incident
) -> Facing:
    """Every unit of the realm against an incident. Raises RealmUnknown."""
    rows, now = read_fleet(conn, realm), services.now_in(realm)
    since = on_duty_since(conn, (row.id for row in rows), now)
    latest = services.positions.latest(realm)
    here = [latest.get(row.id) for row in rows]
    drive, weights = timing(services, conn, realm), services.reference.run_cards().weights
    spots = _spots(rows, here)
    etas = drive.etas(
        (incident.lon, incident.lat), spots, [row.kind for row in rows], _at_home(rows, here, spots)
    )
    age = [_age(position, now) for position in here]
    on_duty = [_seconds(since, row.id, now) for row in rows]
    away = [_is_away(row.area, incident.area) for row in rows]
    home = [incident.area != "" and row.area in prefixes(incident.area)[1:] for row in rows]
    penalty = np.array([_penalty(weights, *one) for one in zip(age, on_duty, away, strict=True)], dtype=float)
    roads = not drive.graph.empty
    eta = np.where(etas.by_road, etas.seconds, np.inf) if roads and etas.by_road.any() else etas.seconds
    scope = Scope.of(principal)
    states = [_state(row, scope, principal, now) for row in rows]
    sorts = [_sort(row) for row in rows]
    fleet = Fleet.of([row.id for row in rows], sorts, states, [row.level for row in rows], eta, penalty)
    return Facing(rows, fleet, drive, etas, spots, age, on_duty, away, home)


def _sort(row: FleetRow) -> Profile:
    return row.kind, row.skills, row.vehicle


def _spots(rows: Sequence[FleetRow], here: Sequence[Position | None]) -> Floats:
    found = [(one.lon, one.lat) if one else (row.lon, row.lat) for row, one in zip(rows, here, strict=True)]
    return np.array(found, dtype=float).reshape(-1, 2)


def _at_home(rows: Sequence[FleetRow], here: Sequence[Position | None], spots: Floats) -> Mask:
    homes = np.array([(row.lon, row.lat) for row in rows], dtype=float).reshape(-1, 2)
    unknown = np.array([one is None for one in here], dtype=bool)
    found: Mask = unknown | (straight_m(spots, homes.T) <= AT_HOME_M)
    return found


def _age(position: Position | None, now: datetime) -> float | None:
    return None if position is None else max(0.0, now.timestamp() - position.at_ms / 1000)


def _seconds(since: Mapping[str, datetime], unit: str, now: datetime) -> float | None:
    return (now - since[unit]).total_seconds() if unit in since else None


def _is_away(unit_area: str, area: str) -> bool:
    """Whether both areas are known and lie in different districts."""
    mine, there = (prefixes(one)[: DISTRICT + 1] for one in (unit_area, area))
    return len(mine) > DISTRICT and len(there) > DISTRICT and mine[DISTRICT] != there[DISTRICT]


def _penalty(weights: Weights, age_s: float | None, on_duty_s: float | None, away: bool) -> float:
    old = 0.0 if age_s is None else weights.stale(age_s)
    tired = weights.tired_penalty if is_tired(weights, on_duty_s) else 0.0
    return old + tired + (weights.away_penalty if away else 0.0)


def is_tired(weights: Weights, on_duty_s: float | None) -> bool:
    return on_duty_s is not None and on_duty_s > weights.tired_h * 3600


_AWAY: dict[str, State] = {"off_duty": "off_duty", "in_drill": "in_drill"}


def _state(row: FleetRow, scope: Scope, principal: Principal, now: datetime) -> State:
    if not visible(scope, row.area):
        return "outside"
    held = row.held_until is not None and row.held_until > now and row.held_by != principal.name
    free = row.status in ("available", "reserved")
    if free:
        return "held" if held else "free"
    return _AWAY.get(row.status, "busy")
