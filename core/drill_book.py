"""A drill's script as a workbook (XLSX), in and out: sheets 概况, 席位, 注入, 指标.

Row 1 of each sheet has the headings (`core.drill_columns`). An empty cell is the field's default. Numbers
keep the 15 digits that spreadsheets keep.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from io import BytesIO
from typing import Any, NamedTuple

import xlsxwriter
from pydantic import ValidationError
from python_calamine import CalamineError, CalamineWorkbook

from core.drill_columns import (
    INDICATORS,
    INJECTS,
    ITEM,
    ITEMS,
    NOTE,
    OBJECTIVE,
    OF_INDICATOR,
    OF_INJECT,
    OF_SEAT,
    OVERVIEW,
    SEATS,
    SOURCE,
    VALUE,
    Column,
)
from core.drill_script import Script, dump
from core.drill_text import told
from core.errors_drill_script import ScriptMisshapen, ScriptUnreadable

MOST_BYTES = 20_000_000
"""Of a workbook unpacked."""


class Cell(NamedTuple):
    """Row from 1, as spreadsheets count."""

    sheet: str
    row: int
    column: str


def to_book(script: Script) -> bytes:
    """XLSX; reading it again gives the same script."""
    data = dump(script)
    injects = data["injects"]
    indicators = [{"": inject["number"], **one} for inject in injects for one in inject.get("indicators", ())]
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        _overview(book, data)
        _write(book, SEATS, OF_SEAT, data["seats"])
        _write(book, INJECTS, OF_INJECT, injects)
        _write(book, INDICATORS, OF_INDICATOR, indicators)
    return file.getvalue()


def _overview(book: Any, data: Mapping[str, Any]) -> None:
    columns = (Column(ITEM, "item", wide=16), Column(VALUE, "value", wide=60), Column(NOTE, "note", wide=60))
    rows = [{"item": one.heading, "value": _cell(one, data.get(one.path))} for one in ITEMS]
    rows += [
        {"item": OBJECTIVE, "value": one["code"], "note": one["name"]} for one in data.get("objectives", ())
    ]
    rows += [{"item": SOURCE, "value": one} for one in data.get("sources", ())]
    _write(book, OVERVIEW, columns, rows)


def _write(book: Any, name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    for n, column in enumerate(columns):
        sheet.write_string(0, n, column.heading, head)
        sheet.set_column(n, n, column.wide)
    for number, row in enumerate(rows, start=1):
        for n, column in enumerate(columns):
            value = _cell(column, _at(row, column.path))
            if isinstance(value, str):
                sheet.write_string(number, n, value, body)
            elif value is not None:
                sheet.write_number(number, n, value, body)
    sheet.freeze_panes(1, 1)


def _at(row: Mapping[str, Any], path: str) -> Any:
    value: Any = row
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _cell(column: Column, value: Any) -> str | float | None:
    word: str | float | None = column.words.get(value, value)
    return word


def read_book(content: bytes) -> Script:
    """Raises ScriptUnreadable, ScriptMisshapen naming sheet, row and column of each fault."""
    reading = _Reading(_sheets(content))
    data = reading.script()
    faults = reading.faults
    script = None
    if not faults:
        try:
            script = Script.model_validate(data)
        except ValidationError as error:
            faults = [{**one, **reading.cell(one["pointer"])._asdict()} for one in told(error)]
    if script is None:
        first = faults[0]
        where = f"{first['sheet']} {first['row']} {first['column']}".strip()
        raise ScriptMisshapen(pointer=first["pointer"], where=where, count=len(faults), faults=faults)
    return script


def _sheets(content: bytes) -> dict[str, list[list[Any]]]:
    """Each sheet's rows from the first on. Raises ScriptUnreadable."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > MOST_BYTES:
                raise ScriptUnreadable(line=0, detail=f"> {MOST_BYTES // 1_000_000} MB")
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        return {
            name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names
        }
    except (zipfile.BadZipFile, CalamineError, OSError, ValueError) as error:
        raise ScriptUnreadable(line=0, detail=str(error)[:200]) from error


