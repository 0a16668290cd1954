"""The parts behind the verbs over a test's own database and Redis, and patience without sleeping blindly."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine, select

from actions import assignments, dispatch, incidents, units
from actions.commands import DispatchCommand, Location, ReportCommand
from actions.realms import open_realm
from actions.services import Services
from actions.stock import ReceiveCommand, receive
from actions.unit_of_work import Call
from core.board import Board
from core.fold import apply
from core.linkage_model import Linkage, Task
from core.model import Assignment, Closure, Entity, Incident, Unit
from core.permissions import SYSTEM, Principal
from core.serial import (
    alert_of,
    assignment_of,
    closure_of,
    incident_of,
    linkage_of,
    lot_of,
    task_of,
    unit_of,
    wall_of,
)
from core.stock import Lot
from core.wall_model import Wall
from core.warning_model import Alert
from db import log, places_write
from db.engine import make_engine
from db.tables import assignment, incident, unit
from db.tables_linkage import linkage, task
from db.tables_roads import closure
from db.tables_stock import lot
from db.tables_walls import wall_scene
from db.tables_warnings import warning
from tests import cast

T = TypeVar("T")
Guards = dict[str, dict[str, Entity | Lot]]


class Clock:
    """The machine's time, turned by hand."""

    def __init__(self, at: datetime = cast.START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **much: float) -> datetime:
        self.at += timedelta(**much)
        return self.at


def make_services(
    engine: Engine, redis_url: str, secret: Path, now: Callable[[], datetime] | None = None
) -> Services:
    """As `create_app` and the command line wire them."""
    if not secret.exists():
        secret.write_text("00" * 32)
    services = Services.over(engine, redis_url, secret, "Asia/Shanghai", "test", outbox=secret.parent / "out")
    return services if now is None else replace(services, now=now)


@contextmanager
def own_services(database_url: str, redis_url: str, secret: Path, pool: int = 4) -> Iterator[Services]:
    """For a process or thread of its own."""
    services = make_services(make_engine(database_url, pool_size=pool), redis_url, secret)
    try:
        yield services
    finally:
        services.close()


def found_city(services: Services, realm: str = "live") -> None:
    """The two towns, the realms, and the whole cast of units."""
    with services.engine.begin() as conn:
        cast.build_city(conn)
    open_realm(services, realm)
    open_realm(services, "system")
    units.register(services, Call(SYSTEM, realm), cast.registrations())
    services.reference.forget()


def renewed(services: Services, kind: str) -> None:
    """As after an import of this kind: what is held in memory is read again."""
    with services.engine.begin() as conn:
        version = places_write.next_version(conn, kind)
        places_write.record_version(conn, kind, version, "", "", 0, 0, cast.START, "test", {})
    services.reference.forget()


def report_command(where: tuple[float, float] = cast.IN_A, **changed: Any) -> ReportCommand:
    lon, lat = where
    values = {"class": cast.FIRE, "text": "楼道冒烟", "channel": "110", "location": {"lon": lon, "lat": lat}}
    return ReportCommand.model_validate({**values, **changed})


def report(
    services: Services, where: tuple[float, float] = cast.IN_A, by: Principal = cast.OFFICER, **changed: Any
) -> str:
    """A new incident's id."""
    given = incidents.report(services, Call(by), report_command(where, **changed))
    return str(given["id"])


def send(services: Services, ident: str, *codes: str, by: Principal = cast.OFFICER) -> list[str]:
    """Dispatch units; the ids of their assignments."""
    given = dispatch.dispatch(services, Call(by), ident, DispatchCommand(units=codes))
    return [sent["id"] for sent in given["assignments"]]


def elsewhere(lon_lat: tuple[float, float]) -> Location:
    return Location(lon=lon_lat[0], lat=lon_lat[1])


def stores_with(services: Services, *quantities: float) -> list[str]:
    """Stores S1, S2 … in town A and B by turns, each with one lot of water; the lots' ids."""
    stores = [f"S{n}" for n in range(1, len(quantities) + 1)]
    with services.engine.begin() as conn:
        cast.build_stores(conn, stores)
    held = [ReceiveCommand(item="1010101", quantity=quantity) for quantity in quantities]
    answers = [receive(services, Call(SYSTEM), s, h) for s, h in zip(stores, held, strict=True)]
    return [answer["lot"]["id"] for answer in answers]


def facts(services: Services, realm: str = "live", after: int = 0) -> list[log.Wire]:
    with services.engine.connect() as conn:
        return list(log.read_all(conn, realm, after))


