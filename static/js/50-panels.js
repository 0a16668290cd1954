/* Figures, units by state, clock and freshness: texts that change only where they differ. */
(function (zhihui) {
  "use strict";
  const SECONDS = new Set(["report_dispatch_p90_s", "dispatch_arrive_p90_s"]);

  function kpi() {
    const strip = document.getElementById("kpi-strip");
    const figures = zhihui.store.panels.kpi;
    if (!strip) return;
    strip.querySelectorAll("[data-kpi]").forEach((box) => {
      const name = box.dataset.kpi;
      const value = figures ? figures[name] : undefined;
      figure(box.querySelector(".value"), SECONDS.has(name) ? span(value) : [plain(value), ""]);
    });
  }

  const plain = (value) => (value === undefined || value === null ? "—" : String(value));

  /** Short times read "48 秒", longer ones "6:52". */
  function span(seconds) {
    if (seconds === undefined || seconds === null) return ["—", ""];
    if (seconds < 60) return [String(Math.round(seconds)), zhihui.text("unit_of_time.s")];
    return [zhihui.stopwatch(seconds).replace(/^0(?=\d)/, ""), ""];
  }

  function figure(box, [value, unit]) {
    if (box.dataset.shown === value + unit) return;
    box.dataset.shown = value + unit;
    box.replaceChildren(value);
    if (unit) box.append(zhihui.make("small", "", unit));
  }

  const GOING = ["dispatched", "acknowledged", "enroute"];
  const sum = (counts, names) => names.reduce((all, name) => all + (counts[name] || 0), 0);

  function units() {
    const list = document.getElementById("unit-bars");
    const kinds = zhihui.store.panels.units;
    if (!list) return;
    const rows = Object.entries(kinds || {}).map(([kind, counts]) => {
      const available = counts.available || 0;
      const going = sum(counts, GOING);
      const scene = counts.on_scene || 0;
      return { kind, available, going, scene, duty: available + going + scene, all: available + going + scene + (counts.off_duty || 0) };
    });
    rows.sort((a, b) => b.all - a.all || (a.kind < b.kind ? -1 : 1));
    while (list.children.length > rows.length) list.lastChild.remove();
    rows.forEach((row, i) => unitRow(list.children[i] || list.appendChild(blank()), row));
    const total = rows.reduce((all, row) => all + row.duty, 0);
    zhihui.setText(document.getElementById("unit-total"), zhihui.text("units.on_duty", { n: total }));
  }

  function blank() {
    const row = zhihui.make("div", "unit-row");
    const bar = zhihui.make("div", "unit-bar");
    bar.append(...["available", "going", "scene", "off"].map((name) => zhihui.make("i", "seg-" + name)));
    row.append(zhihui.make("span", "clip"), bar, zhihui.make("span", "count"));
    return row;
  }

  function unitRow(element, row) {
    const [name, bar, count] = element.children;
    element.dataset.kind = row.kind;
    ["available", "going", "scene", "duty"].forEach((part) => (element.dataset[part] = row[part]));
    zhihui.setText(name, zhihui.text("unit.kind." + row.kind));
    zhihui.setText(count, String(row.available));
    const parts = [row.available, row.going, row.scene, row.all - row.duty];
    parts.forEach((n, i) => (bar.children[i].style.width = row.all ? (100 * n) / row.all + "%" : "0"));
  }

  /* --- clock and freshness, once a second --- */
  const age = (ms) => (ms === null ? "—" : zhihui.age_text((zhihui.time.now() - ms) / 1000));

  function clock() {
    zhihui.setText(document.getElementById("clock"), zhihui.seq || zhihui.connected ? zhihui.timeOfDay(zhihui.time.now()) : "--:--:--");
    const fresh = document.getElementById("freshness");
    if (!fresh) return;
    if (fresh.children.length !== 2) fresh.replaceChildren(zhihui.make("div", "now"), zhihui.make("div", ""));
    const [ages, state] = fresh.children;
    zhihui.setText(ages, zhihui.text("freshness.ages", { event: age(zhihui.store.eventAt()), position: age(zhihui.store.positionAt()) }));
    zhihui.setText(state, connection());
    state.className = zhihui.connected && !degraded ? "" : "bad";
  }

  let degraded = false;
  let proved = false;

  function connection() {
    if (!zhihui.connected) {
      const gone = zhihui.age();
      return gone === Infinity ? zhihui.text("freshness.connecting") : zhihui.text("freshness.lost", { age: zhihui.age_text(gone / 1000) });
    }
    if (degraded) return zhihui.text("freshness.degraded");
    return zhihui.text(proved ? "freshness.proved" : "freshness.live");
  }

  function staleness() {
    const stale = !zhihui.connected && zhihui.age() !== Infinity && zhihui.stream.stale();
    document.documentElement.classList.toggle("stale", stale);
    const note = document.getElementById("stale-note");
    if (!note) return;
    note.hidden = !stale;
    if (!stale) return;
    const at = zhihui.timeOfDay(zhihui.time.now() - zhihui.age());
    zhihui.setText(note, zhihui.text("stale.note", { time: at, age: zhihui.age_text(zhihui.age() / 1000) }));
  }

  function second() {
    clock();
    staleness();
    zhihui.emit("second", null);
    // Just after the turn of the city's second, so that walls side by side tick together.
    setTimeout(second, 1005 - (zhihui.time.now() % 1000));
  }

  zhihui.on("heartbeat", (beat) => {
    degraded = Boolean(beat.degraded);
    proved = beat.head === zhihui.seq && beat.hash === zhihui.hash();
  });
  zhihui.on("connection", clock);
  for (const name of ["board", "patch"]) {
    zhihui.on(name, () => {
      kpi();
      units();
    });
  }

  zhihui.panels = {
    start() {
      kpi();
      units();
      second();
    },
  };
})(window.zhihui);
