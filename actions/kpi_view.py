"""A question about figures, and what it takes to answer it: the asker's scope and the city's areas.

The same question is put to what is kept of incidents (`report` …) and to one of the fold (`holds`, `key_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from actions.areas import Areas
from actions.queries import check_read
from actions.services import Services
from core.errors import InvalidInput, NotFound
from core.kpi import INTERVAL, INTERVALS, Figures, Interval, figures
from core.masking import HIDDEN_BELOW
from core.model import Incident
from core.offices import parse
from core.periods import Period, begin_of
from core.permissions import Principal, Scope, is_area_prefix, prefixes, visible
from db import kpi as db
from db.kpi import PERIODS, Counted, Grouping, Wanted
from db.reach import AreaRow

BY = ("area", "department", "class", "level", "channel", *PERIODS)
DESK = "@"
"""How the desk of an area is asked for where a department is asked for."""
WHOLE = (INTERVAL["whole"],)
NO_AREA = "-"
"""How incidents that lie in no area are asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted: incidents reported within a period, narrowed by what is given; `by` puts them in
    groups, areas by those of `tier` (None = the next below)."""

    realm: str
    period: Period
    area: str = ""
    dept: str | None = None
    class_code: str | None = None
    channel: str | None = None
    level: str | None = None
    by: str | None = None
    tier: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one key, and of the period before. `name` "" = the key speaks for itself. `deeper`: an
    area that has areas within."""

    code: str
    name: str
    name_en: str
    now: Figures
    before: Figures
    deeper: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    asked: Asked
    before: Period
    total: Figures
    total_before: Figures
    groups: tuple[Group, ...] = ()
    tier: int | None = None
    """Of the groups, where they are areas."""


