"""kill -9 of Redis, of web processes and of PostgreSQL amid 500 dispatches: nothing lost, nothing twice."""

from __future__ import annotations

from collections import Counter

import httpx
import orjson
import pytest
from playwright.sync_api import Browser, Page

from db import log
from tests.browsing import until
from tests.cast import IN_A, IN_B
from tests.faults.conftest import UNITS, Instance
from tests.faults.crowd import Officer, Wall
from tests.parts import Follower, eventually, facts, guards, report

OFFICERS = 6
DISPATCHES = 500
VICTIMS = ("redis", "web:0", "postgres", "web:1", "redis", "postgres")


@pytest.mark.whole
@pytest.mark.slow
def test_kills_amid_500_dispatches_lose_and_repeat_nothing(instance: Instance, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(instance.wall_url)
    until(page, "window.zhihui && zhihui.connected")
    address = page.url
    incidents = [report(instance.services, (IN_A, IN_B)[n % 2]) for n in range(40)]
    wall = Wall(instance.url, instance.token)
    officers = [
        Officer(f"officer-{n}", instance.url, instance.token, incidents, UNITS) for n in range(OFFICERS)
    ]
    for thread in (wall, *officers):
        thread.start()

    def done() -> int:
        return sum(len(officer.acknowledged) for officer in officers)

    for number, victim in enumerate(VICTIMS, start=1):
        eventually(lambda n=number: done() >= n * DISPATCHES // (len(VICTIMS) + 1), 120)
        instance.kill(victim)
    eventually(lambda: done() >= DISPATCHES, 120)
    for officer in officers:
        officer.wanted.clear()
    for officer in officers:
        officer.join(60)
        assert not officer.is_alive()
    compare_log(instance, officers)
    compare_wall(instance, wall)
    compare_browser(instance, page, address)
    assert sum(officer.retried for officer in officers) > 0, "nobody noticed anything"


def compare_log(instance: Instance, officers: list[Officer]) -> None:
    """Exactly what was acknowledged stands in the log, once; the chain holds; the guard rows are the fold."""
    assert [fault for officer in officers for fault in officer.faults] == []
    told = Counter(ident for officer in officers for ident in officer.acknowledged)
    wires = facts(instance.services)
    sent = Counter(orjson.loads(w["body"])["assignment"] for w in wires if w["kind"] == "UnitDispatched")
    assert set(sent.values()) == {1}
    assert sent == told
    released = Counter(w["subject"] for w in wires if w["kind"] == "AssignmentReleased")
    assert released == Counter(ident for officer in officers for ident in officer.released)
    with instance.services.engine.connect() as conn:
        verdict = log.verify(conn, "live")
    assert verdict.ok, verdict
    assert [w["seq"] for w in wires] == list(range(1, len(wires) + 1))
    Follower(instance.services).compare()
    assert {u.status for u in guards(instance.services)["units"].values()} == {"available"}


def compare_wall(instance: Instance, wall: Wall) -> None:
    """The screen that held on draws what the server says, and was never told anything twice."""

    def proven() -> bool:
        answer = httpx.get(
            instance.url + "/api/v1/state/hash", headers={"authorization": f"Bearer {instance.token}"}
        ).json()
        return bool((wall.screen.seq, wall.screen.hash()) == (answer["seq"], answer["hash"]))

    eventually(proven, 15)
    wall.wanted = False
    assert wall.disorder == []
    assert wall.connected >= 2, "the web process it hung on was killed"
    wall.join(10)


def compare_browser(instance: Instance, page: Page, address: str) -> None:
    """An open wall in a real browser: still on its page, connected, and its digest is the server's."""

    def proven() -> bool:
        drawn = page.evaluate("[zhihui.seq, zhihui.hash()]")
        answer = httpx.get(
            instance.url + "/api/v1/state/hash", headers={"authorization": f"Bearer {instance.token}"}
        ).json()
        return bool(drawn == [answer["seq"], answer["hash"]])

    until(page, "zhihui.connected", seconds=30)
    eventually(proven, 30)
    assert page.url == address