class _Reading:
    """A script in the making from its sheets, and which cell each of its fields stands in."""

    def __init__(self, sheets: Mapping[str, list[list[Any]]]) -> None:
        self._sheets = sheets
        self._cells: dict[str, Cell] = {}
        self.faults: list[dict[str, Any]] = []

    def cell(self, pointer: str) -> Cell:
        """Where a field stands, or the part that should have it."""
        while pointer and pointer not in self._cells:
            pointer = pointer.rpartition("/")[0]
        return self._cells.get(pointer, Cell(OVERVIEW, 1, ""))

    def script(self) -> dict[str, Any]:
        data = self._overview()
        data["seats"] = [row for _, row in self._rows(SEATS, OF_SEAT, "/seats")]
        data["injects"] = [row for _, row in self._rows(INJECTS, OF_INJECT, "/injects")]
        self._indicators(data["injects"])
        return data

    def _fault(self, cell: Cell, code: str, **params: Any) -> None:
        self.faults.append({"pointer": "", "code": code, "params": params, "detail": code, **cell._asdict()})

    def _overview(self) -> dict[str, Any]:
        columns = (Column(ITEM, "item"), Column(VALUE, "value"), Column(NOTE, "note"))
        items = {one.heading: one for one in ITEMS}
        data: dict[str, Any] = {"objectives": [], "sources": []}
        for at, row in self._rows(OVERVIEW, columns, "/overview"):
            cell, name, value = Cell(OVERVIEW, at, VALUE), row.get("item"), row.get("value")
            if name == OBJECTIVE:
                self._cells[f"/objectives/{len(data['objectives'])}"] = cell
                data["objectives"].append({"code": value, "name": row.get("note")})
            elif name == SOURCE:
                self._cells[f"/sources/{len(data['sources'])}"] = cell
                data["sources"].append(value)
            elif name not in items:
                known = "、".join([*items, OBJECTIVE, SOURCE])
                self._fault(cell._replace(column=ITEM), "item_not_known", item=name, known=known)
            elif items[name].path in data:
                self._fault(cell._replace(column=ITEM), "item_repeated", item=name)
            else:
                self._cells[f"/{items[name].path}"] = cell
                data[items[name].path] = self._value(cell, items[name], value)
        return {name: value for name, value in data.items() if value is not None}

    def _indicators(self, injects: Sequence[dict[str, Any]]) -> None:
        held = {str(row.get("number")): n for n, row in reversed(list(enumerate(injects)))}
        for at, row in self._rows(INDICATORS, OF_INDICATOR, "/indicators"):
            n = held.get(str(number := row.pop("", None)))
            if n is None:
                self._fault(Cell(INDICATORS, at, OF_INDICATOR[0].heading), "inject_unknown", number=number)
                continue
            listed = injects[n].setdefault("indicators", [])
            pointer = f"/injects/{n}/indicators/{len(listed)}"
            self._cells[pointer] = Cell(INDICATORS, at, "")
            for column in OF_INDICATOR[1:]:
                self._cells[f"{pointer}/{column.path}"] = Cell(INDICATORS, at, column.heading)
            listed.append(row)

    def _rows(
        self, name: str, columns: Sequence[Column], pointer: str
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each row that holds anything, with where it stands, as its part of the document."""
        rows = self._sheets.get(name)
        if rows is None:
            self._fault(Cell(name, 1, ""), "sheet_missing", known="、".join(self._sheets))
            return
        places = self._headings(name, columns, rows[0] if rows else [])
        count = 0
        for at, row in enumerate(rows[1:], start=2):
            cells = {column: _plain(row[n]) for column, n in places.items() if n < len(row)}
            if all(value is None for value in cells.values()):
                continue
            self._cells[f"{pointer}/{count}"] = Cell(name, at, "")
            part: dict[str, Any] = {}
            for column in columns:
                cell = Cell(name, at, column.heading)
                self._cells[f"{pointer}/{count}/{column.path.replace('.', '/')}"] = cell
                value = self._value(cell, column, cells.get(column))
                if value is not None:
                    _put(part, column.path, value)
            if kind := self._cells.get(f"{pointer}/{count}/act/kind"):
                self._cells[f"{pointer}/{count}/act"] = kind
            yield at, part
            count += 1

    def _headings(self, name: str, columns: Sequence[Column], head: Sequence[Any]) -> dict[Column, int]:
        known = {column.heading: column for column in columns}
        found = {str(word).strip(): n for n, word in enumerate(head) if _plain(word) is not None}
        for word in found:
            if word not in known:
                self._fault(Cell(name, 1, word), "heading_unknown", heading=word, known="、".join(known))
        for word in known:
            if word not in found:
                self._fault(Cell(name, 1, word), "heading_missing", heading=word)
        return {known[word]: n for word, n in found.items() if word in known}

    def _value(self, cell: Cell, column: Column, value: Any) -> Any:
        """What a cell says; a code's word becomes the code."""
        if value is None or column.number:
            return value
        text = str(value)
        if not column.words:
            return text
        codes = {word: code for code, word in column.words.items()}
        if text not in codes:
            self._fault(cell, "word_unknown", given=text, known="、".join(codes))
        return codes.get(text)


def _plain(value: Any) -> Any:
    """A cell without what a spreadsheet adds: "9:00" as a time, a code as a broken number."""
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return value.strip() or None
    return value


def _put(part: dict[str, Any], path: str, value: Any) -> None:
    *outer, last = path.split(".")
    for name in outer:
        part = part.setdefault(name, {})
    part[last] = value
