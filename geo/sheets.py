"""Tables as offices keep them → columns with names and rows below: CSV in any encoding, XLSX, XLS, ODS.

Such tables have titles above their header, headers of two rows with merged cells, and cells merged over
several rows. Whoever reads on from here sees one header and full rows.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from geo import encodings
from geo.extents import check_extent
from geo.guard import unguarded
from geo.problems import Problem, note, refuse
from geo.values import number, text

TEXTS = (".csv", ".tsv", ".txt")
BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
DELIMITERS = ",\t;|"
#: The header is looked for in so many rows from the top.
HEADER_WITHIN = 15
Cells = list[list[Any]]
Merged = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of cells merged into one."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table read: text and figures as they stand in the cells, None for empty ones."""

    frame: pd.DataFrame
    problems: list[Problem]
    layers: tuple[str, ...] = ()
    encoding: str | None = None


def read_text(path: Path, encoding: str | None) -> Sheet:
    """A delimited text file. Raises FileRefused."""
    content, used = encodings.decode(path.read_bytes(), encoding)
    csv.field_size_limit(100_000_000)  # outlines as WKT are long
    try:
        cells: Cells = [list(row) for row in csv.reader(io.StringIO(content, newline=""), _dialect(content))]
    except csv.Error as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)) from None
    frame, problems = _table(cells, path.name)
    if not encoding and not used.startswith((encodings.UTF8, "utf-16")):
        problems.append(note("encoding_found", encoding=used))
    return Sheet(frame, problems, encoding=used)


def _dialect(content: str) -> type[csv.Dialect]:
    """Comma, tab, semicolon: whichever the first lines have most of; quotes as spreadsheets write them."""
    head = Counter("".join(content.splitlines(keepends=True)[:HEADER_WITHIN]))

    class Found(csv.excel):
        delimiter = max(DELIMITERS, key=lambda char: head[char])

    return Found


def read_book(path: Path, layer: str | None) -> Sheet:
    """One sheet of a workbook; of several, the only one with anything in it. Raises FileRefused."""
    if zipfile.is_zipfile(path):
        check_extent(path)
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: _cells(book.get_sheet_by_name(name)) for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None
    filled = [name for name, cells in sheets.items() if cells]
    chosen = layer or _only(filled, path.name)
    if chosen not in sheets:
        raise refuse("layer_unknown", layer=chosen, layers=", ".join(sheets))
    frame, problems = _table(sheets[chosen], path.name)
    return Sheet(frame, problems, tuple(filled))


def _only(names: list[str], file: str) -> str:
    if not names:
        raise refuse("layer_empty", file=file)
    if len(names) > 1:
        raise refuse("layer_needed", layers=", ".join(names), first=names[0])
    return names[0]


def _cells(sheet: CalamineSheet) -> Cells:
    cells: Cells = sheet.to_python(skip_empty_area=False)
    for merged in sheet.merged_cell_ranges or ():
        _fill_down(cells, merged)
    return cells


def _fill_down(cells: Cells, merged: Merged) -> None:
    """A cell merged over several rows of one column says the same for each of them."""
    (top, left), (bottom, right) = merged
    if left == right:
        for row in range(top + 1, min(bottom + 1, len(cells))):
            cells[row][left] = cells[top][left]


def _table(cells: Cells, file: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Header and rows. Raises FileRefused when there is nothing below a header."""
    width = max((len(row) for row in cells), default=0)
    rows = [
        [None if _blank(cell) else unguarded(cell) for cell in row] + [None] * (width - len(row))
        for row in cells
    ]
    top = _header_row(rows)
    if top is None:
        raise refuse("layer_empty", file=file)
    depth = 2 if top + 1 < len(rows) and _continues(rows[top], rows[top + 1]) else 1
    names = _names(rows[top : top + depth])
    body = [row for row in rows[top + depth :] if any(cell is not None for cell in row)]
    kept = [index for index, name in enumerate(names) if name]
    frame = pd.DataFrame(
        {names[index]: pd.Series([row[index] for row in body], dtype=object) for index in kept}
    )
    told = [note("header_found", row=None, line=top + 1, first=top + depth + 1)] if top or depth > 1 else []
    return frame, told


def _blank(cell: Any) -> bool:
    """Readers of tables give empty cells as empty text."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def _header_row(rows: Cells) -> int | None:
    """The first row of the top ones that is made of words and is at least half as wide as the widest."""
    head = rows[:HEADER_WITHIN]
    widest = max((_filled(row) for row in head), default=0)
    for index, row in enumerate(head):
        if 2 * _filled(row) >= max(widest, 1) and 3 * sum(map(_is_number, row)) <= _filled(row):
            return index
    return None


def _filled(row: Sequence[Any]) -> int:
    return sum(cell is not None for cell in row)


def _is_number(cell: Any) -> bool:
    if cell is None:
        return False
    try:
        number(cell)
    except ValueError:
        return False
    return True


def _continues(above: Sequence[Any], below: Sequence[Any]) -> bool:
    """Whether the second row belongs to the header: words under every gap that the first one has."""
    gaps = [low for high, low in zip(above, below, strict=True) if high is None]
    return (
        any(low is not None for low in gaps)
        and all(low is not None for low in _inner(above, below))
        and not any(map(_is_number, below))
        and any(low in (None, high) for high, low in zip(above, below, strict=True) if high is not None)
    )


def _inner(above: Sequence[Any], below: Sequence[Any]) -> list[Any]:
    """What stands under the gaps between the first and the last name of the row above."""
    last = max(index for index, cell in enumerate(above) if cell is not None)
    return [low for high, low in zip(above[:last], below, strict=False) if high is None]


def _names(header: Cells) -> list[str]:
    """One name a column, "" for a column without any; equal names are told apart by what stands above."""
    upper, lower = header[0], header[-1]
    spread: list[Any] = []
    for high, low in zip(upper, lower, strict=True):
        carried = high is None and low is not None and spread
        spread.append(spread[-1] if carried else high)
    leaves = [_label(low if low is not None else high) for high, low in zip(spread, lower, strict=True)]
    counts = Counter(leaves)
    full = [
        f"{_label(high)}{leaf}" if counts[leaf] > 1 and high not in (None, low) else leaf
        for high, low, leaf in zip(spread, lower, leaves, strict=True)
    ]
    return _distinct(full)


def _label(cell: Any) -> str:
    """A name on one line."""
    return "" if cell is None else " ".join(text(cell).split())


def _distinct(names: list[str]) -> list[str]:
    """A name that comes again gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 or not name else f"{name}_{seen[name]}")
    return found
