"""What a drill's realm says on a screen, what halts it, what breaks into it: the scripts alone."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from pages.messages import DEFAULT, catalogue
from tests.browsing import until
from tests.static.conftest import ORIGIN, Bench

pytestmark = pytest.mark.browser

REALM = "drill:01"
DRILL = {
    "name": "台风演练", "name_en": "Typhoon", "status": "running", "why": "", "aborted": False, "by": "赵",
    "since": "2026-03-02T06:00:00Z", "speed": 60.0, "asked": [], "recalled": [],
}  # fmt: skip
STOPPED = {"status": "stopped", "aborted": True, "why": "转入实战", "since": "2026-03-02T07:00:00Z"}
GRAVE = {
    "id": "i1", "kind": "incident", "incident": "i1", "level": 1, "title": "爆炸", "number": "1",
    "place": "甲", "since": "2026-03-02T06:30:00Z",
}  # fmt: skip
# What stands in for the drawing of marks and for the server, which knows who controls the drill.
BY_HAND = """() => {
    window.posted = [];
    window.control = true;
    window.fetch = async (address, options) => {
        const { pathname } = new URL(address, location);
        if (options && options.method === 'POST') posted.push([pathname, options.body]);
        return new Response(JSON.stringify({ control: window.control, status: 'running', since: '' }));
    };
}"""
MARKS = "zhihui.spriteElement = () => document.createElement('canvas'); zhihui.incidentSprite = () => null;"


def opened(bench: Bench, page: str = "desk", **boot: Any) -> Page:
    facts = {"page": page, "realm": REALM, "drill": DRILL, "messages": catalogue(DEFAULT), **boot}
    made = bench("05-words", "07-realm", "08-halt", "23-break-in", boot=facts, before=BY_HAND)
    made.evaluate(f"() => {{ {MARKS} }}")
    return made


def told(page: Page, **changed: Any) -> None:
    page.evaluate("drill => zhihui.drillTold(drill)", {**DRILL, **changed})


def live(page: Page, *graves: dict[str, Any]) -> None:
    page.evaluate("graves => zhihui.emit('live', graves)", list(graves))


def mark(page: Page) -> str:
    return str(page.evaluate("(document.querySelector('#drill-watermark span') || {}).textContent || ''"))


def badge(page: Page) -> str:
    return str(page.evaluate("document.documentElement.style.getPropertyValue('--drill-badge')"))


def test_the_mark_follows_the_realm_of_the_page(bench: Bench):
    page = opened(bench)
    assert (mark(page), badge(page)) == ("演练 · 台风演练", '"演练 60×"')
    page.evaluate("zhihui.enter('live')")
    assert (mark(page), page.locator("html.in-drill").count()) == ("", 0)
    page.evaluate("zhihui.enter('drill:02')")
    told(page, name="内涝演练", speed=1.0)
    assert (mark(page), badge(page)) == ("演练 · 内涝演练", '"演练"')


def test_live_says_nothing_of_drills(bench: Bench):
    page = opened(bench, realm="live", drill=None)
    assert (mark(page), page.locator("#drill-halt").count()) == ("", 0)


def test_the_links_of_a_drill_stay_in_it_unless_they_name_a_realm(bench: Bench):
    page = opened(bench)
    page.evaluate(
        """() => { for (const href of ['/cases?lang=en', '/desk?realm=live', '/admin', '/alerts']) {
            const link = document.createElement('a');
            link.href = href; link.textContent = href; link.onclick = () => false;
            document.body.prepend(link);
        } }"""
    )
    for link in page.locator("a").all():
        link.dispatch_event("click")
    found = [str(link.evaluate("one => one.href")).removeprefix(ORIGIN) for link in page.locator("a").all()]
    assert found == [
        "/alerts?realm=drill%3A01", "/admin", "/desk?realm=live", "/cases?lang=en&realm=drill%3A01",
    ]  # fmt: skip


def test_the_end_stands_across_the_screen_until_it_is_taken_note_of(bench: Bench):
    page = opened(bench)
    told(page, **STOPPED)
    said = page.locator("#drill-halt").inner_text()
    assert all(words in said for words in ("演练中止", "台风演练", "转入实战", "赵"))
    page.click("#drill-halt .act.primary")
    told(page, **STOPPED, speed=1.0)
    assert page.locator("#drill-halt").count() == 0
    assert badge(page) == '"演练 已中止"'


def test_a_pause_goes_by_itself_when_the_drill_goes_on(bench: Bench):
    page = opened(bench)
    told(page, status="paused", why="live")
    assert "实战重大警情" in page.locator("#drill-halt").inner_text()
    told(page)
    assert page.locator("#drill-halt").count() == 0


def test_what_is_noted_about_a_paused_drill_does_not_keep_its_notice_on_a_wall(bench: Bench):
    page = opened(bench, page="wall")
    page.clock.install()
    told(page, status="paused", since="2026-03-02T06:10:00Z", why="live")
    told(page, status="paused", since="2026-03-02T06:10:00Z", why="live", speed=2.0)
    assert page.locator("#drill-halt").count() == 1
    page.clock.run_for(31_000)
    assert page.locator("#drill-halt").count() == 0


def test_what_was_grave_before_does_not_break_in_and_what_rises_does(bench: Bench):
    page = opened(bench)
    live(page, {**GRAVE, "level": 2})
    assert (page.locator("#live-break").count(), badge(page)) == (0, '"演练 60× ｜实战 Ⅱ 1"')
    live(page, GRAVE)
    assert "实战 Ⅰ 级：爆炸" in page.locator("#live-break").inner_text()
    page.click("#live-break .act:last-child")
    live(page, GRAVE)
    assert page.locator("#live-break").count() == 0


@pytest.mark.parametrize(("control", "verb"), [(True, "pause"), (False, "ask")])
def test_who_controls_pauses_and_others_ask(bench: Bench, control: bool, verb: str):
    page = opened(bench)
    page.evaluate("control => { window.control = control; }", control)
    live(page)
    live(page, GRAVE)
    until(page, "document.querySelectorAll('#live-break .act').length === 3")
    page.click("#live-break .act:first-child")
    until(page, "!document.getElementById('live-break')")
    ((path, body),) = page.evaluate("posted")
    assert path == f"/api/v1/drills/01/{verb}"
    assert ("live" if control else "爆炸") in body
