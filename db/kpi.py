"""Figures of past and present incidents out of columns: the same as `core.kpi` says of the fold.

Incidents are counted by their marks (`core.kpi.Marks`), so that what a count means stands in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import orjson
from numpy.typing import NDArray
from sqlalchemy import ARRAY, Connection, any_, literal, select, tuple_

from core.kpi import Interval, Marks, Spread
from core.kpi_arrays import Numbers, counts, spreads
from core.model import Incident
from core.periods import Period, midnight, parts
from core.permissions import Scope, is_area_prefix
from core.serial import incident_of
from db.kpi_columns import Columns, micros, moment
from db.shipped import put_shipped
from db.tables import Time, incident
from db.tables_kpi import kpi_weight

_T = incident.c
Key = str
Mask = NDArray[np.bool_]
LISTED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Incidents of a realm reported within since..until (half open), within a scope.

    `area`: within a division ("" = all), `areas`: of these codes, `grid`: of a base grid; None = all.
    """

    realm: str
    scope: Scope
    since: datetime
    until: datetime
    area: str = ""
    areas: tuple[str, ...] | None = None
    grid: str | None = None
    dept: str | None = None
    class_code: str | None = None
    channel: str | None = None
    level: str | None = None


@dataclass(frozen=True, slots=True)
class Grouping:
    """How incidents are put together: by a kind of `tables_kpi.WORDS`, by "level", by "day", "week" … of the
    zone, or by the area that `above` names for theirs (of its code)."""

    by: str
    above: Callable[[str], str] | None = None
    zone: ZoneInfo | None = None


PERIODS = ("day", "week", "month", "quarter", "year")


class Counted:
    """Some of the incidents of columns, counted in whatever way is asked for."""

    def __init__(self, columns: Columns, wanted: Wanted) -> None:
        self._columns, self._wanted = columns, wanted

    def marks_by(self, grouping: Grouping | None = None) -> dict[Key, dict[Marks, int]]:
        """How many incidents there are of each marks, by key of the grouping ("" without one)."""
        names, keys = self._keys(grouping)
        known, numbers = self._marks
        found = counts(keys, numbers[self._chosen])
        return {names[key]: {known[mark]: n for mark, n in held.items()} for key, held in found.items()}

    def spreads_by(
        self, grouping: Grouping | None, intervals: Sequence[Interval]
    ) -> dict[Key, dict[str, Spread]]:
        """Median and ninth decile of each of these intervals that has any, by key of the grouping."""
        names, keys = self._keys(grouping)
        found: dict[Key, dict[str, Spread]] = {}
        for one in intervals:
            held = self._columns.durations(one.code)[self._chosen]
            for key, spread in spreads(keys, len(names), held).items():
                found.setdefault(names[key], {})[one.code] = spread
        return found

    def moments(self, holds: Callable[[Marks], bool] | None, interval: Interval | None) -> NDArray[np.int64]:
        """When the incidents that have such marks and this interval (None = any) were reported: µs since
        1970, newest first."""
        masks = list(self._masks())
        if holds is not None:
            masks.append(self._marked(holds))
        if interval is not None:
            masks.append(self._columns.durations(interval.code) >= 0)
        return np.sort(self._columns.moments[_all_of(masks)])[::-1]

    # --- which incidents ---

    @cached_property
    def _chosen(self) -> Mask | slice:
        """Those that are wanted."""
        return _all_of(list(self._masks()))

    def _masks(self) -> Iterator[Mask]:
        wanted, scope = self._wanted, self._wanted.scope
        if scope.dept or scope.area:
            reached = self._having("reach", lambda offices: scope.key in offices.split(" "))
            yield reached if scope.dept else reached | self._having("area", _lying_in(scope.area))
        if wanted.area:
            yield self._having("area", _lying_in(wanted.area))
        if wanted.areas is not None:
            yield self._having("area", frozenset(wanted.areas).__contains__)
        for kind, word in (
            ("grid", wanted.grid), ("department", wanted.dept), ("class", wanted.class_code),
            ("channel", wanted.channel),
        ):  # fmt: skip
            if word is not None:
                yield self._having(kind, word.__eq__)
        if wanted.level is not None:
            yield self._marked(lambda marks: marks.level == wanted.level)

    def _having(self, kind: str, fits: Callable[[str], bool]) -> Mask:
        """Which incidents have a word that fits."""
        told = [(number, fits(word)) for word, number in self._columns.words(kind).items()]
        return self._of_words(kind, told, np.bool_)

    def _of_words(self, kind: str, told: Sequence[tuple[int, int]], dtype: Any) -> NDArray[Any]:
        """What is told of each word's number, for each incident."""
        table = np.zeros(max((number for number, _ in told), default=0) + 1, dtype)
        for number, value in told:
            table[number] = value
        return table[self._columns.numbers(kind)]

    def _marked(self, holds: Callable[[Marks], bool]) -> Mask:
        known, numbers = self._marks
        return np.array([holds(marks) for marks in known], np.bool_)[numbers]

    @cached_property
    def _marks(self) -> tuple[list[Marks], Numbers]:
        """The marks there are, and the place of each incident's among them."""
        words = self._columns.words("marks")
        places = [(number, place) for place, number in enumerate(words.values())]
        return [Marks(*orjson.loads(word)) for word in words], self._of_words("marks", places, np.int32)

    # --- in which groups ---

    def _keys(self, grouping: Grouping | None) -> tuple[Sequence[Key], Numbers]:
        """The keys, and for each incident the place of its own among them."""
        if grouping is None:
            return [""], np.zeros(len(self._columns), np.int32)[self._chosen]
        if grouping.by in PERIODS:
            return self._keys_of_time(grouping)
        if grouping.by == "level":
            known, numbers = self._marks
            names = sorted({marks.level for marks in known})
            own = np.array([names.index(marks.level) for marks in known], np.int32)[numbers]
            return names, own[self._chosen]
        words = self._columns.words(grouping.by)
        named = {word: grouping.above(word) if grouping.above else word for word in words}
        place = {name: n for n, name in enumerate(dict.fromkeys(named.values()))}
        told = [(number, place[named[word]]) for word, number in words.items()]
        return list(place), self._of_words(grouping.by, told, np.int32)[self._chosen]

    def _keys_of_time(self, grouping: Grouping) -> tuple[Sequence[Key], Numbers]:
        """Days, weeks … of the zone, by the day they begin on."""
        zone = grouping.zone or ZoneInfo("UTC")
        days = parts(Period(self._wanted.since, self._wanted.until), grouping.by, zone)
        begins = np.array([micros(midnight(day, zone)) for day in days])
        places = np.searchsorted(begins, self._columns.moments[self._chosen], side="right") - 1
        return [day.isoformat() for day in days], places.astype(np.int32)


