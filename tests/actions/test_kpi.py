"""Figures of a period: asked of the table and worked out of the incidents one by one they are the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from actions import cases, kpi, kpi_audit
from actions import incidents as verbs
from actions.assignments import advance
from actions.commands import RateCommand, TransferCommand
from actions.kpi_packing import pack
from actions.kpi_view import BY, DESK, NO_AREA, Asked, Group, Report, View
from actions.realms import open_realm
from actions.rebuild import rebuild
from actions.services import Services
from actions.unit_of_work import Call
from core.board import Change
from core.due import Deadline
from core.errors import Forbidden, InvalidInput, NotFound, Refusal
from core.kpi import COUNTS, INTERVALS, Figures, tally, tally_by
from core.model import ENDED, OPEN, Incident
from core.offices import LEVELS
from core.periods import Period
from core.permissions import Principal
from db import kpi_days, projection
from db.batch import Batch
from db.kpi_columns import Columns
from tests import cast
from tests.cast import AREA_A, AREA_B, GRID_A, GRID_B, LEADER, OFFICER_A, START, TOWN_A, TOWN_B
from tests.parts import Clock, facts, report, send

YEAR = Period(START - timedelta(days=300), START + timedelta(days=30))
POLICE = Principal("u9", "zhou", "leader", dept="gongan", seat="desk-9")


def some_incident(rng: random.Random, number: int) -> Incident:
    """One that may have gone any way, also ways that no rule allows: the figures must be total."""
    at = START - timedelta(seconds=rng.randrange(100 * 86400))

    def later() -> datetime | None:
        return rng.choice((None, at + timedelta(seconds=rng.choice((0, 1, 59.7, 999.2, 1000, 98765, 4e6)))))

    area, grid = rng.choice(
        ((AREA_A, GRID_A), (AREA_B, GRID_B), ("", ""), ("990102001001", "990102001001001"))
    )
    offices = (f"@{area}", "gongan@", f"chengguan@{TOWN_A}", f"@{TOWN_B}", "@")
    clock = Deadline("handle", at, 60.0, rng.choice(("running", "near", "over", "paused")))
    return Incident(
        id=f"I{number:05}", version=number + 1, number=f"N{number}",
        class_code=rng.choice(("21000", "51010")), title="", text="", severity=rng.randint(1, 4),
        lon=118.11, lat=24.49, address="", area=area, grid=grid, place="",
        channel=rng.choice(("110", "12345")), source_id=None, reporter=None,
        status=rng.choice(sorted(OPEN | ENDED)), status_since=at, reported_at=at, accepted_at=later(),
        dispatched_at=later(), acknowledged_at=later(), arrived_at=later(), handled_at=later(),
        verified_at=later(), closed_at=later(), deadline=rng.choice((None, clock)),
        owner=rng.choice(offices), helpers=tuple(rng.sample(offices, rng.randint(0, 2))),
        handled_level=rng.choice(("", *LEVELS)), rating=rng.choice((None, 1, 2, 3)),
        missed=rng.random() < 0.3, returns=rng.randint(0, 1), reopened=rng.randint(0, 1),
    )  # fmt: skip


def put(services: Services, incidents: Iterable[Incident], seq: int = 1) -> None:
    """Guard rows of these incidents, as the fold would write them at a position."""
    touched: dict[tuple[str, str], Any] = {("incidents", one.id): (None, one) for one in incidents}
    with services.engine.connect() as conn:
        batch = Batch(conn)
        projection.add_writes(batch, "live", [Change(seq=seq, at=START, touched=touched)])
        batch.run(commit=True)


def same(table: Figures, fold: Figures) -> bool:
    return (table.counts, table.levels, table.intervals) == (fold.counts, fold.levels, fold.intervals)


def by_code(found: Report) -> dict[str, Group]:
    return {group.code: group for group in found.groups}


@pytest.fixture(params=["rows", "packed, then changed"])
def crowd(city: Services, request: pytest.FixtureRequest) -> list[Incident]:
    """Incidents of a hundred days; read from their rows, from packed days, or from both."""
    rng = random.Random(7)
    incidents = [some_incident(rng, number) for number in range(700)]
    put(city, incidents)
    if request.param != "rows":
        assert 90 < pack(city) <= 101
        put(city, changed := [changed_since(rng, one) for one in incidents[::5]], seq=100_000)
        put(city, new := [some_incident(rng, number) for number in range(700, 740)], seq=100_000)
        incidents = [*changed, *new, *(one for n, one in enumerate(incidents) if n % 5)]
    return incidents


def changed_since(rng: random.Random, one: Incident) -> Incident:
    """The same incident, gone another way."""
    other = some_incident(rng, 0)
    return replace(other, id=one.id, number=one.number, reported_at=one.reported_at)


def rows_read(services: Services, asked: Asked) -> int:
    """How many incidents a report reads from the guard table, not from packed days."""
    view = View.of(services, LEADER, asked)
    with kpi.at_one_moment(services, asked.realm) as conn:
        return Columns(conn, asked.realm, view.wanted.since, view.wanted.until).rows


def test_every_figure_of_the_table_is_that_of_the_incidents_one_by_one(
    city: Services, crowd: list[Incident]
) -> None:
    asked = (
        Asked("live", YEAR),
        Asked("live", Period(START - timedelta(days=40), START - timedelta(days=7)), dept="gongan"),
        Asked("live", YEAR, area=TOWN_A, class_code="21000", channel="110"),
        Asked("live", YEAR, area=GRID_B, dept=DESK),
        Asked("live", YEAR, area=NO_AREA, level="town"),
    )
    told = 0
    for who in (LEADER, OFFICER_A, POLICE):
        for question in asked:
            for by in BY if question == asked[0] else ("area", "month"):
                view = View.of(city, who, replace(question, by=by))
                found = kpi.read_report(city, who, view.asked)
                held = [one for one in crowd if view.holds(one)]
                assert same(found.total, tally(held)), (who.name, question)
                groups = tally_by(held, lambda one, view=view, tier=found.tier: view.key_of(one, tier))
                told += len(groups)
                for key, figures in groups.items():
                    assert same(by_code(found)[str(key)].now, figures), (who.name, question, by, key)
    assert told > 200, "the questions had answers"


def test_a_number_has_as_many_incidents_behind_it_as_it_says(city: Services, crowd: list[Incident]) -> None:
    asked = Asked("live", YEAR, area=TOWN_A)
    total = kpi.read_report(city, LEADER, asked).total
    for figure in [*(one.code for one in COUNTS), *(one.code for one in INTERVALS)]:
        found: list[str] = []
        cursor: str | None = None
        while True:
            page = kpi.read_behind(city, LEADER, asked, figure, cursor)
            found += [one.id for one in page.items]
            if (cursor := page.cursor) is None:
                break
        said = total.counts.get(figure) or (total.intervals[figure].n if figure in total.intervals else 0)
        assert len(found) == len(set(found)) == said, figure
        assert said > 0


def test_a_leader_of_an_area_or_a_department_is_told_only_of_theirs(
    city: Services, crowd: list[Incident]
) -> None:
    theirs = {one.id for one in crowd if one.area == AREA_A or _concerns(one, TOWN_A)}
    told = {one.id for one in kpi.read_behind(city, OFFICER_A, Asked("live", YEAR), "").items}
    assert told
    assert told <= theirs, "what lies in the area, and what an office of it has a part in"
    assert kpi.read_report(city, OFFICER_A, Asked("live", YEAR)).total.grids == 1, (
        "of the ground only its own"
    )
    police = kpi.read_behind(city, POLICE, Asked("live", YEAR), "valid").items
    assert police
    assert all("gongan@" in one.offices for one in police)


def _concerns(one: Incident, town: str) -> bool:
    return any(office.rpartition("@")[2].startswith(town) for office in one.offices)


def test_of_packed_days_only_what_changed_since_is_read_from_rows(city: Services, clock: Clock) -> None:
    rng = random.Random(3)
    incidents = [some_incident(rng, number) for number in range(300)]
    put(city, incidents)
    asked = Asked("live", YEAR)
    assert rows_read(city, asked) == 300
    pack(city)
    assert (rows_read(city, asked), pack(city)) == (0, 0)
    report(city)
    put(city, incidents[:3], seq=100_000)
    assert rows_read(city, asked) == 4
    assert kpi.read_report(city, LEADER, asked).total.counts == tally([*incidents]).counts | {
        "valid": tally(incidents).count("valid") + 1, "open": tally(incidents).count("open") + 1,
    }  # fmt: skip
    assert pack(city, least=4) == 0, "too little to pack again soon"


def test_figures_for_visitors_leave_out_what_is_sensitive_packed_or_not(city: Services) -> None:
    rng = random.Random(5)
    incidents = [some_incident(rng, number) for number in range(120)]
    hidden = {one.id for one in incidents[::7]}
    put(city, [replace(one, sensitive=one.id in hidden) for one in incidents])
    wall = Principal("w1", "hall", "wall", kind="wall", visitors=True)
    asked = Asked("live", YEAR)

    def valid(by: Principal) -> int:
        return kpi.read_report(city, by, asked).total.count("valid")

    seen = tally([one for one in incidents if one.id not in hidden]).count("valid")
    everything = tally(incidents).count("valid")
    assert (valid(wall), valid(LEADER)) == (seen, everything)
    pack(city)
    assert (valid(wall), valid(LEADER)) == (seen, everything)
    report(city)
    assert (valid(wall), valid(LEADER)) == (seen + 1, everything + 1)


WALK: tuple[Callable[..., Any], ...] = (
    verbs.accept,
    partial(verbs.handle, text="已处置"),
    partial(verbs.reply, text="已回复"),
    partial(verbs.verify, text="属实"),
    verbs.close,
    partial(verbs.reopen, reason="复发"),
    partial(verbs.rate, command=RateCommand(rating=2)),
    partial(verbs.reject, reason="不属受理范围"),
    partial(cases.transfer, command=TransferCommand(to="chengguan@", reason="属城管职责")),
    partial(cases.transfer, command=TransferCommand(to=f"@{TOWN_B}", reason="属地办理")),
    partial(cases.give_back, reason="不属本单位"),
)


@pytest.mark.parametrize("seed", range(2))
def test_packed_at_any_moment_of_any_history_the_figures_are_those_of_the_log(
    city: Services, clock: Clock, seed: int
) -> None:
    """Also of facts told late, of what is reopened, merged, given away and given back."""
    rng = random.Random(seed)
    held = [report(city, where) for where in (cast.IN_A, cast.IN_B, cast.IN_A, cast.IN_B)]
    asked = Asked("live", Period(START - timedelta(days=3), START + timedelta(days=3)), by="department")
    done = 0
    for _ in range(60):
        clock.pass_(minutes=rng.randrange(90))
        late = rng.choice((None, None, clock.at - timedelta(minutes=rng.randrange(240))))
        verb = rng.choice((*WALK, partial(verbs.merge, into=rng.choice(held))))
        with suppress(Refusal):
            verb(city, Call(LEADER, occurred_at=late), rng.choice(held))
            done += 1
        if rng.random() < 0.3:
            pack(city)
    found = kpi_audit.verify(city, LEADER, asked)
    assert (found.incidents, found.differences) == (4, ())
    assert done > 4


def test_what_is_said_while_days_are_packed_is_not_lost(city: Services) -> None:
    asked = Asked("live", Period(START - timedelta(days=1), START + timedelta(days=1)), by="department")
    with ThreadPoolExecutor(2) as pool:
        packers = [pool.submit(lambda: [pack(city) for _ in range(12)]) for _ in range(2)]
        for _ in range(6):
            ident = report(city)
            verbs.accept(city, Call(LEADER), ident)
            cases.transfer(city, Call(LEADER), ident, TransferCommand(to="chengguan@", reason="属城管职责"))
        for packer in packers:
            packer.result()
    assert kpi_audit.verify(city, LEADER, asked).differences == ()
    pack(city)
    assert (rows_read(city, asked), kpi_audit.verify(city, LEADER, asked).differences) == (0, ())


def test_rows_made_again_from_the_log_are_packed_again(city: Services) -> None:
    report(city)
    pack(city)
    rebuild(city, "live")
    asked = Asked("live", Period(START - timedelta(days=1), START + timedelta(days=1)))
    assert rows_read(city, asked) == 1
    assert (pack(city), rows_read(city, asked)) == (1, 0)


def test_areas_in_which_nothing_happened_are_told_with_their_ground(city: Services) -> None:
    found = kpi.read_report(city, LEADER, Asked("live", YEAR, by="area"))
    assert [(g.code, g.now.counts, g.now.grids, g.now.rate("per_grid")) for g in found.groups] == [
        (TOWN_A, {}, 1, 0.0), (TOWN_B, {}, 1, 0.0),
    ]  # fmt: skip
    assert found.total.rate("solved_rate") is None, "nothing to divide by is no 0 %"
    assert found.tier == 1
    deeper = kpi.read_report(city, LEADER, Asked("live", YEAR, area=TOWN_A, by="area"))
    assert [(g.code, g.deeper) for g in deeper.groups] == [(AREA_A, True)]


def test_asked_afresh_of_the_log_every_number_is_the_same(city: Services, clock: Clock) -> None:
    call = Call(LEADER)
    first, second, third = report(city), report(city, cast.IN_B), report(city, channel="12345")
    clock.pass_(seconds=40)
    (link,) = send(city, first, "F1")
    verbs.reject(city, call, second, "不属受理范围")
    clock.pass_(minutes=5)
    verbs.reopen(city, call, second, "误拒")
    verbs.merge(city, call, second, first)
    verbs.accept(city, call, third)
    cases.transfer(city, call, third, TransferCommand(to="chengguan@", reason="属城管职责"))
    advance(city, call, link, "release", None)
    for step in (
        partial(verbs.handle, text="已处置"),
        partial(verbs.reply, text="已回复"),
        partial(verbs.verify, text="属实"),
        verbs.close,
    ):
        clock.pass_(minutes=7)
        step(city, call, first)
        pack(city)
    verbs.rate(city, call, first, RateCommand(rating=3))
    asked = Asked("live", Period(START - timedelta(days=1), START + timedelta(days=1)), by="area")
    found = kpi_audit.verify(city, LEADER, asked)
    assert (found.same, found.incidents, found.differences) == (True, 3, ())
    with city.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE incident SET missed = true WHERE id = %s", (first,))
        kpi_days.forget(conn, "live")
    wrong = kpi_audit.verify(city, LEADER, asked)
    assert not wrong.same
    assert ("", "counts.missed", 1, None) in {(d.key, d.figure, d.table, d.log) for d in wrong.differences}
    with pytest.raises(kpi_audit.LogTooLong):
        kpi_audit.verify(city, LEADER, asked, most=1)
    with pytest.raises(Forbidden):
        kpi_audit.verify(city, OFFICER_A, asked)


def test_a_city_without_grids_or_incidents_has_no_figures_and_no_fault(services: Services) -> None:
    open_realm(services, "live")
    for by in BY:
        found = kpi.read_report(services, LEADER, Asked("live", YEAR, by=by))
        assert (found.groups, found.total.counts, found.tier) == ((), {}, None)
        assert kpi.assess(found, kpi.read_weights(services)) == []


def test_what_cannot_be_asked_is_refused(city: Services) -> None:
    for wrong, refusal in (
        ({"by": "moon"}, InvalidInput), ({"area": "77"}, NotFound), ({"class_code": "?"}, Exception),
    ):  # fmt: skip
        with pytest.raises(refusal):
            kpi.read_report(city, LEADER, Asked("live", YEAR, **wrong))
    with pytest.raises(InvalidInput):
        kpi.read_behind(city, LEADER, Asked("live", YEAR), "moon")
    with pytest.raises(InvalidInput):
        kpi.period_of(city, "live", START, START - timedelta(days=1))
    with pytest.raises(InvalidInput):
        kpi.period_of(city, "live", None, None, "eon")


def test_what_leaves_as_a_file_is_told_in_the_audit(city: Services) -> None:
    with pytest.raises(Forbidden):
        kpi.record_export(city, OFFICER_A, "kpis", "xlsx", 3)
    kpi.record_export(city, LEADER, "kpis", "xlsx", 3)
    assert facts(city, "system")[-1]["kind"] == "Exported"
