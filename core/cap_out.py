"""CAP 1.2 (GB/T 35965): a warning of ours as XML, in Chinese and in English.

The status follows from the realm alone (`core.warning_model.status_of`): what a drill says is Exercise, and
marked so in its words, whoever asks. Each element stands where the schema wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any, Literal

from lxml import etree

from core.outbound import DRILL_MARK, is_drill, marked
from core.warning_model import Bulletin, Ring, status_of

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
MEDIA = "application/cap+xml"
DRILL_MARK_EN = "[EXERCISE] "
CLASS_CODE, DIVISION = "zhihui:class", "zhihui:division"
"""Names of our code systems."""
MsgType = Literal["Alert", "Update", "Cancel"]


def marked_en(realm: str, text: str) -> str:
    """As `core.outbound.marked`."""
    return DRILL_MARK_EN + text if is_drill(realm) else text


def write_cap(said: Bulletin, msg_type: MsgType, references: Sequence[str], realm: str) -> bytes:
    """The document, UTF-8."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    head = {
        "identifier": said.identifier, "sender": said.sender, "sent": said.sent, "status": status_of(realm),
        "msgType": msg_type, "scope": "Public",
        "note": f"{DRILL_MARK}{realm}" if is_drill(realm) else "", "references": " ".join(references),
    }  # fmt: skip
    _put(root, head)
    zh = (marked(realm, said.headline), marked(realm, said.text))
    en = (marked_en(realm, said.headline_en), marked_en(realm, said.text_en))
    _info(root, said, "zh-CN", said.event, *zh)
    _info(root, said, "en", said.event_en, *en)
    document: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _info(root: Any, said: Bulletin, language: str, event: str, headline: str, text: str) -> None:
    info = _child(root, "info")
    _put(info, {
        "language": language, "category": said.category, "event": event, "responseType": said.response,
        "urgency": said.urgency, "severity": said.severity, "certainty": said.certainty,
    })  # fmt: skip
    _named(info, "eventCode", CLASS_CODE, said.class_code)
    expires = said.expires.astimezone(_offset(said)).isoformat(timespec="seconds")
    _put(info, {
        "expires": expires.replace("+00:00", "-00:00"), "senderName": said.sender_name, "headline": headline,
        "description": text,
    })  # fmt: skip
    _named(info, "parameter", "zhihui:colour", said.colour)
    area = _child(info, "area")
    _put(area, {"areaDesc": said.area_desc or said.sender_name})
    for ring in said.rings:
        _put(area, {"polygon": polygon(ring)})
    for code in said.areas:
        _named(area, "geocode", DIVISION, code)


def _offset(said: Bulletin) -> tzinfo | None:
    """That of the city when the message was sent."""
    return datetime.fromisoformat(said.sent).tzinfo


def polygon(ring: Ring) -> str:
    """CAP writes lat,lon; six decimals are a tenth of a metre."""
    return " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring)


def _put(node: Any, texts: dict[str, str]) -> None:
    """Children in this order; those without a text are left out."""
    for name, text in texts.items():
        if text:
            _child(node, name).text = _printable(text)


def _printable(text: str) -> str:
    """XML has no control characters but these."""
    return "".join(c for c in text if (c >= " " and c not in "\ufffe\uffff") or c in "\t\n")


def _child(node: Any, name: str) -> Any:
    return etree.SubElement(node, f"{{{NAMESPACE}}}{name}")


def _named(node: Any, name: str, key: str, value: str) -> None:
    _put(_child(node, name), {"valueName": key, "value": value})
