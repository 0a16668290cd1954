/*
 * How the ground is painted, from the registry in layers/ (data-layers). Painting is a generator: it stops
 * after each piece, so that a frame is never held up; zhihui.work runs what is waiting, a little each frame.
 */
(function (zhihui) {
  "use strict";
  const PIECE = 4000; // points of a path before it is drawn and the turn given back
  const CASED_FROM = 3.4; // pixels at 1080 lines: narrower lines have no edge
  const MEASURES_UNDER = "districts"; // above the land, below all lines
  const EDGES_FROM = [0, 0, 12, 14]; // zoom by tier: nearer, neighbours of one colour are told apart
  const NONE = { layers: [], names: {} };
  let registry = null;

  zhihui.registry = function () {
    const frame = registry ? null : document.querySelector("[data-layers]");
    if (frame) registry = JSON.parse(frame.dataset.layers);
    return registry || NONE;
  };

  /** The value at a zoom of a list of [zoom, value] that rises. */
  zhihui.stop = function (stops, zoom) {
    if (zoom <= stops[0][0]) return stops[0][1];
    for (let i = 1; i < stops.length; i++) {
      const [at, value] = stops[i];
      const [before, from] = stops[i - 1];
      if (zoom <= at) return from + ((value - from) * (zoom - before)) / (at - before);
    }
    return stops[stops.length - 1][1];
  };

  zhihui.within = ([low, high], zoom) => zoom >= low - 0.25 && zoom <= high + 0.25;

  /** Device pixels a CSS pixel: a wall of 3840 and more has enough of them. */
  zhihui.ratio = () => (window.innerWidth >= 3840 ? 1 : Math.min(2, window.devicePixelRatio || 1));

  /** Features of a layer by style, lowest rank first. */
  function groups(layer, part, zoom) {
    const found = new Map();
    for (const feature of part.features) {
      const style = layer.styles[feature.props[layer.by]] || layer.styles["*"];
      if (!style || !zhihui.within(style.zooms, zoom)) continue;
      if (!found.has(style)) found.set(style, []);
      found.get(style).push(feature);
    }
    return Array.from(found).sort(([a], [b]) => a.rank - b.rank);
  }

  function trace(path, run, k) {
    path.moveTo(run[0] * k, run[1] * k);
    for (let i = 2; i < run.length; i += 2) path.lineTo(run[i] * k, run[i + 1] * k);
  }

  /** Paths of at most PIECE points (and one feature more). */
  function* paths(features, k) {
    let path = new Path2D();
    let points = 0;
    for (const { parts } of features) {
      for (const run of parts) {
        trace(path, run, k);
        points += run.length / 2;
      }
      if (points < PIECE) continue;
      yield path;
      path = new Path2D();
      points = 0;
    }
    if (points) yield path;
  }

  function* stroke(ctx, features, k, colour, width, dash) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.setLineDash(dash);
    ctx.lineJoin = width > 2 ? "round" : "bevel";
    ctx.lineCap = dash.length || width <= 2 ? "butt" : "round";
    for (const path of paths(features, k)) {
      ctx.stroke(path);
      yield;
    }
  }

  function* fill(ctx, features, k, colour) {
    ctx.fillStyle = colour;
    for (const path of paths(features, k)) {
      ctx.fill(path);
      yield;
    }
  }

  function* layerOf(ctx, layer, part, { zoom, scale }) {
    const k = scale.tile / part.extent;
    const found = groups(layer, part, zoom);
    const wide = (style) => zhihui.stop(style.width, zoom) * scale.px;
    const cased = found.filter(([style]) => style.casing && zhihui.stop(style.width, zoom) >= CASED_FROM);
    for (const [style, features] of cased) yield* stroke(ctx, features, k, zhihui.token(style.casing), wide(style) + 2.4 * scale.px, []);
    for (const [style, features] of found) {
      if (style.fill) yield* fill(ctx, features, k, zhihui.token(style.fill));
      if (style.stroke) yield* stroke(ctx, features, k, zhihui.token(style.stroke), wide(style), style.dash.map((n) => n * scale.px));
    }
  }

  /** Areas in the colours of a measure; those of which nothing is known stay as they are. */
  function* measured(ctx, data, { zoom, scale, measure }) {
    const classes = measure.classes();
    const part = classes && (data[measure.tiles()[0]] || {}).area;
    if (!part) return;
    const found = new Map();
    for (const feature of part.features) {
      const at = classes.of(feature.props.code);
      if (at === null) continue;
      if (!found.has(at)) found.set(at, []);
      found.get(at).push(feature);
    }
    const k = scale.tile / part.extent;
    for (const [at, features] of found) {
      const colour = zhihui.classColour(at, classes.classes);
      yield* fill(ctx, features, k, colour);
      yield* stroke(ctx, features, k, colour, scale.px, []); // no seams between neighbours
    }
    if (zoom >= EDGES_FROM[measure.tier()]) yield* stroke(ctx, part.features, k, zhihui.token("ground"), scale.px, []);
  }

  /**
   * Paint one tile. `data` is {tiles' name: decoded}; scale {tile: pixels of a tile's edge, px: pixels of one
   * at 1080 lines}; `sea` the colour beneath everything, null where another map lies below; `measure` that of
   * the map (4d-measures.js).
   */
  zhihui.paint = function* (ctx, data, how) {
    if (how.sea) {
      ctx.fillStyle = how.sea;
      ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    }
    for (const layer of registry.layers) {
      if (layer.name === MEASURES_UNDER) yield* measured(ctx, data, how);
      if (layer.source !== "ground" || !zhihui.isShown(layer) || !zhihui.within(layer.zooms, how.zoom)) continue;
      const part = (data[layer.tiles] || {})[layer.part];
      if (part) yield* layerOf(ctx, layer, part, how);
    }
  };

  /* --- the work that is waiting: {run: generator, near(): how far from the middle, then()} --- */
  const BUDGET = 16; // ms a frame
  const waiting = new Set();
  let frame = 0;

  function turn() {
    frame = 0;
    const end = performance.now() + BUDGET;
    while (waiting.size && performance.now() < end) step(nearest(), end);
    if (waiting.size && !frame) frame = requestAnimationFrame(turn); // what was done may have added work
  }

  function nearest() {
    let best = null;
    for (const job of waiting) {
      const far = job.near();
      if (!best || far < best.far) best = { job, far };
    }
    return best.job;
  }

  function step(job, end) {
    do {
      if (job.run.next().done) {
        waiting.delete(job);
        return job.then();
      }
    } while (performance.now() < end);
    return undefined;
  }

  zhihui.work = {
    add(job) {
      waiting.add(job);
      if (!frame) frame = requestAnimationFrame(turn);
      return job;
    },
    drop: (job) => waiting.delete(job),
  };
})(window.zhihui);
