/* The scene of figures: what stands now, as the feed says it, and the last thirty days against the thirty before. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const AGAIN = 300000; // ms after which the figures of the days are asked for anew
  const RETRY = 30000;
  const LONG = 7; // letters
  const NOW = ["open", "waiting", "on_scene", "closed_today", "report_dispatch_p90_s", "dispatch_arrive_p90_s"];
  const SVG = "http://www.w3.org/2000/svg";
  const make = zhihui.make;

  const rate = (code) => ({ rates }) => rates[code];
  const p90 = (code) => ({ intervals }) => (intervals[code] ? intervals[code].p90 : null);
  const share = (value) => (100 * value).toFixed(1) + "%";
  const span = (value) => zhihui.duration(value);
  /** Key of the name → how it is read from the figures of a period, and worded. */
  const DAYS = {
    valid: { of: ({ counts }) => counts.valid, words: String, count: true },
    solved_rate: { of: rate("solved_rate"), words: share },
    on_time_rate: { of: rate("on_time_rate"), words: share },
    satisfaction: { of: rate("satisfaction"), words: share },
    dispatch: { of: p90("dispatch"), words: span },
    arrive: { of: p90("arrive"), words: span },
  };
  const known = (value) => value !== null && value !== undefined;

  async function refresh(place) {
    const { state } = place;
    state.next = performance.now() + AGAIN;
    try {
      const query = new URLSearchParams({ realm: zhihui.realm, period: "days30", by: "day" });
      const answer = await fetch("/api/v1/kpis?" + query, { signal: AbortSignal.timeout(30000) });
      if (!answer.ok) throw new Error("kpis " + answer.status);
      const told = await answer.json();
      if (place.state === state) draw(state, told);
    } catch (error) {
      if (place.state !== state) return;
      state.next = performance.now() + RETRY;
      zhihui.setText(state.note, zhihui.text(state.drawn ? "coverage.old" : "coverage.failed", { at: state.drawn }));
    }
  }

  function draw(state, { total, total_before: before, groups }) {
    state.drawn = zhihui.timeOfDay(zhihui.time.now());
    zhihui.setText(state.note, zhihui.text("coverage.as_of", { at: state.drawn }));
    Object.values(DAYS).forEach(({ of, words, count }, i) => {
      const [value, was] = [of(total), of(before)];
      const [, figure, change, chart] = state.days.children[i].children;
      show(figure, known(value) ? words(value) : "—");
      zhihui.setText(change, known(value) && known(was) ? against(value, was, words, count) : zhihui.text("kpis.no_before"));
      chart.replaceChildren(bars(groups.map(of)));
    });
  }

  /** A figure; one that is words stands in smaller letters. */
  function show(element, text) {
    zhihui.setText(element, text);
    element.classList.toggle("long", text.length > LONG);
  }

  /** How it stood before, and which way it went: as words and an arrow, for no colour says good or bad. */
  function against(value, was, words, count) {
    const way = value > was ? "▲" : value < was ? "▼" : "＝";
    const by = count && was ? " " + Math.abs((100 * (value - was)) / was).toFixed(0) + "%" : "";
    return zhihui.text("kpis.before", { way: way + by, was: words(was) });
  }

  /** A bar for each day; a day of which nothing is known has none. */
  function bars(values) {
    const most = Math.max(...values.filter(known), 0);
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${values.length} 1`);
    svg.setAttribute("preserveAspectRatio", "none");
    values.forEach((value, x) => {
      if (!known(value) || !most) return;
      const bar = document.createElementNS(SVG, "rect");
      const high = Math.max(0.02, value / most);
      for (const [name, at] of Object.entries({ x: x + 0.1, y: 1 - high, width: 0.8, height: high })) bar.setAttribute(name, at);
      svg.append(bar);
    });
    return svg;
  }

  function tile(label, more) {
    const made = make("div", "figure-tile scene-block");
    made.append(make("div", "name clip", label), make("div", "figure clip"));
    if (more) made.append(make("div", "change clip"), make("div", "chart"));
    return made;
  }

  zhihui.scenes.register("kpis", {
    enter(place) {
      const panel = place.panel("all");
      panel.classList.add("figures-scene");
      const live = make("div", "figure-row live");
      const days = make("div", "figure-row");
      const note = make("div", "coverage-note");
      live.append(...NOW.map((name) => tile(zhihui.text("kpi." + name))));
      days.append(...Object.keys(DAYS).map((name) => tile(zhihui.text("kpis." + name), true)));
      panel.append(make("h2", "scene-block", zhihui.text("kpis.now")), live, make("h2", "scene-block", zhihui.text("kpis.days")), days, note);
      Object.assign(place.state, { live, days, note, next: 0, drawn: "" });
      this.update(place);
    },
    update(place) {
      const figures = zhihui.store.panels.kpi || {};
      NOW.forEach((name, i) => {
        const value = figures[name];
        show(place.state.live.children[i].children[1], !known(value) ? "—" : name.endsWith("_s") ? span(value) : String(value));
      });
      if (performance.now() > place.state.next) refresh(place);
    },
  });
})(window.zhihui);
