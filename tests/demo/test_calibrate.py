"""Arrival times held against logs: made ones with a known truth, and San Francisco's as told in the docs."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from actions.imports import ImportOptions, import_file
from actions.realms import open_realm
from core.permissions import SYSTEM
from core.quantiles import fit, pinball
from core.speeds import SpeedTable
from db.speeds import shipped_speeds
from demo.calibrate.models import FASTEST
from demo.calibrate.run import calibrate, write_tables
from demo.calibrate.study import City, Report, study
from demo.calibrate.trips import SETTLED, Past
from demo.replay.rows import Moment, Response
from geo.roads import RoadGraph
from tests.demo.test_san_francisco import CALLS, MAPPING, SAMPLE
from tests.parts import own_services

ZONE = ZoneInfo("Asia/Shanghai")
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
HOMES = {"E01": (118.0, 24.5), "E02": (118.1, 24.5)}


def response(
    incident: str, unit: str, at: datetime, lon: float, took_s: float | None, free_s: float = 3000
) -> Response:
    moments = [Moment("received", at), Moment("dispatched", at)]
    moments += [Moment("arrived", at + timedelta(seconds=took_s))] if took_s is not None else []
    moments.append(Moment("released", at + timedelta(seconds=free_s)))
    return Response(1, incident, unit, "fire", "21000", 3, "", "", lon, 24.5, tuple(moments))


def log(days: int, night: float = 1.0) -> list[Response]:
    """Twelve calls a day from E01: 100 s and what driving at 50 km/h takes, more or less; slower at night."""
    dice, made = random.Random(5), []
    for number in range(12 * days):
        at = BEGAN + timedelta(hours=2 * number)
        lon = 118.0 + dice.uniform(0.005, 0.05)
        drive = (lon - 118.0) * 101_190 / 13.9
        dark = at.astimezone(ZONE).hour in (22, 23, 0, 1, 2, 3, 4, 5)
        took = 100 + drive * (night if dark else 1.0) * dice.uniform(0.8, 1.3)
        made.append(response(str(number), "E01", at, lon, took))
    return made


def city(speeds: SpeedTable | None = None) -> City:
    return City(RoadGraph(), speeds or shipped_speeds(), HOMES, ZONE)


def study_of(responses: list[Response], days: int) -> Report:
    return study(responses, city(), (BEGAN + timedelta(days=2 * days // 3)).date())


def test_a_quantile_lies_where_its_share_of_values_is_below() -> None:
    dice = np.random.default_rng(2)
    x = dice.uniform(0, 10, 2000)
    y = 5 + 2 * x + dice.uniform(0, 1, 2000) * x
    features = np.column_stack((np.ones(2000), x))
    for share in (0.1, 0.5, 0.9):
        found = fit(features, y, share)
        assert found == pytest.approx([5, 2 + share], abs=0.15)
        assert (y < features @ found).mean() == pytest.approx(share, abs=0.01)
        worse = features @ (found + np.array([0.3, 0.0]))
        assert pinball(y, features @ found, share).mean() < pinball(y, worse, share).mean()


def test_a_fit_finds_the_truth_and_is_kept_the_hours_are_not() -> None:
    report = study_of(log(45), 45)
    (verdict,) = report.verdicts
    assert verdict.kept == "fit"
    ways = verdict.ways
    assert ways["fit"].loss_s < ways["tables"].loss_s
    assert ways["fit"].within == pytest.approx(0.8, abs=0.1)
    assert report.turnouts[0].home.usual_s == pytest.approx(100, abs=25)
    assert report.speeds[0].factor == pytest.approx(50 / 25 / 1.05, abs=0.2)


def test_nights_that_are_slower_are_found_and_told_as_lines_of_the_table() -> None:
    report = study_of(log(45, night=1.8), 45)
    assert report.verdicts[0].kept == "fit_by_hour"
    factors = {(line.starts, line.ends): line.factor for line in report.speeds}
    assert factors[22, 6] < 0.75 * factors[0, 24]
    assert max(factors.values()) <= FASTEST


def test_few_trips_change_nothing() -> None:
    (verdict,) = study_of(log(6), 6).verdicts
    assert (verdict.kept, list(verdict.ways)) == ("tables", ["tables"])


def test_a_unit_is_at_its_last_incident_until_it_is_home_again_and_a_busy_one_is_not_asked() -> None:
    at = BEGAN
    calls = [
        response("1", "E01", at, 118.05, 300, free_s=600),
        response("2", "E02", at + timedelta(seconds=300), 118.04, 200),
        response("3", "E01", at + timedelta(seconds=660), 118.03, 100, free_s=700),
        response("4", "E01", at + timedelta(seconds=1360) + SETTLED, 118.02, 100),
    ]
    trips, races = Past(HOMES, ZONE, at.date()).read(calls)
    assert [(trip.start.at[0], trip.start.at_home) for trip in trips] == [
        (118.0, True), (118.1, True), (118.05, False), (118.0, True),
    ]  # fmt: skip
    assert [[start.unit for start in race.free] for race in races] == [["E01"], ["E02"], ["E01"], ["E01"]]


def test_the_first_to_arrive_is_looked_for_among_the_free_and_those_sent() -> None:
    calls = [
        response("0", "E02", BEGAN - timedelta(hours=3), 118.08, 200, free_s=600),
        response("1", "E01", BEGAN, 118.04, 300),
        response("1", "E02", BEGAN, 118.04, 200),
    ]
    report = study(calls, city(), BEGAN.astimezone(ZONE).date())
    assert report.races == 2
    assert report.firsts["sent"]["of"] == {"races": 1, "free": 2.0}
    assert report.firsts["sent"]["straight"] == {"top1": 0.0, "top3": 1.0, "top5": 1.0}


@pytest.mark.slow
@pytest.mark.skipif(not CALLS.exists(), reason="the sample of San Francisco is not here")
def test_san_francisco_s_figures_are_those_of_the_docs(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """docs/dispatch.md; the tables that come out can be imported."""
    with own_services(database_url, redis_url, tmp_path / "secret") as services:
        open_realm(services, "live")
        stations = SAMPLE / "current_fire_stations.geojson"
        assert import_file(
            services, SYSTEM, "posts", stations, ImportOptions(fields={"name": "common_name"})
        ).ok
        report = calibrate(services, CALLS, MAPPING, date(2020, 4, 9))
        assert (report.trips, report.races, report.by_road) == (6593, 1560, 0.0)
        assert {one.kind: one.kept for one in report.verdicts} == {"fire": "fit", "medical": "fit"}
        for one in report.verdicts:
            assert one.ways["fit"].mae_s < 0.97 * one.ways["tables"].mae_s
            assert one.ways["fit"].loss_s < 0.9 * one.ways["tables"].loss_s
            assert one.ways["fit"].within == pytest.approx(0.8, abs=0.02)
            assert one.ways["tables"].within > 0.75
        firsts = report.firsts
        assert firsts["free"]["straight"] == pytest.approx(
            {"top1": 0.187, "top3": 0.334, "top5": 0.403}, abs=0.01
        )
        assert firsts["free"]["kept"] == pytest.approx(
            {"top1": 0.254, "top3": 0.372, "top5": 0.418}, abs=0.01
        )
        for file in write_tables(report, tmp_path / "out", "test"):
            assert import_file(services, SYSTEM, file.stem, file).ok
        assert services.reference.speeds().turnout("fire").vehicle == "fire"
