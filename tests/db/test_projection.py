"""Guard rows: written as the fold says, locked in one order, naming the holder of a busy unit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

import core.events as e
from core.board import Board
from core.envelope import Event
from core.fold import apply
from db import projection
from db.batch import Batch
from db.projection import Needs
from db.tables import assignment, incident, unit
from tests.cast import AREA_B, IN_A, dispatched, reported, story, unit_body

TOLD = story(
    ("F1", unit_body("F1")),
    ("P1", unit_body("P1")),
    ("I1", reported("I1")),
    ("I2", reported("I2", AREA_B)),
    ("I1", dispatched("F1", "A1")),
)


def write(conn: Connection, events: list[Event], realm: str = "live", board: Board | None = None) -> Board:
    board = board or Board(realm, live=False)
    changes = [apply(board, event) for event in events]
    batch = Batch(conn)
    projection.add_writes(batch, realm, changes)
    batch.run(commit=True)
    return board


@pytest.fixture
def told(engine: Engine) -> Board:
    with engine.connect() as conn:
        return write(conn, TOLD)


def test_rows_read_back_as_the_entities_they_are(engine: Engine, told: Board) -> None:
    board = Board("live", live=False)
    with engine.begin() as conn:
        needs = Needs(incidents=("I1", "I2", "NONE"), assignments=("A1",), units=("P1",))
        projection.lock(conn, board, needs)
        assert board.incidents == told.incidents
        assert board.links == told.links
        assert board.units == told.units, "the unit of the assignment comes with it"
        point = conn.execute(select(func.ST_X(incident.c.geom), func.ST_Y(incident.c.geom))).first()
        assert point == IN_A
        assert conn.scalar(select(func.ST_SRID(unit.c.home)).limit(1)) == 4326


def test_an_assignment_brings_its_incident_and_unit(engine: Engine, told: Board) -> None:
    board = Board("live", live=False)
    with engine.begin() as conn:
        projection.lock(conn, board, Needs(assignments=("A1",)))
    assert (list(board.incidents), list(board.links), list(board.units)) == (["I1"], ["A1"], ["F1"])


def test_another_realm_has_rows_of_its_own(engine: Engine, told: Board) -> None:
    with engine.connect() as conn:
        write(conn, TOLD[:3], realm="drill:1")
    board = Board("drill:1", live=False)
    with engine.begin() as conn:
        projection.lock(conn, board, Needs(incidents=("I1", "I2"), units=("F1",)))
        assert list(board.incidents) == ["I1"]
        assert board.units["F1"].assignment is None
        assert projection.busy_unit(conn, "drill:1", ["F1"]) is None


def test_several_facts_about_one_entity_write_its_last_state(engine: Engine, told: Board) -> None:
    more = [("I1", e.NoteAdded(text="x")), ("A1", e.AssignmentArrived(due=None)),
            ("A1", e.AssignmentReleased(reason=None, due=None))]  # fmt: skip
    events = [*TOLD, *story(*[("I1", e.NoteAdded(text="-"))] * len(TOLD), *more)[len(TOLD) :]]
    with engine.connect() as conn:
        board = write(conn, events)
        row = conn.execute(select(assignment).where(assignment.c.id == "A1")).one()
        assert (row.status, row.ended_at is not None, row.seq) == ("released", True, board.seq)
        assert conn.scalar(select(unit.c.status).where(unit.c.id == "F1")) == "available"


def test_a_unit_bound_twice_is_refused_by_the_database_and_its_holder_named(
    engine: Engine, told: Board
) -> None:
    second = story(*[("I2", e.NoteAdded(text="-"))] * 5, ("I2", dispatched("F1", "A2")))[5:]
    with engine.connect() as conn:
        board = Board("live", live=False)
        board.incidents, board.units = dict(told.incidents), dict(told.units)
        with pytest.raises(IntegrityError, match="uq_assignment_active"):
            write(conn, second, board=board)
        conn.rollback()
        busy = projection.busy_unit(conn, "live", ["P1", "F1"])
        assert busy
        assert (busy.params["unit"], busy.params["incident"], busy.params["assignment"]) == ("F1", "I1", "A1")
        assert busy.params["number"] == told.incidents["I1"].number
        assert conn.scalar(select(unit.c.assignment).where(unit.c.id == "F1")) == "A1"


def test_locked_rows_make_others_wait(engine: Engine, told: Board) -> None:
    with engine.begin() as first:
        projection.lock(first, Board("live", live=False), Needs(units=("F1",)))
        with engine.begin() as second:
            second.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
            projection.lock(second, Board("live", live=False), Needs(units=("P1",), incidents=("I1",)))
            with pytest.raises(OperationalError, match="lock"):
                projection.lock(second, Board("live", live=False), Needs(units=("F1",)))


def test_opposite_orders_never_end_in_a_deadlock(engine: Engine, told: Board) -> None:
    def lock(order: tuple[str, ...]) -> None:
        for _ in range(30):
            with engine.begin() as conn:
                projection.lock(conn, Board("live", live=False), Needs(incidents=order, units=("F1", "P1")))

    with ThreadPoolExecutor(4) as pool:
        orders = [("I1", "I2"), ("I2", "I1")] * 2
        for future in [pool.submit(lock, order) for order in orders]:
            future.result(timeout=20)


def test_numbers_are_told_of_incidents_there_are(engine: Engine, told: Board) -> None:
    with engine.connect() as conn:
        assert projection.numbers(conn, "live", ["I1", "I9"]) == {"I1": told.incidents["I1"].number}
        assert projection.numbers(conn, "live", []) == {}
