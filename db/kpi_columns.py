"""Past and present incidents as columns: packed days, and rows of the guard table for what these do not tell.

A packed day tells of its incidents as they stood at a position of the log. What was touched since is known by
the moment it was reported at (`kpi_touched`): all that was reported at such a moment is passed over in the
packed day and read from its rows. So the columns are those of the rows, whatever is packed; the connection's
isolation must be REPEATABLE READ, so that its statements see one state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    true,
)

from core.kpi import INTERVALS, NEVER_OURS
from core.kpi_arrays import Numbers, bins
from db.batch import Batch
from db.tables import Time, incident
from db.tables_kpi import WORDS, kpi_day, kpi_touched, kpi_word

_T = incident.c
FORM = 1
"""Of the words and bins of packed days: raise it when `core.kpi.Marks` or what an interval is changes."""
DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STORED: Mapping[str, Any] = {
    "moments": "<i8", **dict.fromkeys(WORDS, "<i4"), **dict.fromkeys((one.code for one in INTERVALS), "<i2")
}  # fmt: skip
Span = tuple[datetime, datetime]

MARKS: Mapping[str, ColumnElement[Any]] = {
    "status": _T.status,
    "verified": _T.verified_at.is_not(None),
    "missed": _T.missed,
    "over": func.coalesce(_T.clock == "over", False),
    "rating": _T.rating,
    "returned": _T.returns > 0,
    "reopened": _T.reopened > 0,
    "level": _T.handled_level,
}
"""`core.kpi.Marks`, in its order."""


def micros(at: datetime) -> int:
    """µs since 1970."""
    return (at - _EPOCH) // timedelta.resolution


def moment(at: int) -> datetime:
    """The time of so many µs since 1970."""
    return _EPOCH + timedelta(microseconds=at)


def midnight(day: date) -> datetime:
    """When a day (UTC) begins."""
    return datetime.combine(day, time(), UTC)


def day_span(day: date) -> Span:
    """A day (UTC), half open."""
    return midnight(day), midnight(day) + DAY


def _seconds(start: str, end: str) -> ColumnElement[int]:
    took = func.floor(func.date_part("epoch", _T[end] - _T[start]))
    taken = and_(_T[end] >= _T[start], _T.status.not_in(NEVER_OURS))
    return case((taken, cast(took, BigInteger)), else_=-1)


_ROWS = select(
    cast(func.date_part("epoch", _T.reported_at).op("*")(1_000_000), BigInteger).label("moments"),
    _T.area, _T.grid, _T.dept.label("department"), _T["class"], _T.channel,
    func.array_to_string(_T.reach, " ").label("reach"),
    cast(func.jsonb_build_array(*MARKS.values()), Text).label("marks"),
    *(_seconds(one.start, one.end).label(one.code) for one in INTERVALS),
)  # fmt: skip


class Rows:
    """Incidents of the guard table, by time: a list a column."""

    def __init__(
        self, conn: Connection, realm: str, spans: Sequence[Span], moments: Sequence[datetime] = (),
        *, sensitive: bool = True,
    ) -> None:  # fmt: skip
        within = [and_(_T.reported_at >= since, _T.reported_at < until) for since, until in spans]
        if moments:
            within.append(_T.reported_at == any_(literal(list(moments), ARRAY(Time))))
        shown = true() if sensitive else _T.sensitive.is_(False)
        query = _ROWS.where(_T.realm == realm, or_(false(), *within), shown).order_by(_T.reported_at)
        found = conn.execute(query).all() if within else []
        self.number = len(found)
        self._columns = dict(zip(_STORED, zip(*found, strict=True), strict=True)) if found else {}

    def numbers(self, name: str) -> NDArray[np.int64]:
        """Of a column that is no word: moments, or the seconds of an interval, −1 = none."""
        return np.array(self._columns.get(name, ()), np.int64)

    def words(self, kind: str) -> Sequence[str]:
        return self._columns.get(kind, ())

    def packed(self, name: str, known: Mapping[str, int]) -> bytes:
        """A column as a packed day has it; `known`: the numbers of its words."""
        made: Any
        if name in WORDS:
            made = np.array([known[word] for word in self.words(name)])
        else:
            made = self.numbers(name) if name == "moments" else bins(self.numbers(name))
        return bytes(made.astype(_STORED[name]).tobytes())


def read_words(conn: Connection, kind: str) -> dict[str, int]:
    """The words of a kind, by number."""
    query = select(kpi_word.c.word, kpi_word.c.id).where(kpi_word.c.kind == kind).order_by(kpi_word.c.id)
    return {row[0]: row[1] for row in conn.execute(query)}


class Columns:
    """Incidents of a realm reported within since..until (half open), as columns, read when asked for.

    First those of packed days, by time; then those of rows. Without the `sensitive` ones all that was
    reported at their moments is passed over in the packed days, as what was touched is.
    """

    def __init__(
        self, conn: Connection, realm: str, since: datetime, until: datetime, *, sensitive: bool = True
    ) -> None:
        self._conn, self._realm, self._span = conn, realm, (since, until)
        self._days = self._packed()
        moments = self._touched() if self._days else []
        if self._days and not sensitive:
            moments += self._sensitive()
        self._rows = Rows(conn, realm, list(self._unpacked()), moments, sensitive=sensitive)
        packed = self._stored("moments")
        first, last = np.searchsorted(packed, [micros(since), micros(until)])
        self._cut = slice(int(first), int(last))
        self._kept = _without(packed[self._cut], [micros(at) for at in moments])
        self._held: dict[str, NDArray[Any]] = {}
        self._words: dict[str, dict[str, int]] = {}
        self.moments = np.concatenate([packed[self._cut][self._kept], self._rows.numbers("moments")])
        """µs since 1970."""

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def rows(self) -> int:
        """How many of them no packed day tells."""
        return self._rows.number

    def words(self, kind: str) -> dict[str, int]:
        """Word → its number in `numbers(kind)`; also of words that none of these incidents has."""
        if kind not in self._words:
            known = read_words(self._conn, kind)
            new = sorted(set(self._rows.words(kind)) - known.keys())  # of no packed day: numbered here
            known.update(zip(new, count(max(known.values(), default=0) + 1), strict=False))
            self._words[kind] = known
        return self._words[kind]

    def numbers(self, kind: str) -> Numbers:
        """The word of each incident, by number."""
        if kind not in self._held:
            known = self.words(kind)
            rows = np.array([known[word] for word in self._rows.words(kind)], np.int32)
            self._held[kind] = self._with_packed(kind, rows)
        return self._held[kind]

    def durations(self, interval: str) -> NDArray[np.int16]:
        """The bin (`core.kpi_arrays`) of each incident's interval, −1 = it has none."""
        if interval not in self._held:
            self._held[interval] = self._with_packed(interval, bins(self._rows.numbers(interval)))
        return self._held[interval]

    def _with_packed(self, name: str, rows: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([self._stored(name)[self._cut][self._kept], rows])

    def _stored(self, name: str) -> NDArray[Any]:
        """A column of the packed days, whole."""
        found: list[bytes] = []
        if self._days:
            batch = Batch(self._conn, binary=True)
            asked = {"realm": self._realm, "first": self._days[0], "last": self._days[-1], "form": FORM}
            batch.add(_STORED_IN[name], asked)
            found = [row[0] for row in batch.run()[0]]
        return np.frombuffer(b"".join(found), _STORED[name])

    def _packed(self) -> list[date]:
        c = kpi_day.c
        first, last = (at.astimezone(UTC).date() for at in self._span)
        query = select(c.day).where(c.realm == self._realm, c.day.between(first, last), c.form == FORM)
        return list(self._conn.scalars(query.order_by(c.day)))

    def _touched(self) -> list[datetime]:
        """When that was reported of which a packed day tells what is past."""
        t, day = kpi_touched.c, cast(func.timezone("UTC", kpi_touched.c.moment), Date)
        query = select(t.moment).join(
            kpi_day, and_(kpi_day.c.realm == t.realm, kpi_day.c.day == day, kpi_day.c.form == FORM)
        )
        since, until = self._span
        within = and_(t.realm == self._realm, t.moment >= since, t.moment < until)
        return list(self._conn.scalars(query.where(within, t.seq > kpi_day.c.seq)))

    def _sensitive(self) -> list[datetime]:
        """When that was reported which visitors may not see."""
        since, until = self._span
        within = _T.realm == self._realm, _T.reported_at >= since, _T.reported_at < until
        return list(self._conn.scalars(select(_T.reported_at).where(*within, _T.sensitive)))

    def _unpacked(self) -> Iterator[Span]:
        """What lies between the packed days, as few spans as may be."""
        begin, until = self._span
        for day in self._days:
            if begin < midnight(day):
                yield begin, midnight(day)
            begin = midnight(day) + DAY
        if begin < until:
            yield begin, until


def _stored_query(name: str) -> Select[Any]:
    c = kpi_day.c
    asked = bindparam("realm", type_=Text), bindparam("first", type_=Date), bindparam("last", type_=Date)
    query = select(c[name]).where(c.realm == asked[0], c.day.between(*asked[1:]))
    return query.where(c.form == bindparam("form", type_=Integer)).order_by(c.day)


_STORED_IN = {name: _stored_query(name) for name in _STORED}


def _without(ordered: NDArray[np.int64], gone: Sequence[int]) -> NDArray[np.bool_]:
    """Which of these are none of `gone`."""
    kept = np.ones(len(ordered), np.bool_)
    for first, last in zip(
        np.searchsorted(ordered, gone, "left"), np.searchsorted(ordered, gone, "right"), strict=True
    ):
        kept[first:last] = False
    return kept
