"""建议出动: which sets of units to send, what the city is then less covered by, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from actions.fleet import Facing, facing, is_tired
from actions.offers import keep_offer
from actions.queries import read_incident
from actions.services import Services
from actions.supplies import supply_offer
from core.advice import Chosen, Gap, UnitSet, ranked_sets
from core.cover import MINUTES, Kept, weighed
from core.means import still_needed
from core.model import Incident
from core.permissions import Principal, may
from core.runcards import RunCards, Slot, card_for, still_wanted
from core.supply import Need
from db.supplies import bound_to
from geo.fleet_cover import FleetCover, MoveUp

SETS = 3
Answer = dict[str, Any]


def advise(services: Services, principal: Principal, realm: str, ident: str, k: int = 10) -> Answer:
    """What to send: `sets`, best first, and beside them the k fastest units of any kind as `units`.

    Each unit: unit, name, kind, eta_s with eta_low_s and eta_high_s, distance_m, position_age_s (None: at its
    home), reasons and warnings (codes). `cover` and `move_up` are of the first set; `shortfalls` are codes,
    `unmet` and `supplies_unmet` their figures. `offer` is what a dispatch names to answer it, None for who
    may not dispatch. Raises NotFound.
    """
    incident = read_incident(services, principal, realm, ident)
    with services.engine.connect() as conn:
        found = facing(services, conn, principal, realm, incident)
    given = _Advice(services, principal, incident, found).answer(k)
    given |= _supplies(services, principal, realm, incident)
    given["shortfalls"] += [f"supply_{one['reason']}" for one in given["supplies_unmet"]]
    given["shortfalls"] = list(dict.fromkeys(given["shortfalls"]))
    offered = bool(given["sets"]) and may(principal, "dispatch")
    sent = {unit["unit"] for one in given["sets"] for unit in one["units"]}
    bound = {row.id: row.assignment for row in found.rows if row.id in sent and row.level and row.assignment}
    given["offer"] = keep_offer(services, principal, realm, ident, given, bound) if offered else None
    return given


def needs_of(services: Services, realm: str, incident: Incident) -> list[Need]:
    """Supplies that go with the run card of an incident's class and level, but for what it has already."""
    rows = services.reference.run_cards().supplies
    wanted = card_for(rows, incident.class_code, incident.severity)
    if not wanted:
        return []
    with services.engine.connect() as conn:
        lots = bound_to(conn, realm, incident.id)
    needs = [Need(one.item, one.quantity, 60 * one.within_min) for one in wanted]
    return still_needed(needs, lots, incident.id)


def _supplies(services: Services, principal: Principal, realm: str, incident: Incident) -> Answer:
    needs = needs_of(services, realm, incident)
    if not needs:
        return {"supplies": [], "supplies_unmet": []}
    offer = supply_offer(services, principal, realm, incident, needs)
    return {"supplies": offer["supplies"], "supplies_unmet": offer["shortfalls"]}


