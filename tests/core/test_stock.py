"""Lots: lawful movements never take what is not there; alarms follow the day; districts and their norm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import core.events_stock as e
from core import stock
from core.envelope import Body
from core.errors import LotExpired, ReasonMissing, Refusal, StockBelowReserved, StockShort
from core.norms import Holding, Norm, NormedArea, shortages
from core.stock import Lot, Terms
from tests.cast import AREA_A, START, event, received
from tests.core.strategies import examples

TODAY = date(2026, 3, 2)
TERMS = Terms(TODAY, 90)


def a_lot(**changed: object) -> Lot:
    values = {"id": "L1", "version": 1, "store": "S1", "item": "1010101", "name": "瓶装饮用水", "unit": "箱",
              "area": AREA_A, "expiry": None, "minimum": 0.0, "quantity": 100.0}  # fmt: skip
    return Lot(**{**values, **changed})  # type: ignore[arg-type]


amounts = st.integers(1, 200_000).map(lambda thousandths: thousandths / 1000)
incidents = st.sampled_from([None, "I1", "I2"])
Move = Callable[[Lot], Body]
moves: st.SearchStrategy[Move] = st.one_of(
    st.builds(lambda q, i: lambda lot: stock.reserve(lot, q, i, None, TERMS), amounts, incidents),
    st.builds(lambda q, i: lambda lot: stock.release(lot, q, i, None), amounts, incidents),
    st.builds(lambda q, i: lambda lot: stock.issue(lot, q, i, None, TERMS), amounts, incidents),
    st.builds(lambda q, i: lambda lot: stock.take_back(lot, q, i, None), amounts, incidents),
    st.builds(lambda q: lambda lot: stock.write_off(lot, q, "受潮"), amounts),
    st.builds(lambda q: lambda lot: stock.count(lot, q, "盘点"), amounts),
    st.builds(lambda q: lambda lot: stock.send(lot, q, "S2", "L2", None), amounts),
    st.builds(lambda q: lambda lot: received(quantity=q), amounts),
)


@examples(300)
@given(st.lists(moves, max_size=40), amounts)
def test_whatever_is_asked_nothing_ever_falls_below_what_is_reserved_or_below_nothing(
    asked: list[Move], minimum: float
) -> None:
    lot, told = a_lot(minimum=minimum), 0.0
    for move in asked:
        try:
            body = move(lot)
        except Refusal as refusal:
            assert refusal.code in ("stock_short", "stock_below_reserved")
            continue
        before = lot
        for draft in stock.moved(lot, [body], TERMS, START):
            lot = stock.after(lot, draft.body)
        assert lot.quantity - lot.reserved >= 0
        assert lot.issued >= 0
        assert all(hold.quantity > 0 for hold in lot.holds)
        assert lot.alarms == stock.alarms_of(lot, TERMS)
        told = stock.exact(lot.quantity - before.quantity)
        assert told == _difference(body), "a fact says exactly what it did"


def _difference(body: Body) -> float:
    if isinstance(body, e.LotCounted):
        return body.difference
    if isinstance(body, e.LotReceived | e.LotReturned):
        return body.quantity
    if isinstance(body, e.LotIssued | e.LotWrittenOff | e.LotSent):
        return -body.quantity
    return 0.0


def test_tenths_add_up() -> None:
    """0.1 + 0.2 is 0.3 in a store, and the database's CHECK agrees."""
    lot = a_lot(quantity=0.3)
    for quantity in (0.1, 0.2):
        lot = stock.after(lot, stock.reserve(lot, quantity, None, None, TERMS))
    assert (lot.reserved, lot.free) == (0.3, 0.0)
    assert lot.quantity - lot.reserved == 0


def test_what_is_held_for_an_incident_goes_to_that_incident_alone() -> None:
    lot = a_lot()
    lot = stock.after(lot, stock.reserve(lot, 80, "I1", None, TERMS))
    with pytest.raises(StockShort) as short:
        stock.issue(lot, 30, "I2", None, TERMS)
    assert (short.value.params["available"], short.value.params["reserved"]) == (20.0, 80.0)
    body = stock.issue(lot, 90, "I1", None, TERMS)
    assert isinstance(body, e.LotIssued)
    assert body.of_reserved == 80
    lot = stock.after(lot, body)
    assert (lot.quantity, lot.reserved, lot.issued) == (10.0, 0.0, 90.0)


