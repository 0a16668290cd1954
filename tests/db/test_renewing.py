"""Shipped rules in a city of an earlier version: renewed where nobody touched them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, delete, select, update

from db.flow import RULES, load_workflow, put_workflow, read_workflow
from db.renewing import differences
from db.tables_flow import workflow_move
from db.tables_shipped import shipped_row

MOVE = workflow_move.c


def change(conn: Connection, verb: str, **values: Any) -> None:
    conn.execute(update(workflow_move).where(MOVE.verb == verb).values(values))


def recorded(conn: Connection, verb: str, digest: str) -> None:
    """As if another version had shipped it last."""
    conn.execute(update(shipped_row).where(shipped_row.c.key == verb).values(digest=digest))


def row(conn: Connection, verb: str) -> dict[str, Any]:
    found = conn.execute(select(workflow_move).where(MOVE.verb == verb)).mappings().one()
    return {str(name): found[name] for name in found}


def test_what_a_city_never_touched_is_renewed_and_what_it_changed_or_removed_stays(engine: Engine) -> None:
    with engine.begin() as conn:
        now = RULES.shipped()
        change(conn, "extend", most=9, source="上一版")
        recorded(conn, "extend", RULES.digest(row(conn, "extend")))
        change(conn, "return", most=5, source="本市")
        conn.execute(delete(workflow_move).where(MOVE.verb == "whistle"))
        conn.execute(delete(workflow_move).where(MOVE.verb == "rate"))
        conn.execute(delete(shipped_row).where(shipped_row.c.key == "rate"))

        load_workflow(conn)
        assert row(conn, "extend") == now["extend"]
        assert row(conn, "return")["most"] == 5
        assert row(conn, "rate") == now["rate"], "what this version is the first to ship"
        assert "whistle" not in read_workflow(conn).moves
        assert differences(conn, RULES) == ["return", "whistle"]


def test_a_city_without_records_is_known_by_what_earlier_versions_shipped(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(delete(shipped_row))
        conn.execute(delete(workflow_move).where(MOVE.verb.in_(["assist_end", "rate"])))
        change(conn, "close", source="本市")
        load_workflow(conn)
        assert differences(conn, RULES) == ["close", "rate"], "removed by the city; the other one is new"


def test_a_table_that_is_the_citys_own_gets_nothing(engine: Engine) -> None:
    with engine.begin() as conn:
        own = [{**one, "source": "本市"} for one in RULES.shipped().values() if one["verb"] != "rate"]
        put_workflow(conn, own)
        conn.execute(delete(shipped_row).where(shipped_row.c.key == "rate"))
        load_workflow(conn)
        assert "rate" not in read_workflow(conn).moves


def test_a_second_time_changes_nothing(engine: Engine) -> None:
    with engine.begin() as conn:
        before = RULES.there(conn)
        load_workflow(conn)
        assert RULES.there(conn) == before == RULES.shipped()
