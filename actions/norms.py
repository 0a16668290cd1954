"""定额与标准: what a city sets by itself, figure by figure, each change a fact: who, when, on what basis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, FiniteFloat

from actions.commands import Command
from actions.imports import check_whole_city
from actions.queries import check_read
from actions.services import Services
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from core.errors import InvalidInput, NotFound
from core.events_norms import NormChanged
from core.norm_figures import FIGURES, NormChangedMeanwhile, check_fit, check_levels, check_value
from core.permissions import Principal
from db import log
from db import norms as rows

Key = tuple[str, ...]


class NormCommand(Command):
    """`was` is the value that the asker saw; `source` says on what the new one is based."""

    table: Literal["stock", "posts", "sensors", "patrols", "sites", "kpis", "drill_levels"]
    key: Key
    field: str
    was: FiniteFloat | None
    value: FiniteFloat
    source: Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class Norm:
    """One figure: `row` is the whole row of its table, `actor` and `at` who set it last and when; "" and None
    of one as it was shipped or imported."""

    table: str
    key: Key
    field: str
    value: float | None
    row: Mapping[str, Any]
    actor: str = ""
    at: datetime | None = None


def subject(table: str, key: Sequence[str]) -> str:
    return ":".join(("norm", table, *key))


def list_norms(services: Services, principal: Principal) -> list[Norm]:
    """Every figure that can be set, by table and key. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        held = rows.read_all(conn)
        subjects = [subject(name, rows.key_of(name, row)) for name, found in held.items() for row in found]
        last = {
            (event.subject, event.body.field): event
            for event in map(log.to_event, log.timeline(conn, "live", subjects))
            if isinstance(event.body, NormChanged)
        }
    return [
        _norm(name, row, figure.field, last.get((subject(name, rows.key_of(name, row)), figure.field)))
        for name, found in held.items()
        for row in found
        for figure in FIGURES[name]
    ]


def _norm(table: str, row: Mapping[str, Any], field: str, last: Any) -> Norm:
    key = rows.key_of(table, dict(row))
    told = (last.actor, last.occurred_at) if last else ("", None)
    return Norm(table, key, field, row[field], row, *told)


def change(services: Services, call: Call, command: NormCommand) -> Answer:
    """Set a figure: {seq, value}. Norms are the city's, and a drill's as well.

    Raises Forbidden, WholeCityNeeded, InvalidInput (another realm than live, no figure of the table),
    NotFound, NormOutOfBounds, NormNotWhole, NormContradicts, NormChangedMeanwhile.
    """
    if call.realm != "live":
        raise InvalidInput(pointer="realm", detail="live")
    check_whole_city(call.principal)
    if command.field not in {figure.field for figure in FIGURES[command.table]}:
        raise InvalidInput(pointer="/field", detail=command.field[:40])
    return perform(services, call, "norms", lambda tx: _change(tx, command))


def _change(tx: Transaction, command: NormCommand) -> Answer:
    table, key, field = command.table, command.key, command.field
    held = {rows.key_of(table, row): row for row in rows.lock_all(tx.conn, table)}
    row = held.get(key)
    if row is None:
        raise NotFound(kind="norm", id=":".join(key)[:80])
    if row[field] != command.was:
        raise NormChangedMeanwhile(value="–" if row[field] is None else f"{row[field]:g}")
    check_value(table, row, field, command.value)
    others = {name[0]: other[field] for name, other in held.items()} if table in ("sites", "kpis") else {}
    check_fit(table, {**row, field: command.value}, others)
    if table == "drill_levels":
        check_levels([*({**held, key: {**row, field: command.value}}).values()], field)
    rows.write(tx.conn, table, key, {field: command.value, "source": command.source})
    body = NormChanged(
        table=table, key=key, field=field, before=row[field], after=command.value, source=command.source
    )
    tx.append([Draft(body, subject(table, key), "", tx.occurred_at())])
    return {"seq": tx.board.seq, "value": command.value}
