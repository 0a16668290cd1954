"""OpenStreetMap extracts (.osm.pbf, .osm) → roads with our classes, or the shapes of the base map.

Which tag means what is data (geo/data/osm.csv). Ways for feet and wheels, and whatever has no line in the
table, are left out.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.problems import Problem, note, refuse

ENDINGS = (".pbf", ".osm")
_DATA = Path(__file__).parent / "data"
MPH = 1.609344
#: Values of `oneway` with an end to go from; a roundabout and a motorway have one without saying so.
_ONEWAY = {"yes": 1, "true": 1, "1": 1, "-1": -1, "reverse": -1}
_SILENT_ONEWAY = ("roundabout", "circular")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A line of the table: features of `layer` with key = value are a `kind` of class `label`."""

    layer: str
    key: str
    value: str
    kind: str
    label: str


@cache
def meanings() -> tuple[Meaning, ...]:
    with (_DATA / "osm.csv").open(encoding="utf-8") as file:
        return tuple(
            Meaning(line["layer"], line["key"], line["value"], line["kind"], line["class"])
            for line in csv.DictReader(file)
        )


def read_osm(path: Path, kind: str, layer: str | None) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Roads or base map of an extract; for other kinds one of its layers as it is. Raises FileRefused."""
    if kind == "roads":
        return _roads(path)
    if kind == "basemap":
        return _basemap(path)
    if layer is None:
        names = ("points", "lines", "multipolygons")
        raise refuse("layer_needed", layers=", ".join(names), first=names[0])
    return _layer(path, layer), []


def _layer(path: Path, layer: str, where: str | None = None) -> gpd.GeoDataFrame:
    options = {"CONFIG_FILE": str(_DATA / "osm.ini")}
    try:
        return gpd.GeoDataFrame(pyogrio.read_dataframe(path, layer=layer, where=where, **options))
    except pyogrio.errors.DataLayerError:
        raise refuse("layer_unknown", layer=layer, layers="points, lines, multipolygons") from None
    except (pyogrio.errors.DataSourceError, pyogrio.errors.GeometryError, UnicodeDecodeError) as fault:
        raise refuse("file_unreadable", path=path.name, reason=str(fault)[:200]) from None


def _roads(path: Path) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    classes = {m.value: m.label for m in meanings() if m.kind == "road"}
    ways = _layer(path, "lines", "highway IS NOT NULL")
    taken = ways[ways["highway"].isin(classes)]
    made = gpd.GeoDataFrame(
        {
            "name": taken["name"],
            "class": taken["highway"].map(classes),
            "oneway": [
                _oneway(*way) for way in taken[["oneway", "junction", "highway"]].itertuples(index=False)
            ],
            "speed_kmh": taken["maxspeed"].map(_kmh, na_action="ignore"),
        },
        geometry=taken.geometry,
        crs=taken.crs,
    )
    return made, _left_out(len(ways) - len(taken))


def _oneway(oneway: Any, junction: Any, highway: str) -> int:
    if isinstance(oneway, str):
        return _ONEWAY.get(oneway, 0)
    return int(junction in _SILENT_ONEWAY or highway == "motorway")


def _kmh(speed: str) -> float | None:
    """`60`, `60 km/h`, `40 mph`; None for what is no figure (`CN:urban`, `none`): then its class decides."""
    found = re.match(r"\s*(\d+(?:\.\d+)?)\s*(mph)?", speed)
    value = float(found[1]) * (MPH if found[2] else 1.0) if found else 0.0
    return round(value, 1) if 1 <= value <= 200 else None


def _basemap(path: Path) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    layers = ("multipolygons", "lines", "points")
    parts = [_sorted_out(_layer(path, layer), layer) for layer in layers]
    left_out = sum(left for _, left in parts)
    frames = [frame for frame, _ in parts if len(frame)]
    if not frames:
        raise refuse("layer_empty", file=path.name)
    joined = gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=frames[0].crs)
    return joined, _left_out(left_out)


def _sorted_out(frame: gpd.GeoDataFrame, layer: str) -> tuple[gpd.GeoDataFrame, int]:
    """The features that mean something on the map, and how many do not."""
    kinds = pd.Series(None, index=frame.index, dtype=object)
    labels = kinds.copy()
    for meaning in reversed([m for m in meanings() if m.layer == layer and m.kind != "road"]):
        column = frame[meaning.key]
        mask = column.notna() & (column != "no") if meaning.value == "*" else column == meaning.value
        kinds[mask], labels[mask] = meaning.kind, meaning.label
    known = kinds.notna()
    if layer == "points":
        known &= frame["name"].notna()
    made = gpd.GeoDataFrame(
        {"kind": kinds[known], "class": labels[known], "name": frame["name"][known]},
        geometry=frame.geometry[known],
        crs=frame.crs,
    )
    return made, int((~known).sum())


def _left_out(count: int) -> list[Problem]:
    return [note("osm_left_out", count=count)] if count else []
