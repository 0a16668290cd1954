/* The incident list: rows that keep their place, change only where they differ, and count the time. */
(function (zhihui) {
  "use strict";
  const MOST = 200; // rows of the desk's list; a wall shows what fits
  const rows = new Map(); // incident id → element
  let box = null;
  let passes = null;
  let due = false;

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
    mark.replaceWith(zhihui.markElement(p.severity, zhihui.classOf(p.class).glyph || "", true));
    say(title, zhihui.title(p.title));
    say(place, p.place || p.address || "");
    zhihui.setText(state, zhihui.text("status." + p.status));
    say(next, zhihui.text("next.line", { what: zhihui.text("next." + p.next) }));
    row.setAttribute("aria-label", zhihui.level(p.severity) + " " + zhihui.title(p.title) + " " + zhihui.text("status." + p.status));
    row.className = "incident-row level-" + p.severity + (p.status === "reported" ? " waiting" : "");
    if (!p.next) next.textContent = "";
    count(row, feature);
  }

  function say(element, text) {
    zhihui.setText(element, text);
    element.title = text;
  }

  /** The running part: time left of the step, or the time waited where no clock runs. */
  function count(row, feature) {
    const p = feature.properties;
    const label = row.children[4];
    const bar = row.children[5];
    const now = zhihui.time.now();
    const clock = p.deadline;
    bar.style.visibility = clock ? "visible" : "hidden";
    if (!clock) {
      label.className = "due";
      return zhihui.setText(label, zhihui.text("due.waited", { time: zhihui.stopwatch((now - Date.parse(p.status_since)) / 1000) }));
    }
    const left = (Date.parse(clock.due_at) - now) / 1000;
    const step = zhihui.text("step." + clock.step);
    const state = left < 0 ? "over" : left < 0.2 * clock.total_s ? "near" : "running";
    // Seconds matter while there is time; how late it is, or how many hours are left, reads in one unit.
    const time = left >= 0 && left < 3600 ? zhihui.duration(Math.abs(left)) : zhihui.age_text(Math.abs(left));
    zhihui.setText(label, zhihui.text("due." + state, { step, time }));
    label.className = "due " + state;
    bar.className = "bar " + state;
    const share = Math.max(0, Math.min(1, left / (clock.total_s || 1)));
    bar.firstChild.style.width = state === "over" ? "" : (100 * share).toFixed(1) + "%";
    return undefined;
  }

  /** How many rows stand wholly in a wall's column. */
  function room() {
    if (zhihui.boot.page !== "wall") return MOST;
    const one = zhihui.px(7.1 * 16 + 0.6 * 16);
    const columns = getComputedStyle(box).display === "grid" ? 2 : 1;
    return Math.max(1, Math.floor((box.clientHeight + zhihui.px(9)) / one)) * columns;
  }

  function render() {
    due = false;
    if (!box) return;
    const most = room();
    const { found, all } = zhihui.order.first(most, passes);
    const wanted = new Set(found.map((feature) => feature.id));
    rows.forEach((row, id) => {
      if (wanted.has(id)) return;
      row.remove();
      rows.delete(id);
    });
    let after = null;
    for (const feature of found) after = stand(feature, after);
    note(all, found.length);
    zhihui.emit("listed", { all });
  }

  /** Put the row of a feature behind `after`, moving it only if it is not there already. */
  function stand(feature, after) {
    const row = rows.get(feature.id) || blank(feature.id);
    rows.set(feature.id, row);
    fill(row, feature);
    row.setAttribute("aria-selected", String(feature.id === zhihui.selected));
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

  function soon() {
    if (due) return;
    due = true;
    requestAnimationFrame(render);
  }

  zhihui.list = {
    start(element) {
      box = element;
      box.setAttribute("role", "listbox");
      new ResizeObserver(soon).observe(box);
      render();
    },
    filter(predicate) {
      passes = predicate;
      soon();
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
    if (passes && passes.timed) soon();
  });
})(window.zhihui);
