"""Races of real processes and threads: one wins, the others are told who, nobody waits for ever."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from actions import units
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import UnitBusy
from core.permissions import SYSTEM
from settings import ROOT
from tests.actions.means import furnish, in_force
from tests.cast import IN_A, IN_B, UNITS, unit_body
from tests.parts import Follower, found_city, guards, make_services, report, send, stores_with

OFFICERS = 32
ROUNDS = 3


class Racers:
    """Officers in processes of their own that dispatch at the same word."""

    def __init__(self, database_url: str, redis_url: str, secret: Path) -> None:
        command = [sys.executable, "-m", "tests.actions.racer", database_url, redis_url, str(secret)]
        self._stable = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def race(self, orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Each officer one order, all at once; what each was answered."""
        assert self._stable.stdin
        assert self._stable.stdout
        self._stable.stdin.write(json.dumps(orders) + "\n")
        self._stable.stdin.flush()
        answers: list[dict[str, Any]] = json.loads(self._stable.stdout.readline())
        return answers

    def end(self) -> None:
        self._stable.communicate(timeout=20)


@pytest.fixture
def racers(city: Services, database_url: str, redis_url: str, tmp_path: Path) -> Iterator[Racers]:
    racing = Racers(database_url, redis_url, tmp_path / "secret")
    yield racing
    racing.end()


@pytest.mark.slow
def test_of_32_officers_one_gets_the_unit_and_31_are_told_who_holds_it(
    city: Services, racers: Racers
) -> None:
    for code in ("F1", "F2", "P1", "P2")[:ROUNDS]:
        idents = [report(city, IN_A) for _ in range(OFFICERS)]
        answers = racers.race([{"incident": ident, "units": [code]} for ident in idents])
        won = [n for n, answer in enumerate(answers) if "won" in answer]
        assert len(won) == 1, answers
        holder = guards(city)["incidents"][idents[won[0]]]
        (assignment,) = answers[won[0]]["won"]["assignments"]
        told = {"unit": code, "unit_name": UNITS[code][0], "incident": holder.id, "number": holder.number,
                "assignment": assignment["id"]}  # fmt: skip
        others = [answer for n, answer in enumerate(answers) if n != won[0]]
        offered = {str(answer["params"].pop("next")) for answer in others}
        assert len(offered) == 1, "all are offered the same one, or are told that there is none"
        assert all(answer["params"].pop("next_name") != UNITS[code][0] for answer in others)
        assert others == [{"code": "unit_busy", "params": told}] * (OFFICERS - 1)
    Follower(city).compare()


@pytest.mark.slow
def test_several_units_go_all_or_none_in_whatever_order_they_are_asked_for(
    city: Services, racers: Racers
) -> None:
    codes = [f"T{n}" for n in range(6)]
    units.register(city, Call(SYSTEM), [(c, UNITS["P1"][2], unit_body(c)) for c in codes])
    orders = []
    for n in range(16):
        wanted = [codes[(n + k) % 6] for k in range(3)]
        orders.append({"incident": report(city, IN_B), "units": wanted[:: 1 if n % 2 else -1]})
    answers = racers.race(orders)
    won = [n for n, answer in enumerate(answers) if "won" in answer]
    assert {answer.get("code", "won") for answer in answers} == {"won", "unit_busy"}, answers
    sent = [code for n in won for code in orders[n]["units"]]
    assert len(sent) == len(set(sent)), "no unit went twice"
    assert 1 <= len(won) <= 2
    rows = guards(city)
    assert {u.id for u in rows["units"].values() if u.assignment} == set(sent)  # type: ignore[union-attr]
    for n, order in enumerate(orders):
        held = rows["incidents"][order["incident"]].units  # type: ignore[union-attr]
        assert held == (tuple(order["units"]) if n in won else ())
    Follower(city).compare()


@pytest.mark.slow
def test_of_a_lot_no_more_goes_out_than_was_in_it(city: Services, racers: Racers) -> None:
    (ident,) = stores_with(city, 100)
    answers = racers.race([{"lot": ident, "quantity": 7} for _ in range(OFFICERS)])
    won = [answer for answer in answers if "won" in answer]
    assert {answer.get("code", "won") for answer in answers} == {"won", "stock_short"}, answers
    assert len(won) == 14
    assert guards(city)["lots"][ident].quantity == 2  # type: ignore[union-attr]
    Follower(city).compare()


