"""Bytes that another system sent → records: nested dictionaries, the same for JSON, XML, forms and tables.

XML is read without its document type, entities and network; attributes stand beside child elements.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from lxml import etree

from core.errors_intake import MessageUnreadable, RecordsTooMany, XmlDangerous
from core.intake import Record, SourceMapping, look

MOST = 500
"""Records in one message."""
_DEEPEST = 32
_TYPES = {
    "application/json": "json", "text/json": "json", "application/geo+json": "json",
    "application/x-www-form-urlencoded": "form", "application/xml": "xml", "text/xml": "xml",
}  # fmt: skip


def media_of(mapping: SourceMapping, content_type: str, body: bytes) -> str:
    """What a body is: as its type says where the source uses that, else by how it begins."""
    stated = _TYPES.get(content_type.partition(";")[0].strip().lower())
    if stated in mapping.media:
        return stated
    start = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    guess = {b"{": "json", b"[": "json", b"<": "xml"}.get(start, "form")
    return guess if guess in mapping.media else mapping.media[0]


def records(mapping: SourceMapping, media: str, body: bytes, encoding: str | None) -> list[Record]:
    """The records of a message, one at least. `encoding` None: XML says it itself, others are UTF-8.

    Raises MessageUnreadable, RecordsTooMany, XmlDangerous.
    """
    whole = _READERS[media](mapping, body, encoding)
    found = look(_storable(mapping, whole), mapping.root)
    if found is None:
        raise _unreadable(mapping, f"{mapping.root} ?")
    items = found if isinstance(found, list) else [found]
    if len(items) > MOST:
        raise RecordsTooMany(most=MOST, count=len(items))
    kept = [item for item in items if isinstance(item, Mapping)]
    if not kept or len(kept) != len(items):
        raise _unreadable(mapping, "no record")
    return kept


def _unreadable(mapping: SourceMapping, detail: str) -> MessageUnreadable:
    return MessageUnreadable(source=mapping.name, detail=detail[:160])


def _storable(mapping: SourceMapping, value: Any, depth: int = 0) -> Any:
    """Without what no database holds: NUL, halves of characters. Raises MessageUnreadable for what is too
    deep."""
    if depth > _DEEPEST:
        raise _unreadable(mapping, f"> {_DEEPEST} levels")
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        pairs = value.items()
        return {_storable(mapping, str(name)): _storable(mapping, one, depth + 1) for name, one in pairs}
    return [_storable(mapping, one, depth + 1) for one in value] if isinstance(value, list) else value


def _decoded(mapping: SourceMapping, body: bytes, encoding: str | None) -> str:
    try:
        return body.decode(encoding or "utf-8").removeprefix("\ufeff")
    except (UnicodeError, LookupError) as error:
        raise _unreadable(mapping, str(error)) from error


def _json(mapping: SourceMapping, body: bytes, encoding: str | None) -> Any:
    try:
        return json.loads(_decoded(mapping, body, encoding))
    except (ValueError, RecursionError) as error:
        raise _unreadable(mapping, f"JSON: {error}") from error


def _form(mapping: SourceMapping, body: bytes, encoding: str | None) -> Any:
    name = encoding or "utf-8"
    try:
        pairs = parse_qsl(body.decode("ascii"), True, encoding=name, errors="strict", max_num_fields=500)
    except (ValueError, LookupError) as error:
        raise _unreadable(mapping, f"form: {error}") from error
    if not pairs:
        raise _unreadable(mapping, "form: a=b&c=d ?")
    return _gathered(iter(pairs))


def _gathered(pairs: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    """Names that come again make a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _xml(mapping: SourceMapping, body: bytes, encoding: str | None) -> Any:
    try:
        return _element(parse_xml(body, encoding), 0)
    except etree.LxmlError as error:
        raise _unreadable(mapping, f"XML: {error}") from error


def parse_xml(body: bytes, encoding: str | None = None) -> Any:
    """The root element of a document that has no document type. Raises XmlDangerous, lxml's XMLSyntaxError.

    Nothing outside the bytes is read, and no entity is resolved but the five of XML itself.
    """
    known = encoding if encoding is None or _is_known(encoding) else None
    parser = etree.XMLParser(
        encoding=known, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    root = etree.fromstring(body, parser)
    tree = root.getroottree().docinfo
    if tree.doctype or tree.internalDTD is not None:
        raise XmlDangerous()
    return root


def _is_known(encoding: str) -> bool:
    try:
        etree.XMLParser(encoding=encoding)
    except (LookupError, ValueError):
        return False
    return True


def _element(node: Any, depth: int) -> Any:
    """Text of a leaf, else a dictionary of attributes and children by their names without a namespace."""
    children = [child for child in node if isinstance(child.tag, str)]
    if depth >= _DEEPEST or not (children or node.attrib):
        return (node.text or "").strip()
    pairs = [(_local(name), value) for name, value in node.attrib.items()]
    pairs += [(_local(child.tag), _element(child, depth + 1)) for child in children]
    if not children and (node.text or "").strip():
        pairs.append(("text", node.text.strip()))
    return _gathered(iter(pairs))


def _local(name: str) -> str:
    return str(etree.QName(name).localname)


def _csv(mapping: SourceMapping, body: bytes, encoding: str | None) -> Any:
    return list(table_rows(_decoded(mapping, body, encoding)))


def table_rows(text: str, delimiter: str = ",") -> Iterator[Record]:
    """Rows of a table with a heading; cells beyond the heading are dropped, missing ones left out."""
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, restkey=None)
    for row in reader:
        kept = {(name or "").strip(): cell for name, cell in row.items() if name and cell is not None}
        if any(str(cell).strip() for cell in kept.values()):
            yield kept


_READERS = {"json": _json, "form": _form, "xml": _xml, "csv": _csv}
