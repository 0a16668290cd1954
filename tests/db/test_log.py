"""The log under many writers, under a clock set back, and under somebody's hand."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, text

import core.events as e
from core.clock import RealmClock
from core.envelope import Draft
from core.errors import RealmUnknown
from db import log
from db.engine import make_engine
from tests.cast import OFFICER, START


def note(name: str) -> Draft:
    return Draft(e.NoteAdded(text=name), name, "990101", START)


def write(engine: Engine, realm: str, name: str, count: int, size: int = 1) -> None:
    for n in range(count):
        with engine.begin() as conn:
            log.append(
                conn, realm, [note(f"{name}-{n}-{i}") for i in range(size)], OFFICER, datetime.now(UTC)
            )


def forked(database_url: str, name: str) -> int:
    """A process that writes 25 events over a connection of its own; its number."""
    if child := os.fork():
        return child
    failed = 1
    try:
        write(make_engine(database_url, pool_size=1), "live", name, 25)
        failed = 0
    finally:
        os._exit(failed)


def begin(engine: Engine, *realms: str, clock: RealmClock | None = None) -> None:
    with engine.begin() as conn:
        for realm in realms:
            log.create_realm(conn, realm, clock or RealmClock(START, START))


def everything(engine: Engine, realm: str) -> list[log.Wire]:
    with engine.connect() as conn:
        return list(log.read_all(conn, realm))


def verdict(engine: Engine, realm: str = "live") -> log.Verdict:
    with engine.connect() as conn:
        return log.verify(conn, realm)


def test_eight_threads_leave_no_gap_and_one_chain(engine: Engine) -> None:
    begin(engine, "live")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write(engine, "live", f"t{n}", 25, size=1 + n % 3), range(8)))
    wires = everything(engine, "live")
    assert [w["seq"] for w in wires] == list(range(1, len(wires) + 1))
    assert len(wires) == 25 * sum(1 + n % 3 for n in range(8))
    assert verdict(engine) == log.Verdict(1, len(wires), ok=True, first_bad=None)
    for n in range(8):
        mine = [w["subject"] for w in wires if w["subject"].startswith(f"t{n}-")]
        assert mine == sorted(mine, key=lambda s: [int(p) for p in s[1:].split("-")])


def test_four_processes_leave_no_gap_and_one_chain(engine: Engine, database_url: str) -> None:
    begin(engine, "live")
    children = [forked(database_url, f"p{n}") for n in range(4)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    wires = everything(engine, "live")
    assert [w["seq"] for w in wires] == list(range(1, 101))
    assert len({w["subject"] for w in wires}) == 100
    assert verdict(engine).ok


def test_a_reader_that_tails_by_position_misses_nothing(engine: Engine) -> None:
    begin(engine, "live")
    seen: list[int] = []
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, engine, "live", f"t{n}", 20) for n in range(4)]
        while len(seen) < 80:
            with engine.connect() as conn:
                seen += [w["seq"] for w in log.read(conn, "live", seen[-1] if seen else 0, limit=7)]
        for writer in writers:
            writer.result()
    assert seen == list(range(1, 81))


def test_recorded_time_never_goes_back_though_the_clock_does(engine: Engine) -> None:
    begin(engine, "live")
    for seconds in (0, 100, -5000, 50, 200):
        with engine.begin() as conn:
            log.append(conn, "live", [note("x")], OFFICER, START + timedelta(seconds=seconds))
    with engine.begin() as conn:
        log.set_clock(conn, "live", RealmClock(START, START - timedelta(days=2)))
        log.append(conn, "live", [note("y")], OFFICER, START)
    times = [w["recorded_at"] for w in everything(engine, "live")]
    offsets = [round((at - START).total_seconds()) for at in times]
    assert offsets == [0, 100, 100, 100, 200, 200]
    assert verdict(engine).ok


def test_a_realms_clock_runs_at_its_own_rate(engine: Engine) -> None:
    begin(engine, "drill:1", clock=RealmClock(START, START + timedelta(days=30), rate=60))
    with engine.begin() as conn:
        wires = log.append(conn, "drill:1", [note("x")], OFFICER, START + timedelta(seconds=10))
    assert wires[0]["recorded_at"] == START + timedelta(days=30, minutes=10)


def test_realms_count_and_chain_by_themselves(engine: Engine) -> None:
    begin(engine, "live", "drill:1")
    write(engine, "live", "a", 3)
    write(engine, "drill:1", "b", 2)
    write(engine, "live", "c", 1)
    assert [w["seq"] for w in everything(engine, "live")] == [1, 2, 3, 4]
    assert [w["seq"] for w in everything(engine, "drill:1")] == [1, 2]
    assert everything(engine, "live")[0]["prev_hash"] != everything(engine, "drill:1")[0]["prev_hash"]
    assert verdict(engine).ok
    assert verdict(engine, "drill:1").ok


def test_writers_of_two_realms_do_not_wait_for_each_other(engine: Engine) -> None:
    begin(engine, "live", "drill:1")
    with engine.begin() as held:
        log.append(held, "live", [note("slow")], OFFICER, START)
        with engine.begin() as conn:
            conn.execute(text("SET LOCAL lock_timeout = '2s'"))
            assert log.append(conn, "drill:1", [note("quick")], OFFICER, START)[0]["seq"] == 1


def test_what_is_rolled_back_leaves_no_gap(engine: Engine) -> None:
    begin(engine, "live")
    with engine.connect() as conn:
        log.append(conn, "live", [note("gone")], OFFICER, START)
        conn.rollback()
    write(engine, "live", "kept", 1)
    assert [w["seq"] for w in everything(engine, "live")] == [1]
    assert verdict(engine).ok


def test_an_unknown_realm_is_refused(engine: Engine) -> None:
    with engine.connect() as conn:
        for ask in (log.head, log.verify, log.read_clock, log.take):
            with pytest.raises(RealmUnknown):
                ask(conn, "nowhere")
        with pytest.raises(RealmUnknown):
            log.append(conn, "nowhere", [note("x")], OFFICER, START)


def test_an_event_reads_back_as_it_was_published(engine: Engine) -> None:
    begin(engine, "live")
    far = Draft(
        e.NoteAdded(text="注\u0001 \\u0000 🚒"), "I1", "", START.astimezone(ZoneInfo("Asia/Shanghai"))
    )
    with engine.begin() as conn:
        published = log.append(conn, "live", [far], OFFICER, START)
    stored = everything(engine, "live")
    assert log.to_event(stored[0]) == log.to_event(published[0])
    assert log.to_event(published[0]).occurred_at.utcoffset() == timedelta(0)


TAMPERINGS = {
    "body": "body = replace(body, 'x-7', 'x-8')",
    "body whitespace": "body = body || ' '",
    "kind": "kind = 'IncidentClosed'",
    "version": "version = 2",
    "subject": "subject = 'other'",
    "area": "area = '990102'",
    "occurred_at": "occurred_at = occurred_at + interval '1 microsecond'",
    "recorded_at": "recorded_at = recorded_at - interval '1 microsecond'",
    "actor": "actor = 'nobody'",
    "seat": "seat = 'elsewhere'",
    "cause": "cause = 'x'",
    "prev_hash": "prev_hash = translate(prev_hash, '0123456789', '1234567890')",
    "hash": "hash = translate(hash, '0123456789', '1234567890')",
    "position": "seq = 1000",
}


@pytest.mark.parametrize("change", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_whatever_is_changed_is_found_at_its_position(engine: Engine, change: str) -> None:
    begin(engine, "live")
    write(engine, "live", "x", 12)
    with engine.begin() as conn:
        conn.execute(text(f"UPDATE event SET {change} WHERE realm = 'live' AND seq = 8"))  # noqa: S608
    assert verdict(engine) == log.Verdict(1, 12, ok=False, first_bad=8)


def test_a_removed_event_is_found_at_its_position(engine: Engine) -> None:
    begin(engine, "live")
    write(engine, "live", "x", 6)
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM event WHERE seq = 3"))
    assert verdict(engine).first_bad == 3
    with engine.begin() as conn:
        conn.execute(text("DELETE FROM event WHERE seq > 1"))
    found = verdict(engine)
    assert (found.ok, found.first_bad) == (False, 2)


def test_an_event_added_by_hand_after_the_head_is_found(engine: Engine) -> None:
    begin(engine, "live")
    write(engine, "live", "x", 3)
    with engine.begin() as conn:
        columns = "kind, version, subject, area, occurred_at, recorded_at, actor, seat, cause, body"
        conn.execute(
            text(
                f"INSERT INTO event (realm, seq, prev_hash, hash, {columns}) "  # noqa: S608
                f"SELECT realm, 4, hash, hash, {columns} FROM event WHERE seq = 3"
            )
        )
    found = verdict(engine)
    assert (found.ok, found.first_bad) == (False, 4)


def test_verifying_a_log_that_grows_finds_nothing_bad(engine: Engine) -> None:
    begin(engine, "live")
    with ThreadPoolExecutor(2) as pool:
        writer = pool.submit(write, engine, "live", "x", 60)
        while not writer.done():
            assert verdict(engine).ok
        writer.result()
    assert verdict(engine) == log.Verdict(1, 60, ok=True, first_bad=None)


def test_an_empty_log_is_whole(engine: Engine) -> None:
    begin(engine, "live")
    assert verdict(engine).as_json() == {"from": 0, "to": 0, "ok": True, "first_bad": None}


def test_the_engine_takes_plain_schema_names_only() -> None:
    with pytest.raises(ValueError, match="plain"):
        make_engine("postgresql+psycopg://", schema="a; drop table event")
