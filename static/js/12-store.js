/* The board in the browser: features by layer and id, the digest over them, and the latest positions. */
(function (zhihui) {
  "use strict";
  const LAYERS = ["incidents", "units", "links", "closures", "linkages", "tasks", "alerts", "walls", "drills"];
  const TICKER = 30;
  const ENDED = new Set(["closed", "rejected", "merged", "evaluated", "archived"]);
  zhihui.isOpen = (properties) => !ENDED.has(properties.status);
  const digest = new zhihui.Digest();
  const layers = new Map(LAYERS.map((name) => [name, new Map()]));
  const positions = new Map(); // unit → {lon, lat, at, speed, heading}; never more than there are units
  const panels = { kpi: null, units: null, ticker: [] };
  let eventAt = null; // ms, recorded time of the last fact
  let positionAt = null; // ms, time of the newest fix
  let veiled = false; // whether the server tells this wall nothing but that it is hidden (保密)

  function put(layer, feature) {
    const held = layers.get(layer);
    if (!held) return;
    const old = held.get(feature.id);
    if (old) digest.drop(layer, feature.id, old.properties.seq);
    digest.add(layer, feature.id, feature.properties.seq);
    held.set(feature.id, feature);
  }

  function take(layer, id) {
    const held = layers.get(layer);
    const old = held && held.get(id);
    if (!old) return;
    digest.drop(layer, id, old.properties.seq);
    held.delete(id);
    if (layer === "units") positions.delete(id);
  }

  function mergePanels(fresh) {
    if (!fresh) return;
    if (fresh.kpi) panels.kpi = fresh.kpi;
    if (fresh.units) panels.units = fresh.units;
    for (const line of fresh.ticker || []) {
      if (!panels.ticker.some((held) => held.seq === line.seq && held.kind === line.kind)) panels.ticker.push(line);
    }
    panels.ticker.sort((a, b) => b.seq - a.seq);
    panels.ticker.length = Math.min(panels.ticker.length, TICKER);
  }

  function apply(patch) {
    for (const [layer, features] of Object.entries(patch.upsert || {})) features.forEach((f) => put(layer, f));
    for (const [layer, ids] of Object.entries(patch.remove || {})) ids.forEach((id) => take(layer, id));
    mergePanels(patch.panels);
    zhihui.seq = patch.seq;
    if (patch.at) eventAt = Date.parse(patch.at);
  }

  zhihui.store = {
    panels,
    layer: (name) => layers.get(name) || new Map(),
    get: (name, id) => (layers.get(name) || new Map()).get(id),
    position: (unit) => positions.get(unit),
    eventAt: () => eventAt,
    positionAt: () => positionAt,
    veiled: () => veiled,

    /** Replace everything by a whole board. */
    load(state) {
      layers.forEach((held) => held.clear());
      digest.clear();
      panels.kpi = panels.units = null;
      panels.ticker.length = 0;
      veiled = Boolean(state.veiled);
      apply(state);
      for (const unit of positions.keys()) if (!layers.get("units").has(unit)) positions.delete(unit); // it is told of no more
      zhihui.emit("board", null);
    },

    /** Fold one patch; older ones than what is held are already in it. Returns whether it was folded. */
    fold(patch) {
      if (patch.seq <= zhihui.seq) return false;
      apply(patch);
      zhihui.emit("patch", patch);
      return true;
    },

    /** Rows of [unit, lon, lat, at_ms, speed, heading]; a fix older than the held one is dropped. */
    move(rows) {
      const moved = [];
      for (const [unit, lon, lat, at, speed, heading] of rows) {
        const held = positions.get(unit);
        if (held && held.at > at) continue;
        positions.set(unit, { lon, lat, at, speed, heading });
        if (positionAt === null || at > positionAt) positionAt = at;
        moved.push(unit);
      }
      if (moved.length) zhihui.emit("positions", moved);
    },

    clear() {
      layers.forEach((held) => held.clear());
      positions.clear();
      digest.clear();
      panels.kpi = panels.units = null;
      panels.ticker.length = 0;
      veiled = false;
      zhihui.seq = 0;
      zhihui.emit("board", null);
    },
  };

  zhihui.hash = () => digest.text();
  /** GeoJSON features now drawn in a layer; units stand where they were last heard. */
  zhihui.features = function (name) {
    const held = Array.from((layers.get(name) || new Map()).values());
    if (name !== "units") return held;
    return held.map((unit) => {
      const fix = positions.get(unit.id);
      return fix ? Object.assign({}, unit, { geometry: { type: "Point", coordinates: [fix.lon, fix.lat] } }) : unit;
    });
  };
})(window.zhihui);
