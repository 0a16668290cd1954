"""Stock in a real database: movements are facts, guarded, repeatable, apart by realm; alarms by its day."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from actions import stock, stock_opening, stock_reading, timers
from actions.drill_commands import OpenCommand
from actions.drill_opening import open_drill
from actions.imports import ImportOptions, WholeCityNeeded, import_file
from actions.realms import open_realm
from actions.rebuild import rebuild
from actions.services import Services
from actions.stock import (
    CountCommand,
    MoveCommand,
    ReceiveCommand,
    TransferCommand,
    WriteOffCommand,
)
from actions.unit_of_work import Call
from core.errors import (
    Forbidden,
    InvalidInput,
    NotFound,
    StaleVersion,
    StockShort,
    UnitDiffers,
    UnknownItem,
)
from core.permissions import SYSTEM, Principal
from core.stock import Lot
from db.stock import LotFilter
from tests.cast import AREA_A, AREA_B, LEADER, OFFICER, OFFICER_A, TOWN_A, VIEWER, build_stores
from tests.drilling import CONTROL, script
from tests.parts import Clock, Follower, facts, guards, kinds, report

WATER, PUMP = "1010101", "2010201"
DESK, BOSS = Call(OFFICER), Call(LEADER)


@pytest.fixture
def city(city: Services) -> Services:
    """Two stores, one a town."""
    with city.engine.begin() as conn:
        build_stores(conn, ["S1", "S2"])
    return city


def bring(city: Services, store: str = "S1", call: Call = DESK, **given: Any) -> str:
    """A lot's id."""
    command = ReceiveCommand.model_validate({"item": WATER, "quantity": 100, **given})
    return str(stock.receive(city, call, store, command)["lot"]["id"])


def lots(city: Services, realm: str = "live") -> dict[str, Lot]:
    return guards(city, realm)["lots"]  # type: ignore[return-value]


def test_a_lot_goes_through_its_life_as_facts_and_the_row_is_the_fold(city: Services) -> None:
    ident, incident = bring(city, minimum=50), report(city)
    stock.reserve(city, DESK, ident, MoveCommand(quantity=60, incident=incident))
    stock.issue(city, DESK, ident, MoveCommand(quantity=70, incident=incident))
    stock.take_back(city, DESK, ident, MoveCommand(quantity=20, incident=incident))
    stock.write_off(city, BOSS, ident, WriteOffCommand(quantity=5, reason="破损"))
    answer = stock.count(city, DESK, ident, CountCommand(quantity=44, reason="少一箱"))
    assert (answer["lot"]["quantity"], answer["lot"]["reserved"], answer["lot"]["issued"]) == (44, 0, 50)
    assert answer["lot"]["alarms"] == ("below_minimum",)
    told = [wire["kind"] for wire in facts(city) if wire["subject"] == ident]
    assert told == ["LotReceived", "LotReserved", "LotIssued", "LotAlarmRaised", "LotReturned",
                    "LotAlarmCleared", "LotWrittenOff", "LotAlarmRaised", "LotCounted"]  # fmt: skip
    assert json.loads(facts(city)[-1]["body"])["difference"] == -1
    Follower(city).compare()
    before = guards(city)
    rebuild(city, "live")
    assert guards(city) == before


def test_the_same_item_and_expiry_is_the_same_lot(city: Services) -> None:
    later = date(2028, 1, 31)
    first = bring(city)
    assert bring(city, quantity=5) == first
    assert bring(city, expiry=later) != first
    assert sorted(lot.quantity for lot in lots(city).values()) == [100.0, 105.0]


def test_a_refusal_tells_what_there_is_and_writes_nothing(city: Services) -> None:
    ident = bring(city)
    before = facts(city)
    with pytest.raises(StockShort) as short:
        stock.issue(city, DESK, ident, MoveCommand(quantity=101))
    assert {k: short.value.params[k] for k in ("available", "quantity", "wanted", "unit")} == {
        "available": 100.0, "quantity": 100.0, "wanted": 101.0, "unit": "箱",
    }  # fmt: skip
    assert facts(city) == before


def test_the_same_key_moves_once(city: Services) -> None:
    ident = bring(city)
    call = Call(OFFICER, key="k1", request_hash="h")
    first = stock.issue(city, call, ident, MoveCommand(quantity=30))
    again = stock.issue(city, call, ident, MoveCommand(quantity=30))
    assert again["seq"] == first["seq"]
    assert lots(city)[ident].quantity == 70


