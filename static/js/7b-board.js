/* The status board: all units by time in state, with marks where a unit is late or its crew is to be asked. Drawn from
   the store alone; only the rows in sight stand in the page. Limits come with the page, as data of the city. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const ROW = 2.25; // rem; the height of .board-row
  const SPARE = 8;
  const NEAR = 0.8; // of a limit, as with incidents
  const KEEP = "zhihui.board." + zhihui.realm;
  const AWAY = ["dispatched", "acknowledged", "enroute"];
  const RESTING = ["reserved", "available", "in_drill", "off_duty"];
  const MEASURES = { dispatched: "turnout", acknowledged: "turnout", enroute: "travel", on_scene: "scene" };
  const RANKS = { missed: 0, over: 1, due: 2, near: 3, "": 4 };

  const limits = new Map((zhihui.boot.unit_limits || []).map((row) => [row.kind + "/" + row.measure, row.seconds]));
  const limitOf = (kind, measure) => limits.get(kind + "/" + measure) || limits.get("/" + measure) || Infinity;
  const resting = new WeakMap(); // a unit that is on no task → how it stands: no clock runs for it
  const areas = new Map((zhihui.boot.areas || []).map((area) => [area.code, area.name]));

  let chosen = Object.assign({ view: "all", kind: "", area: "" }, zhihui.kept(KEEP));
  let listed = []; // what is shown, in order
  let frame = 0;
  const rows = new Map(); // unit → its element in the page

  const board = () => document.getElementById("status-board");
  const scroller = () => board().querySelector(".board-rows");
  const height = () => ROW * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const isOpen = () => Boolean(board()) && !board().hidden;

  /* --- how a unit stands --- */

  /** {since, over (s, negative while there is time), mark: "" near over due missed} of a unit now. */
  function standing(unit, now) {
    const held = resting.get(unit);
    if (held) return held;
    const p = unit.properties;
    const link = p.assignment && zhihui.store.get("links", p.assignment);
    const since = Date.parse(p.since) || null;
    const check = link && link.properties.check;
    const measure = MEASURES[p.status];
    // Turning out counts from the dispatch, not from the acknowledgement in between.
    const from = measure === "turnout" && link ? Date.parse(link.properties.dispatched_at) : since;
    const limit = measure ? limitOf(p.kind, measure) : Infinity;
    const spent = from === null ? 0 : (now - from) / 1000;
    const late = spent > limit ? "over" : spent > NEAR * limit ? "near" : "";
    const asked = check && check.state !== "running" ? check.state : "";
    const mark = RANKS[asked || ""] < RANKS[late] ? asked : late;
    const made = { unit, since, link, measure, check, mark, over: spent - limit };
    if (!measure) resting.set(unit, made);
    return made;
  }

  function area(code) {
    for (const length of [12, 9, 6]) if (areas.has(code.slice(0, length))) return areas.get(code.slice(0, length));
    return code;
  }

  const VIEWS = {
    all: () => true,
    late: (one) => one.mark !== "",
    away: ({ unit }) => AWAY.includes(unit.properties.status),
    on_scene: ({ unit }) => unit.properties.status === "on_scene",
    reserved: ({ unit }) => unit.properties.status === "reserved",
    available: ({ unit }) => unit.properties.status === "available",
    in_drill: ({ unit }) => unit.properties.status === "in_drill",
    off_duty: ({ unit }) => unit.properties.status === "off_duty",
  };

  const passes = (p) => (!chosen.kind || p.kind === chosen.kind) && (!chosen.area || p.area.startsWith(chosen.area));

  /** Late ones first, then those at work, held, free, in a drill, off duty: of each, whoever has been longest in its state. */
  const rankOf = (one) => RANKS[one.mark] * 5 + RESTING.indexOf(one.unit.properties.status) + 1;
  const order = (a, b) => a.rank - b.rank || (a.since || 0) - (b.since || 0) || (a.unit.id < b.unit.id ? -1 : 1);

  function count() {
    const now = zhihui.time.now();
    const counts = Object.fromEntries(Object.keys(VIEWS).map((view) => [view, 0]));
    listed = [];
    zhihui.store.layer("units").forEach((unit) => {
      if (!passes(unit.properties)) return;
      const one = standing(unit, now);
      one.rank = rankOf(one);
      for (const view in counts) if (VIEWS[view](one)) counts[view] += 1;
      if (VIEWS[chosen.view](one)) listed.push(one);
    });
    listed.sort(order);
    board().querySelectorAll("[data-board]").forEach((chip) => {
      zhihui.setText(chip.lastElementChild, String(counts[chip.dataset.board]));
      chip.setAttribute("aria-pressed", String(chip.dataset.board === chosen.view));
    });
  }

  /* --- rows --- */

  function draw() {
    frame = 0;
    if (!isOpen()) return;
    const one = height();
    const space = scroller().firstElementChild;
    space.style.height = Math.max(listed.length, 1) * one + "px";
    const first = Math.max(0, Math.floor(scroller().scrollTop / one) - SPARE);
    const last = Math.min(listed.length, Math.ceil((scroller().scrollTop + scroller().clientHeight) / one) + SPARE);
    const inSight = new Set();
    for (let place = first; place < last; place += 1) {
      const { unit } = listed[place];
      inSight.add(unit.id);
      fill(unit.id, listed[place], place * one);
    }
    rows.forEach((row, id) => {
      if (inSight.has(id)) return;
      row.remove();
      rows.delete(id);
    });
    zhihui.setText(space.firstElementChild, listed.length ? "" : zhihui.text("board.empty"));
  }

  function fill(id, one, top) {
    let row = rows.get(id);
    if (!row) {
      row = blank(id);
      rows.set(id, row);
      scroller().firstElementChild.append(row);
    }
    const p = one.unit.properties;
    row.style.transform = `translateY(${top}px)`;
    row.className = "board-row " + p.status + (one.mark ? " marked " + one.mark : "");
    const [sign, name, kind, status, time, limit, incident, place] = row.children;
    zhihui.setText(sign, id);
    zhihui.setText(name, p.name);
    zhihui.setText(kind, zhihui.text("unit.kind." + p.kind));
    glyph(status, p);
    zhihui.setText(time, one.since === null ? "—" : zhihui.stopwatch((zhihui.time.now() - one.since) / 1000));
    if (p.status === "in_drill") zhihui.recallable(limit, id);
    else zhihui.setText(limit, said(one));
    zhihui.setText(incident, about(p));
    zhihui.setText(place, area(p.area));
  }

  function blank(id) {
    const row = zhihui.make("button", "board-row");
    row.dataset.unit = id;
    for (let n = 0; n < 8; n += 1) row.append(zhihui.make("span", "clip"));
    return row;
  }

  /** The mark of the map, and the state in words. */
  function glyph(cell, p) {
    const key = p.kind + "/" + p.status;
    if (cell.dataset.shown === key) return;
    cell.dataset.shown = key;
    cell.replaceChildren(zhihui.spriteElement(zhihui.unitSprite(p.kind, p.status, false)), zhihui.text("unit.status." + p.status));
  }

  /** Why it is marked: which limit is near or over, or that the crew is to be asked. */
  function said({ mark, measure, over, check }) {
    if (mark === "due" || mark === "missed") return zhihui.text("board.check." + mark, { at: zhihui.timeOfDay(Date.parse(check.due_at)).slice(0, 5) });
    if (mark) return zhihui.text("board." + mark, { measure: zhihui.text("board.measure." + measure), time: zhihui.age_text(Math.abs(over)) });
    return "";
  }

  function about(p) {
    if (p.drill) return p.drill;
    if (p.hold) return zhihui.text("board.held", { by: p.hold.by, until: zhihui.timeOfDay(Date.parse(p.hold.until)) });
    const incident = p.incident && zhihui.store.get("incidents", p.incident);
    return incident ? incident.properties.number.split("-").pop() + " " + zhihui.title(incident.properties.title) : "";
  }

  function refresh() {
    tell();
    if (!isOpen()) return;
    count();
    draw();
  }

  /** How many crews are to be asked, and how many units are late, stands on the button at the foot. */
  function tell() {
    const button = document.querySelector("[data-foot='board']");
    if (!button) return;
    const now = zhihui.time.now();
    let marked = 0;
    zhihui.store.layer("links").forEach(({ properties: p }) => {
      const unit = zhihui.store.get("units", p.unit);
      if (unit && ["over", "due", "missed"].includes(standing(unit, now).mark)) marked += 1;
    });
    zhihui.setText(button.querySelector("b"), marked ? zhihui.text("board.late", { n: marked }) : "");
    button.classList.toggle("loud", marked > 0);
    button.setAttribute("aria-pressed", String(isOpen()));
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(refresh);
  }

  /* --- the crew's check on the card --- */

  function onCard() {
    document.querySelectorAll("#card-units [data-check]").forEach((place) => {
      const link = zhihui.store.get("links", place.dataset.check);
      const check = link && link.properties.check;
      place.hidden = !check;
      if (!check) return;
      place.className = "crew-check " + check.state;
      const left = (Date.parse(check.due_at) - zhihui.time.now()) / 1000;
      const key = check.state === "running" && left < 0 ? "due" : check.state;
      zhihui.setText(place, zhihui.text("check." + key, { time: zhihui.duration(Math.abs(left)) }));
    });
  }

  /* --- filters, opening, flying --- */

  function selects() {
    const kinds = new Set();
    zhihui.store.layer("units").forEach(({ properties: p }) => kinds.add(p.kind));
    const widest = Math.min(...(zhihui.boot.areas || []).map((one) => one.tier));
    const districts = (zhihui.boot.areas || []).filter((one) => one.tier === widest).map((one) => [one.code, one.name]);
    board().querySelector(".board-selects").replaceChildren(
      select("kind", "board.any_kind", [...kinds].map((kind) => [kind, zhihui.text("unit.kind." + kind)])),
      select("area", "board.any_area", districts),
    );
  }

  function select(name, anyKey, options) {
    const made = zhihui.make("select", "");
    made.setAttribute("aria-label", zhihui.text(anyKey));
    for (const [value, words] of [["", zhihui.text(anyKey)], ...options]) {
      const option = zhihui.make("option", "", words);
      option.value = value;
      made.append(option);
    }
    made.value = options.some(([value]) => value === chosen[name]) ? chosen[name] : "";
    made.onchange = () => choose({ [name]: made.value });
    return made;
  }

  function choose(changes) {
    chosen = Object.assign({}, chosen, changes);
    zhihui.keep(KEEP, chosen);
    scroller().scrollTop = 0;
    refresh();
  }

  function show(wanted) {
    board().hidden = !wanted;
    if (wanted) {
      selects();
      refresh();
      scroller().focus({ preventScroll: true });
    } else tell();
  }

  /** To where a unit was last heard, with its incident on the card. */
  function fly(id) {
    const unit = zhihui.features("units").find((one) => one.id === id);
    if (!unit || !zhihui.map) return;
    const [lon, lat] = unit.geometry.coordinates;
    if (unit.properties.incident) zhihui.desk.open(unit.properties.incident);
    zhihui.map.setView([lat, lon], Math.max(zhihui.map.getZoom(), 15));
  }

  zhihui.board = {
    toggle: () => show(!isOpen()),
    close() {
      const was = isOpen();
      if (was) show(false);
      return was;
    },
    fly,
    standing,
  };

  zhihui.whenThere("status-board", () => {
    const space = zhihui.make("div", "rows");
    space.append(zhihui.make("p", "board-none"));
    scroller().append(space);
    scroller().addEventListener("scroll", () => draw(), { passive: true });
    new ResizeObserver(() => draw()).observe(scroller());
    board().addEventListener("click", (event) => {
      const chip = event.target.closest("[data-board]");
      const row = event.target.closest("[data-unit]");
      if (chip) choose({ view: chip.dataset.board });
      else if (row) fly(row.dataset.unit);
      else if (event.target.closest("[data-board-close]")) show(false);
    });
    document.addEventListener("click", (event) => event.target.closest("[data-foot='board']") && show(!isOpen()));
  });
  zhihui.on("patch", soon);
  zhihui.on("board", soon);
  zhihui.on("second", () => {
    refresh();
    onCard();
  });
  zhihui.whenThere("card-units", (element) => new MutationObserver(onCard).observe(element, { childList: true }));
})(window.zhihui);
