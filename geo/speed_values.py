"""Cells of the tables of speeds and of turnout times: vehicles, roads and hours also by their words."""

from __future__ import annotations

from typing import Any

from geo import values
from geo.clock_values import time_of_day

_VEHICLES = {
    "执勤车辆": "emergency", "特种车辆": "emergency", "警车": "emergency", "救护车": "emergency",
    "重型车辆": "heavy", "消防车": "heavy", "普通车辆": "ordinary", "工程车": "ordinary",
    "电动自行车": "cycle", "骑行": "cycle", "步行": "foot",
}  # fmt: skip
_ROADS = {
    "高速公路": "motorway", "快速路": "trunk", "主干路": "primary", "次干路": "secondary", "支路": "tertiary",
    "街巷": "residential", "小巷": "lane",
}  # fmt: skip
MOST_S = 24 * 3600.0


def vehicle(cell: Any) -> str:
    """A city may have vehicles of its own: what is none of the words comes back as it is."""
    found = values.text(cell)
    return _VEHICLES.get(found, found)


def road(cell: Any) -> str:
    """A class of road; raises ValueError for what is none."""
    found = values.text(cell)
    if (known := _ROADS.get(found, found)) not in values.ROAD_CLASSES:
        raise ValueError(found)
    return known


def hour(cell: Any) -> int:
    """7, 07:00 or 24; only whole hours."""
    found = values.text(cell)
    hours, _, minutes = (time_of_day(found) if ":" in found or "：" in found else f"{found}:00").partition(
        ":"
    )
    if minutes != "00" or not 0 <= (whole := values.whole(hours)) <= 24:
        raise ValueError(found)
    return whole


def factor(cell: Any) -> float:
    found = values.number(cell)
    if not 0 < found <= 5:
        raise ValueError(str(found))
    return found


def seconds(cell: Any) -> float:
    """From 0 to a day."""
    found = values.number(cell)
    if not 0 <= found <= MOST_S:
        raise ValueError(str(found))
    return found
