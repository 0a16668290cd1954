"""Figures over HTTP: what they are of, what stands behind them, files, and who may have which."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import httpx
import pypdfium2
import pytest
import python_calamine

from core.kpi import COUNTS, INTERVALS, RATES
from tests.api.conftest import Server
from tests.cast import IN_A, IN_B, TOWN_A, TOWN_B
from tests.parts import report


@pytest.fixture
def api(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


def test_figures_are_told_by_area_with_what_stands_behind_each(api: httpx.Client, server: Server) -> None:
    for where in (IN_A, IN_A, IN_B):
        report(server.services, where)
    found = api.get("/kpis", params={"by": "area", "period": "days7", "verify": "1"}).json()
    assert found["verified"]["same"] is True
    rows = {row["code"]: row for row in found["groups"]}
    a, b = (rows[town]["counts"]["valid"] for town in (TOWN_A, TOWN_B))
    assert a >= 2
    assert b >= 1
    assert found["total"]["counts"]["valid"] == sum(row["counts"]["valid"] for row in found["groups"])
    assert rows[TOWN_A]["rates"]["per_grid"] == a
    behind = api.get("/kpis/incidents", params={"figure": "valid", "area": TOWN_A, "period": "days7"}).json()
    assert len(behind["items"]) == a
    assert behind["next"] is None


def test_a_town_has_its_own_figures_alone(server: Server, api: httpx.Client) -> None:
    with server.client(server.town) as town:
        found = town.get("/kpis", params={"by": "area"}).json()
        behind = town.get("/kpis/incidents", params={"figure": "valid"}).json()
    concerned = {one["properties"]["area"] for one in behind["items"]}  # what it helps elsewhere with, too
    assert TOWN_A + "001" in (codes := {row["code"] for row in found["groups"]})
    assert codes <= concerned | {TOWN_A + "001"}
    assert found["total"]["grids"] == 1


def test_definitions_weights_and_ranking_are_told(api: httpx.Client) -> None:
    told = api.get("/kpis/definitions").json()
    assert [one["code"] for one in told["counts"]] == [one.code for one in COUNTS]
    assert {one["code"] for one in told["rates"]} == {one.code for one in RATES}
    assert len(told["intervals"]) == len(INTERVALS)
    assert sum(told["weights"].values()) == 100
    ranked = api.get("/kpis/ranking", params={"by": "area"}).json()["items"]
    assert [one["place"] for one in ranked] == sorted(one["place"] for one in ranked)


def test_a_workbook_and_a_brief_leave_as_files(api: httpx.Client) -> None:
    book = api.get("/kpis/export", params={"by": "area", "period": "days7"})
    assert book.status_code == 200
    sheets = python_calamine.CalamineWorkbook.from_filelike(BytesIO(book.content))
    assert sheets.sheet_names == ["指标", "环节时长", "绩效联考", "口径"]
    assert [row[1] for row in sheets.get_sheet_by_name("指标").to_python()[4:]] == [TOWN_A, TOWN_B]
    brief = api.get("/kpis/weekly", params={"week": "2026-W10", "lang": "en"})
    assert brief.headers["content-type"] == "application/pdf"
    with pypdfium2.PdfDocument(brief.content) as pdf:
        assert "weekly brief (2026-W10)" in " ".join(pdf[0].get_textpage().get_text_range().split())


def test_who_only_looks_takes_no_files_away(server: Server) -> None:
    with server.client(server.viewer) as viewer:
        assert viewer.get("/kpis").status_code == 200
        for path in ("/kpis/export", "/kpis/weekly", "/kpis?verify=1"):
            assert viewer.get(path).status_code == 403


def test_what_cannot_be_asked_says_why(api: httpx.Client) -> None:
    for wrong in (
        {"by": "moon"},
        {"period": "eon"},
        {"from": "yesterday"},
        {"compare": "eon"},
        {"tier": "x"},
    ):
        refused = api.get("/kpis", params=wrong)
        assert refused.status_code == 422, wrong
        assert refused.json()["code"] == "invalid_input"
    assert api.get("/kpis", params={"area": "77"}).status_code == 404
    assert api.get("/kpis/weekly", params={"week": "2026-W99"}).status_code == 422
    assert api.get("/kpis/incidents", params={"cursor": "!"}).status_code == 422
