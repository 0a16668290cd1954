"""The shipped tables of sites, and the rows of hazards and visits that say what the log says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    Text,
    any_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from core import sensors
from core.envelope import Event
from core.hazards import Hazard
from core.patrol import Period, Rule
from db.places import lies_in
from db.shipped import figure, put_shipped, truth
from db.tables_places import grid, place
from db.tables_sites import hazard, patrol_rule, patrol_visit, sensitive_period, sensor_rule, site_norm

_HAZARD = TypeAdapter(Hazard)
_CODES = ARRAY(Text)
"""One value, however many: a file may name more than a statement may have values."""


# --- what is shipped as data -----------------------------------------------------------------------------


def load_site_tables(conn: Connection) -> None:
    """Put the shipped rows into their tables; those a city changed or added are left as they are."""
    put_shipped(conn, patrol_rule, "patrol_rules.csv", {"days": int, "sensitive_days": int})
    figures = dict.fromkeys(("limit", "clear", "hold_s", "stale_s"), figure)
    put_shipped(conn, sensor_rule, "sensor_rules.csv", {**figures, "severity": int, "above": truth})
    put_shipped(conn, site_norm, "site_norms.csv", {"value": float})


def norms(conn: Connection) -> dict[str, float]:
    """Name → value: metres and shares."""
    return {row.name: row.value for row in conn.execute(select(site_norm.c.name, site_norm.c.value))}


def sensor_rules(conn: Connection) -> dict[tuple[str, str], sensors.Rule]:
    """(category, sensor) → rule; sensor "" is the category's own."""
    rows = conn.execute(select(sensor_rule)).mappings()
    return {(row["category"], row["sensor"]): sensors.Rule(**row) for row in rows}


def patrol_rules(conn: Connection) -> list[Rule]:
    return [Rule(**row) for row in conn.execute(select(patrol_rule)).mappings()]


def periods(conn: Connection) -> list[Period]:
    """Sensitive periods, the latest first."""
    query = select(sensitive_period).order_by(sensitive_period.c.starts_on.desc(), sensitive_period.c.code)
    return [Period(**row) for row in conn.execute(query).mappings()]


def period_of(conn: Connection, code: str) -> Period | None:
    row = conn.execute(select(sensitive_period).where(sensitive_period.c.code == code)).mappings().first()
    return Period(**row) if row else None


def has_area(conn: Connection, code: str) -> bool:
    """Whether any grid lies in an area; "" is the whole city, which is there before its grids."""
    if not code:
        return True
    return conn.scalar(select(grid.c.code).where(lies_in(grid.c.code, code)).limit(1)) is not None


def put_period(conn: Connection, period: Period) -> None:
    values = asdict(period)
    statement = insert(sensitive_period).values(values)
    conn.execute(statement.on_conflict_do_update(index_elements=["code"], set_=values))


# --- hazards ---------------------------------------------------------------------------------------------


def hazard_of(doc: dict[str, Any]) -> Hazard:
    return _HAZARD.validate_python(doc)


def lock_hazards(conn: Connection, realm: str, codes: Collection[str]) -> dict[str, Hazard]:
    """The rows that there are, locked, codes ascending."""
    wanted = bindparam("codes", sorted(codes), _CODES)
    query = select(hazard.c.doc).where(hazard.c.realm == realm, hazard.c.code == any_(wanted))
    found = conn.scalars(query.order_by(hazard.c.code).with_for_update())
    return {known.code: known for known in map(hazard_of, found)}


def lock_place(conn: Connection, kind: str, code: str) -> None:
    conn.execute(select(place.c.code).where(place.c.kind == kind, place.c.code == code).with_for_update())


def put_hazards(conn: Connection, realm: str, hazards: Iterable[Hazard]) -> None:
    """Write rows as the fold has them."""
    rows = [_hazard_row(realm, one) for one in hazards]
    if not rows:
        return
    statement = insert(hazard)
    fresh = {c.name: statement.excluded[c.name] for c in hazard.c if not c.primary_key}
    conn.execute(statement.on_conflict_do_update(index_elements=["realm", "code"], set_=fresh), rows)