def test_no_more_comes_back_than_went_out() -> None:
    lot = stock.after(a_lot(), stock.issue(a_lot(), 40, None, None, TERMS))
    with pytest.raises(StockShort):
        stock.take_back(lot, 41, None, None)
    assert stock.after(lot, stock.take_back(lot, 40, None, None)).quantity == 100


def test_what_has_expired_is_neither_reserved_nor_issued_but_written_off() -> None:
    lot = a_lot(expiry=TODAY - timedelta(days=1))
    for move in (stock.reserve, stock.issue):
        with pytest.raises(LotExpired):
            move(lot, 1, None, None, TERMS)
    assert stock.after(lot, stock.write_off(lot, 100, "过期")).quantity == 0
    assert stock.reserve(a_lot(expiry=TODAY), 1, None, None, TERMS), "its last day is a good one"


def test_a_count_that_differs_wants_a_reason_and_never_goes_below_what_is_reserved() -> None:
    lot = stock.after(a_lot(), stock.reserve(a_lot(), 60, None, None, TERMS))
    with pytest.raises(ReasonMissing):
        stock.count(lot, 99, None)
    with pytest.raises(StockBelowReserved):
        stock.count(lot, 59, "少了")
    body = stock.count(lot, 60, "少了")
    assert isinstance(body, e.LotCounted)
    assert body.difference == -40
    assert stock.count(lot, 100, None), "nothing differs, nothing to explain"


@pytest.mark.parametrize(
    ("expiry", "quantity", "minimum", "alarms"),
    [
        (None, 5, 5, ()),
        (None, 4.999, 5, ("below_minimum",)),
        (TODAY + timedelta(days=91), 5, 0, ()),
        (TODAY + timedelta(days=90), 5, 0, ("expiring",)),
        (TODAY, 5, 0, ("expiring",)),
        (TODAY - timedelta(days=1), 5, 9, ("expired", "below_minimum")),
        (TODAY - timedelta(days=1), 0, 9, ()),
        (TODAY, 0, 9, ("below_minimum",)),
    ],
)
def test_when_a_lot_alarms(
    expiry: date | None, quantity: float, minimum: float, alarms: tuple[str, ...]
) -> None:
    lot = a_lot(expiry=expiry, quantity=quantity, minimum=minimum)
    assert stock.alarms_of(lot, TERMS) == alarms


def test_an_alarm_is_told_once_until_it_is_cleared() -> None:
    lot = a_lot(minimum=50.0)
    kinds = []
    for body in (stock.issue(lot, 60, None, None, TERMS), e.LotWrittenOff(quantity=1, reason="破损"),
                 received(quantity=20), e.LotIssued(quantity=30, of_reserved=0)):  # fmt: skip
        for draft in stock.moved(lot, [body], TERMS, START):
            lot = stock.after(lot, draft.body)
            kinds.append(draft.body.kind)
    assert kinds == ["LotIssued", "LotAlarmRaised", "LotWrittenOff", "LotReceived", "LotAlarmCleared",
                     "LotIssued", "LotAlarmRaised"]  # fmt: skip


def test_a_lot_begins_with_its_first_goods_and_nothing_else_begins_it() -> None:
    assert stock.fold(None, event(1, "L1", e.LotIssued(quantity=1, of_reserved=0))) is None
    lot = stock.fold(None, event(1, "L1", received(quantity=12)))
    assert lot == a_lot(quantity=12.0)


NORM = Norm("10101", "饮用水", "Water", "per_10k", 40, "箱", "(u)")
WEST, EAST = NormedArea("990101", "西区", 20_000), NormedArea("990102", "东区", 5_000)


def test_a_district_below_its_norm_is_told_how_much_it_lacks_and_who_is_nearest_with_a_surplus() -> None:
    held = [
        Holding("10101", "W1", "西库", "990101001", 30.0),
        Holding("10101", "E1", "东库", "990102", 500.0),
        Holding("10101", "C1", "市库", "9901", 100.0),
    ]
    far = {"E1": 900.0, "C1": 4000.0}
    (lack,) = shortages([NORM], [WEST, EAST], held, lambda _, store: far[store])
    assert (lack.area, lack.required, lack.held, lack.missing) == (WEST, 80.0, 30.0, 50.0)
    assert lack.nearest
    assert (lack.nearest.store, lack.nearest.quantity, lack.nearest.metres) == ("E1", 480.0, 900.0)


def test_who_needs_its_stock_itself_is_no_help() -> None:
    held = [Holding("10101", "E1", "东库", "990102", 20.0)]
    (lack,) = shortages([NORM], [WEST, EAST], held, lambda *_: 1.0)
    assert lack.nearest is None
