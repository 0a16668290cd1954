"""机器参演: what is reported, by whom and when. Pure; see `core.drill_player`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from core.drill_player import Move, Player, Seen, desk_of, player_of, principal_of, speaking
from core.drill_score import ONCE, STAGES
from core.drill_script import Inject
from core.envelope import Event
from core.events_briefing import LossesReported, ReportFiled
from core.events_cases import SituationReported
from core.linkage_model import Linkage
from core.model import OPEN, Incident
from core.permissions import covers

KINDS = ("ReportFiled", "SituationReported", "LossesReported")
"""The facts that it looks at."""
TOWN = 9
"""Length of a town's division code."""


def of_reports(seen: Seen) -> Iterator[Move]:
    """初报, 续报, 终报 that injects ask for: of the response, else on the incident's own card."""
    for ident, incident in seen.incidents.items():
        of = response(seen, ident)
        if of:
            yield from _filed(seen, of)
        elif incident.status in OPEN:
            yield from _told(seen, incident)


def response(seen: Seen, incident: str) -> Linkage | None:
    """The newest response to an incident, running or over."""
    found = [one for one in seen.linkages.values() if one.incident == incident]
    return max(found, key=lambda one: (one.started_at, one.id), default=None)


def asked(seen: Seen, incident: str) -> list[tuple[Inject, datetime, str]]:
    """What injects asked to be reported of an incident and was not: inject, since when, stage ("" = any).
    What is asked for without an incident is reported of the plan's response."""
    of = response(seen, incident)
    came = [*seen.about(incident), *(seen.about("") if of else [])]
    return [
        (inject, outcome.at, stage)
        for inject, outcome in came
        for stage in _stages(inject)
        if not _is_sent(seen, incident, outcome.at, stage)
    ]


def untold(seen: Seen, incident: str) -> bool:
    """Whether somebody still waits for a report that can be sent."""
    of = response(seen, incident)
    return any(stage == "final" or not (of and of.ended_at) for _, _, stage in asked(seen, incident))


def _stages(inject: Inject) -> list[str]:
    return [STAGES.get(one.report, "") for one in inject.indicators if one.measure == "report"]


_ONCE = frozenset(STAGES[one] for one in ONCE)


def _is_sent(seen: Seen, incident: str, since: datetime, stage: str) -> bool:
    return any(
        (fact.occurred_at >= since or stage in _ONCE) and stage in ("", sent)
        for fact, sent in reports(seen, incident)
    )


def reports(seen: Seen, incident: str) -> list[tuple[Event, str]]:
    """The reports that were sent of an incident, each with its stage."""
    found: list[tuple[Event, str]] = []
    for fact in seen.facts:
        body = fact.body
        filed = isinstance(body, ReportFiled) and body.incident == incident
        told = isinstance(body, SituationReported) and fact.subject == incident
        if filed or told:
            found.append((fact, str(getattr(body, "stage", ""))))
    return found


def _filed(seen: Seen, of: Linkage) -> Iterator[Move]:
    """报送 of a response: the 初报 unasked, then what is asked for; the stages have their order, and the 终报
    comes after the end."""
    sent = bool(reports(seen, of.incident))
    first = player_of(seen.drill, of.commander)
    if first and not sent and of.ended_at is None:
        due = seen.after("first", of.started_at, first, of.plan)
        yield Move(f"file:{of.id}:first", first, "file", of.id, due, {"stage": "first"})
    for inject, since, stage in asked(seen, of.incident):
        if (stage == "final") != (of.ended_at is not None):
            continue
        turn = stage if stage == "final" else ("follow" if sent else "first")
        player = speaking(seen.drill, inject.target, of.commander)
        if player:
            due = seen.after("report", since, player, inject.number)
            if of.ended_at:
                due = max(due, of.ended_at)
            yield Move(f"file:{of.id}:{inject.number}:{turn}", player, "file", of.id, due, {"stage": turn})


def _told(seen: Seen, incident: Incident) -> Iterator[Move]:
    """On its card, where no response runs."""
    for inject, since, stage in asked(seen, incident.id):
        desk = desk_of(seen.drill, incident.area, inject.target)
        if desk:
            key = f"situation:{incident.id}:{inject.number}"
            due = seen.after("report", since, desk, inject.number)
            yield Move(key, desk, "situation", incident.id, due, {"stage": stage or "follow"})


# --- losses -----------------------------------------------------------------------------------------------


def of_losses(seen: Seen) -> Iterator[Move]:
    """灾情报送: every town where something happened tells its figures once of each response."""
    towns = {one.area[:TOWN] for one in seen.incidents.values() if len(one.area) >= TOWN}
    for of in seen.linkages.values():
        told = {fact.body.of_area for fact in seen.facts
                if isinstance(fact.body, LossesReported) and fact.subject == of.incident}  # fmt: skip
        for town in sorted(towns - told) if of.ended_at is None else ():
            player = player_of(seen.drill, f"@{town}")
            if player and _may_tell(seen, player, of, town):
                due = seen.after("losses", of.started_at, player, town)
                yield Move(f"losses:{of.id}:{town}", player, "losses", of.incident, due, {"area": town})


def _may_tell(seen: Seen, player: Player, of: Linkage, town: str) -> bool:
    """Of its own town, or one that the response called."""
    by = principal_of(seen.drill, player)
    return of.area.startswith(town) or any(covers(by, office) for office in of.offices)
