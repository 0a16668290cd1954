"""Warnings to the public: issued, heard, updated, lifted; by two at once, within a response, in a drill."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, text, update

from actions import warning_reading, warnings
from actions.realms import open_realm
from actions.rebuild import rebuild
from actions.response_warnings import cancel_in, issue_in
from actions.services import Services
from actions.timers import run_due
from actions.unit_of_work import Call, Transaction
from actions.warnings import CancelCommand, IssueCommand, PointState, ReceiptCommand, UpdateCommand
from core.cap import read_cap
from core.errors import Forbidden, InvalidInput, NotFound, UnknownClass
from core.errors_warnings import NoTarget, TargetElsewhere, WarningChanged, WarningOver
from core.linkage_model import Linkage, Zone
from core.permissions import SYSTEM, Principal
from core.plans import Broadcast
from db import outbound as queue
from db.projection import Needs
from db.tables_outbound import outbound_channel
from db.tables_places import grid
from outbound.gateway import HttpGateway
from outbound.reader import Reader
from outbound.sender import Sender
from tests.cast import AREA_A, IN_A, IN_B, LEADER, OFFICER, START, SYSTEM_A, TOWN_A, TOWN_B
from tests.outbound.desk import messages, read
from tests.parts import Clock, Follower, guards, kinds, report

BY = Call(LEADER)
GATEWAY = Call(replace(SYSTEM_A, verbs=frozenset({"alert.receipt"})))
LEADER_A = Principal("u7", "town", "leader", area=TOWN_A, seat="town-a")
_POINT = text(
    "INSERT INTO place (kind, code, name, area, geom, props, version) VALUES ('broadcasts', :code, :code, "
    ":area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), CAST(:props AS jsonb), 1)"
)


def put_point(conn: Connection, code: str, area: str, at: tuple[float, float], **props: Any) -> None:
    given = {"code": code, "area": area, "lon": at[0], "lat": at[1], "props": orjson.dumps(props).decode()}
    conn.execute(_POINT, given)


@pytest.fixture
def city(city: Services) -> Services:
    """900 people in each base grid; a village point in each town, one off line in the first, one of it."""
    with city.engine.begin() as conn:
        conn.execute(update(grid).where(grid.c.tier == 3).values(props={"population": 900}))
        put_point(conn, "B1", AREA_A, IN_A, level="村", reach_m=800)
        put_point(conn, "B2", TOWN_B, IN_B, level="村", reach_m=800)
        put_point(conn, "B3", TOWN_A, IN_A, level="村", online=False)
        put_point(conn, "B4", TOWN_A, IN_A, level="镇", reach_m=2000)
    city.reference.forget()
    return city


def wanted(**given: Any) -> IssueCommand:
    values = {"class": "12000", "level": 1, "text": "请立即进入室内", "text_en": "Go indoors now"}
    if not given.keys() & {"ring", "areas", "incident"}:
        given["areas"] = (TOWN_A,)
    return IssueCommand.model_validate({**values, "points": ["village"], **given})


def issued(city: Services, call: Call = BY, **given: Any) -> str:
    return str(warnings.issue(city, call, wanted(**given))["alert"])


def shown(city: Services, ident: str, by: Principal = LEADER, realm: str = "live") -> dict[str, Any]:
    return warning_reading.read(city, by, realm, ident)


def reports(*done: str, alert: str, failed: tuple[str, ...] = (), **given: Any) -> ReceiptCommand:
    said = [PointState(code=one, state="done") for one in done]
    said += [PointState(code=one, state="failed") for one in failed]
    return ReceiptCommand(alert=alert, points=tuple(said), **given)


def reader(city: Services) -> Reader:
    return Reader(city.engine, city.zone, city.now)


def test_a_warning_orders_the_points_of_its_area_that_are_on_line(city: Services) -> None:
    told = shown(city, issued(city))
    assert [(one["code"], one["state"]) for one in told["terminals"]] == [("B1", "waiting")]
    said = told["properties"]
    assert (said["points"], said["people"], said["reach"], said["heard"]) == (1, 900, 900, 0)
    assert said["area_desc"] == "东门1"
    assert told["state"] == "standing" and told["geometry"]["type"] == "MultiPolygon"


def test_what_will_happen_is_told_before_and_nothing_is_written(city: Services) -> None:
    told = warning_reading.preview(city, BY, wanted(points=["village", "town"], radius_m=1000.0))
    assert (told["points"], told["silent"], told["people"]) == ({"village": 2, "town": 1}, 1, 900)
    alert = read_cap(told["cap"].encode())
    assert (alert.status, alert.infos[0].headline) == ("Actual", told["headline"])
    assert "WarningIssued" not in kinds(city)


def test_points_report_back_and_how_many_hear_it_grows(city: Services) -> None:
    ident = issued(city, points=["village", "town"])
    given = warnings.take_receipts(city, GATEWAY, reports("B1", "X9", alert=ident, failed=("B4",)))
    assert given["taken"] == 2
    said = shown(city, ident)["properties"]
    assert (said["done"], said["failed"], said["heard"]) == (1, 1, 900)
    before = len(kinds(city))
    again = warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident, failed=("B4",)))
    assert (again["taken"], len(kinds(city))) == (0, before)


def test_receipts_of_an_earlier_message_or_of_a_lifted_warning_change_nothing(city: Services) -> None:
    ident = issued(city)
    warnings.update(city, BY, ident, UpdateCommand(text="水位继续上涨"))
    assert warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident, number=1))["taken"] == 0
    assert warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident, number=2))["taken"] == 1
    warnings.cancel(city, BY, ident, CancelCommand(reason="险情解除"))
    assert warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident))["taken"] == 0


def test_receipts_are_read_as_they_came_with_whom_they_reached(city: Services) -> None:
    ident = issued(city)
    warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident))
    told = warning_reading.receipts(city, LEADER, "live", ident)
    [one] = told["items"]
    assert (one["number"], one["done"], one["failed"]) == (1, ("B1",), ())
    assert (told["done"], told["heard"]) == (1, shown(city, ident)["properties"]["heard"])


def test_an_update_changes_what_it_says_and_keeps_the_rest(city: Services) -> None:
    ident = issued(city)
    warnings.update(city, BY, ident, UpdateCommand(level=2, areas=(TOWN_A, TOWN_B)))
    told = shown(city, ident)
    said = told["properties"]
    assert (said["msg_type"], said["level"], said["severity"], said["text"]) == (
        "Update", 2, "Severe", "请立即进入室内",
    )  # fmt: skip
    assert [one["code"] for one in told["terminals"]] == ["B1", "B2"]
    first, second = (
        read_cap(warning_reading.read_cap(city, LEADER, "live", ident, n) or b"") for n in (1, 2)
    )
    assert second.references[0].identifier == first.identifier
    assert (first.msg_type, second.msg_type) == ("Alert", "Update")
    with pytest.raises(NotFound):
        warning_reading.read_cap(city, LEADER, "live", ident, 3)


def test_of_two_who_lift_it_at_once_one_does_and_the_other_is_told(city: Services) -> None:
    ident = issued(city)

    def lift(name: str) -> str:
        try:
            warnings.cancel(city, Call(replace(LEADER, id=name)), ident, CancelCommand(reason="解除"))
        except WarningOver as refused:
            return str(refused.params["how"])
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lift, ("u3", "u6"))) == ["cancelled", "done"]
    assert kinds(city).count("WarningCancelled") == 1


def test_who_has_read_an_older_message_does_not_update_over_the_newer(city: Services) -> None:
    ident = issued(city)
    warnings.update(city, BY, ident, UpdateCommand(text="水位继续上涨", number=1))
    with pytest.raises(WarningChanged):
        warnings.update(city, BY, ident, UpdateCommand(text="水位回落", number=1))


def test_a_warning_expires_by_the_realms_clock(city: Services, clock: Clock) -> None:
    ident = issued(city, valid_h=2)
    clock.pass_(hours=2, seconds=1)
    while run_due(city, "live"):
        pass
    assert shown(city, ident)["state"] == "expired"
    with pytest.raises(WarningOver):
        warnings.update(city, BY, ident, UpdateCommand(level=2))


def test_guard_rows_are_the_fold_and_are_made_again_from_the_log(city: Services) -> None:
    follower = Follower(city)
    ident = issued(city)
    warnings.take_receipts(city, GATEWAY, reports("B1", alert=ident))
    follower.compare()
    warnings.cancel(city, BY, issued(city), CancelCommand(reason="误发"))
    follower.compare()
    held = guards(city)["alerts"]
    rebuild(city, "live")
    assert guards(city)["alerts"] == held


# --- who may, and where -----------------------------------------------------------------------------------


def test_only_a_leader_warns_and_only_a_gateway_reports(city: Services) -> None:
    with pytest.raises(Forbidden):
        warnings.issue(city, Call(OFFICER), wanted())
    with pytest.raises(Forbidden):
        warning_reading.preview(city, Call(OFFICER), wanted())
    with pytest.raises(Forbidden):
        warnings.take_receipts(city, BY, reports("B1", alert=issued(city)))


def test_a_town_warns_within_its_own_borders(city: Services) -> None:
    told = shown(city, issued(city, Call(LEADER_A), radius_m=1000.0))
    assert [one["code"] for one in told["terminals"]] == ["B1"]
    assert told["properties"]["area_desc"] == "东门1"
    with pytest.raises(TargetElsewhere):
        issued(city, Call(LEADER_A), areas=(TOWN_B,))
    with pytest.raises(NotFound):
        shown(city, issued(city, areas=(TOWN_B,)), LEADER_A)


def test_a_town_that_a_warning_touches_neither_lifts_it_for_the_others_nor_cuts_it_down(
    city: Services,
) -> None:
    ident, by = issued(city, areas=(TOWN_A, TOWN_B)), Call(LEADER_A)
    assert shown(city, ident, LEADER_A)["state"] == "standing"
    with pytest.raises(TargetElsewhere):
        warnings.cancel(city, by, ident, CancelCommand(reason="本镇无险情"))
    with pytest.raises(TargetElsewhere):
        warnings.update(city, by, ident, UpdateCommand(level=4))
    assert shown(city, ident)["properties"]["level"] == 1
    own = issued(city, by, radius_m=1000.0)
    warnings.update(city, by, own, UpdateCommand(level=2))
    warnings.cancel(city, by, own, CancelCommand(reason="险情解除"))


def test_a_warning_without_an_area_a_class_or_with_a_crossed_ring_is_refused(city: Services) -> None:
    incident = report(city)
    with pytest.raises(NoTarget):
        issued(city, incident=incident)
    with pytest.raises(NotFound):
        issued(city, areas=("nowhere",))
    with pytest.raises(InvalidInput):
        issued(city, **{"class": None})
    with pytest.raises(UnknownClass):
        issued(city, **{"class": "99999"})
    crossed = ((118.1, 24.48), (118.12, 24.5), (118.12, 24.48), (118.1, 24.5), (118.1, 24.48))
    with pytest.raises(InvalidInput):
        issued(city, ring=crossed)


# --- what leaves the building -----------------------------------------------------------------------------


def test_one_order_a_level_and_one_cap_document_leave(city: Services) -> None:
    reader(city).read("live")
    issued(city, points=["village", "town", "city"])
    read(reader(city))
    letters = {one.channel: one.body for one in messages(city)}
    assert letters.keys() == {"cap", "broadcast_village", "broadcast_town"}
    order = letters["broadcast_village"]
    assert (order["order"], order["points"], order["areas"]) == ("start", ["B1"], [AREA_A])
    assert read_cap(letters["cap"]["cap"].encode()).status == order["status"] == "Actual"


def test_an_update_silences_the_points_that_it_means_no_more(city: Services) -> None:
    reader(city).read("live")
    ident = issued(city, points=["village", "town"])
    read(reader(city))
    seen = {one.id for one in messages(city)}
    warnings.update(city, BY, ident, UpdateCommand(areas=(TOWN_B,), points=("village",)))
    read(reader(city))
    orders = {
        (one.channel, one.body["order"], *one.body["points"])
        for one in messages(city)
        if one.id not in seen and one.channel != "cap"
    }
    assert {("broadcast_village", "replace", "B2"), ("broadcast_village", "stop", "B1")} < orders
    assert {does for channel, does, *_ in orders if channel == "broadcast_town"} == {"stop"}


def test_a_dead_gateway_holds_up_no_other_and_its_letter_is_told(city: Services) -> None:
    with city.engine.begin() as conn:
        queue.set_channel(conn, "broadcast_village", {"url": "http://127.0.0.1:9/"})
    reader(city).read("live")
    ident = issued(city, points=["village", "town"])
    read(reader(city))
    Sender(city.engine, city.outbox, city.now, lambda url: HttpGateway(url, 0.5)).send_due()
    letters = {one["channel"]: one for one in shown(city, ident)["letters"]}
    assert {channel: one["state"] for channel, one in letters.items()} == {
        "cap": "sent", "broadcast_town": "sent", "broadcast_village": "queued",
    }  # fmt: skip
    assert "ConnectError" in letters["broadcast_village"]["error"]


def test_a_drill_never_says_actual_and_never_leaves_the_building(city: Services) -> None:
    """Its channels point outside, its fact asks for everything: every document is Exercise, in the file."""
    open_realm(city, "drill:D1")
    with city.engine.begin() as conn:
        conn.execute(update(outbound_channel).values(url="https://outside.example/"))
    drill = Call(LEADER, "drill:D1")
    reader(city).read("drill:D1")
    ident = issued(city, drill, points=["village", "town"])
    warnings.update(city, drill, ident, UpdateCommand(text="Actual 实际"))
    warnings.cancel(city, drill, ident, CancelCommand(reason="演练结束"))
    read(reader(city), "drill:D1")

    def outside(url: str) -> HttpGateway:
        raise AssertionError(url)

    Sender(city.engine, city.outbox, city.now, outside).send_due()
    assert {one.state for one in messages(city)} == {"sent"}
    sent = [orjson.loads(line) for file in city.outbox.iterdir() for line in file.read_bytes().splitlines()]
    assert [file.name for file in city.outbox.iterdir()] == ["演练-2026-03-02.jsonl"]
    assert {read_cap(one["cap"].encode()).status for one in sent} == {"Exercise"}
    assert all(one["status"] == "Exercise" and one["drill"] for one in sent)
    assert all(one["text"].startswith("【演练】") for one in sent if "text" in one)
    with pytest.raises(NotFound):
        warnings.cancel(city, BY, ident, CancelCommand(reason="从实战里解除"))


# --- within a response ------------------------------------------------------------------------------------


def response(incident: str, **changed: Any) -> Linkage:
    values: dict[str, Any] = {
        "id": "L1", "version": 1, "incident": incident, "number": "1", "title": "火情", "plan": "fire",
        "plan_name": "火灾", "plan_version": 1, "level": 2, "commander": "@", "commander_name": "陈局",
        "area": AREA_A, "lon": IN_A[0], "lat": IN_A[1], "started_at": START, "tasks": (), "offices": ("@",),
    }  # fmt: skip
    return Linkage(**{**values, **changed})


def planned(code: str, points: str = "village", radius_m: float = 300.0) -> Broadcast:
    return Broadcast.model_validate(
        {"code": code, "phase": "p", "points": points, "radius_m": radius_m, "text": "撤离", "text_en": "Go"}
    )


def within(city: Services, incident: str, decide: Any, by: Principal = SYSTEM) -> list[str]:
    with city.engine.connect() as conn:
        tx = Transaction(city, conn, Call(by))
        tx.begin(Needs(incidents=(incident,)))
        drafts = decide(tx)
        tx.append(drafts)
        tx.finish()
    return [draft.subject for draft in drafts]


def test_a_response_warns_around_its_hazard_and_lifts_what_it_said(city: Services) -> None:
    incident = report(city)
    held = response(incident)
    near, far = within(
        city, incident, lambda tx: issue_in(tx, held, [planned("a"), planned("b", radius_m=4000.0)])
    )
    assert [one["code"] for one in shown(city, near)["terminals"]] == ["B1"]
    assert [one["code"] for one in shown(city, far)["terminals"]] == ["B1", "B2"]
    assert shown(city, near)["properties"]["linkage"] == "L1"
    ended = within(city, incident, lambda tx: cancel_in(tx, held, "降级", {"b"}))
    assert ended == [far]
    assert within(city, incident, lambda tx: cancel_in(tx, held, "响应终止")) == [near]
    assert [shown(city, one)["state"] for one in (near, far)] == ["cancelled", "cancelled"]


def test_a_towns_response_warns_within_its_own_borders(city: Services) -> None:
    incident = report(city)
    (far,) = within(
        city, incident,
        lambda tx: issue_in(tx, response(incident), [planned("a", radius_m=4000.0)]),
        LEADER_A,
    )  # fmt: skip
    assert [one["code"] for one in shown(city, far)["terminals"]] == ["B1"]


def test_a_drawn_zone_is_warned_beyond_its_edge(city: Services) -> None:
    ring = ((118.12, 24.485), (118.13, 24.485), (118.13, 24.495), (118.12, 24.495), (118.12, 24.485))
    incident = report(city)
    (ident,) = within(
        city, incident,
        lambda tx: issue_in(tx, response(incident, zone=Zone("polygon", ring)), [planned("a")]),
    )  # fmt: skip
    rings = shown(city, ident)["geometry"]["coordinates"]
    assert min(lon for lon, _ in rings[0][0]) < 118.12 and max(lat for _, lat in rings[0][0]) > 24.495