def kinds(services: Services, realm: str = "live", after: int = 0) -> list[str]:
    return [wire["kind"] for wire in facts(services, realm, after)]


def head(services: Services, realm: str = "live") -> int:
    with services.engine.connect() as conn:
        return log.head(conn, realm)


def fold(services: Services, realm: str = "live", *, live: bool = True) -> Board:
    """The board of the whole log, from its first event."""
    board = Board(realm, live=live)
    for wire in facts(services, realm):
        apply(board, log.to_event(wire))
    return board


def guards(services: Services, realm: str = "live") -> Guards:
    """The guard rows as entities, and a check that their columns say the same as their documents."""
    found: Guards = {}
    with services.engine.connect() as conn:
        for name, table, read in (
            ("incidents", incident, incident_of),
            ("units", unit, unit_of),
            ("assignments", assignment, assignment_of),
            ("closures", closure, closure_of),
            ("linkages", linkage, linkage_of),
            ("tasks", task, task_of),
            ("alerts", warning, alert_of),
            ("walls", wall_scene, wall_of),
            ("lots", lot, lot_of),
        ):
            rows = conn.execute(select(table).where(table.c.realm == realm)).all()
            found[name] = {row.id: read(row.doc) for row in rows}
            for row in rows:
                _agree(row, found[name][row.id])
    return found


def _agree(row: Any, entity: Entity | Lot) -> None:
    assert row.seq == entity.version
    same = {
        Incident: ("status", "severity", "area", "grid", "channel", "source_id", "reported_at", "closed_at",
                   "shelved"),
        Unit: ("kind", "area", "status", "assignment"),
        Assignment: ("incident", "unit", "status", "started_at", "ended_at"),
        Closure: ("area", "until", "reopened_at"),
        Linkage: ("incident", "plan", "level", "commander", "area", "started_at", "ended_at"),
        Task: ("linkage", "owner", "status", "late", "ended_at"),
        Wall: ("area",),
        Alert: ("incident", "linkage", "area", "issued_at", "ended_at"),
        Lot: ("store", "item", "area", "unit", "expiry", "minimum", "quantity", "reserved"),
    }[type(entity)]  # fmt: skip
    for column in same:
        assert getattr(row, column) == getattr(entity, column), (entity.id, column)


class Follower:
    """Folds the log event by event beside the guard rows, and compares them at each commit."""

    def __init__(self, services: Services, realm: str = "live") -> None:
        self.services, self.realm = services, realm
        self.board = Board(realm, live=False)
        self.ended: dict[str, dict[str, Entity]] = {
            "links": {}, "closures": {}, "linkages": {}, "tasks": {}, "alerts": {},
        }  # fmt: skip

    def catch_up(self) -> None:
        for wire in facts(self.services, self.realm, self.board.seq):
            change = apply(self.board, log.to_event(wire))
            for (layer, ident), (_, new) in change.touched.items():
                if layer in self.ended and new is not None:
                    self.ended[layer][ident] = new

    def compare(self) -> None:
        """The guard rows are the fold."""
        self.catch_up()
        rows = guards(self.services, self.realm)
        assert rows["lots"] == self.board.lots
        assert rows["incidents"] == self.board.incidents
        assert rows["units"] == self.board.units
        assert rows["assignments"] == self.ended["links"]
        assert rows["walls"] == self.board.walls
        for name in ("closures", "linkages", "tasks", "alerts"):
            assert rows[name] == self.ended[name]


def eventually(condition: Callable[[], T], within_s: float = 10.0) -> T:
    """Asks again and again; the value once it is true."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


DESK = Call(cast.OFFICER)


def advance(city: Services, ident: str, *verbs: str, by: Principal = cast.OFFICER) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for verb in verbs:
        given = assignments.advance(city, Call(by), ident, verb, "原因")  # type: ignore[arg-type]
    return given


def through(city: Services, ident: str, *verbs: str) -> None:
    acts: dict[str, Any] = {
        "accept": incidents.accept,
        "handle": lambda s, c, i: incidents.handle(s, c, i, "已灭"),
        "reply": lambda s, c, i: incidents.reply(s, c, i, "已处理"),
        "verify": lambda s, c, i: incidents.verify(s, c, i, None),
        "close": incidents.close,
        "reject": lambda s, c, i: incidents.reject(s, c, i, "重复"),
    }
    for verb in verbs:
        acts[verb](city, DESK, ident)


def row(city: Services, ident: str) -> Any:
    """The guard row of an incident."""
    return guards(city)["incidents"][ident]
