"""Measures of what a city keeps ready: cameras, posts, reach, stock, hazards, patrol rounds.

Each asks its own subject for the whole city, as the product itself; whoever asks for the measure is told of
their own areas alone (actions.measures).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Protocol

from actions import covering, hazards, patrols, posts, stock_reading
from actions.areas import Areas
from actions.reach import reach
from actions.services import Services
from actions.unit_of_work import Call
from core.permissions import SYSTEM
from db.measures import Values
from db.reach import COMMUNITY

MINUTES = 15
DISTRICT = 0
_ALL = 1_000_000


class Where(Protocol):
    """What these need of the question: the realm, and the tier of the answer."""

    @property
    def realm(self) -> str: ...

    @property
    def tier(self) -> int: ...


def cameras(services: Services, asked: Where) -> Values:
    """How many stand in an area."""
    return {row.code: float(row.cameras) for row in covering.cameras(services, SYSTEM, tier=asked.tier).rows}


def cameras_online(services: Services, asked: Where) -> Values:
    """Share of an area's cameras that answer; areas without any are left out."""
    found = covering.cameras(services, SYSTEM, tier=asked.tier).rows
    return {row.code: row.online_share for row in found if row.online_share is not None}


def cameras_covering(services: Services, asked: Where) -> Values:
    """Share of an area's base grids in which a camera of the first class stands."""
    found = covering.cameras(services, SYSTEM, tier=asked.tier).rows
    return {row.code: row.coverage for row in found if row.coverage is not None}


def posts_covered(services: Services, asked: Where) -> Values:
    """Share of the communities of an area that have a post (一社区一警)."""
    communities = posts.report(services, SYSTEM).communities
    return _share(
        services.reference.areas(), asked.tier, ((c.code, c.state != "missing", 1) for c in communities)
    )


def reached(services: Services, asked: Where) -> Values:
    """Share of the people of an area that a post's car reaches within MINUTES; of districts and towns."""
    report = reach(services, SYSTEM, asked.realm, "posts", (MINUTES,))
    return {share.code: share.within[MINUTES] for share in report.shares if share.tier == asked.tier}


def stock_shortages(services: Services, asked: Where) -> Values:
    """How many norms of supplies a district does not meet; no smaller area has norms."""
    short = stock_reading.list_shortages(services, SYSTEM, asked.realm)
    return _counted(services.reference.areas(), asked.tier, (one.area.code for one in short), finest=DISTRICT)


def hazards_overdue(services: Services, asked: Where) -> Values:
    """Hazard sites whose step is past its day; a site lies in a community, not in a base grid of it."""
    late = hazards.HazardFilter(overdue=True)
    found = hazards.list_hazards(services, Call(SYSTEM, asked.realm), late, _ALL)
    return _counted(
        services.reference.areas(), asked.tier, (one["area"] or "" for one in found.items), finest=COMMUNITY
    )


def patrols_done(services: Services, asked: Where) -> Values:
    """Share of the patrol rounds of the last seven days that were made."""
    rows = patrols.rate(services, Call(SYSTEM, asked.realm))["items"]
    return _share(services.reference.areas(), asked.tier, ((r["area"], r["done"], r["due"]) for r in rows))


def _counted(areas: Areas, tier: int, codes: Iterable[str], finest: int) -> Values:
    """How many of these there are in each area of the tier; of tiers under `finest` nothing is known."""
    if tier > finest:
        return {}
    above = (areas.above(code, tier) for code in codes)
    counts = Counter(row.code for row in above if row)
    return {row.code: float(counts[row.code]) for row in areas.tier(tier)}


def _share(areas: Areas, tier: int, parts: Iterable[tuple[str, float, float]]) -> Values:
    """Of (area, done, due): done by due in each area of the tier that has any due."""
    done: dict[str, float] = defaultdict(float)
    due: dict[str, float] = defaultdict(float)
    for code, made, wanted in parts:
        if row := areas.above(code, tier):
            done[row.code] += made
            due[row.code] += wanted
    return {code: done[code] / wanted for code, wanted in due.items() if wanted}
