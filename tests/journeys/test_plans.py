"""The plan library in a browser: one writes, another approves, the change is shown; nobody's work is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

OPENED = "document.querySelector('#plans-view h2') && document.querySelector('#plans-chart')"
SAID = "words => document.querySelector('#plans-view .plans-head').textContent.includes(words)"
ROWS = "n => document.querySelectorAll('[id*=plans-table][id*=contacts] .ag-row').length === n"
DUE = "[id*=plans-table][id*=tasks] [row-id='{row}'] [col-id={name}]"
STORED = (
    "SELECT body->'tasks'->{row}->>'due_min' FROM city.plan_version WHERE code = 'flood' AND version = :v"
)

Seat = Callable[[str, str], Page]


@pytest.fixture
def seat(product: Product, contexts: Callable[..., BrowserContext]) -> Seat:
    """Opens a page for a shift leader, who is made at the first time."""

    def opened(name: str, path: str) -> Page:
        if name not in product.passwords:
            with services_for(product.settings) as parts:
                product.passwords[name] = add_user(parts, SYSTEM, name, "leader").password
        return sign_in(product, contexts().new_page(), name, path, "window.zhihui && zhihui.connected")

    return opened


def write(page: Page, row: int, name: str, value: str) -> None:
    """Type a number into a cell of the tasks."""
    cell = page.locator(DUE.format(row=row, name=name))
    cell.click()
    editor = cell.locator("input")
    editor.fill(value)
    editor.press("Enter")
    until(page, "!document.querySelector('.ag-cell-inline-editing')")


def open_tab(page: Page, words: str) -> None:
    page.locator("[role=tab]", has_text=words).click()


def begin(page: Page) -> None:
    page.click("#plans-edit")
    until(page, "document.querySelector('#plans-save')")
    open_tab(page, "任务")


def test_one_writes_another_approves_and_the_change_is_shown(
    product: Product, seat: Seat, tmp_path: Path
) -> None:
    made = product.sql("SELECT count(*) FROM city.plan_version WHERE code = 'flood'")
    one, another, a_third = (str(made + minutes) for minutes in (76, 87, 98))
    first = seat("qian", "/plans")
    until(first, "document.querySelectorAll('#plans-list .ag-row').length === 12")
    first.click("[row-id=flood] [col-id=name]")
    until(first, OPENED)
    begin(first)
    rows = first.locator("[id*=plans-table][id*=contacts] .ag-row")
    listed = rows.count()
    open_tab(first, "概览")
    first.locator("[id*=plans-row][id*=contacts]").first.click()
    until(first, ROWS, listed + 1)
    rows.last.click()
    first.locator("[id*=plans-row][id*=contacts][id*=remove]").click()
    until(first, ROWS, listed)
    open_tab(first, "任务")
    write(first, 0, "due_min", "")
    first.click("#plans-save")
    until(first, "document.querySelector('#plans-faults li')")
    assert product.sql("SELECT count(*) FROM city.plan_version WHERE code = 'flood'") == made
    write(first, 0, "due_min", one)
    first.click("#plans-save")
    until(first, SAID, f"第 {made + 1} 版")
    assert "须另一人审批" in first.inner_text(".plans-approve")
    assert first.is_disabled("#plans-approve")

    second = seat("sun", "/plans/flood")
    until(second, SAID, "qian 编制")
    open_tab(second, "版本")
    until(second, "text => document.querySelector('#plans-differences').textContent.includes(text)", one)
    second.click("#plans-approve")
    until(second, SAID, "sun 审批")
    until(first, SAID, "sun 审批")  # by itself

    begin(first)
    begin(second)
    write(first, 1, "due_min", another)
    write(second, 1, "due_min", a_third)
    first.click("#plans-save")
    until(first, SAID, f"第 {made + 2} 版")
    until(second, "!document.querySelector('#plans-moved').hidden")
    second.click("#plans-save")
    until(second, "document.querySelector('#toast').textContent.includes('您编辑')")
    assert second.inner_text(DUE.format(row=1, name="due_min")) == a_third
    second.click("#plans-save-over")
    until(second, SAID, f"第 {made + 3} 版")
    assert product.sql(STORED.format(row=1), v=made + 3) == f"{a_third}.0"

    file = tmp_path / "flood.yaml"
    with product.api as api:
        text = api.get(f"/plans/flood.yaml?version={made + 1}").text
    file.write_text(text.replace(f"due_min: {one}", "due_min: soon"), encoding="utf-8")
    second.click(".plans-all")
    until(second, "!document.querySelector('#plans-list').closest('section').hidden")
    second.set_input_files("#plans-upload input", file)
    until(
        second,
        "(document.querySelector('#plans-uploaded-faults') || {textContent: ''}).textContent.includes('第 ')",
    )
    assert "完成（分）" in second.inner_text("#plans-uploaded-faults")
    assert (product.errors, product.foreign) == ([], [])


def test_a_response_that_runs_is_seen_on_the_chart_of_its_plan(product: Product, seat: Seat) -> None:
    incident = product.report()
    with product.api as api:
        gaps = api.get(f"/incidents/{incident}/plans/earthquake/preview?level=4").json()["shortfalls"]
    given = product.post("/plans/earthquake/activate", incident=incident, level=4, accept_shortfalls=gaps)
    page = seat("qian", f"/plans/earthquake?linkage={given['linkage']}")
    until(page, OPENED)
    open_tab(page, "流程图")
    count = "n => document.getElementById('plans-chart')._cyreg.cy.nodes('.assigned').length === n"
    with product.api as api:
        tasks = api.get(f"/linkages/{given['linkage']}").json()["tasks"]
    assigned = [one for one in tasks if one["status"] == "assigned"]
    until(page, count, len(assigned))
    product.post(f"/linkages/{given['linkage']}/tasks/{assigned[0]['id']}/ack")
    until(page, count, len(assigned) - 1)
    assert "已签收 1" in page.inner_text("#plans-running")
    assert (product.errors, product.foreign) == ([], [])
