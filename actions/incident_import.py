"""Incidents out of a file, a hundred thousand at once: what the ordinary verb asks, asked of all together.

Everything is found out first, so that the realm's counter row is held no longer than the writing takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ARRAY, Text, any_, literal, select
from ulid import ULID

import core.events as e
from actions.cases import check_offices
from actions.commands import Location, ReportCommand
from actions.incidents import Found, check_report, report_fact
from actions.unit_of_work import Transaction
from actions.whereabouts import describe_points
from core import workflow
from core.clock import SHELVE_AFTER
from core.envelope import Draft
from core.errors import Refusal
from core.past import IMPORTED, STEPS, Past, out_of_order, worked_through
from db.history import Counts
from db.tables import incident as table
from geo.problems import FileRefused, Problem, note
from geo.table import Row

#: Where an imported incident came from when the file does not say.
CHANNEL = "import"
#: Reports that are chained, folded and sent together.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Past:
    """A report of a file: `found` without its place; `owner` "" = as of any report; what came of it since."""

    row: int
    command: ReportCommand
    found: Found
    owner: str
    since: Past


def bring_incidents(tx: Transaction, rows: Sequence[Row], problems: list[Problem]) -> Counts:
    """Report what is not known yet, each at its own time. Raises FileRefused naming every row at fault."""
    refused: list[Problem] = []
    news = _unknown(tx, [one for row in rows if (one := _checked(tx, row, refused)) is not None], rows)
    if refused:
        raise FileRefused(*refused)
    where = describe_points(tx.conn, [(one.found.lon, one.found.lat) for one in news])
    placed = [
        replace(one, found=replace(one.found, where=place)) for one, place in zip(news, where, strict=True)
    ]
    for begin in range(0, len(placed), _AT_ONCE):
        _write(tx, placed[begin : begin + _AT_ONCE])
    known = len(rows) - len(news)
    if known:
        problems.append(note("incidents_known", count=known))
    return Counts(added=len(news), unchanged=known)


def _checked(tx: Transaction, row: Row, refused: list[Problem]) -> _Past | None:
    try:
        command = _command(row)
        found = check_report(tx, command, _happened(tx, row["occurred_at"]))
        return _Past(row["row"], command, found, _owner(tx, row), _since(tx, row, found.at))
    except Refusal as refusal:
        refused.append(Problem(refusal.code, row["row"], params=refusal.params))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        params = {"value": str(first["input"])[:60]}
        refused.append(Problem("field_invalid", row["row"], str(first["loc"][0]), params=params))
    except FileRefused as wrong:
        refused.extend(wrong.problems)
    return None


def _command(row: Row) -> ReportCommand:
    """An incident that a city exported is known by its id where its source gave no number."""
    given: dict[str, Any] = {
        "class": row["class"], "text": row["text"], "title": row["title"] or "",
        "severity": row["severity"] or 4, "address": row["address"] or "",
        "channel": row["channel"] or CHANNEL, "source_id": row["source_id"] or row["id"],
        "location": Location(lon=row["geom"].x, lat=row["geom"].y),
    }  # fmt: skip
    return ReportCommand(**given)


def _happened(tx: Transaction, stated: datetime | None) -> datetime:
    """Who may import may tell of the past. Raises TimeInFuture."""
    return workflow.occurred(stated, tx.now, may_backdate=True)


def _owner(tx: Transaction, row: Row) -> str:
    """Raises UnknownOffice."""
    if row["owner"]:
        check_offices(tx.services, [row["owner"]])
    return row["owner"] or ""


def _since(tx: Transaction, row: Row, reported_at: datetime) -> Past:
    """Raises TimeInFuture, FileRefused."""
    told = {name: _happened(tx, row[name]) for name in STEPS if row[name] is not None}
    if row["rating"] is not None and "closed_at" in told:
        told.setdefault("rated_at", told["closed_at"])
    elif row["rating"] is not None or "rated_at" in told:
        raise FileRefused(Problem("rating_incomplete", row["row"], "rating"))
    if wrong := out_of_order(reported_at, told):
        raise FileRefused(Problem("out_of_order", row["row"], wrong[0], params={"before": wrong[1]}))
    return Past(told, row["reply"] or "", row["rating"] or 3)


def _unknown(tx: Transaction, given: Iterable[_Past], rows: Sequence[Row]) -> list[_Past]:
    """Those that nobody reported before, neither to the city nor further up in the file."""
    ids = {row["row"]: row["id"] for row in rows}
    sources, held = _held(tx, [row["source_id"] or row["id"] for row in rows], list(ids.values()))
    news: list[_Past] = []
    for one in given:
        source = (one.command.channel, one.command.source_id)
        if source[1] is None or (source not in sources and ids[one.row] not in held):
            news.append(one)
            sources.add(source)
    return news


def _held(
    tx: Transaction, sources: list[str | None], ids: list[str | None]
) -> tuple[set[tuple[str, str | None]], set[str]]:
    """(channel, source_id) and ids of these that the realm has."""
    own = table.c.realm == tx.call.realm
    known = select(table.c.channel, table.c.source_id).where(own, table.c.source_id == _one_of(sources))
    held = select(table.c.id).where(own, table.c.id == _one_of(ids))
    return {(row[0], row[1]) for row in tx.conn.execute(known)}, set(tx.conn.scalars(held))


def _one_of(values: list[str | None]) -> Any:
    """As one array: an IN of a hundred thousand values would be as many parameters."""
    return any_(literal([value for value in values if value is not None], ARRAY(Text)))


def _write(tx: Transaction, some: Sequence[_Past]) -> None:
    """Facts and guard rows of some reports. Nothing of them is kept: readers of the log find them there, told
    by the last."""
    head = tx.counter.head
    drafts: list[Draft] = []
    for one in some:
        drafts += _facts(tx, one, head + len(drafts) + 1)
    tx.append(drafts)
    tx.flush()
    tx.board.incidents.clear()
    tx.events = tx.events[-1:]


def _facts(tx: Transaction, one: _Past, seq: int) -> Iterator[Draft]:
    """Reported and worked through, each step at its own time; off the board a day after its end."""
    report, ident = report_fact(tx, one.command, one.found, seq), str(ULID())
    body = report.model_copy(update={"owner": one.owner or report.owner})
    for fact, at in worked_through(body, one.found.at, one.since, _starts(tx), _clock(tx, body), tx.now):
        yield Draft(fact, ident, body.area, at, IMPORTED)
    told = one.since.moments
    if "closed_at" in told and (gone := told["closed_at"] + SHELVE_AFTER) <= tx.now:
        yield Draft(e.IncidentShelved(), ident, body.area, max(gone, *told.values()), IMPORTED)


def _starts(tx: Transaction) -> dict[str, str]:
    """Which step's clock each verb begins."""
    return {verb: move.starts for verb, move in tx.services.reference.rules().flow.moves.items()}


def _clock(tx: Transaction, body: e.IncidentReported) -> Callable[[str, datetime], e.Due]:
    rules = tx.services.reference.rules()
    given: dict[str, Any] = {"class_code": body.class_code, "area": body.area}
    return partial(rules.limits.due, emergency=rules.emergency(body.class_code), **given)
