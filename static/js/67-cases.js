/* /cases: opens a file without leaving the page, runs the clocks of the file, and looks again when something changed. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "cases") return;
  const REST_MS = 1000; // counts and list at most once a second
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  let opened = decodeURIComponent(location.pathname.split("/")[2] || "");
  let waiting = 0;

  clientside.zhihui_cases = {
    /** The file of the row that was pressed; the address names it, so that it can be passed on. */
    open(cell) {
      if (!cell || !cell.rowId) return window.dash_clientside.no_update;
      opened = cell.rowId;
      history.replaceState(null, "", "/cases/" + encodeURIComponent(opened) + location.search);
      return opened;
    },
  };

  /** One field finds an office: every word typed is part of its name or code; where none is, 城管 finds 城市管理. */
  const functions = (window.dashMantineFunctions = window.dashMantineFunctions || {});
  functions.officeFilter = ({ options, search, limit }) => {
    const words = search.trim().toLowerCase().split(/\s+/);
    const within = (found) => (one) => words.every((word) => found(`${one.label} ${one.value}`.toLowerCase(), word));
    const exact = narrowed(options, within((text, word) => text.includes(word)), limit);
    return exact.length ? exact : narrowed(options, within(inOrder), limit);
  };

  /** Whether the letters of the word stand in the text in their order, with others between them. */
  function inOrder(text, word) {
    let from = 0;
    return [...word].every((letter) => (from = text.indexOf(letter, from) + 1) > 0);
  }

  function narrowed(groups, fits, limit) {
    let left = limit;
    const cut = (items) => {
      const found = items.filter(fits).slice(0, left);
      left -= found.length;
      return found;
    };
    return groups.map((one) => ({ ...one, items: cut(one.items) })).filter((one) => one.items.length);
  }

  const set = (id, value) => window.dash_clientside && window.dash_clientside.set_props(id, { data: value });

  function again() {
    waiting = 0;
    set("cases-tick", Date.now());
  }

  function touches(patch) {
    const here = (features) => (features || []).some((one) => one.id === opened || (one.properties || {}).incident === opened);
    return Boolean(opened) && Object.values(patch.upsert || {}).some(here);
  }

  zhihui.on("patch", (patch) => {
    if (!waiting) waiting = setTimeout(again, REST_MS);
    if (touches(patch)) set("cases-touched", patch.seq);
  });

  /* --- the file: its mark and its clocks --- */

  const file = () => document.getElementById("cases-file");

  function tick() {
    if (!file()) return;
    file().querySelectorAll(".next-step[data-due]").forEach((line) => {
      const clock = { step: line.dataset.step, due_at: line.dataset.due, total_s: Number(line.dataset.total) };
      zhihui.countDown(line.querySelector(".due"), line.querySelector(".bar"), clock);
    });
    const now = zhihui.time.now();
    file().querySelectorAll("[data-since]").forEach((place) => {
      zhihui.setText(place, zhihui.text("card.since", { time: zhihui.duration((now - Date.parse(place.dataset.since)) / 1000) }));
    });
  }

  function paint() {
    file().querySelectorAll("[data-mark]").forEach((place) => {
      if (place.dataset.painted === place.dataset.mark) return;
      place.dataset.painted = place.dataset.mark;
      const [severity, code] = place.dataset.mark.split(":");
      place.replaceChildren(zhihui.markElement(Number(severity), zhihui.classOf(code).glyph || "", true));
    });
    tick();
    show();
  }

  /** The little map goes where the file's incident is. */
  function show() {
    const spot = file().querySelector("[data-open]");
    if (!spot || !zhihui.map || show.last === spot.dataset.open) return;
    show.last = spot.dataset.open;
    zhihui.map.setView([Number(spot.dataset.lat), Number(spot.dataset.lon)], 16, { animate: false });
  }
  zhihui.on("map", () => file() && show());
  zhihui.on("second", tick);
  zhihui.whenThere("cases-file", (element) => {
    new MutationObserver(paint).observe(element, { childList: true, subtree: true, attributeFilter: ["data-mark", "data-due", "data-open"] });
    paint();
  });
})(window.zhihui);
