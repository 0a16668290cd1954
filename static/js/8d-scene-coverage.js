/* The scene of coverage: who is reached in time, by town, on the map; and by name those who are reached worst. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const TAB = "scene";
  const TIER = 1;
  const WORST = 5;
  const AGAIN = 600000; // ms after which figures are asked for anew
  const RETRY = 30000; // ms after a question without an answer
  const PAINTED = "posts_reach";
  const SLOWEST = "arrival_median";
  const make = zhihui.make;

  async function asked(name) {
    const query = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang, tier: TIER });
    const answer = await fetch("/api/v1/measures/" + name + "?" + query, { signal: AbortSignal.timeout(20000) });
    if (!answer.ok) throw new Error("measure " + answer.status);
    return answer.json();
  }

  /** Ask for both, paint the one, name the worst of each; a scene that has left meanwhile is not touched. */
  async function refresh(place) {
    const { state } = place;
    state.next = performance.now() + AGAIN;
    try {
      const [reach, slow] = await Promise.all([place.view.measure.show(TAB, { name: PAINTED, tier: TIER }), asked(SLOWEST)]);
      if (place.state !== state) return place.view.measure.clear(TAB);
      draw(place, reach, slow);
    } catch (error) {
      if (place.state !== state) return undefined;
      state.next = performance.now() + RETRY;
      zhihui.setText(state.note, zhihui.text(state.drawn ? "coverage.old" : "coverage.failed", { at: state.drawn }));
    }
    return undefined;
  }

  function draw({ view, state }, reach, slow) {
    state.drawn = zhihui.timeOfDay(zhihui.time.now());
    zhihui.setText(state.note, zhihui.text("coverage.as_of", { at: state.drawn }));
    state.body.replaceChildren(
      ...section(reach, legend(view)),
      ...worst(zhihui.text("coverage.lowest", { n: WORST }), reach, (a, b) => a.value - b.value),
      ...second(section(slow, []), worst(zhihui.text("coverage.slowest", { n: WORST }), slow, (a, b) => b.value - a.value)),
    );
    zhihui.emit("scened", null);
  }

  /** What a small pane leaves out. */
  function second(...groups) {
    const all = groups.flat();
    all.forEach((one) => one.classList.add("second"));
    return all;
  }

  const section = ({ title, about }, parts) => [make("h2", "scene-block", title), make("p", "coverage-about scene-block", about), ...parts];

  function legend(view) {
    return view.measure.legend().map(({ colour, low, high, areas }) => {
      const row = make("div", "coverage-class scene-block");
      const box = make("i");
      box.style.background = colour;
      row.append(box, make("span", "clip", low === high ? low : low + " – " + high), make("span", "", zhihui.text("measures.of_class", { n: areas })));
      return row;
    });
  }

  function worst(title, { items, unit }, order) {
    const rows = [...items].sort((a, b) => order(a, b) || (a.code < b.code ? -1 : 1)).slice(0, WORST).map(({ name, value }) => {
      const row = make("div", "coverage-row scene-block");
      row.append(make("span", "clip", name), make("span", "", zhihui.measured(value, unit)));
      return row;
    });
    return [make("h3", "scene-block", title), ...(rows.length ? rows : [make("p", "coverage-about", zhihui.text("measures.none"))])];
  }

  zhihui.scenes.register("coverage", {
    enter(place) {
      const panel = place.panel("left");
      panel.classList.add("coverage");
      const note = make("div", "coverage-note");
      const body = make("div", "coverage-body");
      panel.append(body, note);
      Object.assign(place.state, { body, note, next: 0, drawn: "" });
      place.shows(() => null);
      refresh(place);
    },
    update(place) {
      if (performance.now() > place.state.next) refresh(place);
    },
    leave: ({ view }) => view.measure.clear(TAB),
  });
})(window.zhihui);
