"""What follows the board is drawn in one beat, and less often where drawing takes long."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.static.conftest import Bench

pytestmark = pytest.mark.browser

ASKED_EACH_FRAME = """([frames, busy]) => new Promise(resolve => {
  const seen = { asked: 0, drawn: 0, last: 0, pressed: false };
  const soon = zhihui.beat(() => {
    const until = performance.now() + busy;
    while (performance.now() < until);
    seen.drawn += 1;
    seen.last = seen.asked;
    seen.pressed = seen.pressed || zhihui.beat.pressed();
  });
  const ended = () => (seen.last === seen.asked ? resolve(seen) : requestAnimationFrame(ended));
  const step = () => {
    seen.asked += 1;
    soon();
    if (seen.asked < frames) requestAnimationFrame(step);
    else ended();
  };
  step();
})"""


@pytest.fixture
def page(bench: Bench) -> Page:
    return bench("01-views", "06-beat", "13-touched")


def drawn(page: Page, frames: int, busy_ms: int) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(ASKED_EACH_FRAME, [frames, busy_ms])
    return found


def test_a_drawing_that_takes_long_is_done_less_often_and_still_ends_with_the_last_word(page: Page):
    seen = drawn(page, 60, 150)
    assert seen["pressed"]
    assert 2 <= seen["drawn"] < 40
    assert seen["last"] == seen["asked"] == 60


HIDDEN_BETWEEN = """hours => new Promise(resolve => {
  const clock = performance.now.bind(performance);
  const ask = window.requestAnimationFrame.bind(window);
  let slept = 0;
  performance.now = () => clock() + slept;
  zhihui.beat(() => {
    // The next frame comes when the page is seen again.
    window.requestAnimationFrame = then => ask(now => {
      window.requestAnimationFrame = ask;
      slept = hours * 3600000;
      document.dispatchEvent(new Event("visibilitychange"));
      then(now);
      ask(() => ask(() => ask(() => resolve(zhihui.beat.pressed()))));
    });
  })();
})"""


def test_the_hours_that_a_page_was_hidden_are_no_drawing(page: Page):
    assert page.evaluate(HIDDEN_BETWEEN, 2) is False


def test_a_light_drawing_is_done_whenever_it_is_asked_for(page: Page):
    seen = drawn(page, 30, 0)
    assert seen["drawn"] >= 15  # a machine that is busy elsewhere may hold up a frame or two


def test_what_is_asked_for_many_times_in_a_frame_is_drawn_once_and_in_the_order_of_its_making(page: Page):
    told = page.evaluate(
        """() => new Promise(resolve => {
            const told = [];
            const first = zhihui.beat(() => told.push("marks"));
            const second = zhihui.beat(() => { told.push("chips"); setTimeout(() => resolve(told)); });
            second(); first(); second(); first();
        })"""
    )
    assert told == ["marks", "chips"]


def test_a_drawing_that_fails_does_not_keep_the_others_from_being_drawn(page: Page):
    told = page.evaluate(
        """() => new Promise(resolve => {
            const failing = zhihui.beat(() => { throw new Error("broken"); });
            const next = zhihui.beat(() => resolve("drawn"));
            failing(); next();
        })"""
    )
    assert told == "drawn"


def test_what_patches_touched_is_told_once_as_it_became_last(page: Page):
    told = page.evaluate(
        """() => {
            const touched = new zhihui.Touched();
            const unit = (id, n) => ({ id, n });
            touched.add({ upsert: { units: [unit("a", 1), unit("b", 1)] } });
            touched.add({ upsert: { units: [unit("a", 2)] }, remove: { units: ["b"], links: ["l"] } });
            touched.add({ upsert: { links: [unit("l", 3)] } });
            return touched.patch();
        }"""
    )
    assert told == {
        "upsert": {"units": [{"id": "a", "n": 2}], "links": [{"id": "l", "n": 3}]},
        "remove": {"units": ["b"]},
    }
