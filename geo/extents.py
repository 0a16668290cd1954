"""How far the cells of a workbook reach, before a reader asks memory for all between its corners.

A stray cell far down or far right makes a sheet of billions of empty ones. The three kinds of zipped workbook
say where cells stand in three ways: by name (.xlsx), by runs of repeats (.ods), by binary records (.xlsb).
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from geo.problems import refuse

CELLS_MOST = 10_000_000
"""Cells of a sheet, with the empty ones between its corners: each costs some 60 bytes."""
Corner = tuple[int, int]
"""The last column and row of a sheet with anything in it, from 1; (0, 0) for an empty one."""
_CELL = re.compile(rb"""\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_PIECE = 2**20
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
_ROW_RECORD, _CELL_RECORDS = 0, range(1, 12)
"""BrtRowHdr, and BrtCellBlank to BrtFmlaError, of [MS-XLSB] 2.3."""


def check_extent(path: Path) -> None:
    """Raises FileRefused: sheet_too_wide, file_unreadable."""
    try:
        with zipfile.ZipFile(path) as parts:
            for width, height in _corners(parts):
                if width * height > CELLS_MOST:
                    raise refuse("sheet_too_wide", path=path.name, rows=height, columns=width)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, ValueError, RuntimeError, OSError, ElementTree.ParseError,
    ) as fault:  # fmt: skip
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None


def _corners(parts: zipfile.ZipFile) -> Iterator[Corner]:
    for name in parts.namelist():
        for pattern, found in _SHEETS.items():
            if re.search(pattern, name, re.IGNORECASE):
                with parts.open(name) as part:
                    yield from found(part)


def _of_xlsx(sheet: IO[bytes]) -> Iterator[Corner]:
    columns: set[bytes] = set()
    height, rest = 0, b""
    while piece := sheet.read(_PIECE):
        found = _CELL.findall(rest + piece)
        columns.update(column for column, _ in found)
        height = max([height, *(int(row) for _, row in found)])
        rest = piece[-20:]
    yield max(map(_number, columns), default=0), height


def _number(column: bytes) -> int:
    """A = 1, Z = 26, AA = 27."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _of_ods(content: IO[bytes]) -> Iterator[Corner]:
    width = height = above = 0
    for _, element in ElementTree.iterparse(content):  # noqa: S314  expat refuses entities that multiply
        if element.tag == f"{_TABLE}table-row":
            here, repeated = _filled(element), int(element.get(f"{_TABLE}number-rows-repeated", 1))
            above += repeated
            width, height = max(width, here), above if here else height
            element.clear()
        elif element.tag == f"{_TABLE}table":
            yield width, height
            width = height = above = 0
            element.clear()


def _filled(row: ElementTree.Element) -> int:
    """The last column of a row with anything in it."""
    column = last = 0
    for cell in row:
        if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            column += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            last = column if cell.get(_VALUE_TYPE) or len(cell) else last
    return last


def _of_xlsb(sheet: IO[bytes]) -> Iterator[Corner]:
    width = height = row = 0
    for kind, body in _records(sheet):
        if kind == _ROW_RECORD:
            row = int.from_bytes(body[:4], "little") + 1
        elif kind in _CELL_RECORDS:
            width, height = max(width, int.from_bytes(body[:4], "little") + 1), max(height, row)
    yield width, height


def _records(sheet: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record; both numbers come in groups of seven bits, the lowest first."""
    while first := sheet.read(1):
        kind = first[0]
        if kind & 0x80:
            kind = (kind & 0x7F) | (_byte(sheet) << 7)
        size = shift = 0
        while True:
            group = _byte(sheet)
            size |= (group & 0x7F) << shift
            shift += 7
            if not group & 0x80 or shift == 28:
                break
        yield kind, sheet.read(size)


def _byte(sheet: IO[bytes]) -> int:
    """Raises EOFError."""
    if not (one := sheet.read(1)):
        raise EOFError("record cut short")
    return one[0]


_SHEETS: dict[str, Callable[[IO[bytes]], Iterator[Corner]]] = {
    r"worksheets/[^/]+\.xml$": _of_xlsx,
    r"worksheets/[^/]+\.bin$": _of_xlsb,
    r"^content\.xml$": _of_ods,
}
"""Name of a part → how it is read."""