def test_who_has_seen_an_older_lot_is_told_the_newer(city: Services) -> None:
    ident = bring(city)
    seen = lots(city)[ident].version
    stock.issue(city, DESK, ident, MoveCommand(quantity=1))
    with pytest.raises(StaleVersion) as stale:
        stock.issue(city, Call(OFFICER, if_match=seen), ident, MoveCommand(quantity=1))
    assert stale.value.params["newer"]["quantity"] == 99


def test_a_transfer_is_two_facts_of_one_transaction(city: Services) -> None:
    ident = bring(city, expiry=date(2027, 6, 30))
    answer = stock.transfer(city, DESK, "S1", TransferCommand(lot=ident, to="S2", quantity=40))
    there = answer["to"]["id"]
    rows = lots(city)
    assert (rows[ident].quantity, rows[there].quantity, rows[there].area) == (60, 40, AREA_B)
    assert kinds(city)[-2:] == ["LotSent", "LotReceived"]
    stock.transfer(city, DESK, "S1", TransferCommand(lot=ident, to="S2", quantity=60))
    assert lots(city)[there].quantity == 100
    with pytest.raises(StockShort):
        stock.transfer(city, DESK, "S1", TransferCommand(lot=ident, to="S2", quantity=1))
    with pytest.raises(InvalidInput):
        stock.transfer(city, DESK, "S1", TransferCommand(lot=ident, to="S1", quantity=1))
    Follower(city).compare()


def test_what_lies_outside_the_area_is_not_there(city: Services) -> None:
    there = bring(city, "S2")
    call = Call(OFFICER_A)
    with pytest.raises(NotFound):
        stock.issue(city, call, there, MoveCommand(quantity=1))
    with pytest.raises(NotFound):
        bring(city, "S2", call)
    here = bring(city, "S1", call)
    with pytest.raises(NotFound):
        stock.transfer(city, call, "S1", TransferCommand(lot=here, to="S2", quantity=1))
    with pytest.raises(NotFound):
        stock_reading.read_lot(city, OFFICER_A, "live", there)
    page = stock_reading.list_lots(city, OFFICER_A, "live", LotFilter())
    assert [lot.id for lot in page.lots] == [here]
    assert [store["code"] for store in stock_reading.list_stores(city, OFFICER_A, "live")] == ["S1"]
    assert kinds(city, "system")[-1] == "ReadDenied"


def test_all_lots_are_those_of_every_page(city: Services) -> None:
    for days in range(3):
        bring(city, expiry=date(2027, 1, 1 + days))
    found = stock_reading.all_lots(city, OFFICER, "live", LotFilter(), limit=2)
    assert sorted(lot.id for lot in found) == sorted(lots(city))
    assert len(found) >= 3


def test_who_may_not_move_stock_does_not(city: Services) -> None:
    ident = bring(city)
    with pytest.raises(Forbidden):
        stock.issue(city, Call(VIEWER), ident, MoveCommand(quantity=1))
    with pytest.raises(Forbidden):
        stock.write_off(city, DESK, ident, WriteOffCommand(quantity=1, reason="x"))


def test_an_unknown_item_is_told_the_nearest_and_another_unit_the_right_one(city: Services) -> None:
    with pytest.raises(UnknownItem) as unknown:
        bring(city, item="1010109")
    assert unknown.value.params["near"][0] == "1010101 瓶装饮用水"
    with pytest.raises(UnitDiffers):
        bring(city, item=PUMP, unit="箱")


def test_a_movement_for_an_incident_that_is_not_there_is_refused(city: Services) -> None:
    with pytest.raises(NotFound):
        stock.reserve(city, DESK, bring(city), MoveCommand(quantity=1, incident="I-none"))


def test_lots_expire_by_the_realms_clock_and_are_told_once(city: Services, clock: Clock) -> None:
    last_good = clock().date() + timedelta(days=91)
    ident = bring(city, expiry=last_good)
    for days, alarms in ((1, ("expiring",)), (90, ("expiring",)), (1, ("expired",)), (5, ("expired",))):
        clock.pass_(days=days)
        while timers.run_due(city, "live"):
            pass
        assert lots(city)[ident].alarms == alarms
    told = [json.loads(w["body"]).get("alarm") for w in facts(city) if w["kind"].startswith("LotAlarm")]
    assert told == ["expiring", "expiring", "expired"]
    page = stock_reading.list_lots(city, OFFICER, "live", LotFilter(alarm="expired"))
    assert [lot.id for lot in page.lots] == [ident]
    Follower(city).compare()


