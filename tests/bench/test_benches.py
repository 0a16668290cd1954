"""Short runs of the benches: the shape of their rows, and that nothing is lost. No figure is judged here."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from actions import kpi
from bench import (
    activation,
    advice,
    click_to_wall,
    fan_out,
    first_map,
    history,
    load,
    map,
    positions,
    replay,
    reports,
    soak,
    tiles,
)
from bench.crowd import Seen
from bench.figures import percentile
from bench.instance import MARKED, Target, own_instance
from db.kpi_columns import Columns
from db.tables import incident
from instance.services import services

KEYS = {"name", "unit", "ours", "ratio", "n", "p50", "p95", "p99", "detail"}


def check_shape(row: dict[str, Any], other: str, n: int) -> None:
    assert set(row) == KEYS | {other}
    assert row["n"] == n
    assert 0 < row["p50"] <= row["p95"] <= row["p99"]
    if row[other]:  # processor time comes in ticks of 10 ms: a short run may have taken none
        assert row["ratio"] == pytest.approx(row["ours"] / row[other], rel=0.02, abs=0.02)


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.browser
def test_every_dispatch_reaches_the_wall_and_every_reader() -> None:
    with own_instance(MARKED) as target:
        whole, server = click_to_wall.bench(target, dispatches=12, readers=20, gap_s=0.2)
    check_shape(whole, "floor", 12)
    check_shape(server, "floor", 12)
    detail = whole["detail"]
    assert (detail["readers"], detail["not_drawn"], detail["readers_missed_or_repeated"]) == (20, 0, 0)
    assert detail["desk_callbacks"]["n"] > 0
    assert detail["desk_callbacks"]["failed"] == 0
    assert sum(hop["share"] for hop in detail["hops"]) == pytest.approx(1, abs=0.01)
    assert not target.data.exists()  # type: ignore[union-attr]


@pytest.mark.whole
@pytest.mark.slow
def test_no_reader_of_the_fan_out_loses_or_repeats_a_message(plain: Target) -> None:
    (row,) = fan_out.bench(plain, messages=40, readers=20)
    check_shape(row, "peer", 40 * 20)
    detail = row["detail"]
    assert detail["seq_contiguous"]
    for counts in (detail, detail["peer"]):
        assert (counts["lost"], counts["repeated"], counts["misplaced"]) == (0, 0, 0)


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.browser
def test_the_map_is_watched_and_touched_while_its_units_move(plain: Target) -> None:
    rows = map.bench(plain, incidents=20, seconds=2.0)
    assert [row["name"] for row in rows] == ["map", "map:drag"]
    for row in rows:
        check_shape(row, "floor", row["n"])
        assert row["n"] > 10
        assert row["detail"]["worst_frame_ms"] >= row["p99"]


@pytest.mark.whole
@pytest.mark.slow
def test_the_ten_fastest_are_those_of_the_oracle(plain: Target) -> None:
    """On the demo city's own roads, as where the sample is not here."""
    size = advice.Size(units=120, places=80, questions=4, oracle=2)
    routed, straight, ranges, sets = advice.bench(plain, size, Path("no such file"))
    for row, other in ((routed, "peer"), (straight, "peer"), (ranges, "floor"), (sets, "floor")):
        check_shape(row, other, 4)
    assert routed["detail"]["network"] == "demo city"
    assert (routed["detail"]["oracle_questions"], routed["detail"]["recall"]) == (2, 1.0)
    assert routed["detail"]["oracle_apart_s"] < 1
    assert 0 < straight["detail"]["recall_at_10"] <= 1


@pytest.mark.slow
def test_sixty_tasks_of_33_departments_begin_with_their_means(plain: Target) -> None:
    rows = activation.bench(plain, times=2)
    assert [row["name"] for row in rows] == ["activation", "activation:preview", "activation:end"]
    for row in rows:
        check_shape(row, "floor", 2)
    detail = rows[0]["detail"]
    assert (detail["departments"], detail["tasks"]) == (33, 60)
    assert detail["units"] > 0
    assert detail["supplies"] > 0
    assert detail["rows"] > 70


@pytest.mark.whole
@pytest.mark.slow
def test_reports_are_made_of_packed_days(plain: Target) -> None:
    found = reports.bench(plain, past=100_000, times=2, year=timedelta(days=60))
    assert [row["name"].removeprefix("reports:") for row in found] == [
        "pack-a-day", "day", "month", "year", "page-month", "page-year", "grids", "departments", "list",
        "xlsx",
    ]  # fmt: skip
    for row in found[1:]:
        check_shape(row, "floor", 2)
    with services(plain.own_settings) as parts, kpi.at_one_moment(parts, "live") as conn:
        held = Columns(conn, "live", parts.now() - timedelta(days=60), parts.now())
        assert (len(held) > 90_000, held.rows < 50) == (True, True)


