"""From rows to acts: who holds which unit, what goes first, and what had to be corrected. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise

from demo.replay.acts import (
    BACK_ON_CALL,
    DISPATCHED_AGAIN,
    Act,
    Correction,
    CorrectionKind,
    Plan,
    UnitSeen,
    Verb,
)
from demo.replay.mapping import Mapping
from demo.replay.rows import Response
from demo.replay.steps import Step, time_line

_VERBS: dict[str, Verb] = {"enroute": "enroute", "arrived": "arrive"}
_KEPT = {"accepted": "受理 accepted", "enroute": "{unit} 出动 en route", "arrived": "{unit} 到场 on scene",
         "released": "{unit} 归队 available"}  # fmt: skip


def make_plan(responses: Sequence[Response], mapping: Mapping) -> Plan:
    """The units and acts of these responses, and every correction; no row is left out."""
    steps = time_line(responses)
    planner = _Planner()
    for step in steps:
        planner.take(step)
    acts = planner.acts
    if mapping.close:
        acts = _with_closings(acts, {r.incident: r.disposition for r in reversed(responses)})
    corrections = [*_of_rows(responses), *planner.corrections]
    corrections.sort(key=lambda c: (c.kind, c.row))
    return Plan(_units(steps, mapping), _numbered(acts), corrections)


@dataclass(slots=True)
class _Planner:
    """The fold over the time line. A row's bond is held until it is released, by the file or by us."""

    acts: list[Act] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    holder: dict[str, Response] = field(default_factory=dict)
    released_at: dict[str, datetime] = field(default_factory=dict)
    taken: set[int] = field(default_factory=set)
    """Rows released by us."""
    back: set[int] = field(default_factory=set)
    """Rows that a unit came back to."""
    sent: set[str] = field(default_factory=set)
    """Incidents to which somebody was dispatched, and which therefore are accepted."""

    def take(self, step: Step) -> None:
        kind = step.moment.step
        if kind == "received":
            self._act(step, "report")
        elif kind == "accepted":
            self._accept(step)
        elif kind == "dispatched":
            self._dispatch(step)
        elif kind == "note":
            self._act(step, "note", text=step.moment.text)
        elif step.response.row in self.taken and not self._comes_back(step):
            self._keep(step)
        elif kind == "released":
            self._release(step)
        else:
            self._act(step, _VERBS[kind])

    def _accept(self, step: Step) -> None:
        if step.response.incident in self.sent:
            self._keep(step)
        else:
            self._act(step, "accept")

    def _dispatch(self, step: Step) -> None:
        unit = step.response.unit
        if held := self.holder.get(unit):
            self._take_from(held, step)
        elif self.released_at.get(unit) == step.at:
            self._note(step.response, "same_second", f"{unit} at {step.at:%Y-%m-%dT%H:%M:%SZ}")
        self._bind(step, "")

    def _take_from(self, held: Response, step: Step) -> None:
        """The file holds the unit on an earlier call: release it there first."""
        stated = held.at("released")
        until = f"until {stated:%Y-%m-%dT%H:%M:%SZ}" if stated else "for ever"
        detail = f"{held.unit} held by {held.incident} {until}, dispatched to {step.response.incident} at "
        kind: CorrectionKind = "held_again" if held.row in self.back else "still_held"
        self._note(held, kind, f"{detail}{step.at:%Y-%m-%dT%H:%M:%SZ}")
        self.acts.append(_about(held, "release", step.at, step.at, DISPATCHED_AGAIN))
        self.taken.add(held.row)

    def _bind(self, step: Step, reason: str) -> None:
        response, stated = step.response, step.response.at("dispatched") or step.at
        self.holder[response.unit] = response
        self.sent.add(response.incident)
        act = _about(response, "dispatch", step.at, stated, reason)
        last = self.acts[-1]
        if _together(last, act):
            rows, units = (*last.rows, *act.rows), (*last.units, *act.units)
            self.acts[-1] = replace(last, rows=rows, units=units)
        else:
            self.acts.append(act)

    def _comes_back(self, step: Step) -> bool:
        """The source has it arrive on the call that it was taken from, and nobody else has it."""
        response = step.response
        if step.moment.step != "arrived" or response.unit in self.holder:
            return False
        self._bind(step, BACK_ON_CALL)
        self.taken.discard(response.row)
        self.back.add(response.row)
        self._note(response, "back_on_call", f"{response.unit} arrives at {step.at:%Y-%m-%dT%H:%M:%SZ}")
        return True

    def _release(self, step: Step) -> None:
        self._act(step, "release")
        self.holder.pop(step.response.unit, None)
        self.released_at[step.response.unit] = step.at

    def _keep(self, step: Step) -> None:
        """What can no longer be done as a step stays as a note."""
        text = _KEPT[step.moment.step].replace("{unit}", step.response.unit)
        self._act(step, "note", text=f"来源 source: {text}")
        detail = f"{step.moment.step} at {step.moment.at:%Y-%m-%dT%H:%M:%SZ}"
        self._note(step.response, "after_release", detail)

    def _act(self, step: Step, verb: Verb, text: str = "") -> None:
        self.acts.append(_about(step.response, verb, step.at, step.moment.at, text))

    def _note(self, response: Response, kind: CorrectionKind, detail: str) -> None:
        self.corrections.append(Correction(response.row, kind, detail))


