"""A frame as it was read → rows with canonical fields, each cell read or named as wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geo.files import Reading
from geo.kinds import Field, Kind
from geo.problems import Problem, note
from geo.shapefile import NAME_MOST
from geo.values import column_name, is_missing, text

Row = dict[str, Any]
"""`row` (number in the file), `geom`, and every field of the kind (None = not given)."""


def make_rows(reading: Reading, kind: Kind) -> list[Row]:
    """One dict a feature; problems go to `reading`."""
    frame = reading.frame
    numbers = [int(number) for number in frame.index]
    columns = {"row": numbers, "geom": list(frame.geometry)}
    taken = {"geometry"}
    sources = source_columns(kind, frame.columns)
    for field in kind.fields:
        source = sources.get(field.name)
        taken.add(source or "")
        cells = frame[source].tolist() if source else [None] * len(numbers)
        columns[field.name] = _read(field, numbers, cells, reading.problems)
    _tell_ignored(reading, taken)
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def source_columns(kind: Kind, columns: Iterable[Any]) -> dict[str, str]:
    """Field → the column that holds it: its own name in any writing (geo.values.column_name), one of its
    usual names, or what a Shapefile leaves of its own."""
    found = {column_name(column): str(column) for column in reversed(list(columns))}
    named = (
        (field.name, _among(found, (field.name, *field.also, field.name[:NAME_MOST])))
        for field in kind.fields
    )
    return {name: column for name, column in named if column is not None}


def _among(columns: Mapping[str, str], names: Iterable[str]) -> str | None:
    return next((columns[key] for name in names if (key := column_name(name)) in columns), None)


def _read(field: Field, numbers: list[int], cells: list[Any], problems: list[Problem]) -> list[Any]:
    values: list[Any] = []
    for number, cell in zip(numbers, cells, strict=True):
        values.append(None)
        if is_missing(cell):
            if field.required:
                problems.append(Problem("field_missing", number, field.name))
            continue
        try:
            values[-1] = field.read(cell)
        except (ValueError, TypeError, OverflowError):
            params = {"value": text(cell)[:60]}
            problems.append(Problem("field_invalid", number, field.name, params=params))
            continue
        if field.choices and str(values[-1]) not in field.choices:
            params = {"value": str(values[-1])[:60], "choices": ", ".join(field.choices)}
            problems.append(Problem("field_not_a_choice", number, field.name, params=params))
    return values


def _tell_ignored(reading: Reading, taken: set[str]) -> None:
    ignored = [str(column) for column in reading.frame.columns if column not in taken]
    if ignored:
        reading.problems.append(note("columns_ignored", columns=", ".join(ignored[:20])))
