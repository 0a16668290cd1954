/* What a response has set moving, in the desk's panel: units and supplies on their way, shelters, roads and warnings. */
(function (zhihui) {
  "use strict";
  if (!["desk", "replay"].includes(zhihui.boot.page)) return;

  const name = ({ properties: p }) => (zhihui.boot.lang === "en" ? p.headline_en || p.headline : p.headline);

  /** An item of a list: a name, what is said of it, and at its end a figure and buttons. */
  function blank() {
    const made = zhihui.make("div", "means-row");
    made.append(zhihui.make("b", "clip"), zhihui.make("span", "means-figure"), zhihui.make("small", "clip"), zhihui.make("div", "means-acts"));
    return made;
  }

  function fill(element, { title, said, figure, look, acts }) {
    const [head, end, small, buttons] = element.children;
    zhihui.setText(head, title);
    zhihui.setText(end, figure || "");
    zhihui.setText(small, said || "");
    head.title = title;
    small.title = said || "";
    element.classList.toggle("to-look", Boolean(look));
    if (look) element.dataset.look = look.join(",");
    if (acts && !buttons.children.length) buttons.append(...acts());
  }

  /** Rows under a head; a group that is empty says so in a sentence. */
  function group(key, items) {
    return { id: key, key, items };
  }

  function groupBlank({ key }) {
    const made = zhihui.make("div", "means-group");
    made.append(zhihui.make("h3", "", zhihui.text("response.group." + key)), zhihui.make("div", "means-rows"), zhihui.make("p", "secondary", zhihui.text("response.no." + key)));
    return made;
  }

  function groupFill(element, { items }) {
    const [, rows, none] = element.children;
    none.hidden = items.length > 0;
    zhihui.keyed(rows, items, blank, fill);
  }

  /* --- units and supplies --- */

  const spent = (since) => (zhihui.time.now() - Date.parse(since)) / 1000;
  const left = (seconds) => (seconds > 0 ? zhihui.text("response.eta", { time: zhihui.duration(seconds) }) : zhihui.text("response.eta_past"));

  function unit(id) {
    const held = zhihui.store.get("units", id);
    if (!held) return { id, title: id, said: zhihui.text("response.unit_gone") };
    const { properties: p, geometry } = held;
    const link = p.assignment && zhihui.store.get("links", p.assignment);
    const away = link && ["dispatched", "acknowledged", "enroute"].includes(p.status);
    const fix = zhihui.store.position(id);
    return {
      id, title: p.name,
      said: zhihui.text("unit.kind." + p.kind) + " · " + zhihui.text("unit.status." + p.status),
      figure: away ? left(link.properties.eta_s - spent(link.properties.dispatched_at)) : "",
      look: fix ? [fix.lon, fix.lat] : geometry.coordinates,
    };
  }

  const goods = (started) => (one, n) => ({
    id: one.lot + n, title: `${one.name} ${one.quantity} ${one.unit}`, said: one.store_name,
    figure: left(one.eta_s - spent(one.sent_at || started)),
  });

  /* --- shelters, roads, warnings --- */

  const shelter = (may) => (one) => ({
    id: one.id, title: one.name, look: [one.lon, one.lat],
    said: zhihui.text("response.free_places", { n: Math.max(0, one.places - one.used) }),
    figure: zhihui.text("response.sheltered", { used: one.used, places: one.places }),
    acts: may ? () => [zhihui.linkageForms.button("response.do.fill_shelter", () => zhihui.linkageForms.open("fill_shelter", current(one.id))), zhihui.linkageForms.button("response.do.close_shelter", () => zhihui.linkageForms.send({ verb: "close_shelter", given: { shelter: one.id } }))] : null,
  });

  /** A shelter of the open response as it is now. */
  function current(id) {
    const held = zhihui.store.get("linkages", zhihui.linkageDesk.opened());
    return held.properties.means.shelters.find((one) => one.id === id);
  }

  /** Closed roads by name: a street is many pieces, and whoever reads counts streets. */
  function closures(ids) {
    const streets = new Map();
    for (const id of ids) {
      const held = zhihui.store.get("closures", id);
      if (!held) continue; // open again, or out of sight
      const title = held.properties.name || zhihui.text("closure.nameless");
      streets.set(title, [...(streets.get(title) || []), held]);
    }
    return Array.from(streets, ([title, pieces]) => street(title, pieces));
  }

  function street(title, pieces) {
    const line = pieces[0].geometry.coordinates;
    const figure = pieces.length > 1 ? zhihui.text("response.pieces", { n: pieces.length }) : "";
    return { id: title, title, said: pieces[0].properties.reason, figure, look: line[Math.floor(line.length / 2)] };
  }

  const alert = (held) => ({
    id: held.id, title: name(held),
    said: zhihui.text("response.heard", { done: held.properties.done, points: held.properties.points, failed: held.properties.failed }),
    figure: zhihui.level(held.properties.level),
  });

  const GROUPS = {
    means: ({ means, started_at: started }) => [group("units", means.units.map(unit)), group("supplies", means.supplies.map(goods(started)))],
    shelters: (p) => [group("shelters", p.means.shelters.map(shelter(zhihui.linkageDesk.commands(p))))],
    roads: (p, id) => [group("closures", closures(p.means.closures)), group("alerts", alertsOf(id).map(alert))],
  };

  const alertsOf = (id) => Array.from(zhihui.store.layer("alerts").values()).filter((one) => one.properties.linkage === id);

  /** What a tab of the panel shows of a response. */
  zhihui.linkageMeans = function ({ id, properties }, tab, box) {
    zhihui.keyed(box, GROUPS[tab](properties, id), groupBlank, groupFill);
  };

  /* --- a press on a row shows where it is --- */

  document.addEventListener("click", (event) => {
    const row = event.target.closest("#linkage-panel [data-look]");
    if (!row || event.target.closest("button") || !zhihui.map) return;
    const [lon, lat] = row.dataset.look.split(",").map(Number);
    zhihui.map.setView([lat, lon], Math.max(zhihui.map.getZoom(), 15));
  });
})(window.zhihui);