def _all_of(masks: Sequence[Mask]) -> Mask | slice:
    """What is in each of them; everything where there are none."""
    return np.logical_and.reduce(masks) if masks else slice(None)


def _lying_in(area: str) -> Callable[[str], bool]:
    """As `db.scoping.lies_in`."""
    return (lambda code: code.startswith(area)) if is_area_prefix(area) else area.__eq__


def counted(conn: Connection, wanted: Wanted) -> Counted:
    """Visitors' figures leave out what is sensitive. The connection's isolation must be REPEATABLE READ."""
    shown = not wanted.scope.visitors
    return Counted(Columns(conn, wanted.realm, wanted.since, wanted.until, sensitive=shown), wanted)


# --- what stands behind a figure -------------------------------------------------------------------------


def listing(
    conn: Connection, realm: str, moments: NDArray[np.int64], fits: Callable[[Incident], bool],
    after: tuple[datetime, str] | None,
) -> list[Incident]:  # fmt: skip
    """Of the incidents that were reported at these moments (newest first) those that fit, newest first,
    LISTED and one more at most, from below a position."""
    first = micros(after[0]) if after else moments.max(initial=0)
    below = moments[moments <= first]
    as_many = LISTED + 1 + int((below == first).sum())
    at = [moment(one) for one in np.unique(below[:as_many]).tolist()]
    query = select(_T.doc).where(_T.realm == realm, _T.reported_at == any_(literal(at, ARRAY(Time))))
    if after is not None:
        query = query.where(tuple_(_T.reported_at, _T.id) < tuple_(*after))
    docs = conn.scalars(query.order_by(_T.reported_at.desc(), _T.id.desc()))
    return [one for doc in docs if fits(one := incident_of(doc))][: LISTED + 1]


def load_kpi_weights(conn: Connection) -> None:
    """Put the shipped weights in; those of a city stay."""
    put_shipped(conn, kpi_weight, "kpi_weights.csv", {"weight": float})


def weights(conn: Connection) -> dict[str, float]:
    """What each indicator weighs in the joint assessment."""
    return {row.kpi: row.weight for row in conn.execute(select(kpi_weight).order_by(kpi_weight.c.kpi))}
