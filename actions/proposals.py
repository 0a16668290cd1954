"""建议启动: a fact as soon as an incident calls for a plan: by its class and level, or by the warning that it
came from."""

from __future__ import annotations

from actions.unit_of_work import Transaction
from core.envelope import Draft
from core.events_linkage import PlanProposed, Proposed
from core.linkage import commander_at
from core.model import Incident
from core.plans import Plan, proposed


def propose(tx: Transaction, incident: Incident, warning: str = "") -> list[Draft]:
    """The plans that it calls for now, with those that were proposed before; nothing where that is nothing
    new, or a response runs already. `warning`: the words of the warning or sensor alarm that tells of it."""
    if incident.linkage:
        return []
    found = proposed(
        tx.services.reference.plans(), class_code=incident.class_code, severity=incident.severity,
        area=incident.area, warning=warning,
    )  # fmt: skip
    known = {one.plan: one.level for one in incident.proposed}
    fresh = [(plan, level) for plan, level in found if level < known.get(plan.code, 5)]
    return [_fact(tx, incident, fresh)] if fresh else []


def _fact(tx: Transaction, incident: Incident, fresh: list[tuple[Plan, int]]) -> Draft:
    new = {plan.code: Proposed(plan=plan.code, name=plan.name, name_en=plan.name_en, level=level)
           for plan, level in fresh}  # fmt: skip
    kept = [
        Proposed(plan=one.plan, name=one.name, name_en=one.name_en, level=one.level)
        for one in incident.proposed
        if one.plan not in new
    ]
    plan, level = fresh[0]
    body = PlanProposed(
        plans=tuple(sorted((*new.values(), *kept), key=lambda one: (one.level, one.plan))),
        commander=commander_at(plan, level, incident.area),
    )
    return Draft(body, incident.id, incident.area, tx.now)
