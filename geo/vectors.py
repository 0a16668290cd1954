"""Vector files by GDAL (pyogrio): GeoPackage, Shapefile, KML, FlatGeobuf, MapInfo; text in any encoding.

Shapefile, MapInfo and old KML hold 8-bit text whose encoding is often said wrongly or nowhere. Such text is
read byte by byte (as Latin-1, which loses nothing) and decoded here, so that a wrong name of an encoding
shows as a refusal with row and column, never as rubbish in the database.
"""

from __future__ import annotations

import codecs
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyogrio

from geo import encodings
from geo.problems import FileRefused, Problem, note, refuse

#: Formats with text of 8 bits.
BYTES = (".shp", ".dbf", ".tab", ".mif")
ENDINGS = (*BYTES, ".gpkg", ".fgb", ".kml", ".gml", ".gdb", ".sqlite")
RAW = "ISO-8859-1"
#: Language marks of dBASE tables (byte 29) that Chinese programs write.
_DBF_MARKS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5hkscs", 0x78: "big5hkscs"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer read; `frame` has no geometry column when the file has none."""

    frame: pd.DataFrame
    problems: list[Problem]
    layers: tuple[str, ...]
    encoding: str | None


def read_layer(path: Path, layer: str | None, encoding: str | None) -> Layer:
    """One layer, by name when there are several. Raises FileRefused."""
    if path.suffix.lower() == ".kml":
        return _read_kml(path, layer, encoding)
    names = layers_of(path)
    chosen = layer or _only(names, path.name)
    if path.suffix.lower() not in BYTES:
        return Layer(_frame(path, chosen, encoding), [], names, encoding or encodings.UTF8)
    raw = _frame(path, chosen, RAW)
    used, problems = _text_encoding(raw, path, encoding)
    return Layer(_decoded(raw, used), problems, names, used)


def layers_of(path: Path) -> tuple[str, ...]:
    """Names of all layers. Raises FileRefused: file_unreadable."""
    try:
        return tuple(str(name) for name, _ in pyogrio.list_layers(path))
    except (pyogrio.errors.DataSourceError, UnicodeDecodeError) as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None


def _only(names: tuple[str, ...], file: str) -> str:
    if len(names) > 1:
        raise refuse("layer_needed", layers=", ".join(names), first=names[0])
    if not names:
        raise refuse("layer_empty", file=file)
    return names[0]


def _frame(path: Path, layer: str, encoding: str | None) -> pd.DataFrame:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pyogrio.read_dataframe(path, layer=layer, encoding=encoding)
    except pyogrio.errors.DataLayerError:
        raise refuse("layer_unknown", layer=layer, layers=", ".join(layers_of(path))) from None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.GeometryError) as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None
    except LookupError:
        raise refuse("unknown_encoding", encoding=str(encoding)) from None
    except UnicodeDecodeError:
        raise refuse("wrong_encoding", encoding=encoding or encodings.UTF8, at=0) from None


def _read_kml(path: Path, layer: str | None, encoding: str | None) -> Layer:
    """As UTF-8, which is what XML readers surely know: GBK is declared by old programs, or wrongly not."""
    content, used = encodings.decode(path.read_bytes(), encoding or _declared(path))
    with TemporaryDirectory(prefix="zhihui-import-") as folder:
        copy = Path(folder) / "doc.kml"
        copy.write_text(re.sub(r"\A\s*<\?xml.*?\?>", "", content, count=1, flags=re.DOTALL), encoding="utf-8")
        names = layers_of(copy)
        chosen = layer or _only(names, path.name)
        return Layer(_frame(copy, chosen, None), _found(used, encoding), names, used)


def _declared(path: Path) -> str | None:
    """The encoding in the XML declaration, when the bytes bear it out."""
    data = path.read_bytes()
    found = re.match(rb"\s*<\?xml[^>]*encoding=[\"']([\w-]+)", data[:200])
    name = _wider(found[1].decode()) if found else None
    return name if name and encodings.bears(data, name) else None


def _wider(name: str) -> str | None:
    """The encoding that a name means in practice: GBK and GB 2312 are read as GB 18030, which holds them.

    None for names that nobody knows, or that say nothing (Latin-1 is what programs write by default)."""
    try:
        known = codecs.lookup(name.strip()).name
    except LookupError:
        return None
    usual = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "cp950": "big5hkscs"}
    return None if known in ("iso8859-1", "ascii", "cp1252") else usual.get(known, known)


def _text_encoding(raw: pd.DataFrame, path: Path, asked: str | None) -> tuple[str, list[Problem]]:
    """Asked for, said by the file and borne out, or found. Raises FileRefused."""
    if asked:
        return _known(asked), []
    said = _said(path)
    if said and all(encodings.bears(piece, said) for piece in _pieces(raw)):
        return said, []
    used = encodings.decide(_pieces(raw))
    problems = [note("encoding_not_as_said", said=said, encoding=used)] if said else []
    return used, [*problems, *_found(used, None)]


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise refuse("unknown_encoding", encoding=name) from None


def _said(path: Path) -> str | None:
    """By the .cpg file beside a Shapefile, or by its table's language mark."""
    page = next(
        (other for other in path.parent.glob(f"{path.stem}.*") if other.suffix.lower() == ".cpg"), None
    )
    if page is not None:
        name = page.read_text(encoding="ascii", errors="ignore").strip()
        return _wider(f"cp{name}" if name.isdigit() else name)
    table = next(
        (other for other in path.parent.glob(f"{path.stem}.*") if other.suffix.lower() == ".dbf"), None
    )
    if table is None:
        return None
    with table.open("rb") as file:
        head = file.read(30)
    return _DBF_MARKS.get(head[29]) if len(head) == 30 else None


def _found(used: str, asked: str | None) -> list[Problem]:
    return [] if asked or used.startswith(encodings.UTF8) else [note("encoding_found", encoding=used)]


def _pieces(raw: pd.DataFrame) -> list[bytes]:
    """Column names and every text cell, as the bytes of the file."""
    cells = [cell for column in _text_columns(raw) for cell in raw[column] if isinstance(cell, str)]
    return [text.encode(RAW) for text in [*map(str, raw.columns), *cells]]


def _text_columns(raw: pd.DataFrame) -> list[str]:
    return [str(name) for name in raw.columns if name != "geometry" and _is_text(raw[name])]


def _is_text(column: Any) -> bool:
    return bool(pd.api.types.is_object_dtype(column.dtype) or pd.api.types.is_string_dtype(column.dtype))


def _decoded(raw: pd.DataFrame, encoding: str) -> pd.DataFrame:
    if encoding in (RAW, "iso8859-1"):
        return raw
    for column in _text_columns(raw):
        raw[column] = [
            _text(cell, encoding, row, column) for row, cell in enumerate(raw[column].tolist(), start=1)
        ]
    return raw.rename(columns={name: _text(str(name), encoding, None, "") for name in raw.columns})


def _text(cell: Any, encoding: str, row: int | None, column: str) -> Any:
    """One cell. Raises FileRefused: cell_not_in_encoding."""
    if not isinstance(cell, str) or cell.isascii():
        return cell
    try:
        return encodings.whole_characters(cell.encode(RAW), encoding)
    except UnicodeDecodeError:
        problem = Problem("cell_not_in_encoding", row, column, params={"encoding": encoding})
        raise FileRefused(problem) from None