@dataclass(frozen=True)
class View:
    """A question with what it takes to answer it: the asker's scope and the city's areas."""

    services: Services
    scope: Scope
    asked: Asked
    areas: Areas

    @classmethod
    def of(cls, services: Services, principal: Principal, asked: Asked) -> View:
        check_read(principal, asked.realm)
        if asked.by is not None and asked.by not in BY:
            raise InvalidInput(pointer="by", detail=", ".join(BY))
        if asked.class_code:
            services.reference.incident_class(asked.class_code)
        areas = services.reference.areas()
        if asked.area not in ("", NO_AREA) and asked.area not in areas.by_code:
            raise NotFound(kind="area", id=asked.area)
        return cls(services, Scope.of(principal), asked, areas)

    @property
    def wanted(self) -> Wanted:
        asked = self.asked
        own = self.areas.by_code.get(asked.area)
        base = own is not None and own.tier == self.finest
        return Wanted(
            asked.realm, self.scope, asked.period.since, asked.period.until,
            areas=None if base or not asked.area else self._codes(asked.area),
            area=asked.area if not base and is_area_prefix(asked.area) else "",
            grid=asked.area if base else None,
            dept="" if asked.dept == DESK else asked.dept,
            class_code=asked.class_code, channel=asked.channel, level=asked.level,
        )  # fmt: skip

    def _codes(self, area: str) -> tuple[str, ...] | None:
        """Areas by name where codes do not tell what lies in what; None where they do."""
        if area == NO_AREA:
            return ("",)
        if is_area_prefix(area):
            return None
        return tuple(code for code in self.areas.by_code if self._within(code, area))

    def _within(self, code: str, area: str) -> bool:
        while code:
            if code == area:
                return True
            row = self.areas.by_code.get(code)
            code = (row.parent or "") if row else ""
        return False

    @property
    def finest(self) -> int:
        return self.areas.finest

    def tier(self) -> int | None:
        """Of the areas that the groups are: as asked, or the next below what is looked at."""
        if self.asked.by != "area":
            return None
        if self.asked.tier is not None:
            return self.asked.tier
        tiers = sorted({row.tier for row in self.areas.by_code.values()})
        top = self.areas.by_code.get(self.asked.area or self.scope.area)
        below = [tier for tier in tiers if tier > (top.tier if top else 0)]
        return below[0] if below else tiers[-1] if tiers else None

    def within(self, tier: int) -> list[AreaRow]:
        """The areas of a tier that lie in the scope and in what is asked for."""
        rows = self.areas.tier(tier)
        for area in (self.scope.area, self.asked.area):
            if area:
                rows = [row for row in rows if self._within(row.code, area) or area in prefixes(row.code)]
        return rows

    # --- figures ---

    def counted(self, conn: Connection) -> Counted:
        """What is asked for, ready to be counted. The connection's isolation must be REPEATABLE READ."""
        return db.counted(conn, self.wanted)

    def earlier(self) -> View:
        """The same of the period before."""
        return replace(self, asked=replace(self.asked, period=self.asked.period.before(self.services.zone)))

    def grouped(self, by: str) -> View:
        """The same in other groups."""
        return replace(self, asked=replace(self.asked, by=by, tier=None))

    def report(self, now: Counted, before: Counted, brief: bool = False) -> Report:
        """`before`: as `earlier` counts. `brief`: of the groups and of the period before no more durations
        than the page shows."""
        tier = self.tier()
        groups = self.groups(now, before, tier, WHOLE if brief else INTERVALS) if self.asked.by else ()
        total_before = self.total(before, () if brief else INTERVALS)
        period = self.earlier().asked.period
        return Report(self.asked, period, self.total(now), total_before, tuple(groups), tier)

    def total(self, held: Counted, intervals: Sequence[Interval] = INTERVALS) -> Figures:
        took = held.spreads_by(None, intervals)
        return figures(held.marks_by().get("", {}).items(), took.get("", {}), *self.ground)

    @cached_property
    def ground(self) -> tuple[int | None, int | None]:
        """Households and base grids of all that is looked at."""
        rows = self.within(self.finest)
        homes = sum(_households(row) for row in rows)
        return homes if homes >= HIDDEN_BELOW else None, len(rows) or None

    @cached_property
    def _ground(self) -> dict[str, tuple[int, int]]:
        """The same of each area that is a group."""
        found: dict[str, tuple[int, int]] = {}
        tier = self.tier()
        for row in self.within(self.finest):
            code = self.above(row.code, tier)
            homes, grids = found.get(code, (0, 0))
            found[code] = homes + _households(row), grids + 1
        return found

    def groups(
        self, held: Counted, held_before: Counted, tier: int | None, intervals: Sequence[Interval]
    ) -> Iterable[Group]:
        now, before = self.by_key(held, tier, intervals), self.by_key(held_before, tier)
        keys = [row.code for row in self.within(tier)] if tier is not None else []
        keys += sorted((now.keys() | before.keys()) - set(keys))
        timely = self.asked.by in PERIODS
        for key in keys:
            if timely and key not in now:
                continue
            row = self.areas.by_code.get(key) if tier is not None else None
            yield Group(
                key, *self.names(key, row), now.get(key, Figures()),
                Figures() if timely else before.get(key, Figures()),
                deeper=row is not None and row.tier < self.finest,
            )  # fmt: skip

    def names(self, key: str, row: AreaRow | None) -> tuple[str, str]:
        """Chinese and English, "" where the key speaks for itself."""
        if row is not None:
            return row.name, row.name
        reference = self.services.reference
        table: Mapping[str, Any] = {}
        if self.asked.by == "class":
            table = reference.classes()
        elif self.asked.by == "department":
            table = reference.departments()
        named = table.get(key)
        return (named.name, named.name_en) if named else ("", "")

    def by_key(
        self, held: Counted, tier: int | None, intervals: Sequence[Interval] = ()
    ) -> dict[str, Figures]:
        """Of each group, and of the areas in which nothing was reported."""
        grouping = Grouping("grid" if tier == self.finest else self.asked.by or "", zone=self.services.zone)
        if grouping.by == "area":
            grouping = replace(grouping, above=lambda code: self.above(code, tier))
        took = held.spreads_by(grouping, intervals)
        found, ground = held.marks_by(grouping), self._ground_of_groups(tier)
        keys = [*found, *self._empty(found, tier)]
        return {key: figures(found.get(key, {}).items(), took.get(key, {}), *ground(key)) for key in keys}

    def _empty(self, held: Mapping[str, Any], tier: int | None) -> list[str]:
        """Areas in which nothing was reported."""
        return [row.code for row in self.within(tier) if row.code not in held] if tier is not None else []

    def _ground_of_groups(self, tier: int | None) -> Callable[[str], tuple[int | None, int | None]]:
        """Of areas their own ground; of everything else that of all together."""
        if tier is None:
            return lambda _: self.ground
        per_area = self._ground

        def own(key: str) -> tuple[int | None, int | None]:
            homes, grids = per_area.get(key, (0, 0)) if key else (0, 0)
            return homes if homes >= HIDDEN_BELOW else None, grids or None

        return own

    def above(self, code: str, tier: int | None) -> str:
        row = self.areas.above(code, tier) if tier is not None and code else None
        return row.code if row else ""

    # --- the same of the fold ---

    def holds(self, incident: Incident) -> bool:
        """Whether an incident is among those asked for."""
        asked, wanted = self.asked, self.wanted
        return (
            wanted.since <= incident.reported_at < wanted.until
            and visible(self.scope, incident.area, incident.offices)
            and self._in_area(incident)
            and (wanted.dept is None or parse(incident.owner).dept == wanted.dept)
            and asked.class_code in (None, incident.class_code)
            and asked.channel in (None, incident.channel)
            and asked.level in (None, incident.handled_level)
        )

    def _in_area(self, incident: Incident) -> bool:
        wanted = self.wanted
        if wanted.grid is not None:
            return incident.grid == wanted.grid
        if wanted.areas is not None:
            return incident.area in wanted.areas
        return incident.area.startswith(wanted.area)

    def key_of(self, incident: Incident, tier: int | None) -> str:
        by = self.asked.by
        if by == "area":
            return incident.grid if tier == self.finest else self.above(incident.area, tier)
        if by in PERIODS:  # of the city's days
            day = incident.reported_at.astimezone(self.services.zone).date()
            return begin_of(day, str(by)).isoformat()
        values = {
            "department": parse(incident.owner).dept, "class": incident.class_code,
            "level": incident.handled_level, "channel": incident.channel,
        }  # fmt: skip
        return values[by or "class"]


def _households(row: AreaRow) -> int:
    return int(row.props.get("households") or 0)
