"""The shipped departments and duties."""

from __future__ import annotations

from sqlalchemy import Engine, delete

from db.classes import read_classes
from db.org import load_org_tables, read_departments, read_duties
from db.tables_org import duty


def test_a_new_city_has_33_departments_each_with_a_name_and_a_source(engine: Engine) -> None:
    with engine.connect() as conn:
        found = read_departments(conn)
    assert len(found) == 33
    assert found["gongan"].name == "公安局"
    assert all(one.name and one.name_en and one.source for one in found.values())


def test_every_class_is_somebodys_affair(engine: Engine) -> None:
    with engine.connect() as conn:
        duties, classes = read_duties(conn), read_classes(conn)
    assert [code for code in classes if not duties.responsible(code, "990101001")] == []
    assert duties.responsible("21100", "")[0] in {"xiaofang", "yingji", "gongan"}


def test_a_city_that_brought_its_own_lists_does_not_get_the_shipped_ones_back(engine: Engine) -> None:
    with engine.begin() as conn:
        conn.execute(delete(duty).where(duty.c.dept == "haishi"))
        load_org_tables(conn)
        assert not read_duties(conn).covers("haishi", "22000", "")
