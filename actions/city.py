"""The city itself: its name, its bounds, whether it is a sample."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from actions.services import Services
from db.places import lies_in
from db.tables import setting
from db.tables_places import grid

KEY = "city"


def describe(services: Services, name: str, *, sample: bool, **more: Any) -> None:
    """Keep what the city is called."""
    value = {"name": name, "sample": sample, **more}
    statement = insert(setting).values(key=KEY, value=value)
    with services.engine.begin() as conn:
        conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def about(services: Services) -> dict[str, Any]:
    """Name, sample mark and bounds (west, south, east, north in degrees; None without grids)."""
    with services.engine.connect() as conn:
        value = conn.scalar(select(setting.c.value).where(setting.c.key == KEY)) or {}
    known = {"name": "", "sample": False, **value}
    return {**known, "bounds": services.reference.bounds()}


def parts(services: Services, area: str) -> list[dict[str, Any]]:
    """Code, name and tier of the two widest tiers of grids inside an area: districts and towns of a city."""
    inside = (lies_in(grid.c.code, area), grid.c.code != area)
    widest = select(func.min(grid.c.tier)).where(*inside).scalar_subquery()
    query = select(grid.c.code, grid.c.name, grid.c.tier).where(*inside, grid.c.tier <= widest + 1)
    with services.engine.connect() as conn:
        rows = conn.execute(query.order_by(grid.c.code)).all()
    return [{"code": row.code, "name": row.name, "tier": row.tier} for row in rows]
