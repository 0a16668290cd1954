"""CAP 1.2 (GB/T 35965): reading a warning, and saying what is wrong with one.

The rules are those of the OASIS schema (elements, their order and number, values, times with an offset) and
of the standard's text: who updates or cancels must refer, polygons close, restricted and private messages say
for whom. CAP 1.1 is read as 1.2. Colours stand for severities where Chinese senders use them (u).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from core.errors_intake import CapInvalid, Fault
from core.intake_bodies import parse_xml

NAMESPACES = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
_SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"
MOST_FAULTS = 20
_KEY_LENGTH = 200
"""Longer identifiers and senders fit into no index."""

Point = tuple[float, float]
"""lon, lat in degrees, WGS 84 (CAP writes lat,lon)."""


@dataclass(frozen=True, slots=True)
class Area:
    """`circles` are centre and radius in metres."""

    desc: str
    polygons: tuple[tuple[Point, ...], ...] = ()
    circles: tuple[tuple[Point, float], ...] = ()
    geocodes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Info:
    """What is warned of, in one language."""

    language: str
    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str = "Unknown"
    responses: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    sender: str
    identifier: str
    sent: str


@dataclass(frozen=True, slots=True)
class Alert:
    """A warning; `sent` as it was written, for it is part of its name."""

    identifier: str
    sender: str
    sent: str
    status: str
    msg_type: str
    scope: str
    note: str = ""
    references: tuple[Reference, ...] = ()
    infos: tuple[Info, ...] = ()

    @property
    def info(self) -> Info | None:
        """The Chinese one, else the first."""
        chinese = (info for info in self.infos if info.language.lower().startswith("zh"))
        return next(chinese, self.infos[0] if self.infos else None)

    @property
    def sent_at(self) -> datetime:
        return datetime.fromisoformat(self.sent)


# --- the shape of each element ---------------------------------------------------------------------------

Check = Callable[[str], str | None]
"""The code of what is wrong with a text; None if nothing is."""
MANY = 1 << 30


def _one_of(*values: str) -> Check:
    allowed = frozenset(values)
    return lambda text: None if text in allowed else "cap_value"


_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[-+]\d{2}:\d{2}", re.ASCII)


def _time(text: str) -> str | None:
    if not _TIME.fullmatch(text):
        return "cap_time"
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return "cap_time"
    return None


def _key(text: str) -> str | None:
    return "cap_empty" if not text.strip() else "cap_long" if len(text) > _KEY_LENGTH else None


def _any(text: str) -> str | None:
    return None


def _numeric(text: str) -> str | None:
    return None if re.fullmatch(r"[-+]?(\d+(\.\d*)?|\.\d+)", text.strip(), re.ASCII) else "cap_value"


def _whole(text: str) -> str | None:
    return None if re.fullmatch(r"[-+]?\d+", text.strip(), re.ASCII) else "cap_value"


def _language(text: str) -> str | None:
    """An empty one means the schema's default, en-US."""
    if not text:
        return None
    return None if re.fullmatch(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", text.strip()) else "cap_value"


def _polygon(text: str) -> str | None:
    points = [_pair(pair) for pair in text.split()]
    if None in points:
        return "cap_coordinates"
    return None if len(points) >= 4 and points[0] == points[-1] else "cap_polygon_open"


def _circle(text: str) -> str | None:
    centre, _, radius = text.strip().partition(" ")
    try:
        fine = _pair(centre) is not None and 0 <= float(radius) < 20_100
    except ValueError:
        fine = False
    return None if fine else "cap_coordinates"


def _pair(text: str) -> Point | None:
    lat, _, lon = text.partition(",")
    try:
        at = (float(lon), float(lat))
    except ValueError:
        return None
    fine = all(map(math.isfinite, at)) and abs(at[0]) <= 180 and abs(at[1]) <= 90
    return at if fine else None


@dataclass(frozen=True, slots=True)
class _Shape:
    """A child: how often it stands there, what its text must be, or what children it has itself."""

    name: str
    least: int
    most: int
    check: Check = _any
    parts: tuple[_Shape, ...] = ()


_SEVERITY = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
COLOURS = ("Red", "Orange", "Yellow", "Blue")
_NAMED = (_Shape("valueName", 1, 1), _Shape("value", 1, 1))
_RESOURCE = (
    _Shape("resourceDesc", 1, 1), _Shape("mimeType", 1, 1), _Shape("size", 0, 1, _whole),
    _Shape("uri", 0, 1), _Shape("derefUri", 0, 1), _Shape("digest", 0, 1),
)  # fmt: skip
_AREA = (
    _Shape("areaDesc", 1, 1), _Shape("polygon", 0, MANY, _polygon), _Shape("circle", 0, MANY, _circle),
    _Shape("geocode", 0, MANY, parts=_NAMED), _Shape("altitude", 0, 1, _numeric),
    _Shape("ceiling", 0, 1, _numeric),
)  # fmt: skip
_INFO = (
    _Shape("language", 0, 1, _language),
    _Shape("category", 1, MANY, _one_of(
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
        "Other",
    )),
    _Shape("event", 1, 1),
    _Shape("responseType", 0, MANY, _one_of(
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None",
    )),
    _Shape("urgency", 1, 1, _one_of("Immediate", "Expected", "Future", "Past", "Unknown")),
    _Shape("severity", 1, 1, _one_of(*_SEVERITY, *COLOURS)),
    _Shape("certainty", 1, 1, _one_of("Observed", "Likely", "Possible", "Unlikely", "Unknown")),
    _Shape("audience", 0, 1), _Shape("eventCode", 0, MANY, parts=_NAMED),
    _Shape("effective", 0, 1, _time), _Shape("onset", 0, 1, _time), _Shape("expires", 0, 1, _time),
    _Shape("senderName", 0, 1), _Shape("headline", 0, 1), _Shape("description", 0, 1),
    _Shape("instruction", 0, 1), _Shape("web", 0, 1), _Shape("contact", 0, 1),
    _Shape("parameter", 0, MANY, parts=_NAMED), _Shape("resource", 0, MANY, parts=_RESOURCE),
    _Shape("area", 0, MANY, parts=_AREA),
)  # fmt: skip
_ALERT = (
    _Shape("identifier", 1, 1, _key), _Shape("sender", 1, 1, _key), _Shape("sent", 1, 1, _time),
    _Shape("status", 1, 1, _one_of("Actual", "Exercise", "System", "Test", "Draft")),
    _Shape("msgType", 1, 1, _one_of("Alert", "Update", "Cancel", "Ack", "Error")),
    _Shape("source", 0, 1), _Shape("scope", 1, 1, _one_of("Public", "Restricted", "Private")),
    _Shape("restriction", 0, 1), _Shape("addresses", 0, 1), _Shape("code", 0, MANY), _Shape("note", 0, 1),
    _Shape("references", 0, 1), _Shape("incidents", 0, 1), _Shape("info", 0, MANY, parts=_INFO),
)  # fmt: skip


# --- reading ---------------------------------------------------------------------------------------------


def read_cap(body: bytes) -> Alert:
    """The warning of an XML document. Raises CapInvalid naming every fault, XmlDangerous."""
    try:
        root = parse_xml(body)
    except etree.LxmlError as error:
        raise CapInvalid([Fault("alert", "cap_no_xml", str(error)[:160])]) from error
    name = etree.QName(root)
    if name.localname != "alert" or name.namespace not in NAMESPACES:
        raise CapInvalid([Fault(name.localname, "cap_namespace", str(name.namespace))])
    faults = [*_faults(root, _ALERT, "alert", name.namespace), *_promises(root)][:MOST_FAULTS]
    if faults:
        raise CapInvalid(faults)
    return _alert(root)


def _faults(node: Any, shapes: Sequence[_Shape], where: str, namespace: str) -> Iterator[Fault]:
    """Children that are missing, too many, out of place, unknown or wrong."""
    children = [child for child in node if etree.QName(child).namespace != _SIGNATURES]
    places = {shape.name: place for place, shape in enumerate(shapes)}
    counts = dict.fromkeys(places, 0)
    last = 0
    for child in children:
        name = etree.QName(child)
        here = f"{where}/{name.localname}"
        place = places.get(name.localname) if name.namespace == namespace else None
        if place is None:
            yield Fault(here, "cap_unknown_element")
            continue
        counts[name.localname] += 1
        if place < last:
            yield Fault(here, "cap_order")
        last = max(last, place)
        yield from _inside(child, shapes[place], here, namespace)
    for shape in shapes:
        if counts[shape.name] < shape.least:
            yield Fault(f"{where}/{shape.name}", "cap_missing")
        elif counts[shape.name] > shape.most:
            yield Fault(f"{where}/{shape.name}", "cap_too_many")


def _inside(node: Any, shape: _Shape, where: str, namespace: str) -> Iterator[Fault]:
    if shape.parts:
        yield from _faults(node, shape.parts, where, namespace)
    elif len(node):
        yield Fault(where, "cap_unknown_element", etree.QName(node[0]).localname)
    elif (code := shape.check(node.text or "")) is not None:
        yield Fault(where, code, (node.text or "")[:60])


def _promises(root: Any) -> Iterator[Fault]:
    """What one element demands of another."""
    kind, scope = _text(root, "msgType"), _text(root, "scope")
    references = _text(root, "references")
    if kind in ("Update", "Cancel", "Ack", "Error") and not references.strip():
        yield Fault("alert/references", "cap_refers_to_nothing", kind)
    if any(_reference(one) is None for one in references.split()):
        yield Fault("alert/references", "cap_reference", references[:60])
    if scope == "Restricted" and not _text(root, "restriction").strip():
        yield Fault("alert/restriction", "cap_missing")
    if scope == "Private" and not _text(root, "addresses").strip():
        yield Fault("alert/addresses", "cap_missing")


def _reference(text: str) -> Reference | None:
    """sender,identifier,sent; a sender may hold commas, the other two do not."""
    parts = text.rsplit(",", 2)
    return Reference(*parts) if len(parts) == 3 and all(parts) else None


def _children(node: Any, name: str) -> list[Any]:
    return [child for child in node if etree.QName(child).localname == name]


def _text(node: Any, name: str) -> str:
    found = _children(node, name)
    return (found[0].text or "") if found else ""


def _texts(node: Any, name: str) -> tuple[str, ...]:
    return tuple((child.text or "").strip() for child in _children(node, name))


def _pairs(node: Any, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (_text(one, "valueName").strip(), _text(one, "value").strip()) for one in _children(node, name)
    )


def _alert(root: Any) -> Alert:
    references = (_reference(one) for one in _text(root, "references").split())
    return Alert(
        identifier=_text(root, "identifier").strip(),
        sender=_text(root, "sender").strip(),
        sent=_text(root, "sent"),
        status=_text(root, "status"),
        msg_type=_text(root, "msgType"),
        scope=_text(root, "scope"),
        note=_text(root, "note").strip(),
        references=tuple(one for one in references if one is not None),
        infos=tuple(_info(node) for node in _children(root, "info")),
    )


def _info(node: Any) -> Info:
    expires = _text(node, "expires")
    return Info(
        language=_text(node, "language").strip() or "en-US",
        categories=_texts(node, "category"),
        event=_text(node, "event").strip(),
        urgency=_text(node, "urgency"),
        severity=_text(node, "severity"),
        certainty=_text(node, "certainty"),
        responses=_texts(node, "responseType"),
        codes=_pairs(node, "eventCode"),
        expires=datetime.fromisoformat(expires) if expires else None,
        sender_name=_text(node, "senderName").strip(),
        headline=_text(node, "headline").strip(),
        description=_text(node, "description").strip(),
        instruction=_text(node, "instruction").strip(),
        parameters=_pairs(node, "parameter"),
        areas=tuple(_area(area) for area in _children(node, "area")),
    )


def _area(node: Any) -> Area:
    polygons = ([_pair(pair) for pair in text.split()] for text in _texts(node, "polygon"))
    circles = (text.partition(" ") for text in _texts(node, "circle"))
    return Area(
        desc=_text(node, "areaDesc").strip(),
        polygons=tuple(tuple(at for at in points if at) for points in polygons),
        circles=tuple(
            (at, float(radius) * 1000) for centre, _, radius in circles if (at := _pair(centre)) is not None
        ),
        geocodes=_pairs(node, "geocode"),
    )