def _hazard_row(realm: str, one: Hazard) -> dict[str, Any]:
    return {
        "realm": realm, "code": one.code, "seq": one.version, "status": one.status, "area": one.area,
        "owner": one.owner, "due_at": one.due_at, "doc": _HAZARD.dump_python(one, mode="json"),
    }  # fmt: skip


def show_status(conn: Connection, statuses: Mapping[str, str]) -> None:
    """What the map's tile and the layer's items say of hazards, by code; those that say it are left."""
    found = (
        func.unnest(
            bindparam("codes", list(statuses), _CODES), bindparam("statuses", list(statuses.values()), _CODES)
        )
        .table_valued("code", "status", name="said")
        .render_derived()
    )
    said = func.jsonb_build_object(literal("status", Text), found.c.status, type_=JSONB)
    differs = place.c.props["status"].astext.is_distinct_from(found.c.status)
    where = (place.c.kind == "hazards", place.c.code == found.c.code, differs)
    conn.execute(update(place).where(*where).values(props=place.c.props.concat(said)))


def find_places(conn: Connection, kind: str, codes: Collection[str]) -> dict[str, Any]:
    """Places by code: name, area, props, and lon, lat of a point on them."""
    on = func.ST_PointOnSurface(place.c.geom)
    query = select(
        place.c.code, place.c.name, place.c.area, place.c.props,
        func.ST_X(on).label("lon"), func.ST_Y(on).label("lat"),
    )  # fmt: skip
    rows = conn.execute(query.where(place.c.kind == kind, place.c.code.in_(codes)))
    return {row.code: row for row in rows}


def find_grids(conn: Connection, codes: Collection[str]) -> dict[str, Any]:
    """Base grids as `find_places` has places: their area is the community."""
    on = func.ST_PointOnSurface(grid.c.geom)
    query = select(
        grid.c.code, grid.c.name, func.coalesce(grid.c.parent, grid.c.code).label("area"),
        func.ST_X(on).label("lon"), func.ST_Y(on).label("lat"),
    )  # fmt: skip
    base = select(func.max(grid.c.tier)).scalar_subquery()
    rows = conn.execute(query.where(grid.c.code.in_(codes), grid.c.tier == base))
    return {row.code: row for row in rows}


def grid_names(conn: Connection, codes: Iterable[str]) -> dict[str, str]:
    query = select(grid.c.code, grid.c.name).where(grid.c.code.in_(list(codes)))
    return {row.code: row.name for row in conn.execute(query)}


def forget_ledger(conn: Connection, realm: str) -> None:
    """Empty what is about to be made again from the log."""
    for table in (hazard, patrol_visit):
        conn.execute(delete(table).where(table.c.realm == realm))


# --- visits ----------------------------------------------------------------------------------------------


def put_visits(conn: Connection, realm: str, events: Iterable[Event]) -> None:
    """The rows of PatrolVisited facts."""
    rows = [_visit_row(realm, event) for event in events]
    if rows:
        conn.execute(insert(patrol_visit), rows)


def _visit_row(realm: str, event: Event) -> dict[str, Any]:
    said = event.body.model_dump(include={"target", "code", "by", "finding", "incident"})
    return {"realm": realm, "seq": event.seq, "at": event.occurred_at, **said}


def first_visit(conn: Connection, realm: str) -> datetime | None:
    """When rounds began to be walked: of the visit that was told first, whatever is told later of before."""
    told = select(patrol_visit.c.at).where(patrol_visit.c.realm == realm)
    at: datetime | None = conn.scalar(told.order_by(patrol_visit.c.seq).limit(1))
    return at


def visited_days(conn: Connection, realm: str, zone: str, since: datetime, until: datetime) -> list[Any]:
    """target, code and the city's day of every visit from `since` until before `until`."""
    day = cast(func.timezone(zone, patrol_visit.c.at), Date).label("day")
    query = select(patrol_visit.c.target, patrol_visit.c.code, day).distinct()
    return list(
        conn.execute(
            query.where(patrol_visit.c.realm == realm, patrol_visit.c.at >= since, patrol_visit.c.at < until)
        )
    )
