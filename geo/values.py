"""Cells of files → values. Each reader takes what is in the cell (never None) and raises ValueError."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pandas as pd

_DMS = re.compile(
    r"""(?P<sign>-?)(?P<d>\d{1,3})\s*[°º度]\s*(?P<m>\d{1,2}(?:\.\d+)?)\s*['′’分]"""
    r"""\s*(?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:"|″|”|''|′′|秒))?\s*(?P<side>[NSEWnsew]?)"""
)
_BETWEEN_WORDS = re.compile(r"[,;，；、]")
_TRUE = frozenset({"true", "t", "yes", "y", "1", "是", "有", "在线", "on"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "否", "无", "离线", "off"})
#: Road classes of OpenStreetMap and their like → ours.
_ROAD_CLASSES = {
    "unclassified": "residential", "living_street": "lane", "service": "lane", "track": "lane",
    "road": "residential", "busway": "lane", "pedestrian": "lane",
}  # fmt: skip
ROAD_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "residential", "lane")


def column_name(name: Any) -> str:
    """A column's name as names are compared: half-width, lower case, without spaces and what stands in
    brackets (经度（°） = 经度)."""
    found = unicodedata.normalize("NFKC", str(name)).lower()
    return re.sub(r"\(.*?\)|\[.*?\]|[\s_*:]", "", found) or found.strip()


def is_missing(cell: Any) -> bool:
    """None, NaN, NaT and blank text."""
    if isinstance(cell, str):
        return not cell.strip()
    if isinstance(cell, (list, dict)):
        return False
    return cell is None or bool(pd.isna(cell))


def text(cell: Any) -> str:
    """Plain text. Whole numbers come without a point, as tables often hold codes as floats."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, (dict, list)):
        return orjson.dumps(cell).decode()
    return str(cell).strip().replace("\x00", "")


def code(cell: Any) -> str:
    """A code: half-width, no spaces inside or around."""
    found = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text(cell)))
    if not found or len(found) > 64:
        raise ValueError(found[:64])
    return found


def number(cell: Any) -> float:
    found = float(unicodedata.normalize("NFKC", text(cell)))
    if not math.isfinite(found):
        raise ValueError(text(cell))
    return found


def degrees(cell: Any) -> float:
    """A coordinate: a number, or degrees, minutes and seconds in any of the usual signs (118°05′22″E)."""
    found = unicodedata.normalize("NFKC", text(cell))
    parts = _DMS.fullmatch(found.strip())
    if not parts:
        return number(found)
    turned = -1.0 if (parts["sign"] or parts["side"] or "").upper() in ("-", "S", "W") else 1.0
    minutes, seconds = float(parts["m"]), float(parts["s"] or 0)
    if minutes >= 60 or seconds >= 60:
        raise ValueError(found)
    return turned * (float(parts["d"]) + minutes / 60 + seconds / 3600)


def whole(cell: Any) -> int:
    found = number(cell)
    if not found.is_integer():
        raise ValueError(text(cell))
    return int(found)


def count(cell: Any) -> int:
    """A whole number from 0."""
    found = whole(cell)
    if not 0 <= found <= 2_000_000_000:
        raise ValueError(text(cell))
    return found


def flag(cell: Any) -> bool:
    found = text(cell).lower()
    if found not in _TRUE | _FALSE:
        raise ValueError(found)
    return found in _TRUE


def words(cell: Any) -> tuple[str, ...]:
    """Comma separated (also 、，；), or a JSON list, also as text."""
    found = cell if isinstance(cell, list) else text(cell)
    if isinstance(found, str) and found.startswith("["):
        found = orjson.loads(found)
    parts = found if isinstance(found, list) else _BETWEEN_WORDS.split(found)
    return tuple(word for part in parts if (word := str(part).strip()))


def moment(cell: Any) -> datetime:
    """RFC 3339 with an offset, in UTC."""
    found = cell if isinstance(cell, datetime) else datetime.fromisoformat(text(cell))
    if found.tzinfo is None:
        raise ValueError(text(cell))
    return found.astimezone(UTC)


_RATINGS = {"满意": 3, "非常满意": 3, "基本满意": 2, "不满意": 1}


def rating(cell: Any) -> int:
    """3, 2, 1, or in words."""
    found = _RATINGS.get(text(cell)) or whole(cell)
    if found not in _RATINGS.values():
        raise ValueError(text(cell))
    return found


def road_class(cell: Any) -> str:
    """Ours or OpenStreetMap's (the first of several, links like their roads); others are residential."""
    first = re.split(r"[|;,]", text(cell).lower())[0].removesuffix("_link")
    found = _ROAD_CLASSES.get(first, first)
    return found if found in ROAD_CLASSES else "residential"


def speed(cell: Any) -> float:
    """km/h: the first figure of several."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)", text(cell))
    if not found or not 1 <= float(found[1]) <= 200:
        raise ValueError(text(cell))
    return float(found[1])


def direction(cell: Any) -> int:
    """0 both ways, 1 along the line, -1 against it."""
    found = text(cell).lower()
    return -1 if found in ("-1", "reverse") else int(flag(cell))


def lots(cell: Any) -> list[dict[str, Any]]:
    """JSON text (or a list) of lots: item, name, quantity, unit, expiry or null, minimum.

    Name and unit may be left out: they are the item's."""
    found = cell if isinstance(cell, list) else orjson.loads(text(cell))
    if not isinstance(found, list):
        raise ValueError("no list")
    return [_lot(entry) for entry in found]


def _lot(entry: Any) -> dict[str, Any]:
    try:
        expiry = entry.get("expiry")
        quantity, minimum = number(entry["quantity"]), number(entry.get("minimum") or 0)
        made = {"item": code(entry["item"]), **{n: text(entry.get(n) or "") for n in ("name", "unit")}}
    except (KeyError, AttributeError, TypeError) as fault:
        raise ValueError(f"lot: {fault}") from None
    if quantity < 0 or minimum < 0:
        raise ValueError("lot: negative")
    day = date.fromisoformat(expiry) if expiry else None
    return {**made, "quantity": quantity, "minimum": minimum, "expiry": day}
