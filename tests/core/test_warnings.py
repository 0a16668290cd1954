"""A warning on the board: it stands, is heard, changes, and is over."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

import core.events_warnings as w
from core import warnings
from core.board import Board
from core.envelope import Body, Event, decode_body, encode_body
from core.features import feature
from core.fold import apply
from core.serial import dump_board, load_board
from core.warning_model import Alert
from tests.cast import START, event, story
from tests.core.bulletins import ORDERS, SENDER, TABLE, WORDS, issued, target
from tests.core.strategies import examples


def board(*bodies: Body) -> Board:
    found = Board("live")
    for one in story(*(("W1", body) for body in bodies)):
        apply(found, one)
    return found


def standing(*bodies: Body) -> Alert:
    return board(issued(), *bodies).alerts["W1"]


def heard(*done: str, failed: tuple[str, ...] = (), number: int = 1) -> w.BroadcastReceipt:
    return w.BroadcastReceipt(number=number, done=done, failed=failed, heard=500)


def updated() -> w.WarningUpdated:
    body = warnings.update(standing(), START, SENDER, TABLE, WORDS, target((ORDERS[1],))).body
    assert isinstance(body, w.WarningUpdated)
    return body


def cancelled() -> w.WarningCancelled:
    body = warnings.cancel(standing(), START, SENDER, TABLE, "险情解除").body
    assert isinstance(body, w.WarningCancelled)
    return body


def test_a_warning_is_drawn_with_its_points_and_how_many_hear_it() -> None:
    shown = feature(standing(heard("B1", failed=("B3",))))["properties"]
    counts = {name: shown[name] for name in ("points", "done", "failed", "people", "reach", "heard")}
    assert counts == {"points": 3, "done": 1, "failed": 1, "people": 900, "reach": 700, "heard": 500}
    assert (shown["headline"], shown["severity"]) == ("云屿市应急指挥中心发布暴雨红色预警", "Extreme")


def test_a_point_that_failed_may_still_speak_and_one_that_spoke_stays_so() -> None:
    assert standing(heard(failed=("B1",)), heard("B1"), heard(failed=("B1",))).states == "d--"


def test_points_of_another_warning_and_receipts_of_an_earlier_message_change_nothing() -> None:
    assert standing(heard("X9")).states == "---"
    assert standing(updated(), heard("B3", number=1)).states == "-"
    assert standing(updated(), heard("B3", number=2)).states == "d"


def test_only_points_that_could_not_speak_are_news() -> None:
    found = board(issued(), heard("B1"), heard(failed=("B2", "B3")))
    assert [(line.kind, line.args.get("count")) for line in found.ticker] == [
        ("WarningIssued", None), ("BroadcastReceipt", "2"),
    ]  # fmt: skip


def test_an_update_refers_to_all_before_it_and_its_points_speak_anew() -> None:
    alert = standing(heard("B1"), updated())
    assert (alert.msg_type, alert.bulletin.number, alert.points, alert.heard) == ("Update", 2, ("B3",), 0)
    assert alert.references == (standing().bulletin.reference,)


def test_a_lifted_or_expired_warning_leaves_the_board() -> None:
    assert not board(issued(), cancelled()).alerts
    assert not board(issued(), w.WarningExpired()).alerts


def test_a_cancel_says_all_clear_where_it_was_told() -> None:
    said = cancelled().bulletin
    assert (said.response, said.urgency, said.rings) == ("AllClear", "Past", standing().bulletin.rings)
    assert said.headline == "云屿市应急指挥中心解除暴雨红色预警"


def test_a_warning_expires_when_its_time_is_over_and_not_before() -> None:
    alert = standing()
    assert warnings.fall_due(alert, START + timedelta(hours=23)) == []
    assert warnings.fall_due(alert, START + timedelta(hours=24)) != []


def test_a_receipt_tells_only_what_is_new() -> None:
    alert = standing(heard("B1", failed=("B2",)))
    assert warnings.fresh(alert, ["B1", "B2", "X"], ["B2", "B3", "B1"]) == (("B2",), ("B3",))
    assert warnings.receipt(alert, START, (), (), 0) == []


BODIES = st.sampled_from(
    [issued(), updated(), cancelled(), w.WarningExpired(), heard("B1"), heard(failed=("B2",)), heard("X")]
)


@st.composite
def logs(draw: st.DrawFn) -> list[Event]:
    told = draw(st.lists(st.tuples(st.sampled_from(["W1", "W2"]), BODIES), max_size=12))
    return [event(seq, subject, body) for seq, (subject, body) in enumerate(told, start=1)]


@examples(60)
@given(logs(), st.data())
def test_any_order_of_facts_folds_and_splitting_the_log_folds_to_the_same(
    log: list[Event], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(log)))
    whole, part = Board("live"), Board("live")
    for one in log:
        apply(whole, one)
    for one in log[:cut]:
        apply(part, one)
    part = load_board(dump_board(part))
    for one in log[cut:]:
        apply(part, one)
    assert (part.alerts, part.ticker, part.departures) == (whole.alerts, whole.ticker, whole.departures)


@given(BODIES)
@examples(10)
def test_a_fact_is_read_back_from_its_text(body: Body) -> None:
    assert decode_body(body.kind, 1, encode_body(body)) == body