def _about(response: Response, verb: Verb, at: datetime, occurred_at: datetime, text: str) -> Act:
    return Act(at, occurred_at, verb, response.incident, (response.row,), (response.unit,), text)


def _together(last: Act, act: Act) -> bool:
    """Dispatches of one order: the same incident, second and reason, each unit once."""
    same = (last.verb, last.incident, last.at, last.occurred_at, last.text) == (
        act.verb, act.incident, act.at, act.occurred_at, act.text,
    )  # fmt: skip
    return same and not set(last.units) & set(act.units)


def _with_closings(acts: list[Act], dispositions: dict[str, str]) -> list[Act]:
    """After the last act of each incident whose units are all released: 处置, 回复, 核查, 办结."""
    last: dict[str, int] = {act.incident: index for index, act in enumerate(acts)}
    bound: Counter[str] = Counter()
    done: list[Act] = []
    for index, act in enumerate(acts):
        done.append(act)
        bound[act.incident] += {"dispatch": len(act.rows), "release": -1}.get(act.verb, 0)
        if last[act.incident] == index and not bound[act.incident] and _was_sent(act):
            done += _closing(act, dispositions[act.incident])
    return done


def _was_sent(act: Act) -> bool:
    return act.verb not in ("report", "accept")


def _closing(last: Act, disposition: str) -> list[Act]:
    text = disposition or "办结 closed"
    verbs: tuple[tuple[Verb, str], ...] = (("handle", text), ("reply", text), ("verify", ""), ("close", ""))
    return [Act(last.at, last.at, verb, last.incident, text=said) for verb, said in verbs]


def _numbered(acts: Iterable[Act]) -> list[Act]:
    """Acts alike in everything get numbers, so that each has a key of its own."""
    seen: Counter[str] = Counter()
    numbered: list[Act] = []
    for act in acts:
        key = act.key()
        numbered.append(replace(act, nth=seen[key]) if seen[key] else act)
        seen[key] += 1
    return numbered


def _of_rows(responses: Iterable[Response]) -> Iterable[Correction]:
    """What can be said of a row alone."""
    for response in responses:
        if response.at("released") is None:
            yield Correction(response.row, "never_available", f"{response.unit} on {response.incident}")
        if response.at("arrived") is None:
            yield Correction(response.row, "never_on_scene", f"{response.unit} on {response.incident}")
        moments = response.moments
        wrong = [later for before, later in pairwise(moments) if later.at < before.at]
        if wrong:
            said = ", ".join(f"{m.text or m.step} at {m.at:%Y-%m-%dT%H:%M:%SZ}" for m in wrong)
            yield Correction(response.row, "out_of_order", said)


def _units(steps: Iterable[Step], mapping: Mapping) -> list[UnitSeen]:
    """Each unit as its first dispatch shows it, by code."""
    seen: dict[str, UnitSeen] = {}
    for step in steps:
        r = step.response
        if step.moment.step == "dispatched" and r.unit not in seen:
            seen[r.unit] = UnitSeen(r.unit, r.unit_kind, r.lon, r.lat, post_pattern(r.unit, mapping))
    return [seen[code] for code in sorted(seen)]


def post_pattern(unit: str, mapping: Mapping) -> str | None:
    """What the name of a unit's post fits; None where the mapping tells none."""
    home = mapping.unit.home
    found = re.search(home.pattern, unit) if home else None
    return home.post.replace("{0}", re.escape(found.group(1))) if home and found else None
