"""总结 of a drill in a real browser: its report with maps, and a finding that is taken up and closed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.drilling import inject, script_doc
from tests.journeys.conftest import Product, sign_in

pytestmark = pytest.mark.browser

DRAWN = """[...document.querySelectorAll('#drill-report-pictures img')]
    .filter(one => one.naturalWidth > 800).length"""
STATE = "state => (document.querySelector('.findings .finding-state') || {}).textContent === state"


def test_a_drills_report_is_read_and_its_finding_followed_to_the_end(
    product: Product, contexts: Callable[..., BrowserContext]
) -> None:
    if "zhou" not in product.passwords:
        with services_for(product.settings) as parts:
            product.passwords["zhou"] = add_user(parts, SYSTEM, "zhou", "leader").password
    asked = [{"code": "ack1", "name": "限时受理", "measure": "ack", "limit_s": 0.1}]
    where = {"lon": 118.1, "lat": 24.515}
    fire = {"kind": "report", "class": "21000", "severity": 3, "text": "仓库冒烟", **where}
    script = script_doc(inject(1, fire, indicators=asked), division="")
    drill = str(product.post("/drills", script=script)["drill"])
    product.post(f"/drills/{drill}/start", rate=60)
    product.post(f"/drills/{drill}/inject", number=1)
    product.post(f"/drills/{drill}/stop")

    page = sign_in(
        product, contexts().new_page(), "zhou", f"/drills/{drill}",
        "window.zhihui && zhihui.connected && document.querySelector('.drill-state')",
    )  # fmt: skip
    page.locator(".drill-tabs [role=tab]:visible", has_text="总结").click()
    until(page, STATE, "待确认")
    until(page, "document.querySelector('#drill-report-text h1').textContent.includes('评估报告')")
    until(page, f"{DRAWN} >= 2")
    assert "/replay?realm=drill" in (page.get_attribute(".report-table a", "href") or "")

    page.locator(".findings button", has_text="列入整改").click()
    page.fill("#finding-words", "夜班受理口径不清")
    page.click("#finding-do")
    until(page, STATE, "整改中")
    page.locator(".findings button", has_text="销号").click()
    page.fill("#finding-words", "已修订值班手册并复训")
    page.click("#finding-do")
    until(page, STATE, "已销号")

    page.goto(f"{product.url}/drills?tab=findings")
    page.locator("#findings-state label", has_text="已办结").click()
    until(page, "document.querySelector('.findings').textContent.includes('夜班受理口径不清')")
