/*
 * What a tab of /places lays over the map: faults, reach, a preview of a file, a measure as colours. Drawn on one
 * canvas between the ground and what moves; the names of its parts begin with the tab that they belong to. Wide
 * areas (a measure, reach, what is not covered) are painted on the ground's own sheet, beneath icons and names.
 */
(function (zhihui) {
  "use strict";
  const L = window.L;
  const PANE = "zh-overlay";
  const DEPTH = 300; // over the ground (210), under units and incidents (450, 460)
  const HATCH = 10; // pixels at 1080 lines between two lines of hatching
  const REACH = 8; // pixels beside a point or line that still count as on it
  const held = new Map(); // name → the FeatureCollection
  const drawn = new Map(); // name → L.GeoJSON
  const grounded = new Map(); // name → [{p: properties, rings}] of wide areas
  let tab = "";
  let canvas = null;

  const hatch = (colour) => ({ stroke: true, color: colour, weight: 1.6, fill: true, fillOpacity: 1, hatch: colour });
  const area = (opacity) => ({ color: "accent", weight: 1, opacity: 0.7, fill: true, fillColor: "accent", fillOpacity: opacity });
  const shaded = (p) => ({ color: "ground", weight: 0.6, fillColor: zhihui.shade(p.value), fillOpacity: 0.62 });
  const measured = (p) => (p.value === null || p.value === undefined ? { ...hatch("line"), weight: 0.6 } : shaded(p));

  /** How each mark is drawn; colours are names of tokens, sizes are pixels at 1080 lines. */
  const MARKS = {
    fault: () => ({ ...hatch("fault"), weight: 2.4 }),
    gap: () => ({ ...hatch("fault"), dashArray: "6 4" }),
    uncovered: () => hatch("secondary"),
    "reach-5": () => area(0.34),
    "reach-10": () => area(0.2),
    "reach-15": () => area(0.1),
    "closed-road": () => ({ color: "text", weight: 5, dashArray: "3 7", lineCap: "butt" }),
    preview: () => ({ color: "accent", weight: 1.8, fill: true, fillColor: "accent", fillOpacity: 0.16, radius: 5 }),
    suspect: () => ({ color: "fault", weight: 3, fill: true, fillColor: "ground", fillOpacity: 0.6, radius: 9 }),
    choropleth: measured,
    heat: (p) => ({ ...measured(p), weight: 0 }),
    chosen: () => ({ color: "text", weight: 3, fill: false }),
    try: () => ({ color: "accent", weight: 3, dashArray: "4 3", fill: true, fillColor: "ground", fillOpacity: 0.5, radius: 12 }),
  };

  const colour = (name) => (name && /^[a-z]/.test(name) && !name.startsWith("rgb") ? zhihui.token(name) : name);

  /** Mark → options of Leaflet, at this screen's size. */
  function styleOf(p) {
    const style = BENEATH.has(p.mark) ? { stroke: false, fill: false } : (MARKS[p.mark] || MARKS.preview)();
    const scaled = { weight: zhihui.px(style.weight || 1), radius: zhihui.px(style.radius || 5) };
    return { ...style, ...scaled, color: colour(style.color), fillColor: colour(style.fillColor), hatch: colour(style.hatch), label: p.label, renderer: canvas, interactive: false };
  }
  const BENEATH = new Set(["choropleth", "heat", "uncovered", "reach-5", "reach-10", "reach-15"]);

  /** A position in the world's square, 0..1 from its north-west corner. */
  function world([lon, lat]) {
    const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
    return [x / 256, y / 256];
  }
  const polygons = ({ type, coordinates }) => (type === "MultiPolygon" ? coordinates : type === "Polygon" ? [coordinates] : []);
  const ringsOf = (geometry) => polygons(geometry).flat().map((ring) => ring.map(world));

  function areaPath(ctx, to, rings) {
    ctx.beginPath();
    for (const ring of rings) {
      ring.forEach(([x, y], i) => (i ? ctx.lineTo(...to(x, y)) : ctx.moveTo(...to(x, y))));
      ctx.closePath();
    }
  }

  /** Wide areas, on the sheet of the ground. */
  function paint(ctx) {
    if (!grounded.size) return;
    const to = zhihui.toLayer();
    ctx.save();
    grounded.forEach((areas) => areas.forEach(({ p, rings }) => {
      const style = MARKS[p.mark](p);
      areaPath(ctx, to, rings);
      ctx.globalAlpha = style.fillOpacity;
      ctx.fillStyle = style.hatch ? zhihui.hatching(ctx, colour(style.hatch), HATCH) : colour(style.fillColor);
      ctx.fill("evenodd");
      if (!style.weight) return;
      ctx.globalAlpha = style.opacity || 1;
      ctx.strokeStyle = colour(style.color);
      ctx.lineWidth = zhihui.px(style.weight);
      ctx.stroke();
    }));
    ctx.restore();
  }

  const crosses = (ring) => ring.map((p, i) => {
    const q = ring[(i + 1) % ring.length];
    return { p, q, cross: p.x * q.y - q.x * p.y };
  });
  /** Twice the area of a ring of points, in square pixels. */
  const twice = (ring) => Math.abs(crosses(ring).reduce((sum, { cross }) => sum + cross, 0));
  /** The point on which a ring would balance. */
  function centroid(ring) {
    const sums = crosses(ring).reduce(([a, x, y], { p, q, cross }) => [a + cross, x + (p.x + q.x) * cross, y + (p.y + q.y) * cross], [0, 0, 0]);
    return { x: sums[1] / (3 * sums[0]), y: sums[2] / (3 * sums[0]) };
  }

  const Canvas = L && L.Canvas.extend({
    _fillStroke(ctx, layer) {
      const { hatch: lines, label } = layer.options;
      if (!lines) L.Canvas.prototype._fillStroke.call(this, ctx, layer);
      else {
        ctx.globalAlpha = 1;
        ctx.fillStyle = zhihui.hatching(ctx, lines, HATCH);
        ctx.fill("evenodd");
        L.Canvas.prototype._fillStroke.call(this, ctx, { options: { ...layer.options, fill: false } });
      }
      if (label) this._say(ctx, layer, String(label));
    },

    /** A label amid the largest part of its area, where that has the room. */
    _say(ctx, layer, label) {
      const ring = (layer._rings || []).reduce((best, one) => (twice(one) > twice(best) ? one : best), []);
      if (!ring.length) return;
      const room = L.bounds(ring).getSize();
      const text = zhihui.textSprite(label, zhihui.px(14), "text", 0);
      if (room.x < text.wide || room.y < text.high) return;
      const { x, y } = centroid(ring);
      ctx.globalAlpha = 1;
      ctx.drawImage(text, x - text.wide / 2, y - text.high / 2, text.wide, text.high);
    },
  });

  const ofTab = (name) => !zhihui.overlay.tabs.has(name.split(".")[0]) || name.split(".")[0] === tab;

  function draw(name) {
    if (drawn.has(name)) drawn.get(name).remove();
    drawn.delete(name);
    if (grounded.delete(name)) zhihui.quiet.paint();
    const given = held.get(name);
    if (!canvas || !given || !ofTab(name)) return;
    const layer = L.geoJSON(given, {
      renderer: canvas,
      style: (feature) => styleOf(feature.properties || {}),
      pointToLayer: (feature, at) => L.circleMarker(at, styleOf(feature.properties || {})),
    });
    drawn.set(name, layer.addTo(zhihui.map));
    const areas = given.features.filter((feature) => BENEATH.has((feature.properties || {}).mark));
    if (!areas.length) return;
    grounded.set(name, areas.map(({ properties, geometry }) => ({ p: properties, rings: ringsOf(geometry) })));
    zhihui.quiet.paint();
  }

  const all = () => held.forEach((_, name) => draw(name));

  let fitted = null;

  /** Names that are given are replaced, null takes away, others stay, as does what is held already; `fit` moves the view. */
  function set(given) {
    for (const [name, value] of Object.entries(given)) {
      if (name === "fit" || (held.get(name) || null) === value) continue;
      if (value) held.set(name, value);
      else held.delete(name);
      draw(name);
    }
    if (!given.fit || given.fit === fitted) return;
    fitted = given.fit;
    fit(fitted);
  }

  function fit([west, south, east, north]) {
    const then = (map) => map.fitBounds([[south, west], [north, east]], { padding: [40, 40], maxZoom: 17 });
    if (zhihui.map) then(zhihui.map);
    else zhihui.on("map", then);
  }

  /** The topmost feature at a layer point, points before lines before areas; small areas before large. */
  function at(point) {
    let best = null;
    drawn.forEach((collection) => collection.eachLayer((layer) => {
      const gap = distance(layer, point);
      if (gap === null || (best && gap >= best.gap)) return;
      best = { layer, gap };
    }));
    return best && best.layer.feature.properties;
  }

  function distance(layer, point) {
    if (layer instanceof L.CircleMarker) {
      const gap = layer._point ? layer._point.distanceTo(point) - layer.options.radius : Infinity;
      return gap <= REACH ? Math.max(0, gap) : null;
    }
    if (!layer._pxBounds || !layer._pxBounds.contains(point) || !layer._containsPoint(point)) return null;
    const size = layer._pxBounds.getSize();
    return REACH + 1 + (layer instanceof L.Polygon ? size.x * size.y : 0);
  }

  zhihui.overlay = {
    set,
    paint,
    tabs: new Set(),
    tab(name) {
      tab = name;
      zhihui.overlay.tabs.add(name);
      all();
      zhihui.info && zhihui.info.hide();
    },
    /** Features now drawn under a name, for those who look at the page from outside. */
    features: (name) => (drawn.has(name) ? held.get(name).features : []),
  };
  if (!L || zhihui.boot.page !== "places") return;

  zhihui.on("pressed", (press) => {
    if (press.found) return;
    const p = at(zhihui.map.containerPointToLayerPoint(press.point));
    if (!p || !p.title) return;
    press.taken = true; // no place or grid beneath it is told
    zhihui.info.show(p.title, p.detail || "", Object.entries(p.facts || {}));
  });
  zhihui.on("map", (map) => {
    const pane = map.createPane(PANE);
    pane.style.zIndex = DEPTH;
    pane.style.pointerEvents = "none";
    canvas = new Canvas({ pane: PANE, padding: 0.2 });
    all();
  });
  zhihui.on("resized", () => {
    if (canvas) canvas._patterns = null;
    all();
  });
})(window.zhihui);
