/* The hazard area of a response on the map: outline and hatching in a colour that is no level's, its name with its
   size; stores' supplies on their way to it; and, where a scene asks for it, what lies inside. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const APART = 13; // pixels at 1080 lines between two lines of the hatching
  const rings = new Map(); // linkage → its ring in the world's square, 0..1
  const chips = new Map(); // our chips, by their key in zhihui.chips
  const ways = new Map(); // the lines of supplies, by the same key
  let inside = []; // {icon, x, y, dim}: places inside, the important last

  function world([lon, lat]) {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
    return [x / 256, y / 256];
  }

  /* --- drawn on the ground's sheet, beneath icons and names --- */

  function paint(ctx) {
    if (!rings.size) return;
    const to = zhihui.toLayer();
    ctx.save();
    ctx.lineJoin = "round";
    rings.forEach((ring) => outline(ctx, ring.map(([x, y]) => to(x, y))));
    ctx.restore();
  }

  function outline(ctx, points) {
    const path = new Path2D();
    points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    path.closePath();
    ctx.globalAlpha = 0.3;
    ctx.fillStyle = zhihui.hatching(ctx, zhihui.token("zone"), APART);
    ctx.fill(path);
    ctx.globalAlpha = 1;
    stroke(ctx, path, "ground", 6, []);
    stroke(ctx, path, "zone", 2.6, [14, 6]);
  }

  function stroke(ctx, path, colour, width, dash) {
    ctx.setLineDash(dash.map(zhihui.px));
    ctx.lineWidth = zhihui.px(width);
    ctx.strokeStyle = zhihui.token(colour);
    ctx.stroke(path);
  }

  /** What lies inside, over the ordinary icons; where two would lie on each other the later one is a dot. */
  function paintInside(ctx) {
    if (!inside.length) return;
    const to = zhihui.toLayer();
    const room = new zhihui.Boxes();
    const reach = zhihui.px(11);
    for (const { icon, x, y, dim } of inside) {
      const [left, top] = to(x, y);
      const box = [left - reach, top - reach, left + reach, top + reach];
      const sprite = room.hits(box) ? zhihui.dotSprite() : zhihui.placeSprite(icon, dim ? "secondary" : "zone");
      room.add(box);
      ctx.drawImage(sprite, Math.round(left - sprite.size / 2), Math.round(top - sprite.size / 2), sprite.size, sprite.size);
    }
  }

  /* --- chips and lines, on the canvas of what moves --- */

  /** Dots as the crow flies: nobody tracks the goods. Leaflet's own dashes would stay on for what is drawn next. */
  const SupplyLine = L.Polyline.extend({
    options: { interactive: false, noClip: true, weight: 4 },

    _updatePath() {
      const ring = this._parts && this._parts[0];
      if (!this._renderer._drawing || !ring || ring.length < 2) return;
      const ctx = this._renderer._ctx;
      const path = new Path2D();
      ring.forEach((p, i) => (i ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
      ctx.save();
      ctx.lineCap = "round";
      stroke(ctx, path, "accent", 2.6, [1, 8]);
      ctx.restore();
    },
  });

  const latlng = ([lon, lat]) => L.latLng(lat, lon);
  const northmost = (ring) => ring.reduce((best, one) => (one[1] > best[1] ? one : best));

  /** Key → {at, name, eta, edge, first: its rank among all chips, way?} of what should stand now. */
  function wanted() {
    const found = new Map();
    zhihui.store.layer("linkages").forEach((linkage) => {
      const { zone, means } = linkage.properties;
      if (zone) found.set("zone:" + linkage.id, { at: latlng(northmost(zone.ring)), name: zhihui.zoneName(zone), eta: "", edge: "zone", first: 0 });
      fromStores(linkage).forEach(([first, ...more], store) => {
        const way = [latlng([first.lon, first.lat]), latlng(linkage.geometry.coordinates)];
        const name = more.length ? zhihui.text("linkage.supplies", { words: first.words, n: more.length }) : first.words;
        found.set("supply:" + linkage.id + store, { at: way[0], name, eta: zhihui.duration(first.left_s), edge: "accent", first: 1e6, way });
      });
    });
    return found;
  }

  /** Store → what it has on the way; facts of before do not say where it is. */
  function fromStores(linkage) {
    const found = new Map();
    for (const one of zhihui.onTheWay(linkage)) {
      if (typeof one.lon === "number") found.set(one.store, [...(found.get(one.store) || []), one]);
    }
    return found;
  }

  function settle() {
    if (!zhihui.map) return;
    const now = wanted();
    Array.from(chips.keys()).forEach((key) => now.has(key) || drop(key));
    now.forEach((one, key) => stand(key, one));
  }

  function drop(key) {
    for (const held of [chips, ways]) {
      if (held.has(key)) held.get(key).remove();
      held.delete(key);
    }
    zhihui.chips.delete(key);
  }

  function stand(key, { at, name, eta, edge, first, way }) {
    const held = chips.get(key);
    if (held && zhihui.chips.get(key) === held) {
      if (held.options.name === name && held.options.eta === eta && held.getLatLng().equals(at)) return;
      Object.assign(held.options, { name, eta });
      held.setLatLng(at);
      return;
    }
    drop(key); // another size of the screen: all is made anew
    const renderer = zhihui.renderers.movers;
    if (way) ways.set(key, new SupplyLine(way, { renderer }).addTo(zhihui.map).bringToBack());
    const chip = new zhihui.ChipMark(at, { renderer, name, eta, edge, first });
    chips.set(key, chip);
    zhihui.chips.set(key, chip.addTo(zhihui.map));
  }

  /* --- following the board --- */

  function all() {
    rings.clear();
    zhihui.store.layer("linkages").forEach(({ id, properties }) => properties.zone && rings.set(id, properties.zone.ring.map(world)));
    settle();
    if (zhihui.quiet) zhihui.quiet.paint();
  }

  zhihui.zones = {
    paint,
    paintInside,
    /** Mark these {icon, lon, lat, dim?} over everything else of the ground; [] takes them away. */
    mark(places) {
      inside = places.map(({ icon, lon, lat, dim }) => {
        const [x, y] = world([lon, lat]);
        return { icon, x, y, dim };
      });
      if (zhihui.quiet) zhihui.quiet.paint();
    },
  };

  zhihui.on("drawn", (patch) => {
    if (!patch || (patch.upsert || {}).linkages || (patch.remove || {}).linkages) all();
  });
  zhihui.on("second", () => chips.size && settle());
});

