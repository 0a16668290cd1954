"""A response on the wall: who is called and how far they are, the plan in time, the hazard area, the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from actions import plans
from actions.plans import ApproveCommand
from actions.unit_of_work import Call
from core.permissions import SYSTEM, Principal
from db.shipped import shipped
from instance.services import services as services_for
from tests.browsing import until
from tests.core.test_plans import plan
from tests.journeys.conftest import Product, caught_up
from tests.journeys.test_wall_scenes import KIND, SIZES, WATCH_SHIFTS
from tests.journeys.test_wall_screen import CHECKS, flawless, hung_as, sized

pytestmark = pytest.mark.browser
Hung = Callable[[], Page]

SECOND = Principal("u8", "sun", "leader", seat="desk-8")
DEPARTMENTS, TASKS = 33, 60
LON, LAT = 118.1, 24.515
BOARD = """() => Object.fromEntries(Array.from(document.querySelectorAll('.board-office[data-office]'),
    one => [one.dataset.office, one.dataset.state]))"""
PLACES = """() => Array.from(document.querySelectorAll('.board-office[data-office]'),
    one => [one.dataset.office, one.offsetLeft, one.offsetTop])"""


def in_force(product: Product) -> str:
    """A plan of thirty-three departments and sixty tasks; the first is to be acknowledged within a second."""
    (base, *_) = plan().model_dump(mode="json")["tasks"]
    phases = [{"code": f"p{n}", "name": f"第{n}阶段", "name_en": f"Phase {n}"} for n in range(1, 5)]
    owners = [f"{row['code']}@city" for row in shipped("departments.csv")]
    tasks = [
        {
            **base, "code": f"t{n}", "phase": f"p{1 + n % 4}", "owner": owners[n % DEPARTMENTS], "needs": [],
            "title": f"第{n}项处置任务并报告结果", "ack_min": 0.02 if n == 0 else 30,
            "due_min": 60 * (1 + n % 9),
            "after": [f"t{n - 4}"] if n >= 56 else [], "from_level": 4,
        }
        for n in range(TASKS)
    ]  # fmt: skip
    bare = {"tasks": tasks, "phases": phases, "broadcasts": (), "shelters": (), "cordons": ()}
    with services_for(product.settings) as parts:
        by = Call(SYSTEM)
        given = plans.draft(parts, by, plan(**bare))
        assert given["faults"] == []
        plans.approve(parts, Call(SECOND), "ponding", ApproveCommand(version=given["version"]))
    return "ponding"


@pytest.fixture(scope="module")
def running(product: Product) -> dict[str, Any]:
    """A response under way, its area drawn, on the wall."""
    ident = product.report(LON, LAT, severity=1)
    begun = product.post(f"/plans/{in_force(product)}/activate", incident=ident, level=4)
    linkage = str(begun["linkage"])
    product.post(f"/linkages/{linkage}/zone", shape="circle", ring=circle(0.012))
    product.post("/walls/main/scene", scene="linkage", linkage=linkage)
    return {"incident": ident, "linkage": linkage}


def circle(radius_deg: float) -> list[list[float]]:
    """A closed ring about the incident, lon/lat."""
    turns = [2 * math.pi * n / 36 for n in range(37)]
    return [
        [round(LON + radius_deg * math.cos(t), 6), round(LAT + radius_deg * math.sin(t), 6)]
        for t in (*turns[:-1], turns[0])
    ]


@pytest.fixture
def scene(product: Product, running: dict[str, Any], wall: Hung) -> Page:
    page = wall()
    page.evaluate(CHECKS)
    until(page, f"{KIND} === 'linkage' && document.querySelectorAll('.board-office').length > 20")
    return page


def task(page: Page, office: str) -> str:
    found: str = page.evaluate("o => zhihui.features('tasks').find(t => t.properties.owner === o).id", office)
    return found


def test_every_department_stands_on_the_board_and_what_it_does_is_seen(
    product: Product, running: dict[str, Any], scene: Page
):
    until(scene, "document.querySelectorAll('.board-office[data-office]').length === 33")
    late = scene.evaluate("zhihui.features('tasks').find(t => t.properties.code === 't0').properties.owner")
    until(scene, "o => document.querySelector(`[data-office='${o}']`).dataset.state === 'late'", late)
    until(scene, "document.querySelector('.time-late').textContent.includes('超时')")
    assert "▲" in scene.inner_text(".time-phase >> nth=0")
    before = scene.evaluate(PLACES)
    office = "chengguan@"
    for verb, state in (("ack", "acknowledged"), ("start", "under_way")):
        product.post(f"/linkages/{running['linkage']}/tasks/{task(scene, office)}/{verb}")
        until(
            scene,
            """([o, state]) => zhihui.features('tasks').some(t => t.properties.owner === o
                && t.properties.status === state) && document.querySelector(`[data-office='${o}']`)""",
            [office, state],
        )
    scene.evaluate("checks.frames()")
    assert scene.evaluate(PLACES) == before
    states = scene.evaluate(BOARD)
    assert len(states) == DEPARTMENTS and states[late] == "late"
    assert scene.evaluate("document.querySelectorAll('.time-body .plan').length") == TASKS
    caught_up(scene, product)
    assert scene.evaluate("zhihui.hash()") == state_hash(product, scene)


def state_hash(product: Product, page: Page) -> str:
    with product.api as api:
        told = api.get("/state/hash", params={"realm": "live", "at": page.evaluate("zhihui.seq")}).json()
    return str(told["hash"])


def test_the_area_is_drawn_with_what_lies_inside_and_the_incident_stands_in_its_middle(scene: Page):
    until(scene, "document.querySelectorAll('.of-inside .response-row').length === 10")
    told = scene.inner_text(".of-inside")
    assert "平方公里" in told and "常住人口" in told and "学校" in told
    until(scene, "Array.from(zhihui.chips.keys()).some(key => key.startsWith('zone:'))")
    x, y, wide, high = scene.evaluate(
        """([lon, lat]) => {
            const at = zhihui.map.latLngToContainerPoint([lat, lon]), size = zhihui.map.getSize();
            return [at.x, at.y, size.x, size.y - document.querySelector('.map-band').offsetHeight];
        }""",
        [LON, LAT],
    )
    assert abs(x - wide / 2) < wide * 0.05 and abs(y - high / 2) < high * 0.1


def test_at_every_size_it_stands_whole_and_still(scene: Page):
    for width, height in SIZES:
        sized(scene, width, height)
        flawless(scene)
    assert scene.evaluate(WATCH_SHIFTS) == 0


def test_nothing_lies_across_a_seam(product: Product, scene: Page):
    with hung_as(product, panel_rows=2, panel_columns=2):
        until(scene, "checks.across() === 0 && document.querySelectorAll('.board-office').length > 20")
        flawless(scene)


def test_an_answer_that_does_not_come_leaves_the_figures_with_a_note(product: Product, wall: Hung):
    page = wall()
    until(page, "document.querySelectorAll('.of-inside .response-row').length === 10")
    before = page.inner_text(".of-inside .response-rows")
    page.route("**/api/v1/linkages/*/zone*", lambda route: route.abort())
    page.evaluate("zhihui.emit('board', null)")
    until(page, "document.querySelector('.of-inside .panel-head').textContent.includes('更新失败')")
    assert page.inner_text(".of-inside .response-rows") == before


def test_the_end_is_said_calmly_and_the_overview_comes_back(
    product: Product, running: dict[str, Any], scene: Page
):
    product.post(f"/linkages/{running['linkage']}/end", reason="险情解除")
    scene.wait_for_selector(".response-over")
    assert "应急响应已终止" in scene.inner_text(".response-over")
    assert scene.locator(".map-band").count() == 0
    scene.evaluate("zhihui.scenes.passed(61000)")
    until(scene, "document.querySelector('#incident-list').checkVisibility({visibilityProperty: true})")
    assert product.errors == []