class _Advice:
    """One answer in the making."""

    def __init__(self, services: Services, principal: Principal, incident: Incident, found: Facing) -> None:
        cards: RunCards = services.reference.run_cards()
        self._facing, self._weights = found, cards.weights
        card = card_for(cards.slots, incident.class_code, incident.severity)
        self._slots: Sequence[Slot] = still_wanted(card, found.sorts(incident.units))
        self._cover: FleetCover = found.cover(services, principal, cards.weights)
        self._sets = ranked_sets(self._slots, found.fleet, cards.weights, self._cover.loss, SETS)

    def answer(self, k: int) -> Answer:
        first = self._sets[0] if self._sets else None
        units = self._fastest(k)
        gaps = [gap.reason for gap in first.gaps] if first else []
        return {
            "units": units,
            "sets": [self._set(rank, one) for rank, one in enumerate(self._sets, start=1)],
            "cover": self._covered(first.units) if first else None,
            "move_up": self._move_up(first) if first else None,
            "shortfalls": ["no_unit_available", *gaps] if not units else gaps,
            "unmet": [self._unmet(gap) for gap in first.gaps] if first else [],
        }

    def _fastest(self, k: int) -> list[Answer]:
        """The k free units that are there first, of any kind, also as the crow flies."""
        found, etas = self._facing, self._facing.etas
        free = [int(i) for i in found.free.nonzero()[0]]
        free.sort(key=lambda i: (float(etas.seconds[i]), found.rows[i].id))
        return [self._unit(i, ["nearest"] if rank == 0 else []) for rank, i in enumerate(free[:k])]

    def _set(self, rank: int, one: UnitSet) -> Answer:
        fit = self._first_of_slot()
        return {
            "rank": rank, "why": one.why, "score": round(one.score, 1), "worst_s": round(one.worst_s, 1),
            "units": [self._sent(chosen, fit) for chosen in one.chosen],
            "missing": sum(gap.missing for gap in one.gaps),
            "cover": self._covered(one.units),
            "unmet": [self._unmet(gap) for gap in one.gaps],
        }  # fmt: skip

    def _first_of_slot(self) -> dict[int, int]:
        """Slot → the fastest that fits it, as the crow or the road has it."""
        fleet, found = self._facing.fleet, {}
        for number, slot in enumerate(self._slots):
            able = fleet.able(slot).nonzero()[0].tolist()
            if able:
                found[number] = min(able, key=lambda i: (float(fleet.eta_s[i]), fleet.ids[i]))
        return found

    def _sent(self, chosen: Chosen, first: Mapping[int, int]) -> Answer:
        slot = self._slots[chosen.slot]
        reasons = ["nearest"] if first.get(chosen.slot) == chosen.unit else []
        reasons += ["skilled"] if self._is_rare(slot) else []
        return {
            **self._unit(chosen.unit, reasons),
            "slot": slot.slot,
            "slot_en": slot.slot_en,
        }

    def _is_rare(self, slot: Slot) -> bool:
        """Whether not every unit of its kinds would do."""
        alike = [profile for profile in self._facing.fleet.profiles if profile[0] in slot.kinds]
        return not all(slot.fits(*profile) for profile in alike)

    def _unit(self, i: int, reasons: list[str]) -> Answer:
        found, row, etas = self._facing, self._facing.rows[i], self._facing.etas
        age, on_duty = found.age_s[i], found.on_duty_s[i]
        return {
            "unit": row.id, "name": row.name, "kind": row.kind,
            "eta_s": round(float(etas.seconds[i]), 1), "eta_low_s": round(float(etas.low[i]), 1),
            "eta_high_s": round(float(etas.high[i]), 1), "distance_m": round(float(etas.metres[i]), 1),
            "position_age_s": None if age is None else round(age, 1),
            "on_duty_s": None if on_duty is None else round(on_duty),
            "penalty_s": round(float(found.fleet.penalty_s[i]), 1),
            "called_off": row.number if row.level else None,
            "reasons": reasons + (["home_area"] if found.home[i] else []),
            "warnings": self._warnings(i),
        }  # fmt: skip

    def _warnings(self, i: int) -> list[str]:
        found, weights = self._facing, self._weights
        age = found.age_s[i]
        told = {
            "not_by_road": not found.etas.by_road[i],
            "position_at_home": age is None,
            "position_old": age is not None and age > weights.stale_s,
            "tired": is_tired(weights, found.on_duty_s[i]),
            "away": found.away[i],
            "called_off": found.rows[i].level > 0,
        }
        return [code for code, true in told.items() if true]

    def _covered(self, units: Sequence[int]) -> Answer:
        """Of each kind that goes the share of people within 5, 10 and 15 minutes, before and after."""
        kept = self._cover.kept(units)
        return {
            "minutes": list(MINUTES),
            "loss": round(self._cover.loss(units), 4),
            "kinds": [self._kept(k, one) for k, one in kept.items() if self._weights.of_kind(k)],
        }

    def _kept(self, kind: str, one: Kept) -> Answer:
        before, after = ([round(share, 4) for share in shares] for shares in (one.before, one.after))
        loss = self._weights.of_kind(kind) * one.lost(self._weights)
        return {"kind": kind, "before": before, "after": after, "loss": round(loss, 4)}

    def _move_up(self, one: UnitSet) -> Answer | None:
        """补位: who of the free should stand where one of the set stood."""
        best: MoveUp | None = self._cover.move_up(one.units)
        if best is None:
            return None
        mover, leaves = self._facing.rows[best.unit], self._facing.rows[best.leaves]
        return {
            "unit": mover.id, "name": mover.name, "kind": mover.kind, "for": leaves.id,
            "for_name": leaves.name, "to": {"lon": best.to[0], "lat": best.to[1]},
            "eta_s": round(best.eta_s, 1), "minutes": list(MINUTES),
            "regained": [round(share, 4) for share in best.regained],
            "gain": round(weighed(best.regained, self._weights), 4),
        }  # fmt: skip

    def _unmet(self, gap: Gap) -> Answer:
        slot = self._slots[gap.slot]
        return {
            "slot": slot.slot, "slot_en": slot.slot_en, "missing": gap.missing, "reason": gap.reason,
            "counts": gap.counts,
        }  # fmt: skip
