"""Emergency linkage at the desk: one activates, a department answers, the commander draws and ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from actions.accounts import add_user
from core.permissions import SYSTEM
from instance.services import services as services_for
from tests.browsing import until
from tests.journeys.conftest import Product, Seat, sign_in

pytestmark = pytest.mark.browser

LEAKAGE = "23000"
RUNS = "id => Boolean(zhihui.store.get('incidents', id).properties.linkage)"
STATE = """([title, state]) => zhihui.features('tasks').some(
    ({ properties: p }) => p.title === title && p.status === state)"""
LEFT = (
    "SELECT (SELECT count(*) FROM city.assignment WHERE ended_at IS NULL) "
    "+ (SELECT count(*) FROM city.closure WHERE reopened_at IS NULL) "
    "+ (SELECT count(*) FROM city.linkage WHERE ended_at IS NULL) "
    "+ (SELECT count(*) FROM city.task WHERE ended_at IS NULL)"
)
INSIDE = "() => Array.from(document.querySelectorAll('.zone-tile b'), (one) => one.textContent)"


@pytest.fixture(scope="module")
def staffed(product: Product) -> Product:
    """Two leaders and the desk of the weather service."""
    with services_for(product.settings) as parts:
        for name, role, dept in (
            ("zhao", "leader", ""),
            ("sun", "leader", ""),
            ("xiao", "officer", "qixiang"),
        ):
            product.passwords[name] = add_user(parts, SYSTEM, name, role, dept=dept).password
    return product


@pytest.fixture
def department(staffed: Product, contexts: Callable[..., BrowserContext]) -> Page:
    """A department's desk sees no unit and no incident but its own."""
    return sign_in(
        staffed, contexts().new_page(), "xiao", "/desk", "window.zhihui && zhihui.connected && zhihui.map"
    )


def opened(page: Page, ident: str) -> None:
    until(page, "id => Boolean(zhihui.store.get('incidents', id))", ident)
    page.evaluate("id => zhihui.desk.open(id, true)", ident)
    page.wait_for_selector("#card-linkage .act")


def preview(page: Page, ident: str) -> None:
    opened(page, ident)
    page.keyboard.press("p")
    page.wait_for_selector("#activation[open] .activation-office")


def test_a_leader_activates_a_department_answers_the_area_is_drawn_and_nothing_is_left_at_the_end(
    staffed: Product, desk: Seat, department: Page
) -> None:
    leader = desk("zhao")
    ident = staffed.report(118.1, 24.515, **{"class": LEAKAGE, "severity": 2, "text": "储罐泄漏"})
    opened(leader, ident)
    assert "危险化学品" in leader.inner_text("#card-linkage")
    preview(leader, ident)
    assert leader.is_checked("#activation-plan input >> nth=0")
    leader.keyboard.press("Control+Enter")
    until(leader, RUNS, ident)
    leader.wait_for_selector("#linkage-panel .board-task")

    department.wait_for_selector("#linkage-strip .linkage-row >> text=待签收")
    department.click("#linkage-strip .linkage-row")
    title = department.inner_text(
        "[data-office='qixiang@'] .board-task[data-state='assigned'] .board-title >> nth=0"
    )
    department.click("[data-office='qixiang@'] .board-task[data-state='assigned'] .act.primary >> nth=0")
    until(leader, STATE, [title, "acknowledged"])
    assert department.query_selector("[data-office='yingji@'] .act") is None
    assert department.is_hidden("#linkage-panel .linkage-foot")

    leader.click("[data-linkage-tab=zone]")
    leader.click("#linkage-panel >> text=圆形")
    leader.fill("#linkage-panel [name=radius_m]", "800")
    until(leader, f"({INSIDE})().length === 3")
    drafted = leader.evaluate(INSIDE)
    leader.keyboard.press("Control+Enter")
    until(leader, "zhihui.features('linkages')[0].properties.zone")
    until(leader, "() => !document.documentElement.classList.contains('zoning')")
    until(leader, f"told => JSON.stringify(({INSIDE})()) === JSON.stringify(told)", drafted)

    leader.click("#linkage-panel >> text=终止响应")
    assert "撤回力量" in leader.inner_text(".linkage-releases")
    leader.fill(".linkage-form [name=reason]", "险情排除")
    leader.keyboard.press("Control+Enter")
    for page in (leader, department):
        until(page, "zhihui.features('linkages').length === 0")
        until(page, "!document.documentElement.classList.contains('linking')")
    assert staffed.sql(LEFT) == 0
    assert staffed.errors == []
    assert staffed.foreign == []


def test_who_may_not_activate_sees_what_it_would_do_and_why_the_button_is_off(
    staffed: Product, desk: Seat
) -> None:
    officer = desk("wang")
    ident = staffed.report(118.101, 24.515, **{"class": LEAKAGE, "severity": 3})
    preview(officer, ident)
    assert officer.is_disabled("#activate")
    assert "带班领导" in officer.inner_text("#activation-said")
    officer.keyboard.press("Escape")
    until(officer, "!zhihui.activation.isOpen()")


def test_of_two_leaders_at_once_the_second_is_told_in_the_dialog(staffed: Product, desk: Seat) -> None:
    first, second = desk("zhao"), desk("sun")
    ident = staffed.report(118.102, 24.515, **{"class": LEAKAGE, "severity": 4})
    preview(first, ident)
    preview(second, ident)
    first.click("#activate")
    until(first, RUNS, ident)
    second.click("#activate")
    second.wait_for_selector("#activation-said b")
    number = staffed.sql("SELECT doc->>'number' FROM city.incident WHERE id = :id", id=ident)
    assert number in second.inner_text("#activation-said")
    with staffed.api as api:
        linkage = api.get(f"/incidents/{ident}").json()["properties"]["linkage"]
    staffed.post(f"/linkages/{linkage}/end", reason="演示")
    until(first, "!document.documentElement.classList.contains('linking')")


def test_a_polygon_is_clicked_corner_by_corner_and_a_crossing_one_is_refused(
    staffed: Product, desk: Seat
) -> None:
    page = desk("zhao")
    ident = staffed.report(118.1, 24.51, **{"class": LEAKAGE, "severity": 4})
    linkage = staffed.post("/plans/hazchem/activate", incident=ident, level=4, accept_shortfalls=[])[
        "linkage"
    ]
    until(page, "id => Boolean(zhihui.store.get('linkages', id))", linkage)
    page.evaluate("id => zhihui.linkageDesk.open(id)", linkage)
    page.click("[data-linkage-tab=zone]")
    page.click("#linkage-panel >> text=多边形")
    box = page.locator("#map").bounding_box()
    assert box
    for x, y in ((0.4, 0.4), (0.6, 0.6), (0.6, 0.4), (0.4, 0.6)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    page.wait_for_selector(".toast.refusal >> text=交叉")
    page.keyboard.press("Backspace")
    until(page, f"({INSIDE})().length === 3")
    page.keyboard.press("Control+Enter")
    until(page, "id => zhihui.store.get('linkages', id).properties.zone?.ring.length === 4", linkage)
    staffed.post(f"/linkages/{linkage}/end", reason="演示")
