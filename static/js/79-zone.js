/*
 * The hazard area in the desk's panel: what lies inside, and the tool that draws it on the map: a circle, a sector
 * downwind or a polygon. The server makes the ring of what is drawn and says what lies in it before it is given.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const L = window.L;
  const ASK_MS = 200; // a run of changes asks once
  const root = document.documentElement.classList;
  const COUNTS = ["schools", "hospitals", "keyplaces", "hazards", "shelters", "stores", "broadcasts", "cameras", "closures"];
  const NAMED = 12; // names of a kind that are listed
  let draft = null; // {shape, centre, radius_m, wind_from, opening, points, told, fault}
  let line = null; // the draft on the map
  let timer = 0;
  let asked = 0;
  const NOBODY = { id: null, stop: () => {} };
  let followed = NOBODY; // the response whose area is asked about
  let marking = "centre"; // what the next press on the map sets

  const desk = () => zhihui.linkageDesk;
  const linkage = () => zhihui.store.get("linkages", desk().opened());
  const number = (n) => (n === null ? zhihui.text("zone.few") : n.toLocaleString("en-US"));

  /* --- what lies inside --- */

  function draw(held, box) {
    if (!box.children.length) box.append(zhihui.make("div", "zone-tool"), zhihui.make("div", "zone-inside"));
    const [tool, inside] = box.children;
    paintTool(tool, held);
    const { zone } = held.properties;
    follow(zone && !draft ? held.id : null);
    const { told, failed } = draft ? { told: draft.told, failed: false } : zhihui.zoneInside.of(held.id);
    contents(inside, zone || draft ? told : null, failed);
  }

  /** What lies inside is asked for while the panel of a response with an area is open. */
  function follow(id) {
    if (followed.id === id) return;
    followed.stop();
    followed = id ? { id, stop: zhihui.zoneInside.watch(id, () => desk().refresh()) } : NOBODY;
  }

  function contents(box, told, failed) {
    const key = told ? JSON.stringify(told) + failed : String(failed);
    if (box.dataset.said === key) return;
    box.dataset.said = key;
    box.replaceChildren();
    if (failed) box.append(zhihui.make("p", "warn", zhihui.text("zone.failed")));
    if (!told || !told.shape) {
      if (!failed) box.append(zhihui.make("p", "secondary", zhihui.text(linkage().properties.zone || draft ? "zone.asking" : "zone.none")));
      return;
    }
    const people = zhihui.make("div", "zone-people");
    for (const name of ["population", "households", "grids"]) {
      const tile = zhihui.make("div", "zone-tile");
      tile.append(zhihui.make("b", "figure", number(told[name])), zhihui.make("span", "", zhihui.text("zone." + name)));
      people.append(tile);
    }
    box.append(zhihui.make("p", "zone-size", zhihui.text("zone.shape." + told.shape) + " · " + zhihui.sizeWords(told.area_m2)), people);
    if (told.within) box.append(zhihui.make("p", "secondary", zhihui.text("zone.within")));
    COUNTS.forEach((kind) => box.append(kindRow(kind, told)));
  }

  function kindRow(kind, told) {
    const items = told[kind];
    const all = told.counts[kind] ?? items.length;
    const made = zhihui.make("details", "zone-kind");
    const head = zhihui.make("summary", "", zhihui.text("zone.kind." + kind));
    head.append(zhihui.make("b", "figure", counted(kind, all, told)));
    made.append(head);
    if (!all) made.classList.add("nothing");
    items.slice(0, NAMED).forEach((item) => {
      const row = zhihui.make("div", "zone-name clip", item.name);
      row.dataset.look = `${item.lon},${item.lat}`;
      if (kind === "shelters") row.append(zhihui.make("small", "", zhihui.text("response.free_places", { n: item.free })));
      if (kind === "cameras" && !item.online) row.append(zhihui.make("small", "", zhihui.text("zone.offline")));
      made.append(row);
    });
    if (all > NAMED) made.append(zhihui.make("div", "secondary", zhihui.text("zone.more", { n: all - NAMED })));
    return made;
  }

  function counted(kind, all, told) {
    if (kind === "cameras" && all) return zhihui.text("zone.online_of", { n: told.counts.cameras_online, all });
    if (kind === "shelters" && all) return zhihui.text("zone.free_of", { n: all, free: told.shelters.reduce((sum, one) => sum + one.free, 0) });
    return String(all);
  }

  /* --- the tool --- */

  function paintTool(box, held) {
    const may = desk().commands(held.properties);
    const key = may ? (draft ? draft.shape + marking : "tools" + Boolean(held.properties.zone)) : "";
    if (box.dataset.shown === key) return;
    box.dataset.shown = key;
    box.replaceChildren(...(!may ? [] : draft ? editor() : [starters(held)]));
  }

  const press = (words, pressed, primary) => zhihui.linkageForms.button(words, pressed, primary);

  function starters(held) {
    const acts = zhihui.make("div", "acts");
    ["circle", "sector", "polygon"].forEach((shape) => acts.append(press("zone.draw." + shape, () => begin(shape))));
    if (held.properties.zone) acts.append(press("zone.clear", () => zhihui.linkageForms.send({ verb: "zone", given: { shape: held.properties.zone.shape } })));
    return acts;
  }

  function editor() {
    const fields = { circle: ["radius_m"], sector: ["radius_m", "wind_from", "opening"], polygon: [] }[draft.shape];
    const form = zhihui.make("form", "linkage-form zone-form");
    form.append(zhihui.make("p", "zone-hint", zhihui.text("zone.hint." + (draft.shape === "polygon" ? "points" : marking))));
    const row = zhihui.make("div", "linkage-pair");
    row.append(...fields.map(field));
    form.append(row);
    if (draft.shape !== "polygon" && marking === "edge") form.append(press("zone.move", () => mark("centre")));
    const acts = zhihui.make("div", "acts");
    const commit = press("zone.commit", null, true);
    commit.type = "submit";
    commit.append(zhihui.make("kbd", "", "Ctrl ↵"));
    const back = press("report.cancel", leave);
    back.append(zhihui.make("kbd", "", "Esc"));
    acts.append(commit, back);
    form.append(acts);
    form.onsubmit = (event) => {
      event.preventDefault();
      give();
    };
    return [form];
  }

  const LIMITS = { radius_m: [10, 50000], wind_from: [0, 360], opening: [5, 360] };

  function field(name) {
    const made = zhihui.make("label", "linkage-field");
    const input = zhihui.make("input");
    const [min, max] = LIMITS[name];
    Object.assign(input, { name, type: "number", min, max, step: 1, value: draft[name], required: true });
    input.oninput = () => {
      draft[name] = Number(input.value);
      changed();
    };
    made.append(zhihui.make("span", "", zhihui.text("zone." + name)), input);
    return made;
  }

  function begin(shape) {
    const { geometry } = linkage();
    const [lon, lat] = geometry.coordinates;
    draft = { shape, centre: { lon, lat }, radius_m: 500, wind_from: 0, opening: 60, points: [], told: null };
    root.add("zoning");
    zhihui.map.doubleClickZoom.disable(); // two corners set quickly are no wish to zoom
    marking = "edge";
    desk().show("zone");
    changed();
  }

  function mark(what) {
    marking = what;
    desk().show("zone");
  }

  function leave() {
    if (!draft) return false;
    draft = null;
    asked += 1;
    clearTimeout(timer);
    if (line) line.remove();
    line = null;
    root.remove("zoning");
    zhihui.map.doubleClickZoom.enable();
    if (linkage()) desk().show("zone");
    return true;
  }

  /* --- on the map --- */

  const degrees = ({ lng, lat }) => ({ lon: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)) });

  function taken(latlng) {
    if (!draft) return false;
    const { lon, lat } = degrees(latlng);
    if (draft.shape === "polygon") draft.points.push([lon, lat]);
    else if (marking === "centre") draft.centre = { lon, lat };
    else draft.radius_m = Math.max(10, Math.min(50000, Math.round(L.latLng(draft.centre.lat, draft.centre.lon).distanceTo(latlng))));
    marking = "edge";
    const input = document.querySelector("#linkage-panel [name='radius_m']");
    if (input) input.value = draft.radius_m;
    changed();
    desk().show("zone");
    return true;
  }

  /** The draft as the server is asked of it; null while a polygon has no area. */
  function asking() {
    const { shape, centre, radius_m, wind_from, opening, points } = draft;
    if (shape === "polygon") return points.length < 3 ? null : { shape, ring: [...points, points[0]] };
    const circle = { shape, centre, radius_m };
    return shape === "sector" ? { ...circle, wind_from, opening } : circle;
  }

  function changed() {
    draft.told = null;
    trace(draft.points);
    clearTimeout(timer);
    if (asking()) timer = setTimeout(look, ASK_MS);
  }

  async function look() {
    const mine = (asked += 1);
    const body = JSON.stringify(asking());
    const query = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang });
    try {
      const answer = await fetch("/api/v1/zones/inside?" + query, { method: "POST", body, headers: { "Content-Type": "application/json" } });
      const told = answer.ok ? await answer.json() : null;
      if (mine !== asked || !draft) return;
      if (!answer.ok) zhihui.notice({ kind: "refusal", text: zhihui.text("zone.wrong"), remedy: zhihui.text("zone.crossed") });
      else draft.told = told;
    } catch (error) {
      if (mine === asked) zhihui.notice({ kind: "fault", text: zhihui.text("unreached.text"), remedy: zhihui.text("unreached.remedy") });
    }
    if (!draft) return;
    if (draft.told) trace(draft.told.ring);
    desk().show("zone");
  }

  function trace(points) {
    if (line) line.remove();
    const style = { color: zhihui.token("accent"), weight: zhihui.px(3), dashArray: "6 5", fillOpacity: 0.08, interactive: false };
    line = points.length ? L.polygon(points.map(([lon, lat]) => [lat, lon]), style).addTo(zhihui.map) : null;
  }

  /** Give the area that is shown; while the last change is on its way there is none. */
  function give() {
    if (!draft) return false;
    if (!draft.told) {
      zhihui.notice({ kind: "refusal", text: zhihui.text(asking() ? "zone.asking" : "zone.too_few"), remedy: "" });
      return true;
    }
    const { shape, ring } = draft.told;
    zhihui.linkageForms.send({ verb: "zone", given: { shape, ring } }, leave);
    return true;
  }

  /** The last corner of a polygon taken back. */
  function undo() {
    if (!draft || draft.shape !== "polygon" || !draft.points.length) return false;
    draft.points.pop();
    changed();
    return true;
  }

  zhihui.zoneTool = { draw, leave, follow, taken, give, undo, drawing: () => Boolean(draft) };
})(window.zhihui);
