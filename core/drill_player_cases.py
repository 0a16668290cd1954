"""机器参演: incidents and crews, from the report to the closing. Pure; see `core.drill_player`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.drill_player import Move, Player, Seen, crew, desk_of, plays_crews, wants
from core.drill_player_reports import untold
from core.drill_script import Breakdown, Inject, Measure
from core.flow import ACTIVE, UNDER_WAY
from core.model import OPEN, Assignment, Incident

_FORCE: tuple[Measure, ...] = ("dispatch", "arrival")
_ENDING = frozenset({"handled", "verified"})


def of_incidents(seen: Seen) -> Iterator[Move]:
    """What desks and crews do about every incident that is open; what another system reports under a number
    of its own is left to whoever plays there (`./zhihui simulate`)."""
    for incident in seen.incidents.values():
        if incident.status not in OPEN or (incident.source_id and not seen.about(incident.id)):
            continue
        origin = next((one.target for one, _ in seen.about(incident.id)), "")
        desk = desk_of(seen.drill, incident.area, origin)
        links = [one for one in seen.links if one.incident == incident.id]
        if desk:
            yield from _taken(seen, incident, desk)
            yield from _forces(seen, incident, desk, links)
            yield from _finished(seen, incident, desk, links)
        if plays_crews(seen.drill):
            for link in links:
                yield from _driven(seen, incident, link)


def name_of(seen: Seen, incident: Incident) -> str:
    """What a draw is made by: the same in every run of a script."""
    return next((str(inject.number) for inject, _ in seen.about(incident.id)), incident.class_code)


def _taken(seen: Seen, incident: Incident, desk: Player) -> Iterator[Move]:
    """受理, or 并案 of what tells of an event that is known."""
    if incident.status != "reported":
        return
    twin, about = seen.twins.get(incident.id), name_of(seen, incident)
    verb = "merge" if twin else "accept"
    due = seen.after(verb, incident.reported_at, desk, about)
    yield Move(f"{verb}:{incident.id}", desk, verb, incident.id, due, {"into": twin} if twin else {})


def _forces(seen: Seen, incident: Incident, desk: Player, links: list[Assignment]) -> Iterator[Move]:
    """派遣, and once more for whatever came since and asks for more."""
    if incident.status not in ACTIVE or incident.id in seen.twins:
        return
    if not incident.sent:
        due = seen.after("dispatch", incident.reported_at, desk, name_of(seen, incident))
        yield Move(f"dispatch:{incident.id}", desk, "dispatch", incident.id, due)
        return
    for inject, came in seen.about(incident.id):
        if came.made == came.incident or not wants(inject, *_FORCE) or _answered(inject, came.at, links):
            continue
        due = seen.after("reinforce", came.at, desk, inject.number)
        skill = {"skill": inject.act.skill} if isinstance(inject.act, Breakdown) else {}
        yield Move(f"reinforce:{incident.id}:{inject.number}", desk, "reinforce", incident.id, due, skill)


def _answered(inject: Inject, since: datetime, links: list[Assignment]) -> bool:
    """Whether somebody was sent since; where only an arrival is timed, whoever is on the way will do."""
    if any(one.started_at >= since for one in links):
        return True
    return not wants(inject, "dispatch") and any(_comes(one, since) for one in links)


def _comes(link: Assignment, since: datetime) -> bool:
    return link.arrived_at >= since if link.arrived_at else link.ended_at is None


# --- crews ------------------------------------------------------------------------------------------------


def _driven(seen: Seen, incident: Incident, link: Assignment) -> Iterator[Move]:
    """签收 → 出动 → 到场 → 归队, by the way that was worked out for it."""
    if link.ended_at:
        return
    player = crew(link)
    step = _step(seen, incident, link, player)
    if step:
        verb, due = step
        yield Move(f"{verb}:{link.id}:{due.timestamp():.0f}", player, f"assignment.{verb}", link.id, due)


def _step(seen: Seen, incident: Incident, link: Assignment, player: Player) -> tuple[str, datetime] | None:
    about, sent = name_of(seen, incident), link.started_at
    if link.status == "dispatched":
        return "ack", seen.after("crew_ack", sent, player, about)
    if link.status == "acknowledged":
        return "enroute", seen.after("crew_go", sent, player, about)
    if link.status == "enroute":
        return "arrive", arrives_at(seen, incident, link)
    if incident.status in _ENDING:
        return "release", seen.after("finish", incident.status_since, player, about)
    if link.check and link.check.state != "running":
        return "check", seen.after("crew_check", link.check.due_at, player, about)
    return None


def goes_at(seen: Seen, incident: Incident, link: Assignment) -> datetime:
    return seen.after("crew_go", link.started_at, crew(link), name_of(seen, incident))


def arrives_at(seen: Seen, incident: Incident, link: Assignment) -> datetime:
    """When it would be there, having taken its way at the pace that was told."""
    return max(goes_at(seen, incident, link), link.started_at + timedelta(seconds=link.eta_s))


# --- the end ------------------------------------------------------------------------------------------------


def _finished(seen: Seen, incident: Incident, desk: Player, links: list[Assignment]) -> Iterator[Move]:
    """处置 → 回复 → 核查 → 办结, when the script has no more to bring about it."""
    about, ident = name_of(seen, incident), incident.id
    since = _quiet_since(seen, incident, links)
    if incident.status in UNDER_WAY and since:
        step = "work" if incident.sent else "alone"
        yield Move(f"handle:{ident}", desk, "handle", ident, seen.after(step, since, desk, about))
    if incident.status not in _ENDING:
        return
    due = seen.then("finish", incident.status_since, desk, about)
    if incident.replied_at is None:
        yield Move(f"reply:{ident}", desk, "reply", ident, due)
    elif incident.status == "handled":
        yield Move(f"verify:{ident}", desk, "verify", ident, due)
    elif not incident.units:
        yield Move(f"close:{ident}", desk, "close", ident, due)


def _quiet_since(seen: Seen, incident: Incident, links: list[Assignment]) -> datetime | None:
    """Since when nothing has come about it and everybody is there; None while more is expected."""
    if incident.linkage or seen.awaits(incident.id) or _on_the_way(links) or untold(seen, incident.id):
        return None
    came = [one.at for _, one in seen.about(incident.id)]
    arrived = [one.arrived_at for one in links if one.arrived_at]
    return max([incident.accepted_at or incident.reported_at, *came, *arrived])


def _on_the_way(links: list[Assignment]) -> bool:
    return any(one.ended_at is None and one.arrived_at is None for one in links)
