/* Open incidents by district and by class: counted from the same features that the list and the map show. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const ROW = 30; // px at 1080 lines, as in 40-wall.css
  const GAP = 20;
  const FEWEST = 3; // rows for which a further table is worth its head
  let tiers = tiersOf(zhihui.boot.areas || []);
  const room = { areas: Infinity, towns: 0, classes: 0 };
  let rowsWanted = 0; // rows of districts when the column was last shared

  /** Names by code of the two widest tiers of grids: [districts, towns]. */
  function tiersOf(areas) {
    const widest = Math.min(...areas.map((area) => area.tier));
    return [0, 1].map((step) => new Map(areas.filter((area) => area.tier === widest + step).map((area) => [area.code, area.name])));
  }

  /** The area of a tier in which a code lies: codes are hierarchical, so it is the one it begins with. */
  function within(tier) {
    const length = Math.max(0, ...Array.from(tier.keys(), (code) => code.length));
    return (p) => (tier.has((p.area || "").slice(0, length)) ? p.area.slice(0, length) : "");
  }

  const keysOf = () => ({ areas: within(tiers[0]), towns: within(tiers[1]), classes: (p) => p.class });
  const elsewhere = (step) => (key) => tiers[step].get(key) || zhihui.text("counts.elsewhere");
  let keys = keysOf();
  const NAMES = {
    areas: elsewhere(0),
    towns: elsewhere(1),
    classes: (key) => (zhihui.boot.lang === "en" ? zhihui.classOf(key).name_en : zhihui.classOf(key).name),
  };
  // Districts keep their places, so that the eye finds them; towns and classes stand by how many are open.
  const mostFirst = (a, b) => b.open - a.open || (a.key < b.key ? -1 : 1);
  const ORDERS = {
    areas: (a, b) => (a.key === "" ? 1 : b.key === "" ? -1 : a.key < b.key ? -1 : 1),
    towns: mostFirst,
    classes: mostFirst,
  };

  const blankCount = (key) => ({ key, open: 0, waiting: 0, over: 0 });

  function count() {
    const found = { areas: new Map(), towns: new Map(), classes: new Map() };
    tiers[0].forEach((_, code) => found.areas.set(code, blankCount(code)));
    const now = zhihui.time.now();
    for (const id of zhihui.order.ids()) {
      const p = zhihui.store.get("incidents", id).properties;
      for (const what of Object.keys(found)) add(found[what], keys[what](p), p, now);
    }
    return found;
  }

  function add(rows, key, p, now) {
    if (!rows.has(key)) rows.set(key, blankCount(key));
    const row = rows.get(key);
    row.open += 1;
    if (p.status === "reported" || p.status === "accepted") row.waiting += 1;
    if (p.deadline && p.deadline.state !== "paused" && Date.parse(p.deadline.due_at) < now) row.over += 1;
  }

  /** What has no row of its own is told in the last one, so that the sums stay true. */
  function shown(what, rows) {
    const all = Array.from(rows.values()).sort(ORDERS[what]);
    const most = room[what];
    if (all.length <= most) return all;
    const rest = all.slice(most - 1);
    const one = { ...blankCount("rest"), name: zhihui.text("counts.other", { n: rest.length }) };
    rest.forEach((row) => ["open", "waiting", "over"].forEach((part) => (one[part] += row[part])));
    return [...all.slice(0, most - 1), one];
  }

  function draw() {
    const found = count();
    if (found.areas.size !== rowsWanted) shareSoon();
    rowsWanted = found.areas.size;
    document.querySelectorAll("[data-counts]").forEach((section) => {
      const what = section.dataset.counts;
      const rows = shown(what, found[what]);
      const widest = Math.max(1, ...rows.map((row) => row.open));
      const box = section.querySelector(".count-rows");
      while (box.children.length > rows.length) box.lastChild.remove();
      rows.forEach((row, i) => fill(box.children[i] || box.appendChild(blank()), row, row.name || NAMES[what](row.key), widest));
    });
  }

  function blank() {
    const row = zhihui.make("div", "count-row");
    const bar = zhihui.make("div", "unit-bar");
    bar.append(zhihui.make("i", "seg-count"));
    row.append(zhihui.make("span", "name clip"), bar, zhihui.make("span"), zhihui.make("span"), zhihui.make("span"));
    return row;
  }

  function fill(element, row, name, widest) {
    const [label, bar, ...figures] = element.children;
    element.dataset.key = row.key;
    zhihui.setText(label, name);
    bar.firstChild.style.width = ((100 * row.open) / widest).toFixed(1) + "%";
    ["open", "waiting", "over"].forEach((part, i) => {
      element.dataset[part] = row[part];
      zhihui.setText(figures[i], zhihui.seq ? String(row[part]) : "—"); // nothing known is not nothing open
      figures[i].className = row[part] === 0 ? "none" : part === "over" ? "over" : "";
    });
  }

  /* --- how many rows there is room for --- */

  const rowsIn = (space) => Math.max(0, Math.floor(space / zhihui.px(ROW)));

  /** Height of a section without its rows. */
  function bare(section) {
    const rows = section.querySelector(".count-rows, #unit-bars");
    return section.offsetHeight - rows.offsetHeight;
  }

  /** Share the left column: one under the other, or on a wide wall in two halves. */
  function share() {
    const left = document.querySelector(".wall-page .left");
    if (!left) return;
    const section = { figures: left.querySelector(".figures"), units: left.querySelector(".units") };
    left.querySelectorAll("[data-counts]").forEach((found) => (section[found.dataset.counts] = found));
    Object.values(section).forEach((one) => (one.hidden = false));
    zhihui.seams.settle(); // the figures above are as high as they will be
    const style = getComputedStyle(left);
    const all = left.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    const end = left.offsetTop + left.offsetHeight;
    const below = section.figures.offsetTop + section.figures.offsetHeight;
    const wants = { units: Math.max(4, zhihui.panels.kinds()), areas: count().areas.size, towns: Infinity, classes: Infinity };
    const under = all - section.figures.offsetHeight - zhihui.seams.lost(below, end);
    const beside = all + zhihui.px(GAP) - zhihui.seams.lost(left.offsetTop, end);
    const wide = [[under, ["areas", "towns"]], [beside, ["units", "classes"]]];
    const halves = style.display === "grid" ? wide : [[under, ["units", "areas", "classes"]]];
    const given = Object.assign({}, ...halves.map(([space, names]) => deal(space, names, section, wants)));
    for (const name of ["areas", "towns", "classes"]) {
      room[name] = given[name] || 0;
      section[name].hidden = !given[name];
    }
    zhihui.panels.room(Math.max(1, given.units || 0));
    draw();
    zhihui.emit("shared", null);
  }

  /** Rows for each table of a column from above, as many as it wants; what would get too few gets none. */
  function deal(space, names, section, wants) {
    const given = {};
    let left = space;
    for (const name of names) {
      left -= zhihui.px(GAP) + bare(section[name]);
      const rows = Math.min(wants[name], rowsIn(left));
      if (rows < Math.min(FEWEST, wants[name])) break;
      given[name] = rows;
      left -= rows * zhihui.px(ROW);
    }
    return given;
  }

  let sharing = 0;
  let kinds = -1;
  function shareSoon() {
    if (!sharing) sharing = requestAnimationFrame(() => {
      sharing = 0;
      share();
    });
  }

  const soon = zhihui.beat(draw);

  zhihui.on("incidents", soon);
  zhihui.on("second", soon); // what is overdue changes with time
  zhihui.on("resized", shareSoon);
  zhihui.on("hung", shareSoon);
  zhihui.on("city", () => {
    tiers = tiersOf(zhihui.boot.areas || []);
    keys = keysOf();
    shareSoon();
  });
  for (const name of ["board", "patch"]) {
    zhihui.on(name, () => {
      if (zhihui.panels.kinds() === kinds) return;
      kinds = zhihui.panels.kinds();
      shareSoon();
    });
  }
  zhihui.whenThere("ticker", (ticker) => {
    new ResizeObserver(shareSoon).observe(ticker.parentElement.querySelector(".left"));
  });
})(window.zhihui);
