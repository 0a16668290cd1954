"""The ledger of drills over HTTP, as a workbook."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO

from python_calamine import CalamineWorkbook

from tests.api.conftest import Server, is_problem
from tests.cast import TOWN_A
from tests.drilling import script_doc


def test_the_years_ledger_is_given_as_a_workbook_with_every_drill(server: Server) -> None:
    year = datetime.now(UTC).year
    script = script_doc(division=TOWN_A, name="台账里的演练")
    ident = server.post("/drills", {"script": script}).json()["drill"]
    server.post(f"/drills/{ident}/stop", {"aborted": True, "reason": "试"})
    given = server.get(f"/drills/ledger.xlsx?year={year}")
    assert given.status_code == 200, given.text
    book = CalamineWorkbook.from_filelike(BytesIO(given.content))
    towns, held = (book.get_sheet_by_name(name).to_python() for name in ("演练台账", "演练明细"))
    assert [row[1] for row in towns[1:]] in (["未计划", "未计划"], ["已完成", "未计划"])  # by another test
    (row,) = [one for one in held[1:] if one[0] == "台账里的演练"]
    assert row[3:5] == ["综合演练", "桌面"]
    assert row[-1] == "中止，不计"


def test_who_may_not_export_gets_no_workbook(server: Server) -> None:
    is_problem(server.get("/drills/ledger.xlsx", token=server.viewer), 403, "forbidden")
