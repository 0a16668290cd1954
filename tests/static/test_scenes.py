"""Scenes of a wall in a page of their own: what fails leaves the wall a picture, and is asked for again."""

from __future__ import annotations

import pytest

from tests.static.conftest import STATIC, Bench

pytestmark = pytest.mark.browser

_BARE = """() => Object.assign(zhihui, {
  text: (key) => key, whenThere: () => {}, map: {}, wall: { shows: () => {} }, veiled: () => false,
  store: { get: () => null, layer: () => new Map(), veiled: () => false },
  display: { saySoon: () => {} }, px: (n) => n,
})"""


def test_a_scene_that_fails_and_the_one_before_that_fails_too_end_in_the_overview(bench: Bench) -> None:
    page = bench(boot={"page": "wall", "wall": "W1"})
    page.evaluate(_BARE)
    page.add_script_tag(content=_script("87-scenes"))
    told = page.evaluate("""() => {
      const tries = { a: 0, b: 0 };
      const fails = (kind, good) => ({
        enter() { tries[kind] += 1; if (tries[kind] > good) throw new Error(kind); },
      });
      zhihui.scenes.register("a", fails("a", 1));
      zhihui.scenes.register("b", fails("b", 0));
      const place = { whole: true, clear() {}, title() {}, shows() {} };
      const stage = new zhihui.scenes.Stage(place);
      const first = stage.show({ kind: "a" });
      const stands = stage.show({ kind: "b" });
      return [first, stands, stage.scene.kind, tries];
    }""")
    assert told == [True, False, "overview", {"a": 2, "b": 1}]


def test_what_has_ended_is_told_for_a_minute_and_not_again_because_of_another_fact_about_the_wall(
    bench: Bench,
) -> None:
    page = bench(boot={"page": "wall", "wall": "W1"})
    page.evaluate(_BARE)
    page.add_script_tag(content=_script("87-scenes"))
    told = page.evaluate("""() => {
      let entered = 0;
      zhihui.scenes.register("a", { enter(place) { entered += 1; place.ended(); } });
      const place = { whole: true, clear() {}, title() {}, shows() {} };
      const stage = new zhihui.scenes.Stage(place);
      const kinds = [];
      const show = (since) => { stage.show({ kind: "a" }, since); kinds.push(stage.scene.kind); };
      show("10:00");
      stage.endedAt -= 61000;
      stage.update();
      show("10:00");
      show("10:05");
      return [kinds, entered];
    }""")
    assert told == [["a", "overview", "a"], 2]


def test_a_plan_without_an_answer_is_asked_for_again_by_the_next_time_line(bench: Bench) -> None:
    page = bench(boot={"page": "wall", "wall": "W1"})
    page.evaluate(_BARE)
    told = page.evaluate(
        """source => {
      const waits = [];
      window.setTimeout = (then) => waits.push(then);
      let asked = 0;
      window.fetch = async () => { asked += 1; throw new Error("away"); };
      const p = { plan: "P", plan_version: 1, started_at: "2026-01-01T00:00:00Z" };
      const linkage = { id: "L", properties: p };
      Object.assign(zhihui, {
        store: { get: () => linkage, layer: () => new Map(), veiled: () => false },
        time: { now: () => 0 }, textWidth: () => 1,
        stopwatch: () => "", age_text: () => "", linkage: { tasks: () => [], mostUrgent: () => 0 },
      });
      const script = document.createElement("script");
      script.textContent = source;
      document.head.append(script);
      const box = document.body.appendChild(document.createElement("div"));
      zhihui.linkageTime(box, "L").leave();
      return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
        waits.splice(0).forEach((then) => then());
        zhihui.linkageTime(box, "L").leave();
        done(asked);
      })));
    }""",
        _script("8b-linkage-time"),
    )
    assert told == 2


def test_a_blank_wall_is_covered_before_it_has_heard_anything_in_a_browser_that_is_new(bench: Bench) -> None:
    page = bench(boot={"page": "wall", "wall": "W1", "blank": True})
    page.evaluate(_BARE)
    page.add_script_tag(content=_script("8f-veil"))
    assert page.evaluate("zhihui.veiled()")
    page.evaluate("zhihui.emit('directed', { blank: false })")
    assert not page.evaluate("zhihui.veiled()")


def _script(name: str) -> str:
    return (STATIC / "js" / f"{name}.js").read_text(encoding="utf-8")
