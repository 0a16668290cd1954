/* Figures and units by state: texts that change only where they differ. */
(function (zhihui) {
  "use strict";
  const SECONDS = new Set(["report_dispatch_p90_s", "dispatch_arrive_p90_s"]);
  let most = Infinity; // rows of units there is room for

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
  const PARTS = ["available", "reserved", "going", "scene", "drill", "off"];
  const sum = (counts, names) => names.reduce((all, name) => all + (counts[name] || 0), 0);

  function rowOf([kind, counts]) {
    const row = { kind, name: zhihui.text("unit.kind." + kind) };
    row.available = counts.available || 0;
    row.reserved = counts.reserved || 0;
    row.going = sum(counts, GOING);
    row.scene = counts.on_scene || 0;
    row.off = counts.off_duty || 0;
    row.drill = counts.in_drill || 0;
    row.duty = row.available + row.reserved + row.going + row.scene + row.drill;
    row.all = row.duty + row.off;
    return row;
  }

  /** What has no row of its own is told in the last one, so that the sum stays true. */
  function rest(rows) {
    const one = { kind: "other", name: zhihui.text("units.other", { n: rows.length }) };
    for (const part of [...PARTS, "duty", "all"]) one[part] = rows.reduce((all, row) => all + row[part], 0);
    return one;
  }

  function units() {
    const list = document.getElementById("unit-bars");
    if (!list) return;
    const rows = Object.entries(zhihui.store.panels.units || {}).map(rowOf);
    rows.sort((a, b) => b.all - a.all || (a.kind < b.kind ? -1 : 1));
    const shown = rows.length > most ? [...rows.slice(0, most - 1), rest(rows.slice(most - 1))] : rows;
    while (list.children.length > shown.length) list.lastChild.remove();
    shown.forEach((row, i) => unitRow(list.children[i] || list.appendChild(blank()), row));
    const total = zhihui.store.panels.units ? rows.reduce((all, row) => all + row.duty, 0) : "—";
    zhihui.setText(document.getElementById("unit-total"), zhihui.text("units.on_duty", { n: total }));
  }

  function blank() {
    const row = zhihui.make("div", "unit-row");
    const bar = zhihui.make("div", "unit-bar");
    bar.append(...PARTS.map((name) => zhihui.make("i", "seg-" + name)));
    row.append(zhihui.make("span", "clip"), bar, zhihui.make("span", "count"));
    return row;
  }

  function unitRow(element, row) {
    const [name, bar, count] = element.children;
    element.dataset.kind = row.kind;
    ["available", "reserved", "going", "scene", "drill", "duty"].forEach((part) => (element.dataset[part] = row[part]));
    zhihui.setText(name, row.name);
    zhihui.setText(count, String(row.available));
    PARTS.forEach((part, i) => (bar.children[i].style.width = row.all ? (100 * row[part]) / row.all + "%" : "0"));
  }

  function draw() {
    kpi();
    units();
  }

  const soon = zhihui.beat(draw);

  zhihui.on("board", soon);
  zhihui.on("patch", soon);

  zhihui.panels = {
    start: draw,
    /** How many kinds of units have a row of their own. */
    room(rows) {
      if (rows === most) return;
      most = rows;
      units();
    },
    kinds: () => Object.keys(zhihui.store.panels.units || {}).length,
  };
})(window.zhihui);