@pytest.mark.slow
def test_of_32_officers_over_10_units_and_5_lots_nobody_gets_half_and_no_more_goes_than_there_is(
    city: Services, racers: Racers
) -> None:
    codes = [f"T{n}" for n in range(10)]
    units.register(city, Call(SYSTEM), [(c, UNITS["P1"][2], unit_body(c)) for c in codes])
    lots = stores_with(city, 12, 7, 9, 4, 10)
    orders: list[dict[str, Any]] = []
    for n in range(OFFICERS):
        ident, wanted = report(city, IN_A if n % 2 else IN_B), [codes[n % 10], codes[(n * 3 + 1) % 10]]
        wanted = wanted[:: 1 if n % 4 else -1] if wanted[0] != wanted[1] else wanted[:1]
        kind = {"hold": True} if n % 4 == 3 else {"water": 5 + n % 7}
        orders.append({"incident": ident, "units": wanted, **kind})
    answers = racers.race(orders)
    codes_told = {answer.get("code", "won") for answer in answers}
    assert {"won"} < codes_told <= {"won", "unit_busy", "unit_held", "supplies_short"}, answers
    for answer in answers:
        if answer.get("code") in ("unit_busy", "unit_held"):
            assert answer["params"]["number"], "whoever loses is told who has it"
        if answer.get("code") == "supplies_short":
            assert answer["params"]["holders"]
    rows = guards(city)
    bound: list[str] = []
    for order, answer in zip(orders, answers, strict=True):
        whole, is_hold = "won" in answer, "hold" in order
        got = tuple(order["units"]) if whole and not is_hold else ()
        assert rows["incidents"][order["incident"]].units == got  # type: ignore[union-attr]
        held = [u for u in rows["units"].values() if u.hold and u.hold.incident == order["incident"]]  # type: ignore[union-attr]
        assert {u.id for u in held} == (set(order["units"]) if whole and is_hold else set())
        reserved = sum(rows["lots"][lot].held_for(order["incident"]) for lot in lots)  # type: ignore[union-attr]
        assert reserved == (order["water"] if whole and not is_hold else 0)
        bound += order["units"] if whole else []
    assert len(bound) == len(set(bound)), "nobody was promised twice"
    assert all(rows["lots"][lot].free >= 0 for lot in lots)  # type: ignore[union-attr]
    Follower(city).compare()


@pytest.mark.slow
def test_transfers_against_each_other_end_and_nothing_is_lost(city: Services, racers: Racers) -> None:
    here, there = stores_with(city, 10, 10)
    back, forth = {"lot": there, "store": "S2", "to": "S1"}, {"lot": here, "store": "S1", "to": "S2"}
    answers = racers.race([{**(back if n % 2 else forth), "quantity": 3} for n in range(16)])
    assert {answer.get("code", "won") for answer in answers} <= {"won", "stock_short"}, answers
    rows = guards(city)["lots"].values()
    assert sum(lot.quantity for lot in rows) == 20  # type: ignore[union-attr]
    Follower(city).compare()


def test_more_officers_than_connections_race_in_one_process_without_standing_still(
    engine: Engine, redis_url: str, tmp_path: Path
) -> None:
    """Verbs ask for reference data while they hold a connection, here with none of it in memory yet."""
    first = make_services(engine, redis_url, tmp_path / "secret")
    found_city(first)
    idents = [report(first) for _ in range(30)]
    fresh = make_services(engine, redis_url, tmp_path / "secret")

    def race(ident: str) -> str:
        try:
            send(fresh, ident, "F1")
        except UnitBusy as busy:
            return str(busy.params["incident"])
        return ident

    with ThreadPoolExecutor(30) as pool:
        futures = [pool.submit(race, ident) for ident in idents]
        holders = {future.result(timeout=15) for future in futures}
    assert len(holders) == 1


@pytest.mark.slow
def test_of_leaders_at_once_one_activates_and_the_others_are_told(city: Services, racers: Racers) -> None:
    furnish(city)
    in_force(city)
    order = {"plan": "ponding", "incident": report(city), "level": 2}
    answers = racers.race([order] * 6)
    assert sorted(answer.get("code", "won") for answer in answers) == ["response_running"] * 5 + ["won"]
    Follower(city).compare()


@pytest.mark.slow
def test_responses_at_once_share_what_there_is_and_nothing_goes_twice(city: Services, racers: Racers) -> None:
    """Crews for one of them, water for one: who comes second is told what is missing, and nothing of its is
    half-done."""
    furnish(city)
    in_force(city)
    idents = [report(city) for _ in range(6)]
    answers = racers.race([{"plan": "ponding", "incident": one, "level": 2} for one in idents])
    assert sorted(answer.get("code", "won") for answer in answers) == ["means_missing"] * 5 + ["won"]
    assert all(answer["params"]["changed"] for answer in answers if "params" in answer)
    rows = guards(city)
    assert sum(lot.reserved for lot in rows["lots"].values()) == 150  # type: ignore[union-attr]
    assert len(rows["linkages"]) == 1
    Follower(city).compare()
