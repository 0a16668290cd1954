/*
 * Crowds of pins at wide zooms become counts. A count is exact; a Ⅰ, a Ⅱ that nobody has been sent to, and
 * the selected incident always stand for themselves. Closed incidents are drawn only when near.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const CROWD = 300; // open pins in view from which they are counted together
  const CELL = 64; // pixels at 1080 lines
  const CLOSED_FROM = 14;
  const NEVER_FROM = 16; // zoom from which every pin stands for itself
  const clusters = new Map(); // key of a cell → {mark, ids, sprite's key}

  const WAITING = new Set(["reported", "accepted"]);
  /** Those that no count may hide. */
  const alone = (feature) => {
    const { severity, status } = feature.properties;
    return severity === 1 || (severity === 2 && WAITING.has(status)) || feature.id === zhihui.selected;
  };

  function crowded() {
    if (zhihui.zoom() >= NEVER_FROM) return false;
    const view = zhihui.map.getBounds();
    let n = 0;
    for (const feature of zhihui.store.layer("incidents").values()) {
      const [lon, lat] = feature.geometry.coordinates;
      if (zhihui.isOpen(feature.properties) && view.contains([lat, lon])) n += 1;
    }
    return n > CROWD;
  }

  /** Open incidents by square of the map at this zoom: the same squares wherever the view stands. */
  function cells() {
    const found = new Map();
    const zoom = zhihui.map.getZoom();
    const edge = zhihui.px(CELL);
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (!feature || !zhihui.isOpen(feature.properties) || alone(feature)) return;
      const at = zhihui.map.project(mark.getLatLng(), zoom);
      const key = Math.floor(at.x / edge) + ":" + Math.floor(at.y / edge);
      if (!found.has(key)) found.set(key, { ids: [], x: 0, y: 0, counts: [0, 0, 0, 0, 0] });
      const cell = found.get(key);
      cell.ids.push(id);
      cell.x += at.x;
      cell.y += at.y;
      cell.counts[feature.properties.severity] += 1;
    });
    return found;
  }

  function settle() {
    if (!zhihui.map) return;
    const found = crowded() ? cells() : new Map();
    for (const [key, cell] of found) if (cell.ids.length < 2) found.delete(key);
    const counted = new Set(Array.from(found.values()).flatMap((cell) => cell.ids));
    const near = zhihui.zoom() >= CLOSED_FROM;
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      veil(mark, counted.has(id) || !(near || (feature && zhihui.isOpen(feature.properties))));
    });
    for (const key of Array.from(clusters.keys())) if (!found.has(key)) drop(key);
    found.forEach((cell, key) => draw(key, cell));
  }

  function veil(mark, hidden) {
    if (mark.options.hidden === hidden) return;
    mark.options.hidden = hidden;
    mark.redraw();
  }

  function drop(key) {
    clusters.get(key).mark.remove();
    clusters.delete(key);
  }

  function draw(key, { ids, x, y, counts }) {
    const at = zhihui.map.unproject([x / ids.length, y / ids.length], zhihui.map.getZoom());
    const sprite = zhihui.clusterSprite(ids.length, counts.findIndex((n) => n > 0));
    const held = clusters.get(key);
    if (held) {
      held.ids = ids;
      held.counts = counts;
      if (held.mark.options.sprite !== sprite || !held.mark.getLatLng().equals(at)) held.mark.setSprite(sprite).setLatLng(at);
      return;
    }
    const mark = new zhihui.SpriteMark(at, { renderer: zhihui.renderers.incidents }).setSprite(sprite);
    clusters.set(key, { mark: mark.addTo(zhihui.map).bringToBack(), ids, counts });
  }

  const soon = zhihui.beat(settle);

  /** Boxes of what stands on the map for open incidents, within a view in layer points. */
  zhihui.pins = function (view) {
    const found = [];
    const add = (mark) => mark._pxBounds && view.overlaps(mark._pxBounds) && found.push(mark._pxBounds);
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (feature && !mark.options.hidden && zhihui.isOpen(feature.properties)) add(mark);
    });
    clusters.forEach(({ mark }) => add(mark));
    return found;
  };

  zhihui.clusters = clusters;
  zhihui.on("drawn", (patch) => {
    const { upsert, remove } = patch || { upsert: { incidents: [1] }, remove: {} };
    if (((upsert || {}).incidents || []).length || ((remove || {}).incidents || []).length) soon();
  });
  zhihui.on("map", (map) => map.on("zoomend moveend", soon));
  zhihui.on("ringed", soon);
  zhihui.on("resized", () => {
    Array.from(clusters.keys()).forEach(drop);
    soon();
  });
});
