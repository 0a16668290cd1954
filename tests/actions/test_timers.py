"""Whatever falls due: each line crossed once, however many workers look, by the realm's own clock."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import func, insert, select, update

from actions import assignments, incidents
from actions.realms import open_realm, set_clock
from actions.services import Services
from actions.timers import AGAIN_AFTER, BATCH, run_due
from actions.unit_of_work import Call
from core.clock import RealmClock
from core.permissions import Principal
from db.tables import incident, timer
from tests.cast import LEADER, LITTER, OFFICER, START
from tests.parts import Clock, Follower, facts, fold, guards, head, kinds, report, report_command, send

DESK = Call(OFFICER)


def run(city: Services, realm: str = "live", workers: int = 4) -> int:
    """As four workers of their own would, until nothing is due; how many rows were claimed."""

    def work(_: int) -> int:
        claimed = 0
        while now := run_due(city, realm):
            claimed += now
        return claimed

    with ThreadPoolExecutor(workers) as pool:
        return sum(pool.map(work, range(workers)))


def status_of(city: Services, ident: str) -> str | None:
    deadline = fold(city).incidents[ident].deadline
    return deadline.state if deadline else None


def test_a_deadline_turns_amber_at_four_fifths_and_red_past_it(city: Services, clock: Clock) -> None:
    ident = report(city)
    seq = head(city)
    clock.pass_(seconds=47)
    assert (run(city), status_of(city, ident)) == (0, "running")
    clock.pass_(seconds=1)
    assert (run(city), status_of(city, ident)) == (1, "near")
    clock.pass_(seconds=12)
    assert (run(city), status_of(city, ident)) == (1, "over")
    clock.pass_(days=0.5)
    assert run(city) == 0
    assert kinds(city, after=seq) == ["DeadlineNeared", "DeadlineMissed"]
    Follower(city).compare()


def test_a_step_done_in_time_crosses_nothing(city: Services, clock: Clock) -> None:
    ident = report(city)
    send(city, ident, "F1")
    seq = head(city)
    clock.pass_(seconds=61)
    assert run(city) == 0
    clock.pass_(seconds=240)
    run(city)
    lines = [(w["kind"], orjson.loads(w["body"])["step"]) for w in facts(city, after=seq)]
    assert lines == [("DeadlineNeared", "arrive"), ("DeadlineMissed", "arrive")]


def test_an_ordinary_incident_has_an_hour(city: Services, clock: Clock) -> None:
    ident = report(city, **{"class": LITTER})
    clock.pass_(minutes=47)
    run(city)
    assert status_of(city, ident) == "running"
    clock.pass_(minutes=1)
    run(city)
    assert status_of(city, ident) == "near"


def test_four_workers_cross_each_of_many_lines_once(city: Services, clock: Clock) -> None:
    idents = [report(city) for _ in range(30)]
    seq = head(city)
    clock.pass_(minutes=4)
    assert run(city) == 30
    crossed = Counter((w["subject"], w["kind"]) for w in facts(city, after=seq))
    expected = {(ident, kind) for ident in idents for kind in ("DeadlineNeared", "DeadlineMissed")}
    assert crossed == dict.fromkeys(expected, 1)
    assert {status_of(city, ident) for ident in idents} == {"over"}
    Follower(city).compare()


def test_more_than_a_batch_is_fired_whole(city: Services, clock: Clock) -> None:
    for _ in range(BATCH + 5):
        report(city)
    clock.pass_(seconds=50)
    assert run_due(city, "live") == BATCH
    assert (run_due(city, "live"), run_due(city, "live")) == (5, 0)


def test_an_incident_that_a_verb_holds_is_passed_over_and_comes_later(city: Services, clock: Clock) -> None:
    ident = report(city)
    clock.pass_(minutes=2)
    held = select(incident).where(incident.c.id == ident).with_for_update()
    with city.engine.begin() as other:
        other.execute(held).one()
        assert run_due(city, "live") == 0
    assert (run_due(city, "live"), status_of(city, ident)) == (1, "over")


def test_what_has_nothing_to_say_does_not_keep_the_others_waiting(city: Services, clock: Clock) -> None:
    """As if a row said something else than the fold: it is looked at once, and not again and again."""
    idents = [report(city) for _ in range(BATCH)]
    send(city, idents[0], "F1")
    with city.engine.begin() as conn:
        conn.execute(update(incident).values(wakes_at=START))
    late = report(city)
    clock.pass_(seconds=50)
    assert (run_due(city, "live"), run_due(city, "live"), run_due(city, "live")) == (BATCH, 1, 0)
    assert (status_of(city, late), status_of(city, idents[0])) == ("near", "running")


def test_a_row_that_nobody_can_decide_is_put_off_and_stops_no_other(city: Services, clock: Clock) -> None:
    ident = report(city)
    broken = {"realm": "live", "kind": "reopen", "subject": "nobody", "body": {}}
    with city.engine.begin() as conn:
        conn.execute(insert(timer).values(**broken, due_at=clock()))
    clock.pass_(minutes=4)
    assert run_due(city, "live") == 2
    assert status_of(city, ident) == "over"
    assert run_due(city, "live") == 0
    with city.engine.connect() as conn:
        due_at = conn.scalar(select(timer.c.due_at).where(timer.c.subject == "nobody"))
    assert due_at == clock() + AGAIN_AFTER


def ended(city: Services) -> str:
    ident = report(city)
    incidents.reject(city, DESK, ident, "重复")
    return ident


def test_an_ended_incident_leaves_the_board_a_day_later_by_the_realms_clock(
    city: Services, clock: Clock
) -> None:
    ident = ended(city)
    clock.pass_(hours=23)
    run(city)
    assert ident in fold(city).incidents
    set_clock(city, "live", RealmClock(clock(), clock() + timedelta(hours=1), rate=1))
    run(city)
    assert ident not in fold(city).incidents
    assert guards(city)["incidents"][ident].shelved  # type: ignore[union-attr]
    assert kinds(city).count("IncidentShelved") == 1
    Follower(city).compare()


def test_an_incident_that_ended_again_stays_a_day_after_its_last_end(city: Services, clock: Clock) -> None:
    ident = ended(city)
    clock.pass_(hours=20)
    incidents.reopen(city, Call(LEADER), ident, "误判")
    for act in (incidents.accept,):
        with pytest.raises(Exception, match="move_not_allowed"):
            act(city, DESK, ident)
    incidents.handle(city, DESK, ident, None)
    incidents.reply(city, DESK, ident, "已处理")
    incidents.verify(city, DESK, ident, None)
    incidents.close(city, DESK, ident)
    clock.pass_(hours=5)
    run(city)
    assert ident in fold(city).incidents
    clock.pass_(hours=20)
    run(city)
    assert ident not in fold(city).incidents


def test_an_incident_that_ended_twice_while_nobody_looked_is_shelved_once(
    city: Services, clock: Clock
) -> None:
    ident = ended(city)
    incidents.reopen(city, Call(LEADER), ident, "误判")
    incidents.handle(city, DESK, ident, None)
    incidents.reply(city, DESK, ident, "已处理")
    incidents.verify(city, DESK, ident, None)
    incidents.close(city, DESK, ident)
    clock.pass_(days=3)
    run(city)
    assert kinds(city).count("IncidentShelved") == 1
    Follower(city).compare()


def test_midnight_is_the_citys_and_begins_one_day(city: Services, clock: Clock) -> None:
    assert fold(city).day == date(2026, 3, 2)
    clock.at = START.replace(hour=15, minute=59, second=59)
    run(city)
    assert fold(city).day == date(2026, 3, 2)
    clock.pass_(seconds=1)
    run(city)
    assert fold(city).day == date(2026, 3, 3)
    clock.pass_(days=4)
    run(city)
    days = [w["subject"] for w in facts(city) if w["kind"] == "DayStarted"]
    assert (fold(city).day, len(days)) == (date(2026, 3, 7), 3)
    with city.engine.connect() as conn:
        waiting = select(func.count()).where(timer.c.realm == "live", timer.c.kind == "midnight")
        assert conn.scalar(waiting) == 1


def test_figures_of_today_begin_again_at_midnight(city: Services, clock: Clock) -> None:
    ident = report(city)
    (assignment,) = send(city, ident, "F1")
    assignments.advance(city, DESK, assignment, "arrive")
    assert fold(city).counters.of("").kpi()["report_dispatch_p90_s"] == 0
    clock.pass_(hours=15)
    run(city)
    kpi = fold(city).counters.of("").kpi()
    assert (kpi["report_dispatch_p90_s"], kpi["on_scene"], kpi["open"]) == (None, 1, 1)


def test_a_drills_clock_moves_only_the_drill(city: Services, clock: Clock) -> None:
    open_realm(city, "drill:1", RealmClock(clock(), START + timedelta(days=10), rate=60))
    call = Call(OFFICER, "drill:1")
    ident = incidents.report(city, call, report_command())["id"]
    live = report(city)
    seq = head(city)
    clock.pass_(seconds=2)
    assert (run(city, "drill:1"), run(city)) == (1, 0)
    assert kinds(city, "drill:1")[-2:] == ["DeadlineNeared", "DeadlineMissed"]
    assert head(city) == seq
    assert (ident in fold(city, "drill:1").incidents, ident in fold(city).incidents) == (True, False)
    assert status_of(city, live) == "running"


def test_a_clock_that_stands_still_lets_nothing_fall_due(city: Services, clock: Clock) -> None:
    set_clock(city, "live", RealmClock(clock(), clock(), rate=0))
    report(city)
    clock.pass_(days=9)
    assert run(city) == 0


def test_what_is_missed_rises_level_by_level_by_itself_and_its_units_with_it(
    city: Services, clock: Clock
) -> None:
    """网格→村居→镇街→区→市: told with the missed deadline, and again as long as nothing is done."""
    ident = report(city, **{"class": LITTER})
    community = fold(city).incidents[ident].area
    keeper = Principal("k", "网格员", "officer", area=community)
    (assignment,) = send(city, ident, "F1", by=keeper)
    seq = head(city)
    raised = []
    for _ in range(24):
        clock.pass_(hours=4)
        run(city)
        raised.append(fold(city).incidents[ident].raised)
    found, told = fold(city).incidents[ident], kinds(city, after=seq)
    mine = [kind for kind in told if kind != "DayStarted"]
    assert mine == ["DeadlineNeared", "DeadlineMissed", *["IncidentEscalated"] * 3]
    town, county = community[:9], community[:6]
    assert list(dict.fromkeys(raised)) == [f"@{town}", f"@{county}", "@"]
    assert fold(city).links[assignment].offices == found.offices
    Follower(city).compare()
