"""Measures and heat over HTTP."""

from __future__ import annotations

from actions.measures import MEASURES
from tests.api.conftest import Server, reported
from tests.cast import TOWN_A, TOWN_B


def test_the_measures_are_told_in_the_language_of_the_asker(server: Server) -> None:
    told = server.get("/measures", lang="en").json()
    assert [item["name"] for item in told["items"]] == [measure.name for measure in MEASURES]
    assert told["items"][0]["title"] == "Incidents"
    assert told["tiers"] == [0, 1, 2, 3] or told["tiers"] == [1, 2, 3]


def test_a_measure_is_told_area_by_area_with_the_cuts_of_its_map(server: Server) -> None:
    reported(server)
    told = server.get("/measures/incidents", tier=1).json()
    assert {item["code"] for item in told["items"]} == {TOWN_A, TOWN_B}
    values = [item["value"] for item in told["items"]]
    assert values == sorted(values, reverse=True)
    assert (told["unit"], told["tier"], told["areas"]) == ("count", 1, 2)


def test_a_token_of_a_town_hears_of_that_town(server: Server) -> None:
    with server.client(server.town) as client:
        told = client.get("/measures/incidents", params={"tier": 1}).json()
    assert [item["code"] for item in told["items"]] == [TOWN_A]


def test_heat_is_told_by_hexagon(server: Server) -> None:
    reported(server)
    told = server.get("/heat", zoom=15).json()
    assert told["cells"] and {"cell", "count", "ring"} <= set(told["cells"][0])


def test_what_is_asked_wrongly_is_a_problem_that_names_the_field(server: Server) -> None:
    wrong = {"/heat?zoom=x": "zoom", "/heat?bbox=1": "bbox", "/measures/incidents?tier=9": "tier"}
    with server.client() as client:
        for path, pointer in wrong.items():
            answer = client.get(path)
            assert answer.status_code == 422, path
            assert pointer in answer.text
        assert client.get("/measures/none").status_code == 404
