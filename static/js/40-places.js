/*
 * The quiet ground: base map, roads, grids, posts, stores. Fetched by viewport, drawn once on canvas.
 * What is drawn at which zoom, in which colour, comes from the registry in layers/ (data-layers).
 */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const LIMIT = 20000;
  const RETRY = 10000;
  const held = new Map(); // key of a part → {bounds, shown: [Leaflet layers], spec, value, busy}
  let specs = [];
  let attempt = 0;

  /** The parts of a layer: one for each value that is asked for by itself (tiers), else one in all. */
  function parts() {
    const zoom = zhihui.zoom();
    const all = [];
    for (const spec of specs) {
      const values = spec.query ? Object.keys(spec.styles) : [null];
      for (const value of values) {
        const [low, high] = value === null ? spec.zooms : spec.styles[value].zooms;
        all.push({ key: spec.name + "/" + value, spec, value, wanted: zoom >= low && zoom <= high });
      }
    }
    return all;
  }

  function update() {
    for (const { key, spec, value, wanted } of parts()) {
      const part = held.get(key) || { shown: [], spec, value };
      held.set(key, part);
      if (!wanted) hide(part);
      else if (!part.bounds || !part.bounds.contains(zhihui.map.getBounds())) fetchPart(part);
      else if (part.features && part.band !== band(spec)) show(part, part.features);
    }
  }

  /** Styles of one fetched set differ by zoom too (lanes only when near): redraw when that changes. */
  const band = (spec) => Object.values(spec.styles).filter((s) => zhihui.zoom() >= s.zooms[0]).length;

  async function fetchPart(part) {
    if (part.busy) return;
    part.busy = true;
    const bounds = zhihui.map.getBounds().pad(0.5);
    const query = new URLSearchParams({ realm: zhihui.realm, bbox: bounds.toBBoxString(), limit: LIMIT });
    if (part.spec.query) query.set(part.spec.query, part.value);
    try {
      const answer = await fetch("/api/v1/layers/" + part.spec.name + "/items?" + query);
      if (!answer.ok) throw new Error(String(answer.status));
      part.bounds = bounds;
      show(part, (await answer.json()).features || []);
    } catch (error) {
      clearTimeout(attempt);
      attempt = setTimeout(update, RETRY);
    } finally {
      part.busy = false;
    }
    if (part.bounds && !part.bounds.contains(zhihui.map.getBounds())) update();
  }

  function hide(part) {
    part.shown.forEach((layer) => layer.remove());
    part.shown = [];
    part.bounds = null;
    part.features = null;
    named();
  }

  function show(part, features) {
    part.shown.forEach((layer) => layer.remove());
    part.features = features;
    part.band = band(part.spec);
    part.shown = part.spec.geometry === "point" ? points(part, features) : shapes(part, features);
    part.shown.forEach((layer) => layer.addTo(zhihui.map));
    order();
    named();
  }

  const styleOf = (spec, feature) => spec.styles[feature.properties[spec.by]] || spec.styles["*"];

  const flip = (ring) => ring.map(([lon, lat]) => [lat, lon]);
  const LINES = {
    LineString: (c) => [flip(c)],
    MultiLineString: (c) => c.map(flip),
    Polygon: (c) => c.map(flip),
    MultiPolygon: (c) => c.flat().map(flip),
  };
  const AREAS = { Polygon: (c) => [c.map(flip)], MultiPolygon: (c) => c.map((polygon) => polygon.map(flip)) };

  /** All shapes of one style become one path: ten strokes instead of ten thousand. */
  function shapes(part, features) {
    const zoom = zhihui.zoom();
    const groups = new Map();
    for (const feature of features) {
      const style = part.value === null ? styleOf(part.spec, feature) : part.spec.styles[part.value];
      if (!style || !feature.geometry || zoom < style.zooms[0] || zoom > style.zooms[1]) continue;
      const rings = (style.fill ? AREAS : LINES)[feature.geometry.type];
      if (!rings) continue;
      if (!groups.has(style)) groups.set(style, []);
      groups.get(style).push(...rings(feature.geometry.coordinates));
    }
    return Array.from(groups, ([style, rings]) => shape(style, rings)).sort((a, b) => a.options.rank - b.options.rank);
  }

  function shape(style, rings) {
    const options = {
      renderer: zhihui.renderers.ground, interactive: false, rank: style.rank,
      smoothFactor: 1.2, stroke: Boolean(style.stroke), weight: zhihui.px(style.width || 1),
      color: style.stroke ? zhihui.token(style.stroke) : undefined, opacity: 1,
      fill: Boolean(style.fill), fillColor: style.fill ? zhihui.token(style.fill) : undefined, fillOpacity: 1,
    };
    return style.fill ? L.polygon(rings, options) : L.polyline(rings, options);
  }

  function points(part, features) {
    const made = [];
    for (const feature of features) {
      const style = styleOf(part.spec, feature);
      if (!style || !style.icon || feature.geometry.type !== "Point") continue;
      const [lon, lat] = feature.geometry.coordinates;
      const mark = new zhihui.SpriteMark([lat, lon], { renderer: zhihui.renderers.places });
      mark.feature = feature;
      made.push(mark.setSprite(zhihui.placeSprite(style.icon)));
    }
    return made;
  }

  /** Parts arrive in any order; they lie in the registry's. */
  function order() {
    for (const { key, spec } of parts()) {
      const part = held.get(key);
      if (part && spec.geometry !== "point") part.shown.forEach((layer) => layer.bringToFront());
    }
  }

  function named() {
    const names = [];
    held.forEach((part) => {
      if (!part.features || !part.spec.names) return;
      const style = part.value === null ? null : part.spec.styles[part.value];
      part.features.forEach((feature) => names.push({ feature, style: style || styleOf(part.spec, feature) }));
    });
    zhihui.names.set(names);
  }

  /** Posts and stores near a point of the screen, for the tip under the pointer. */
  zhihui.placeAt = function (point, reach) {
    let best = null;
    held.forEach((part) => {
      if (part.spec.geometry !== "point") return;
      for (const mark of part.shown) {
        const gap = mark._point ? mark._point.distanceTo(point) : Infinity;
        if (gap <= reach && (!best || gap < best.gap)) best = { feature: mark.feature, gap, layer: part.spec.name };
      }
    });
    return best;
  };

  /** Marks of posts and stores, which names should not cover. */
  zhihui.placeMarks = () => Array.from(held.values()).filter((part) => part.spec.geometry === "point").flatMap((part) => part.shown);

  zhihui.on("map", (map) => {
    const frame = document.querySelector("[data-layers]");
    specs = frame ? JSON.parse(frame.dataset.layers) : [];
    map.on("moveend", update);
    if (zhihui.boot.basemap) L.tileLayer(zhihui.boot.basemap, { maxZoom: 19 }).addTo(map);
    update();
  });
  zhihui.on("resized", () => {
    held.forEach(hide);
    if (zhihui.map) update();
  });
})(window.zhihui);