def test_a_drill_has_stock_of_its_own_and_never_touches_the_live_one(city: Services, clock: Clock) -> None:
    ident, incident = bring(city), report(city)
    stock.reserve(city, DESK, ident, MoveCommand(quantity=30, incident=incident))
    then = city.now()
    clock.pass_(minutes=1)
    stock.issue(city, DESK, ident, MoveCommand(quantity=50))
    command = OpenCommand(script=script(), at=then)
    drill = Call(OFFICER, realm=str(open_drill(city, Call(CONTROL), command)["realm"]))
    copy = lots(city, drill.realm)[ident]
    assert (copy.quantity, copy.reserved) == (100, 30)
    live = lots(city)
    stock.issue(city, drill, ident, MoveCommand(quantity=70))
    assert lots(city) == live
    Follower(city, drill.realm).compare()


def test_lots_of_a_version_without_a_log_become_facts_once(city: Services) -> None:
    with city.engine.begin() as conn:
        conn.execute(text("INSERT INTO lot_unlogged VALUES ('S1', '1010101', '水', 8, '箱', NULL, 10)"))
    assert stock_opening.adopt_unlogged(city) == 2
    (lot,) = lots(city).values()
    assert (lot.quantity, lot.area, lot.alarms) == (8, AREA_A, ("below_minimum",))
    assert stock_opening.adopt_unlogged(city) == 0


def test_the_database_itself_keeps_stock_from_going_negative(city: Services) -> None:
    bring(city)
    with city.engine.connect() as conn, pytest.raises(IntegrityError, match="lot_stock"):
        conn.execute(text("UPDATE lot SET reserved = quantity + 1"))


def test_shortages_are_told_with_the_nearest_surplus_in_scope(city: Services) -> None:
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE grid SET props = '{\"population\": 10000}' WHERE tier = 3"))
        conn.execute(text("INSERT INTO grid (code, tier, name, geom, version) SELECT '990101', 0, '区', "
                          "ST_Multi(ST_Union(geom)), 1 FROM grid WHERE tier = 1"))  # fmt: skip
    bring(city, "S1", quantity=20)
    bring(city, "S2", quantity=30)
    found = {one.norm.prefix: one for one in stock_reading.list_shortages(city, OFFICER, "live")}
    water = found[WATER]
    assert (water.area.code, water.area.residents, water.required, water.held) == ("990101", 20000, 80, 50)
    mine = {one.norm.prefix: one for one in stock_reading.list_shortages(city, OFFICER_A, "live")}[WATER]
    assert (mine.area.code, mine.required, mine.held, mine.nearest) == (TOWN_A, 40, 20, None)


def test_a_store_with_goods_does_not_go_with_a_file_that_leaves_it_out(
    city: Services, tmp_path: Path
) -> None:
    file = tmp_path / "stores.csv"
    file.write_text("code,name,lon,lat\nS2,西门库,118.13,24.49\n", encoding="utf-8")
    ident, whole = bring(city, "S1"), ImportOptions(replace=True)
    refused = import_file(city, SYSTEM, "stores", file, whole)
    (why,) = (problem for problem in refused.problems if problem.level == "error")
    assert (why.code, why.params) == ("store_not_empty", {"stores": "S1", "n": 1})
    stock.write_off(city, BOSS, ident, WriteOffCommand(quantity=100, reason="过期"))
    assert import_file(city, SYSTEM, "stores", file, whole).counts.removed == 1


def test_norms_are_replaced_whole_and_told(city: Services) -> None:
    norm = stock_reading.NormCommand(
        prefix="10101",
        name="饮用水",
        name_en="Water",
        basis="absolute",
        quantity=10,
        unit="箱",
        source="预案",
    )
    engineer = Principal("e1", "sun", "engineer")
    with ThreadPoolExecutor(4) as pool:  # whoever comes second waits, and has the last word
        list(pool.map(lambda _: stock_reading.put_norms(city, Call(engineer), [norm]), range(8)))
    assert [one["prefix"] for one in stock_reading.list_norms(city, OFFICER)] == ["10101"]
    assert kinds(city)[-1] == "PlacesImported"
    with pytest.raises(InvalidInput):
        stock_reading.put_norms(city, Call(engineer), [norm, norm])
    with pytest.raises(Forbidden):
        stock_reading.put_norms(city, DESK, [norm])
    with pytest.raises(WholeCityNeeded):
        stock_reading.put_norms(city, Call(replace(engineer, area=TOWN_A)), [norm])
    with pytest.raises(WholeCityNeeded):
        stock_reading.put_norms(city, Call(replace(engineer, dept="chengguan")), [norm])
    open_realm(city, "drill:1")
    with pytest.raises(InvalidInput):  # the table is the live city's too
        stock_reading.put_norms(city, Call(engineer, realm="drill:1"), [norm])
