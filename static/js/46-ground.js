/*
 * The ground: tiles of 512 px at 1080 lines, each painted once on a canvas of its own out of the page, and
 * then copied into the one quiet sheet. One opaque canvas in whole pixels costs the compositor a copy a frame
 * while units move over it; twenty canvases in the page, or one that is stretched, cost ten times as much.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const EDGE = 512;
  const tiles = new Map(); // "z/x/y" → {z, x, y, stop, data, names, canvas, stretch, job}

  /** How many times an edge is doubled on this screen: a wall of 2160 lines shows tiles of 1024 px. */
  const doubled = () => Math.max(0, Math.round(Math.log2(Math.max(1, zhihui.px(1)))));

  /** Depth of the tiles for the map's zoom, and pixels of the screen along the edge of one. */
  function frame() {
    const zoom = zhihui.map.getZoom();
    const z = Math.max(0, Math.round(zoom) - 1 - doubled());
    return { z, edge: 256 * 2 ** (zoom - z) };
  }

  /** Keys of the tiles that the sheet shows now, nearest to its middle first. */
  function needed() {
    const { z, edge } = frame();
    const box = zhihui.quiet._bounds;
    const origin = zhihui.map.getPixelOrigin();
    const first = box.min.add(origin).divideBy(edge).floor();
    const last = box.max.add(origin).divideBy(edge).floor();
    const middle = box.getCenter().add(origin).divideBy(edge);
    const found = [];
    for (let x = Math.max(0, first.x); x <= Math.min(2 ** z - 1, last.x); x++) {
      for (let y = Math.max(0, first.y); y <= Math.min(2 ** z - 1, last.y); y++) {
        found.push({ z, x, y, far: Math.hypot(x + 0.5 - middle.x, y + 0.5 - middle.y) });
      }
    }
    return found.sort((a, b) => a.far - b.far);
  }

  const keyOf = ({ z, x, y }) => z + "/" + x + "/" + y;

  function update() {
    if (!zhihui.map || !zhihui.quiet) return;
    const wanted = new Map(needed().map((at) => [keyOf(at), at]));
    wanted.forEach((at, key) => {
      if (!tiles.has(key)) ask(key, at);
      else tiles.get(key).far = at.far;
    });
    const { edge } = frame();
    tiles.forEach((tile, key) => wanted.has(key) && tile.data && tile.edge !== edge && paint(tile));
    retire(wanted);
  }

  /** Let go what nobody sees. What was painted for another zoom stays until the new is whole. */
  function retire(wanted) {
    const whole = Array.from(wanted.keys()).every((key) => tiles.get(key).canvas);
    tiles.forEach((tile, key) => {
      if (wanted.has(key) || (tile.canvas && !whole)) return;
      tile.stop.abort();
      if (tile.job) zhihui.work.drop(tile.job);
      if (tile.canvas) tile.canvas.width = tile.canvas.height = 0; // gives its memory back now
      tiles.delete(key);
    });
  }

  /** Which of the server's tiles the ground is painted from. */
  function sources() {
    const names = new Set(zhihui.registry().layers.filter((layer) => layer.source === "ground").map((layer) => layer.tiles));
    return [...Array.from(names).filter((name) => name !== "base" || !zhihui.foreign()), ...zhihui.measure.tiles()];
  }

  function ask(key, at) {
    const tile = { ...at, stop: null, data: null, names: [], canvas: null, edge: 0, job: null };
    tiles.set(key, tile);
    return fetched(tile);
  }

  /** Also for a tile that is painted already: what is seen stays until the new has come. */
  async function fetched(tile) {
    if (tile.stop) tile.stop.abort();
    const { signal } = (tile.stop = new AbortController());
    const names = sources();
    try {
      const parts = await Promise.all(names.map((name) => zhihui.tiles.get(name, tile.z, tile.x, tile.y, signal)));
      tile.data = Object.fromEntries(names.map((name, i) => [name, parts[i]]));
    } catch (error) {
      if (signal.aborted) return; // nobody wants it any more
      throw error;
    }
    if (signal.aborted) return;
    tile.names = zhihui.labels.of(tile.data.base || {}, tile);
    zhihui.emit("ground", null);
    paint(tile);
  }

  /** Painted beside; what is seen stays until the new is whole. A pixel wider than its place: no seams. */
  function paint(tile) {
    if (tile.job) zhihui.work.drop(tile.job);
    const { edge } = frame();
    const ratio = zhihui.ratio();
    const beside = document.createElement("canvas");
    beside.width = beside.height = Math.ceil(edge * ratio) + 1;
    const ctx = beside.getContext("2d", { alpha: Boolean(zhihui.foreign()) });
    const sea = zhihui.foreign() ? null : zhihui.token("map-sea");
    const how = { zoom: zhihui.zoom(), sea, measure: zhihui.measure, scale: { tile: edge * ratio, px: zhihui.px(1) * ratio } };
    const then = () => {
      const old = tile.canvas;
      Object.assign(tile, { job: null, edge, canvas: beside });
      if (old) old.width = old.height = 0;
      zhihui.quiet.paint(place(tile));
      update();
    };
    tile.job = zhihui.work.add({ run: zhihui.paint(ctx, tile.data, how), near: () => tile.far, then });
  }

  /** Where a tile lies, as bounds in layer points. */
  function place({ z, x, y }) {
    const edge = 256 * 2 ** (zhihui.map.getZoom() - z);
    const corner = L.point(x * edge, y * edge).subtract(zhihui.map.getPixelOrigin());
    return L.bounds(corner, corner.add([edge, edge]));
  }

  /** Copy what is there: tiles of other zooms first, stretched, and over them those of this one in whole pixels. */
  function draw(ctx) {
    const { z } = frame();
    const ratio = zhihui.ratio();
    const inOrder = Array.from(tiles.values()).filter((tile) => tile.canvas).sort((a, b) => (a.z === z) - (b.z === z) || a.z - b.z);
    for (const tile of inOrder) {
      const { min, max } = place(tile);
      const fits = Math.abs(tile.edge - (max.x - min.x)) < 0.01;
      if (fits) ctx.drawImage(tile.canvas, Math.round(min.x * ratio) / ratio, Math.round(min.y * ratio) / ratio, tile.canvas.width / ratio, tile.canvas.height / ratio);
      else ctx.drawImage(tile.canvas, min.x, min.y, max.x - min.x + 1, max.y - min.y + 1);
    }
  }

  zhihui.ground = {
    draw,
    /** Labels of the tiles in view, and whether all of those are there. */
    names() {
      const { z } = frame();
      const current = Array.from(tiles.values()).filter((tile) => tile.z === z);
      return { found: current.flatMap((tile) => tile.names), whole: current.length > 0 && current.every((tile) => tile.data) };
    },
    /** How many tiles are still to come or to be painted. */
    due: () => Array.from(tiles.values()).filter((tile) => !tile.canvas || tile.job).length,
  };

  function again() {
    tiles.forEach((tile) => tile.data && paint(tile));
  }

  zhihui.on("map", (map) => {
    zhihui.quiet = new zhihui.Sheet({
      pane: "zh-ground",
      opaque: !zhihui.foreign(),
      paint(ctx, bounds) {
        if (!zhihui.foreign()) {
          ctx.fillStyle = zhihui.token("map-sea");
          ctx.fillRect(bounds.min.x, bounds.min.y, bounds.max.x - bounds.min.x, bounds.max.y - bounds.min.y);
        }
        draw(ctx);
        zhihui.heat.draw(ctx);
        zhihui.overlay.paint(ctx);
        zhihui.zones.paint(ctx);
        zhihui.places.draw(ctx);
        zhihui.zones.paintInside(ctx);
        zhihui.names.draw(ctx);
      },
    }).addTo(map);
    const moved = () => {
      update();
      zhihui.places.update();
    };
    zhihui.quiet.on("update", moved); // after each move, and when a hand drags far
    moved();
  });
  zhihui.on("shown", again);
  zhihui.on("measured", (change) => (change.tiles ? tiles.forEach(fetched) : again()));
  zhihui.on("imported", () => tiles.forEach(fetched));
  zhihui.on("resized", () => zhihui.map && update());
  zhihui.on("closed", () => tiles.forEach((tile) => {
    tile.stop.abort();
    if (tile.job) zhihui.work.drop(tile.job);
    if (tile.canvas) tile.canvas.width = tile.canvas.height = 0;
  }));
});