(function (zhihui) {
  "use strict";

  /** A size as people say it: under a tenth of a square kilometre in square metres. */
  zhihui.sizeWords = (m2) => (m2 < 100000 ? zhihui.text("area.m2", { n: Math.round(m2) }) : zhihui.text("area.km2", { n: (m2 / 1e6).toFixed(m2 < 1e7 ? 2 : 1) }));
  zhihui.zoneName = ({ area_m2 }) => (area_m2 ? zhihui.text("zone.sized", { area: zhihui.sizeWords(area_m2) }) : zhihui.text("zone.title"));

  /** Supplies of a response that should not have come yet: {lot, words, left_s, lon, lat}. */
  zhihui.onTheWay = function ({ properties: p }) {
    const now = zhihui.time.now();
    const left = (one) => one.eta_s - (now - Date.parse(one.sent_at || p.started_at)) / 1000;
    const words = (one) => zhihui.text("linkage.supply", { store: one.store_name, name: one.name, n: one.quantity, unit: one.unit });
    return p.means.supplies.map((one) => ({ ...one, left_s: left(one), words: words(one) })).filter((one) => one.left_s > 0);
  };

  /* --- what lies inside, asked of the server when the response or a closed road has changed --- */

  const GAP = 3000; // ms between two questions about one response
  const AGAIN = 15000; // ms until the next try where there was no answer
  const watched = new Map(); // linkage → {seq: of the board when it was asked, told, at, failed, due, since, busy, heard}
  let closed = 0; // how often closures have changed

  const stamp = (id) => zhihui.store.get("linkages", id) && zhihui.store.get("linkages", id).properties.seq + "/" + closed;

  function look(id) {
    const one = watched.get(id);
    const now = stamp(id);
    if (!one || one.busy || one.due || !now || (one.seq === now && !one.failed)) return;
    const wait = Math.max(0, one.since + (one.failed ? AGAIN : GAP) - performance.now());
    one.due = setTimeout(() => ask(id, one), wait);
  }

  async function ask(id, one) {
    Object.assign(one, { due: 0, busy: true, seq: stamp(id), since: performance.now() });
    const wall = zhihui.boot.wall ? { wall: zhihui.boot.wall } : {};
    const query = new URLSearchParams({ realm: zhihui.realm, ...wall });
    try {
      const answer = await fetch(`/api/v1/linkages/${encodeURIComponent(id)}/zone?${query}`, { cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (!answer.ok) throw new Error("zone " + answer.status);
      Object.assign(one, { told: await answer.json(), at: zhihui.time.now(), failed: false });
    } catch (error) {
      one.failed = true; // what was told before stays, with a note
    }
    one.busy = false;
    if (watched.get(id) !== one) return;
    one.heard.forEach((heard) => heard());
    look(id);
  }

  function forget(id, one) {
    clearTimeout(one.due);
    watched.delete(id);
  }

  zhihui.zoneInside = {
    /** Ask, and ask again when it has changed, until the returned function is called; `heard()` after each answer. */
    watch(id, heard) {
      const blank = { seq: "", told: null, at: 0, failed: false, due: 0, since: -Infinity, busy: false, heard: new Set() };
      const one = watched.get(id) || blank;
      watched.set(id, one);
      one.heard.add(heard);
      look(id);
      return () => one.heard.delete(heard) && !one.heard.size && forget(id, one);
    },
    /** {told: the last answer or null, at: when it came in ms, failed: whether the last question had none}. */
    of: (id) => watched.get(id) || { told: null, at: 0, failed: false },
  };

  zhihui.on("patch", ({ upsert, remove }) => {
    if ((upsert || {}).closures || (remove || {}).closures) closed += 1;
    watched.forEach((_, id) => look(id));
  });
  zhihui.on("board", () => {
    closed += 1;
    watched.forEach((_, id) => look(id));
  });
})(window.zhihui);
