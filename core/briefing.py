"""初报, 续报, 终报 drafted from the log: facts in, sections out. Pure; words are `pages.briefing`'s.

A 续报 tells what came after the report before it, the others the whole of it. What people wrote is quoted
without numbers by which somebody could be called or known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core import briefing_facts as facts
from core import briefing_totals as totals
from core import linkage_model as states
from core.briefing_model import NAMES_MOST, Item, Known, Section
from core.envelope import Event
from core.events_briefing import LossesReported, Stage
from core.linkage_model import TASK_OPEN
from core.losses import total
from core.masking import without_numbers


def draft(of: Known, stage: Stage) -> tuple[Section, ...]:
    """The report as it would be now; sections without anything to say are left out."""
    fresh = [one for one in of.events if one.seq > of.after]
    if stage == "first":
        found = [
            ("what", _what(of)), ("losses", _losses(of)), ("done", _done(of, fresh)), ("next", _next(of)),
        ]  # fmt: skip
    elif stage == "follow":
        found = [
            ("stands", _stands(of)), ("losses", _losses(of, fresh)), ("done", _done(of, fresh)),
            ("next", _next(of)),
        ]  # fmt: skip
    else:
        found = [
            ("what", _what(of)), ("course", totals.course(of)), ("losses", _losses(of)),
            ("tasks", totals.by_office(of.tasks)), ("means", totals.means(of)), ("left", totals.left(of)),
        ]  # fmt: skip
    return tuple(Section(code, tuple(items)) for code, items in found if items)


# --- what it is about -------------------------------------------------------------------------------------


def _what(of: Known) -> list[Item]:
    i, response = of.incident, of.linkage
    plan = {"plan": response.plan_name, "plan_en": response.plan_name_en}
    begun = {**plan, "level": response.level, "at": response.started_at}
    return [
        Item("what", {"at": i.reported_at, "place": i.place, "address": i.address, "title": i.title}),
        Item("text", {"text": without_numbers(i.text)}),
        Item("begun", {**begun, "office": response.commander, "name": response.commander_name}),
    ]


def _stands(of: Known) -> list[Item]:
    response = of.linkage
    values = {"since": of.since, "at": of.at, "level": response.level, "office": response.commander}
    return [Item("stands", {**values, "name": response.commander_name})]


def _losses(of: Known, fresh: Iterable[Event] | None = None) -> list[Item]:
    """All of it together, and by how many areas it was told; of a 续报 only where somebody told anew."""
    if not of.losses:
        return [Item("losses_unknown")]
    if fresh is not None and not any(isinstance(one.body, LossesReported) for one in fresh):
        return [Item("losses_same")]
    newest = max(one.at for one in of.losses)
    return [Item("losses", {"figures": total(of.losses), "areas": len(of.losses), "at": newest})]


# --- what was done ----------------------------------------------------------------------------------------


def _done(of: Known, fresh: Sequence[Event]) -> list[Item]:
    return [
        *facts.units(fresh),
        *facts.supplies(fresh),
        *facts.roads(fresh),
        *(facts.shelters(of.events) if facts.any_of(fresh, facts.SHELTERS) else ()),
        *facts.acknowledged(fresh),
        *facts.told(fresh, facts.TELLS, {one.id: one for one in of.tasks}),
    ]


def _next(of: Known) -> list[Item]:
    """What is still to be done, and what of it is late."""
    still = [one for one in of.tasks if one.status in TASK_OPEN]
    if not still:
        return [Item("all_done")] if of.tasks else []
    under_way = [one for one in still if one.status == states.UNDER_WAY]
    items = [Item("open", {"count": len(still), "going": len(under_way)})]
    items += [Item("going", {"office": one.owner, "title": one.title}) for one in under_way[:NAMES_MOST]]
    late = [one for one in still if one.late]
    return items + [Item("late", {"office": one.owner, "title": one.title}) for one in late[:NAMES_MOST]]
