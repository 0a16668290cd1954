"""What lies inside a hazard area is told by its share, within the asker's area, and never few persons."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from actions import closures, linkage, zone
from actions.closures import CloseCommand
from actions.linkage_commands import ZoneCommand
from actions.services import Services
from actions.unit_of_work import Call
from actions.zone import RingCommand
from core.errors import InvalidInput, NotFound
from tests.actions.test_linkage import activated
from tests.cast import AREA_A, AREA_B, BOUNDS, IN_A, IN_B, LEADER, OFFICER, OFFICER_A, SECOND_OFFICER

WEST, SOUTH, EAST, NORTH = BOUNDS
MIDDLE = (WEST + EAST) / 2
_PLACE = text(
    "INSERT INTO place (kind, code, name, area, geom, props, version) VALUES (:kind, :code, :code, :area, "
    "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), CAST(:props AS jsonb), 1)"
)
_PEOPLE = text("UPDATE grid SET props = CAST(:props AS jsonb) WHERE tier = 3 AND starts_with(code, :area)")
_ROAD = text(
    "INSERT INTO road (name, class, oneway, geom) VALUES ('东门路', 'primary', false, "
    "ST_GeomFromText('LINESTRING(118.105 24.49, 118.115 24.49)', 4326)) RETURNING id"
)


def put(city: Services, kind: str, code: str, at: tuple[float, float] = IN_A, props: str = "{}") -> None:
    area = AREA_A if at == IN_A else AREA_B
    with city.engine.begin() as conn:
        conn.execute(
            _PLACE, {"kind": kind, "code": code, "area": area, "lon": at[0], "lat": at[1], "props": props}
        )


def peopled(city: Services, area: str, people: int, homes: int) -> None:
    with city.engine.begin() as conn:
        conn.execute(_PEOPLE, {"area": area, "props": f'{{"population": {people}, "households": {homes}}}'})


def box(west: float, east: float) -> RingCommand:
    corners = ((west, SOUTH), (east, SOUTH), (east, NORTH), (west, NORTH), (west, SOUTH))
    return RingCommand(shape="polygon", ring=corners)


def inside(city: Services, command: RingCommand, by: Any = OFFICER) -> dict[str, Any]:
    return zone.inside(city, by, "live", command)


def test_people_count_by_the_share_of_their_grid_that_lies_inside(city: Services) -> None:
    peopled(city, AREA_A, 1000, 400)
    peopled(city, AREA_B, 600, 200)
    half = inside(city, box(WEST, (WEST + MIDDLE) / 2))
    assert (half["population"], half["households"], half["grids"]) == (500, 200, 1)
    both = inside(city, box((WEST + MIDDLE) / 2, EAST))
    assert (both["population"], both["grids"]) == (1100, 2)
    assert inside(city, box(WEST, (WEST + MIDDLE) / 2), SECOND_OFFICER) == half


def test_few_persons_are_not_told_and_nobody_is_told_as_nobody(city: Services) -> None:
    peopled(city, AREA_A, 4, 2)
    few = inside(city, box(WEST, MIDDLE))
    assert (few["population"], few["households"]) == (None, None)
    peopled(city, AREA_A, 0, 0)
    assert inside(city, box(WEST, MIDDLE))["population"] == 0


def test_places_stand_in_their_lists_and_struck_off_hazards_in_none(city: Services) -> None:
    put(city, "keyplaces", "K1", props='{"category": "school"}')
    put(city, "keyplaces", "K2", props='{"category": "hospital"}')
    put(city, "keyplaces", "K3", props='{"category": "chemical"}')
    put(city, "hazards", "H1", props='{"status": "monitored", "category": "flood"}')
    put(city, "hazards", "H2", props='{"status": "closed", "category": "flood"}')
    put(city, "cameras", "C1", props='{"online": true}')
    put(city, "cameras", "C2", props='{"online": false}')
    put(city, "shelters", "R1", props='{"class": "II", "capacity": 300}')
    put(city, "shelters", "R2", IN_B, props='{"class": "II", "capacity": 300}')
    told = inside(city, box(WEST, MIDDLE))
    lists = ("schools", "hospitals", "keyplaces", "hazards", "cameras", "shelters")
    assert {name: [one["id"] for one in told[name]] for name in lists} == {
        "schools": ["K1"], "hospitals": ["K2"], "keyplaces": ["K3"], "hazards": ["H1"],
        "cameras": ["C1", "C2"], "shelters": ["R1"],
    }  # fmt: skip
    assert told["hazards"][0]["status"] == "monitored"
    assert [one["online"] for one in told["cameras"]] == [True, False]
    assert (told["counts"]["cameras"], told["counts"]["cameras_online"]) == (2, 1)
    shelter = told["shelters"][0]
    assert (shelter["grade"], shelter["places"], shelter["free"]) == ("II", 300, 300)


def test_of_many_places_the_nearest_are_listed_and_all_are_counted(
    city: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zone, "MOST", 2)
    for n, lon in enumerate((118.1199, 118.1101, 118.1102)):
        put(city, "sensors", f"S{n}", (lon, 24.49))
        put(city, "stores", f"S{n}", (lon, 24.49))
    with city.engine.begin() as conn:
        conn.execute(text("UPDATE place SET area = :area"), {"area": AREA_A})
    told = inside(city, box(WEST, MIDDLE))
    assert [one["id"] for one in told["stores"]] == ["S1", "S2"]
    assert told["counts"] == {"stores": 3}


def test_a_town_learns_of_its_own_part_alone(city: Services) -> None:
    peopled(city, AREA_A, 1000, 400)
    peopled(city, AREA_B, 600, 200)
    put(city, "shelters", "R1", IN_B)
    told = inside(city, box(WEST, EAST), OFFICER_A)
    assert (told["population"], told["grids"], told["shelters"]) == (1000, 1, [])
    assert told["within"] == OFFICER_A.area


def test_closed_roads_that_touch_the_area_are_named(city: Services) -> None:
    with city.engine.begin() as conn:
        road = str(conn.scalar(_ROAD))
    closures.close(city, Call(LEADER), road, CloseCommand(reason="塌陷"))
    [told] = inside(city, RingCommand(shape="circle", centre=at(IN_A), radius_m=300))["closures"]
    assert (told["id"], told["name"], told["reason"]) == (road, "东门路", "塌陷")
    assert inside(city, RingCommand(shape="circle", centre=at(IN_B), radius_m=300))["closures"] == []


def at(point: tuple[float, float]) -> dict[str, float]:
    return {"lon": point[0], "lat": point[1]}


def test_a_downwind_sector_lies_where_the_wind_blows_to(city: Services) -> None:
    put(city, "shelters", "R1", IN_B)
    west_wind = RingCommand(shape="sector", centre=at(IN_A), radius_m=3000, wind_from=270, opening=60)
    east_wind = RingCommand(shape="sector", centre=at(IN_A), radius_m=3000, wind_from=90, opening=60)
    assert len(inside(city, west_wind)["shelters"]) == 1
    assert inside(city, east_wind)["shelters"] == []


def test_the_area_of_a_response_is_told_to_whom_it_concerns(city: Services) -> None:
    ident = activated(city)
    assert zone.of_linkage(city, LEADER, "live", ident)["shape"] is None
    ring = zone.ring_of(RingCommand(shape="circle", centre=at(IN_A), radius_m=500))
    linkage.draw_zone(city, Call(LEADER), ident, ZoneCommand(shape="circle", ring=ring))
    told = zone.of_linkage(city, LEADER, "live", ident)
    assert (told["shape"], told["area_m2"]) == ("circle", pytest.approx(785_000, rel=0.01))
    with pytest.raises(NotFound):
        zone.of_linkage(city, LEADER, "live", "nobody's")


def test_a_ring_that_is_no_area_or_lacks_its_figures_is_refused_by_name(city: Services) -> None:
    bow = ((118.1, 24.48), (118.12, 24.5), (118.12, 24.48), (118.1, 24.5), (118.1, 24.48))
    with pytest.raises(InvalidInput) as refused:
        inside(city, RingCommand(shape="polygon", ring=bow))
    assert refused.value.params["pointer"] == "/ring"
    with pytest.raises(ValidationError, match="sector needs wind_from"):
        RingCommand(shape="sector", centre=at(IN_A), radius_m=500)


def test_a_centre_counts_in_the_datum_that_it_names_and_lies_on_the_earth() -> None:
    lon, lat = IN_A
    given = {"shape": "circle", "radius_m": 500}
    plain = zone.ring_of(RingCommand.model_validate({**given, "centre": at(IN_A)}))
    shifted = zone.ring_of(RingCommand.model_validate({**given, "centre": {**at(IN_A), "datum": "gcj02"}}))
    assert 0.002 < plain[0][0] - shifted[0][0] < 0.01, "the national offset is some hundreds of metres"
    with pytest.raises(InvalidInput) as refused:
        zone.ring_of(RingCommand.model_validate({**given, "centre": {"lon": lat, "lat": lon}}))
    assert refused.value.params["pointer"] == "/centre/lat"
