"""Where the drills that ship happen, for the cities of the tests."""

from __future__ import annotations

from pathlib import Path

import shapely

from core.drill_script import Script
from core.drill_text import read_script
from core.offices import parse
from demo.city import City

FOLDER = Path(__file__).resolve().parents[2] / "db" / "data" / "drills"


def strays(city: City) -> list[str]:
    """What of the shipped drills names a place or an area that the city does not have: drill, what."""
    grids = [one for one in city.layers["grids"] if one.props["tier"] == 3]
    codes = [str(one.props["code"]) for one in grids]
    tree = shapely.STRtree([one.geom for one in grids])
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        script = read_script(path.read_text(encoding="utf-8"))
        areas = {script.division, *(parse(seat.office).area for seat in script.seats)}
        found += [f"{path.stem} {area}" for area in areas if not any(one.startswith(area) for one in codes)]
        for number, (lon, lat) in _places(script).items():
            within = [codes[n] for n in tree.query(shapely.Point(lon, lat), predicate="within")]
            if not any(code.startswith(script.division) for code in within):
                found.append(f"{path.stem} {number}")
    return found


def _places(script: Script) -> dict[int, tuple[float, float]]:
    return {
        one.number: (one.act.lon, one.act.lat)
        for one in script.injects
        if hasattr(one.act, "lon") and hasattr(one.act, "lat")
    }