@pytest.mark.slow
def test_a_day_is_folded_sought_in_and_played_without_losing_a_fact(plain: Target) -> None:
    found = replay.bench(plain, facts=600, seeks=10)
    assert [row["name"].removeprefix("replay:") for row in found] == [
        "fold",
        "seek",
        "seek-after-start",
        "play",
    ]
    for row in found:
        check_shape(row, "peer", row["n"])
    fold, seek, _cold, play = (row["detail"] for row in found)
    assert fold["facts"] > play["patches"] == 600
    assert seek["boards"] > 0


@pytest.mark.slow
def test_officers_work_a_days_incidents_from_report_to_close_without_an_error(plain: Target) -> None:
    size = load.Size(incidents=12, officers=4, speed=43_200, burst_s=0.2, past=300)
    verbs, burst, searches = load.bench(plain, size)
    detail = verbs["detail"]
    assert (detail["errors"], detail["first_errors"], detail["closed"]) == (0, [], 12)
    steps = ("report", "accept", "handle", "reply", "verify", "close")
    assert {detail["by_verb"][verb]["n"] for verb in steps[1:]} == {12}
    check_shape(verbs, "floor", sum(one["n"] for one in detail["by_verb"].values()))
    check_shape(burst, "floor", 10)
    check_shape(searches, "floor", searches["n"])
    assert detail["crossings"] > 0
    assert detail["web_mb"]["end"] > 50
    with services(plain.own_settings) as parts, parts.engine.connect() as conn:
        past = select(func.count()).select_from(incident).where(incident.c.channel == history.CHANNEL)
        assert (conn.scalar(past) or 0) >= 300


@pytest.mark.whole
@pytest.mark.slow
@pytest.mark.browser
def test_a_cold_browser_shows_the_map_of_a_city_that_was_filled(plain: Target) -> None:
    (first,) = first_map.bench(plain, cameras=400, incidents=300, times=2)
    check_shape(first, "floor", 2)
    assert first["detail"]["requests"] > 10
    steps = first["detail"]["p50_by_step"]
    assert steps["map"] <= steps["useful"]
    waterfall = first["detail"]["waterfall"]
    assert set(waterfall) == {"scripts", "ours", "dash", "board", "tiles"}
    assert waterfall["scripts"]["from_ms"] <= waterfall["tiles"]["from_ms"]


@pytest.mark.slow
def test_every_tile_is_asked_for_before_it_is_kept_and_is_what_the_statement_gives(plain: Target) -> None:
    made, kept, beside, beside_kept = tiles.bench(plain, a_zoom=2, rounds=2)
    check_shape(made, "floor", made["n"])
    check_shape(kept, "floor", 2 * made["n"])
    assert set(made["detail"]["p50_by_map_zoom"]) == {z + 1 for z in tiles.ZOOMS}
    check_shape(beside, "peer", beside["n"])
    check_shape(beside_kept, "peer", 2 * beside["n"])
    assert beside["n"] == made["n"] * 2 // 3, "base map tiles have no peer"
    assert set(beside["detail"]["times_faster"]) == set(tiles.ZOOMS)


@pytest.mark.slow
def test_units_that_drive_are_seen_by_both_walls_and_none_is_dropped(plain: Target) -> None:
    cpu, late = positions.bench(plain, units=80, every_s=2.0, seconds=4.0)
    assert (cpu["detail"]["accepted"], cpu["detail"]["dropped"]) == (160, 0)
    assert cpu["floor"] >= 0
    assert late["n"] == sum(late["detail"]["seen"])
    assert min(late["detail"]["seen"]) >= 80  # a unit may move twice between two frames
    assert 0 < late["p50"] <= late["p95"] == late["ours"]
    assert all(0 < rate <= 2.5 for rate in late["detail"]["frames_per_s"])


@pytest.mark.whole
@pytest.mark.slow
def test_a_wall_is_shown_many_patches_and_what_it_holds_is_noted(plain: Target) -> None:
    """The last of them: the log is no longer that of the tables then."""
    size = soak.Size(patches=400, minutes=0.05, open_at_once=40, rate=200, parts=2)
    (row,) = soak.bench(plain, size)
    check_shape(row, "floor", row["n"])
    detail = row["detail"]
    assert detail["patches"] >= 400
    assert detail["digests"]["wrong"] == 0
    assert detail["digests"]["proved"] > 0
    assert all(len(values) == 2 for values in detail["held"].values())


def test_losses_repeats_and_disorder_are_counted() -> None:
    seen = Seen(seqs=[[1, 2, 3], [1, 3], [1, 2, 2, 3], [2, 1, 3], [0, 1, 2, 3, 4]])
    assert fan_out.losses(seen, [1, 2, 3]) == {"lost": 1, "repeated": 1, "misplaced": 1}
    assert click_to_wall.faults(seen, [1, 2, 3]) == 3


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(value) for value in range(1, 101)]
    assert [percentile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert percentile([7.0], 0.5) == 7.0
