/* The ground: a Leaflet layer of canvas tiles, painted from vector tiles of 512 px at 1080 lines. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const EDGE = 512;
  let ground = null;
  const tiles = new Map(); // canvas → {coords, stop, data, job, painted, names}

  /** How many times an edge is doubled on this screen: a wall of 2160 lines shows tiles of 1024 px. */
  const doubled = () => Math.max(0, Math.round(Math.log2(Math.max(1, zhihui.px(1)))));
  const edge = () => EDGE * 2 ** doubled();

  const Ground = L.GridLayer.extend({
    options: { pane: "zh-ground", noWrap: true, keepBuffer: 1, updateWhenZooming: false, updateWhenIdle: false, maxZoom: 22 },

    createTile(coords, done) {
      const canvas = document.createElement("canvas");
      const tile = { canvas, coords, stop: new AbortController(), data: null, job: null, painted: 0, names: [], done };
      tiles.set(canvas, tile);
      fetchAll(tile);
      return canvas;
    },

    /** A pixel wider than its place, so that no seam shows at half zooms. */
    _initTile(canvas) {
      L.GridLayer.prototype._initTile.call(this, canvas);
      canvas.style.width = canvas.style.height = edge() + 1 + "px";
    },

    /** Pixels on the screen for one of the tile's own, at the zoom between two. */
    stretch() {
      return this._map.getZoomScale(this._map.getZoom(), this._tileZoom);
    },

    isCurrent(coords) {
      return coords.z === this._tileZoom;
    },
  });

  /** The address of a tile: {z, x, y} of the server's pyramid. */
  const address = ({ x, y, z }) => ({ x, y, z: z - 1 - doubled() });

  const wanted = () => {
    const names = new Set(zhihui.registry().layers.filter((layer) => layer.source === "ground").map((layer) => layer.tiles));
    return Array.from(names).filter((name) => name !== "base" || !zhihui.foreign());
  };

  async function fetchAll(tile) {
    const { x, y, z } = address(tile.coords);
    const names = wanted();
    try {
      const parts = await Promise.all(names.map((name) => zhihui.tiles.get(name, z, x, y, tile.stop.signal)));
      tile.data = Object.fromEntries(names.map((name, i) => [name, parts[i]]));
    } catch (error) {
      if (tile.stop.signal.aborted) return; // nobody wants it any more
      throw error;
    }
    tile.names = zhihui.labels.of(tile.data.base || {}, { x, y, z });
    zhihui.emit("ground", null);
    paint(tile);
  }

  /** Painted beside and then copied, so that what is seen stays until the new is whole. */
  function paint(tile) {
    if (tile.job) zhihui.work.drop(tile.job);
    const stretch = ground.stretch();
    const px = zhihui.ratio();
    const beside = document.createElement("canvas");
    beside.width = beside.height = Math.round((edge() + 1) * stretch * px);
    const ctx = beside.getContext("2d", { alpha: Boolean(zhihui.foreign()) });
    const how = {
      zoom: zhihui.zoom(), sea: zhihui.foreign() ? null : zhihui.token("map-sea"),
      scale: { tile: edge() * stretch * px, px: zhihui.px(1) * px },
    };
    const then = () => {
      tile.job = null;
      tile.painted = stretch;
      show(tile, beside);
    };
    tile.job = zhihui.work.add({ run: zhihui.paint(ctx, tile.data, how), near: () => far(tile.coords), then });
  }

  function show(tile, beside) {
    const { canvas, done } = tile;
    canvas.width = canvas.height = beside.width;
    canvas.getContext("2d", { alpha: Boolean(zhihui.foreign()) }).drawImage(beside, 0, 0);
    beside.width = beside.height = 0; // gives its memory back now
    if (!done) return;
    tile.done = null;
    done(null, canvas);
  }

  function far({ x, y }) {
    const middle = zhihui.map.project(zhihui.map.getCenter(), ground._tileZoom).divideBy(edge());
    return Math.hypot(x + 0.5 - middle.x, y + 0.5 - middle.y);
  }

  function repaint(all) {
    if (!ground || !ground._map) return;
    const stretch = ground.stretch();
    tiles.forEach((tile) => {
      if (tile.data && ground.isCurrent(tile.coords) && (all || tile.painted !== stretch)) paint(tile);
    });
  }

  function lay(map) {
    if (ground) ground.remove();
    ground = new Ground({ tileSize: edge() });
    ground.on("tileunload", ({ tile: canvas }) => {
      const tile = tiles.get(canvas);
      if (!tile) return;
      tile.stop.abort();
      if (tile.job) zhihui.work.drop(tile.job);
      tiles.delete(canvas);
      canvas.width = canvas.height = 0;
    });
    ground.addTo(map);
  }

  zhihui.ground = {
    /** Labels of the tiles in view, and whether all of those are there. */
    names() {
      const found = [];
      let whole = true;
      tiles.forEach((tile) => {
        if (!ground.isCurrent(tile.coords)) return;
        if (tile.data) found.push(...tile.names);
        else whole = false;
      });
      return { found, whole: whole && tiles.size > 0 };
    },
    /** Tiles that are not painted yet. */
    due: () => Array.from(tiles.values()).filter((tile) => !tile.painted || tile.job).length,
  };

  zhihui.on("map", (map) => {
    map._fadeAnimated = false; // what stands is replaced at once: no flash, no veil
    lay(map);
    map.on("zoomend", () => repaint(false));
  });
  zhihui.on("shown", () => repaint(true));
  zhihui.on("resized", () => zhihui.map && lay(zhihui.map));
})(window.zhihui);
