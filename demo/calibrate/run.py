"""calibrate: a log of past responses against the arrival times of an instance."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import astuple, replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from actions import replaying
from actions.services import Services
from core.errors import InvalidInput
from demo.calibrate.study import City, Report, study
from demo.replay.mapping import Mapping, read_mapping
from demo.replay.plan import post_pattern
from demo.replay.player import home_post
from demo.replay.rows import Response, read_rows
from geo.datum import to_wgs84

SPEEDS = ("vehicle", "road", "starts", "ends", "factor", "most_kmh", "source")
TURNOUTS = (
    "kind", "vehicle", "home_low_s", "home_s", "home_high_s", "street_low_s", "street_s", "street_high_s",
    "drive_low", "drive_high", "source",
)  # fmt: skip


def calibrate(services: Services, file: Path, mapping_file: Path, split: date | None = None) -> Report:
    """On the instance's own roads, tables and posts. Without `split` the last third of the days is judged.

    Raises MappingInvalid, RowsRefused, InvalidInput (no day on one side of the split).
    """
    mapping = read_mapping(mapping_file)
    responses = _in_wgs84(read_rows(file, mapping), mapping)
    zone = ZoneInfo(mapping.time.zone)
    days = sorted({moment.at.astimezone(zone).date() for one in responses for moment in one.moments[:1]})
    split = split or (days[-(-2 * len(days) // 3) :] or [date.max])[0]
    if not days or not days[0] < split <= days[-1]:
        raise InvalidInput(pointer="split", detail=f"{days[0]} < split <= {days[-1]}" if days else file.name)
    posts, units = replaying.post_points(services), sorted({one.unit for one in responses})
    found = {unit: home_post(post_pattern(unit, mapping), posts) for unit in units}
    homes = {unit: post for unit, post in found.items() if post}
    reference = services.reference
    return study(responses, City(reference.roads(), reference.speeds(), homes, zone), split)


def _in_wgs84(responses: Sequence[Response], mapping: Mapping) -> list[Response]:
    lon, lat = to_wgs84(
        [one.lon for one in responses], [one.lat for one in responses], mapping.location.datum
    )
    return [replace(one, lon=float(x), lat=float(y)) for one, x, y in zip(responses, lon, lat, strict=True)]


def write_tables(report: Report, folder: Path, source: str) -> list[Path]:
    """The lines that are kept, as files for `import speeds` and `import turnouts`; none without a line."""
    if not report.turnouts:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    speeds = [[*astuple(line), source] for line in report.speeds]
    turnouts = [
        [
            one.kind,
            one.vehicle,
            *astuple(one.home),
            *astuple(one.street),
            one.drive_low,
            one.drive_high,
            source,
        ]
        for one in report.turnouts
    ]
    return [
        _write(folder / "speeds.csv", SPEEDS, speeds), _write(folder / "turnouts.csv", TURNOUTS, turnouts)
    ]  # fmt: skip


def _write(path: Path, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path
