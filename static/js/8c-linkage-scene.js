/* The wall's scene of a response: the incident in the middle of the map with its hazard area, what lies inside, who
   and what is on the way, shelters, roads and warnings; the departments as a board, the plan as a time line. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const L = window.L;
  const NEAREST = 1000; // m: half of what is in view at least
  const FARTHEST = 2.5; // times half the area, or the nearest: what comes from beyond is told in the panel
  const ROWS = { shelters: 4, roads: 3, warnings: 2 };
  const METRES = 111320; // of a degree of latitude

  const featureOf = ({ linkage, incident }) => zhihui.store.get("linkages", linkage)
    || Array.from(zhihui.store.layer("linkages").values()).find((one) => incident && one.properties.incident === incident);

  /* --- what is kept in view: the incident in the middle, its area, and who comes from near --- */

  function boundsOf(linkage) {
    const [lon, lat] = linkage.geometry.coordinates;
    const squeeze = Math.cos((lat * Math.PI) / 180);
    const away = ([x, y]) => METRES * Math.max(Math.abs(x - lon) * squeeze, Math.abs(y - lat));
    const { zone } = linkage.properties;
    const area = Math.max(NEAREST, ...(zone ? zone.ring : []).map((corner) => 1.15 * away(corner)));
    const coming = onTheRoad(linkage).flatMap((link) => link.geometry.coordinates.map(away));
    const half = Math.max(area, Math.min(FARTHEST * area, Math.max(0, ...coming))) / METRES;
    return L.latLngBounds([lat - half, lon - half / squeeze], [lat + half, lon + half / squeeze]);
  }

  const linksOf = (linkage) => Array.from(zhihui.store.layer("links").values()).filter((link) => link.properties.incident === linkage.properties.incident);
  const onTheRoad = (linkage) => linksOf(linkage).filter((link) => link.properties.status !== "on_scene");

  /* --- the panel of what it is: level, plan, incident, commander, time --- */

  function headOf() {
    const head = zhihui.make("div", "response-head scene-block");
    head.append(
      zhihui.make("span", "mark"), zhihui.make("div", "response-level"), zhihui.make("div", "response-since"),
      ...["plan", "title", "commander"].map((part) => zhihui.make("div", "clip response-" + part)),
    );
    return head;
  }

  function fillHead(head, linkage) {
    const p = linkage.properties;
    const incident = zhihui.store.get("incidents", p.incident);
    const place = incident ? incident.properties.place || incident.properties.address : "";
    const said = {
      level: zhihui.text("linkage.level", { level: zhihui.level(p.level) }), plan: zhihui.planName(p),
      title: [zhihui.title(p.title), place].filter(Boolean).join(" · "),
      commander: zhihui.text("linkage.commander", { name: p.commander_name, office: zhihui.officeName(p.commander) }),
    };
    for (const [part, words] of Object.entries(said)) zhihui.setText(head.querySelector(".response-" + part), words);
    const mark = p.level + (incident ? incident.properties.class : "");
    if (head.dataset.mark === mark) return;
    head.dataset.mark = mark;
    const glyph = incident ? zhihui.classOf(incident.properties.class).glyph || "" : "";
    head.querySelector(".mark").replaceWith(zhihui.markElement(p.level, glyph, true));
  }

  /* --- parts of a panel: a head with a note, and rows that keep their places --- */

  function section(panel, className, words) {
    const made = zhihui.make("section", "response-part " + className);
    const head = zhihui.make("div", "panel-head");
    head.append(zhihui.make("h2", "", words), zhihui.make("span", "clip"));
    made.append(head, zhihui.make("div", "response-rows"));
    panel.append(made);
    return made;
  }

  const note = (part, words) => zhihui.setText(part.querySelector(".panel-head span"), words);

  /** Rows of {id, name, figure, full?}; what has no room is told in the last one. */
  function fillRows(part, rows, most) {
    const box = part.querySelector(".response-rows");
    const shown = rows.length > most ? rows.slice(0, Math.max(0, most - 1)) : rows;
    const rest = rows.length - shown.length;
    const all = rest ? [...shown, { id: "rest", name: zhihui.text("linkage.more", { n: rest }), figure: "" }] : shown;
    zhihui.keyed(box, all, blankRow, fillRow);
    part.hidden = false;
  }

  function blankRow() {
    const row = zhihui.make("div", "response-row scene-block");
    row.append(zhihui.make("span", "name clip"), zhihui.make("span", "figure"));
    return row;
  }

  function fillRow(row, one) {
    const [name, figure] = row.children;
    zhihui.setText(name, one.name);
    zhihui.setText(figure, one.figure);
    row.classList.toggle("full", Boolean(one.full));
  }

  const roomFor = (part) => zhihui.seams.rows(part.querySelector(".response-rows"), zhihui.px(30), 0);

  /* --- what lies inside --- */

  function fillInside(part, linkage) {
    const { zone } = linkage.properties;
    const { told, failed, at } = zhihui.zoneInside.of(linkage.id);
    const rows = zone && told && told.shape ? zhihui.zoneRows(told) : [];
    part.classList.toggle("bare", !rows.length);
    note(part, !zone ? "" : failed ? zhihui.text(told ? "linkage.inside_old" : "linkage.inside_none", { time: told ? zhihui.timeOfDay(at) : "" }) : zhihui.sizeWords(zone.area_m2));
    fillRows(part, rows.length ? rows : [{ id: "none", name: zhihui.text(zone ? "linkage.inside_asked" : "linkage.no_zone"), figure: "" }], Infinity);
  }

  /* --- who and what is on the way --- */

  function comingRows(place, linkage) {
    const units = onTheRoad(linkage).sort((a, b) => (a.properties.dispatched_at < b.properties.dispatched_at ? -1 : a.properties.dispatched_at > b.properties.dispatched_at ? 1 : a.id < b.id ? -1 : 1));
    const rows = units.map((link) => ({ id: link.id, name: link.properties.unit_name, figure: etaOf(place, link) }));
    return [...rows, ...zhihui.onTheWay(linkage).map((one) => ({ id: one.lot, name: one.words, figure: zhihui.duration(one.left_s) }))];
  }

  function etaOf(place, link) {
    const { eta_s: eta } = link.properties;
    const line = place.view.marks.links.get(link.id);
    return eta === null || eta === undefined ? "—" : zhihui.duration(eta * (line ? line.left() : 1));
  }

  function shelterRows(linkage) {
    return linkage.properties.means.shelters.map((one) => ({
      id: one.id, name: one.name, full: one.used >= one.places,
      figure: zhihui.text("linkage.places_free", { free: Math.max(0, one.places - one.used), places: one.places }),
    }));
  }

  /** Roads by name: a cordon closes many pieces of one. */
  function roadRows(linkage) {
    const found = new Map();
    for (const closure of linkage.properties.means.closures.map((id) => zhihui.store.get("closures", id)).filter(Boolean)) {
      const name = closure.properties.name || zhihui.text("closure.nameless");
      found.set(name, (found.get(name) || 0) + 1);
    }
    return Array.from(found, ([name, n]) => ({ id: name, name, figure: n > 1 ? zhihui.text("linkage.pieces", { n }) : "" }));
  }

  function warningRows(linkage) {
    const all = Array.from(zhihui.store.layer("alerts").values()).filter((one) => one.properties.linkage === linkage.id);
    return all.sort((a, b) => (a.properties.sent > b.properties.sent ? -1 : 1)).map(({ id, properties: p }) => ({
      id, name: (zhihui.boot.lang === "en" && p.headline_en) || p.headline,
      figure: zhihui.text("linkage.heard", { done: p.done, points: p.points }),
    }));
  }

  /* --- the whole wall --- */

  const PARTS = { inside: "zone.title", coming: "linkage.coming", shelters: "linkage.shelters", roads: "linkage.roads", warnings: "linkage.warnings" };

  function build(place, id) {
    const { state } = place;
    const left = place.panel("left");
    const right = place.whole ? place.panel("right") : null;
    left.classList.add("response-panel-left");
    state.panels = [left, right].filter(Boolean);
    state.head = left.appendChild(headOf());
    state.parts = Object.fromEntries(Object.entries(right ? PARTS : {}).map(([name, words]) => [name, section(right, "of-" + name, zhihui.text(words))]));
    state.offices = section(left, "of-offices", zhihui.text("linkage.offices"));
    const box = state.offices.querySelector(".response-rows");
    state.board = zhihui.linkageBoard(box, id, { room: () => boardRoom(box) });
    if (!right) return;
    right.classList.add("response-panel-right");
    state.band = zhihui.make("div", "map-band");
    place.view.map.getContainer().parentElement.append(state.band);
    clearSeams(place);
    state.time = zhihui.linkageTime(state.band, id);
    place.view.emit("covered", null);
  }

  /** The band begins below a seam that would lie across it. */
  function clearSeams({ state }) {
    if (!state.band || state.clearFor === innerHeight) return;
    state.clearFor = innerHeight;
    state.band.style.height = "";
    const { top, bottom } = state.band.getBoundingClientRect();
    const clear = zhihui.seams.under(top, bottom);
    if (clear > top) state.band.style.height = bottom - clear + "px";
  }

  const GAP = 2.4; // pixels at 1080 lines between two rows of departments, as in 43-linkage.css
  const CELL = 44.8;
  function boardRoom(box) {
    const across = getComputedStyle(box).gridTemplateColumns.split(" ").length;
    return across * zhihui.seams.rows(box, zhihui.px(CELL), zhihui.px(GAP));
  }

  function fill(place, linkage) {
    const { state } = place;
    const { parts } = state;
    fillHead(state.head, linkage);
    const offices = zhihui.linkage.offices(linkage.id);
    const heard = offices.filter((one) => one.tasks.every((task) => !["assigned", "waiting"].includes(task.properties.status))).length;
    note(state.offices, zhihui.text("linkage.heard_of", { n: offices.length, heard }));
    since(place, linkage);
    if (place.whole) fillParts(place, linkage, parts);
    keepClear(place);
    clearSeams(place);
  }

  /** Rows that came or went may lie across a seam now. */
  function keepClear({ state }) {
    const blocks = state.panels.map((panel) => panel.querySelectorAll(".scene-block").length).join("/");
    if (blocks === state.blocks) return;
    state.blocks = blocks;
    zhihui.seams.settle();
  }

  function fillParts(place, linkage, parts) {
    fillInside(parts.inside, linkage);
    optional(parts.shelters, shelterRows(linkage), ROWS.shelters);
    optional(parts.roads, roadRows(linkage), ROWS.roads);
    optional(parts.warnings, warningRows(linkage), ROWS.warnings);
    const links = linksOf(linkage);
    const here = links.filter((link) => link.properties.status === "on_scene").length;
    const coming = comingRows(place, linkage);
    note(parts.coming, zhihui.text("linkage.coming_of", { coming: links.length - here, here }));
    fillRows(parts.coming, coming.length ? coming : [{ id: "none", name: zhihui.text("linkage.nobody_coming"), figure: "" }], Math.max(1, roomFor(parts.coming)));
  }

  /** A part without rows takes no room. */
  function optional(part, rows, most) {
    fillRows(part, rows, most);
    part.hidden = !rows.length;
    note(part, rows.length > 1 ? String(rows.length) : "");
  }

  function since(place, linkage) {
    const seconds = (zhihui.time.now() - Date.parse(linkage.properties.started_at)) / 1000;
    zhihui.setText(place.state.head.querySelector(".response-since"), zhihui.text("linkage.since", { time: zhihui.stopwatch(seconds) }));
  }

  /* --- it ends, or is no longer this wall's to show: then nothing of it is told --- */

  function end(place) {
    const { state } = place;
    take(place);
    place.clear();
    place.title(zhihui.text("scene.linkage"));
    state.over = true;
    const panel = place.panel("left");
    panel.classList.add("response-over");
    const p = state.last && zhihui.store.get("incidents", state.last.properties.incident) && state.last.properties;
    panel.append(zhihui.make("strong", "", zhihui.text(p ? "linkage.over_now" : "linkage.not_here")));
    if (p) {
      panel.append(zhihui.make("div", "", zhihui.planName(p)), zhihui.make("div", "", zhihui.title(p.title)));
      panel.append(zhihui.make("div", "secondary", zhihui.text("linkage.lasted", { time: zhihui.duration((zhihui.time.now() - Date.parse(p.started_at)) / 1000) })));
    }
    place.ended();
  }

  /** Take away what stands outside of the panels. */
  function take({ state, view }) {
    if (state.stop) state.stop();
    if (state.board) state.board.leave();
    if (state.time) state.time.leave();
    if (state.band) state.band.remove();
    view.zones.mark([]);
    view.emit("covered", null);
    Object.assign(state, { stop: null, board: null, time: null, band: null, id: "" });
  }

  /** The answer about what lies inside: its marks on this map. */
  function listen(place, id) {
    const heard = () => place.view.zones.mark(zhihui.zoneMarks(zhihui.zoneInside.of(id).told));
    place.state.stop = zhihui.zoneInside.watch(id, heard);
    heard();
  }

  zhihui.scenes.register("linkage", {
    enter(place, scene) {
      const linkage = featureOf(scene);
      if (!linkage) return end(place);
      const { state } = place;
      state.id = linkage.id;
      state.last = linkage;
      build(place, linkage.id);
      place.title(zhihui.text("linkage.scene", { plan: zhihui.planName(linkage.properties), level: zhihui.level(linkage.properties.level) }));
      listen(place, linkage.id);
      fill(place, linkage);
      state.board.update(); // now its room is known
      return place.shows(() => state.last && boundsOf(state.last));
    },
    update(place) {
      const { state } = place;
      if (state.over) return;
      const linkage = zhihui.store.get("linkages", state.id);
      if (!linkage) return void end(place);
      if (linkage.properties.level !== state.last.properties.level) place.title(zhihui.text("linkage.scene", { plan: zhihui.planName(linkage.properties), level: zhihui.level(linkage.properties.level) }));
      const redrawn = JSON.stringify(linkage.properties.zone) !== JSON.stringify(state.last.properties.zone);
      state.last = linkage;
      fill(place, linkage);
      if (redrawn) place.shows(() => state.last && boundsOf(state.last));
    },
    leave(place) {
      take(place);
    },
  });
})(window.zhihui);
