/* Rows of incidents, on every page: they change only where they differ, and count the time. The wall's list. */
(function (zhihui) {
  "use strict";
  const SLIDE_MS = 200;
  const narrow = ["desk", "replay"].includes(zhihui.boot.page);

  /** The id Dash would give a pattern-matched component: keys sorted, no spaces. */
  const rowId = (id) => JSON.stringify({ id, type: "incident-row" });

  function blank(id) {
    const row = zhihui.make("div", "incident-row");
    row.id = rowId(id);
    row.dataset.incident = id;
    row.setAttribute("role", "option");
    const bar = zhihui.make("div", "bar");
    bar.append(zhihui.make("i"));
    row.append(
      zhihui.make("span", "mark"), zhihui.make("div", "title clip"), zhihui.make("div", "state"),
      zhihui.make("div", "place clip"), zhihui.make("div", "due"), bar, zhihui.make("div", "next clip"),
    );
    return row;
  }

  function fill(row, feature) {
    const p = feature.properties;
    if (row.dataset.seq === String(p.seq)) return;
    row.dataset.seq = p.seq;
    const [mark, title, state, place, , , next] = row.children;
    mark.replaceWith(zhihui.markElement(p.severity, zhihui.classOf(p.class).glyph || "", zhihui.isOpen(p)));
    say(title, zhihui.title(p.title));
    say(place, shortPlace(p) || p.address || "");
    place.title = [p.place, p.address].filter(Boolean).join(" · ");
    zhihui.setText(state, zhihui.text("status." + p.status));
    say(next, p.next ? zhihui.text("next.line", { what: zhihui.text("next." + p.next) }) : "");
    row.setAttribute("aria-label", zhihui.level(p.severity) + " " + zhihui.title(p.title) + " " + zhihui.text("status." + p.status));
    for (const level of [1, 2, 3, 4]) row.classList.toggle("level-" + level, p.severity === level);
    row.classList.toggle("waiting", p.status === "reported");
    row.classList.toggle("ended", !zhihui.isOpen(p));
  }

  /** District, town and community: the grid's number says nothing to the eye, and the desk's rows are narrow. */
  const shortPlace = (p) => (narrow ? (p.place || "").split(" ").slice(0, 3).join(" ") : p.place);

  function say(element, text) {
    zhihui.setText(element, text);
    element.title = text;
  }

  /** The running part: time left of the step, or the time waited where no clock runs. */
  function count(row, feature) {
    const p = feature.properties;
    const label = row.children[4];
    const bar = row.children[5];
    bar.style.visibility = p.deadline ? "" : "hidden";
    if (p.deadline) return zhihui.countDown(label, bar, p.deadline, narrow);
    label.className = "due";
    const since = (zhihui.time.now() - Date.parse(p.status_since)) / 1000;
    return zhihui.setText(label, zhihui.isOpen(p) ? zhihui.text("due.waited", { time: zhihui.stopwatch(since) }) : zhihui.timeOfDay(Date.parse(p.status_since)));
  }

  /** running, near (80 % is gone, of working time where it counts so), over or paused: of a clock as the board
   * gives it, at this moment. */
  zhihui.clockState = function (clock) {
    if (clock.state === "paused") return "paused";
    const now = zhihui.time.now();
    const end = Date.parse(clock.due_at);
    const near = clock.near_at ? Date.parse(clock.near_at) : end - 200 * clock.total_s;
    return end < now ? "over" : near <= now ? "near" : "running";
  };

  /** The words and the shortening bar of a clock {step, due_at, near_at, total_s, state}; `short` where room is
   * short. */
  zhihui.countDown = function (label, bar, clock, short) {
    const state = zhihui.clockBar(bar, clock);
    const time = zhihui.clockTime(clock);
    zhihui.setText(label, zhihui.text(state === "near" && short ? "due.near_short" : "due." + state, { step: zhihui.text("step." + clock.step), time }));
    label.className = "due " + state;
  };

  const leftOf = (clock) => (Date.parse(clock.due_at) - zhihui.time.now()) / 1000;

  /** How long a clock has left, or how late it is: seconds matter within the last hour, or `exact` seconds; how late
   * it is, or how many hours are left, reads in one unit. */
  zhihui.clockTime = function (clock, exact = 3600) {
    const left = leftOf(clock);
    return left >= 0 && left < exact ? zhihui.duration(left) : zhihui.age_text(Math.abs(left));
  };

  /** The bar of a clock, as long as what is left; returns its state. */
  zhihui.clockBar = function (bar, clock) {
    const state = zhihui.clockState(clock);
    bar.className = "bar " + state;
    const share = Math.max(0, Math.min(1, leftOf(clock) / (clock.total_s || 1)));
    bar.firstChild.style.width = state === "over" || state === "paused" ? "" : (100 * share).toFixed(1) + "%";
    return state;
  };

  zhihui.rows = { blank, fill, count };

  if (zhihui.boot.page !== "wall") return; // the desk's list is static/js/54-window.js
  const rows = new Map(); // incident id → element
  let box = null;

  /** How many rows stand wholly in the column. */
  function room() {
    const columns = getComputedStyle(box).display === "grid" ? 2 : 1;
    return Math.max(1, zhihui.seams.rows(box, zhihui.px(7.1 * 16), zhihui.px(0.6 * 16))) * columns;
  }

  function render() {
    if (!box) return;
    const { found, all } = zhihui.order.first(room());
    const wanted = new Set(found.map((feature) => feature.id));
    const were = places();
    rows.forEach((row, id) => {
      if (wanted.has(id)) return;
      row.remove();
      rows.delete(id);
    });
    let after = null;
    for (const feature of found) after = stand(feature, after);
    slide(were);
    note(all, found.length);
    zhihui.emit("listed", { all });
  }

  const places = () => new Map(Array.from(rows, ([id, row]) => [id, [row.offsetLeft, row.offsetTop]]));

  /** Rows that stood elsewhere glide to their new place; nothing else moves. */
  function slide(were) {
    if (zhihui.beat.pressed() || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    rows.forEach((row, id) => {
      const old = were.get(id);
      const [x, y] = old ? [old[0] - row.offsetLeft, old[1] - row.offsetTop] : [0, 0];
      if (x || y) row.animate([{ transform: `translate(${x}px, ${y}px)` }, { transform: "none" }], { duration: SLIDE_MS, easing: "ease-out" });
    });
  }

  /** Put the row of a feature behind `after`, moving it only if it is not there already. */
  function stand(feature, after) {
    const row = rows.get(feature.id) || blank(feature.id);
    rows.set(feature.id, row);
    fill(row, feature);
    count(row, feature);
    const right = after ? after.nextSibling : box.firstChild;
    if (right !== row) box.insertBefore(row, right);
    return row;
  }

  function note(all, shown) {
    const line = document.getElementById("list-note");
    if (!line) return;
    const key = !zhihui.seq && !zhihui.connected ? "list.loading" : all === 0 ? "list.empty" : all > shown ? "list.more" : null;
    line.hidden = key === null;
    line.classList.toggle("alone", key !== "list.more");
    if (key) zhihui.setText(line, zhihui.text(key, { n: all - shown }));
  }

  const soon = zhihui.beat(render);

  zhihui.list = {
    start(element) {
      box = element;
      box.setAttribute("role", "listbox");
      new ResizeObserver(soon).observe(box);
      render();
    },
    refresh: soon,
    row: (id) => rows.get(id),
    shown: () => Array.from(box ? box.querySelectorAll(".incident-row") : []).map((row) => row.dataset.incident),
  };

  zhihui.on("incidents", soon);
  zhihui.on("connection", soon);
  zhihui.on("resized", () => {
    rows.forEach((row) => (row.dataset.seq = ""));
    soon();
  });
  zhihui.on("second", () => {
    rows.forEach((row, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (feature) count(row, feature);
    });
  });
})(window.zhihui);
