"""A table of unit responses as values: one `Response` a row, with its times in UTC."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from collections.abc import Mapping as Map
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.errors import Refusal
from demo.replay.mapping import STEPS, Choice, Mapping, MappingInvalid

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
Cells = Map[str, str]


class RowsRefused(Refusal):
    """Rows that cannot be responses; params: file, count, row, column, value of the first."""

    code = "replay_rows_refused"


class _Unreadable(Exception):
    def __init__(self, column: str, value: str) -> None:
        super().__init__(column, value)
        self.column, self.value = column, value


@dataclass(frozen=True, slots=True)
class Moment:
    """One stated time of a response; `step` is a step's name, or `note` with its text."""

    step: str
    at: datetime
    text: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """One row: `row` counts from 1 below the header. `moments` are the stated times in the order of the
    steps, whatever their values; lon, lat in degrees in the mapping's datum."""

    row: int
    incident: str
    unit: str
    unit_kind: str
    class_code: str
    severity: int
    text: str
    address: str
    lon: float
    lat: float
    moments: tuple[Moment, ...]
    disposition: str = ""
    grid_name: str = ""
    unit_sort: str = ""

    def at(self, step: str) -> datetime | None:
        return next((moment.at for moment in self.moments if moment.step == step), None)


def read_rows(path: Path, mapping: Mapping) -> list[Response]:
    """Raises MappingInvalid when a column is missing, RowsRefused when rows cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            _check_columns(path, reader.fieldnames or (), mapping)
            return _responses(path, reader, mapping)
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise RowsRefused(file=path.name, count=1, row=0, column="", value=str(error)) from error


def _check_columns(path: Path, present: Iterable[str], mapping: Mapping) -> None:
    missing = [column for column in mapping.columns() if column not in set(present)]
    if missing:
        raise MappingInvalid(file=path.name, field=missing[0], detail=f"no such column in {path.name}")


def _responses(path: Path, rows: Iterable[dict[str, Any]], mapping: Mapping) -> list[Response]:
    responses: list[Response] = []
    wrong: list[tuple[int, _Unreadable]] = []
    for number, cells in enumerate(rows, start=1):
        try:
            responses.append(read_row(number, {k: (v or "").strip() for k, v in cells.items() if k}, mapping))
        except _Unreadable as error:
            wrong.append((number, error))
    if wrong:
        row, first = wrong[0]
        raise RowsRefused(
            file=path.name, count=len(wrong), row=row, column=first.column, value=first.value[:60]
        )
    return responses


def read_row(number: int, cells: Cells, mapping: Mapping) -> Response:
    """One row's cells as a response."""
    unit = _required(cells, mapping.unit.id)
    lon, lat = _location(cells, mapping)
    close, grid = mapping.close, mapping.compare.grid
    return Response(
        row=number,
        incident=_required(cells, mapping.incident.id),
        unit=unit,
        unit_kind=_chosen(cells, mapping.unit.kind),
        class_code=_chosen(cells, mapping.kind),
        severity=int(_chosen(cells, mapping.severity)),
        text=_joined(cells, mapping.incident.text, " · ") or _chosen(cells, mapping.kind),
        address=_joined(cells, mapping.incident.address, ", "),
        lon=lon,
        lat=lat,
        moments=_moments(cells, mapping, unit),
        disposition=cells[close.text] if close else "",
        grid_name=cells[grid] if grid else "",
        unit_sort=cells[mapping.unit.sort] if mapping.unit.sort else "",
    )


def _required(cells: Cells, column: str) -> str:
    if not cells[column]:
        raise _Unreadable(column, "")
    return cells[column]


def _joined(cells: Cells, columns: Iterable[str], between: str) -> str:
    return between.join(cells[column] for column in columns if cells[column])


def _chosen(cells: Cells, choice: Choice) -> str:
    value = cells[choice.column] if choice.column else ""
    found = choice.values.get(value, choice.default)
    if found is None:
        raise _Unreadable(choice.column or "", value)
    return found


def _location(cells: Cells, mapping: Mapping) -> tuple[float, float]:
    columns = mapping.location.columns
    found = _NUMBER.findall(" ".join(cells[column] for column in columns))
    if len(found) != 2:
        raise _Unreadable(columns[0], cells[columns[0]])
    first, second = (float(number) for number in found)
    return (first, second) if mapping.location.order == "lon lat" else (second, first)


def _moments(cells: Cells, mapping: Mapping, unit: str) -> tuple[Moment, ...]:
    named = [(step, getattr(mapping.time, step), "") for step in STEPS]
    named += [("note", note.column, note.text.replace("{unit}", unit)) for note in mapping.note]
    named.append(("released", mapping.time.released, ""))
    for step in ("received", "dispatched"):
        _required(cells, getattr(mapping.time, step))
    return tuple(
        Moment(step, _time(cells, column, mapping), text)
        for step, column, text in named
        if column and cells[column]
    )


def _time(cells: Cells, column: str, mapping: Mapping) -> datetime:
    """In the hour that a zone has twice, the first is meant."""
    try:
        stated = datetime.strptime(cells[column], mapping.time.format)
    except ValueError as error:
        raise _Unreadable(column, cells[column]) from error
    zoned = stated if stated.tzinfo else stated.replace(tzinfo=ZoneInfo(mapping.time.zone))
    return zoned.astimezone(UTC)
