"""The reports in a browser: from the city's figures down to single incidents, checked, and taken along."""

from __future__ import annotations

import pypdfium2
import pytest

from tests.browsing import until
from tests.journeys.conftest import Product, Seat

pytestmark = pytest.mark.browser

FIGURE = "code => document.querySelector(`[id*='\"${code}\"'] b`)?.textContent"
ROWS = "document.querySelectorAll('#{} .ag-center-cols-container .ag-row').length"


def test_figures_lead_down_to_incidents_agree_with_the_log_and_leave_as_a_brief(
    product: Product, desk: Seat
) -> None:
    for _ in range(3):
        product.report()
    page = desk("wu")
    page.goto(f"{product.url}/reports")
    until(page, f"({FIGURE})('valid')")
    total = int(page.evaluate(FIGURE, "valid").replace(",", ""))
    assert total >= 3
    until(page, f"{ROWS.format('reports-table')} > 1")
    until(page, "document.querySelectorAll('#reports-trend .bars path').length > 20")

    page.click('#reports-table [col-id="valid"] >> text=/^[1-9]/ >> nth=0')
    until(page, f"{ROWS.format('reports-behind')} > 0")
    said = page.inner_text("#reports-behind-head")
    rows = int(page.evaluate(ROWS.format("reports-behind")))
    assert f"{rows} 件" in said, "as many as the number says"
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('.mantine-Drawer-content')")

    towns = page.evaluate(ROWS.format("reports-table"))
    page.click('#reports-table .ag-row [col-id="name"] >> nth=0')
    until(page, "document.querySelectorAll('.reports-way button').length > 0")
    until(page, f"{ROWS.format('reports-table')} > 0")
    page.click(".reports-way button >> nth=0")
    until(page, f"{ROWS.format('reports-table')} === {towns}")

    page.click("#reports-verify")
    until(page, "document.getElementById('reports-verified').textContent.startsWith('一致')")

    with page.expect_download() as taken:
        page.click("#reports-weekly")
    with pypdfium2.PdfDocument(str(taken.value.path())) as brief:
        assert "周报" in brief[0].get_textpage().get_text_range()
    assert (product.errors, product.foreign) == ([], [])
