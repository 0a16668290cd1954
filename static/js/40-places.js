/*
 * Places over the ground: posts, stations, stores, shelters … as line icons on the quiet sheet, from tiles
 * that are three steps wider than those of the ground, so that a view needs few of them. Where a tile has
 * very many, the server sends counts for those that stand close together.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const WIDER = 3;
  const ICON = 20;
  const ROOM = 13; // pixels at 1080 lines between two icons; nearer ones are dots, none is left out
  const held = new Map(); // "tiles/z/x/y" → {stop, points: {tiles' features} or null}
  let drawn = []; // {layer, props, x, y, full} in layer points, as last painted
  let due = 0;

  const layers = () => zhihui.registry().layers.filter((layer) => layer.source === "points" && zhihui.isShown(layer) && zhihui.within(layer.zooms, zhihui.zoom()));

  function addresses() {
    const z = Math.max(0, Math.min(14, Math.round(zhihui.zoom()) - 1 - WIDER));
    const b = zhihui.map.getBounds().pad(0.1);
    const at = (lon, lat) => {
      const p = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), z).divideBy(256).floor();
      return L.point(Math.max(0, Math.min(2 ** z - 1, p.x)), Math.max(0, Math.min(2 ** z - 1, p.y)));
    };
    const first = at(b.getWest(), b.getNorth());
    const last = at(b.getEast(), b.getSouth());
    const found = [];
    for (let x = first.x; x <= last.x; x++) for (let y = first.y; y <= last.y; y++) found.push({ z, x, y });
    return found;
  }

  /** Ask for what is missing, give up what nobody wants; the old stays on the map until the new is there. */
  function update() {
    const wanted = new Map();
    const where = addresses();
    for (const name of new Set(layers().map((layer) => layer.tiles))) {
      for (const at of where) wanted.set([name, at.z, at.x, at.y].join("/"), { name, at });
    }
    wanted.forEach((one, key) => held.has(key) || ask(key, one));
    const missing = Array.from(wanted.keys()).some((key) => !held.get(key).points);
    held.forEach((tile, key) => {
      if (wanted.has(key) || (missing && tile.points)) return;
      tile.stop.abort();
      held.delete(key);
    });
    repaint();
  }

  async function ask(key, { name, at }) {
    const old = held.get(key); // its points stay on the map until the new are there
    if (old) old.stop.abort();
    const tile = { name, at, stop: new AbortController(), points: old ? old.points : null };
    held.set(key, tile);
    try {
      const layers = await zhihui.tiles.get(name, at.z, at.x, at.y, tile.stop.signal);
      tile.points = points(layers[name], at);
    } catch (error) {
      if (tile.stop.signal.aborted) return;
      throw error;
    }
    if (tile.stop.signal.aborted) return;
    later();
  }

  /** Rows of {props, x, y}; x and y of the world, 0..1. */
  function points(part, { z, x, y }) {
    const count = 2 ** z;
    return (part ? part.features : []).map(({ props, parts }) => ({
      props, x: (x + parts[0][0] / part.extent) / count, y: (y + parts[0][1] / part.extent) / count,
    }));
  }

  function later() {
    if (due) return;
    due = requestAnimationFrame(() => {
      due = 0;
      update();
      zhihui.emit("places", null);
    });
  }

  /** What stands in view, the important layers last; a place whose room is taken is a dot. */
  function arrange() {
    drawn = [];
    if (!zhihui.quiet) return;
    const view = zhihui.quiet._bounds;
    const to = zhihui.toLayer();
    const room = new zhihui.Boxes();
    const reach = zhihui.px(ROOM) / 2;
    const seen = new Set();
    for (const layer of layers().reverse()) {
      held.forEach((tile) => {
        if (tile.name !== layer.tiles || !tile.points) return;
        for (const { props, x, y } of tile.points) {
          if (!belongs(layer, props)) continue;
          const [px, py] = to(x, y);
          const key = props.code ? layer.name + props.code : layer.name + x + "/" + y;
          if (!view.contains([px, py]) || seen.has(key)) continue;
          seen.add(key);
          const box = [px - reach, py - reach, px + reach, py + reach];
          const full = !room.hits(box);
          if (full) room.add(box);
          drawn.push({ layer, props, x: px, y: py, full, at: { x, y } });
        }
      });
    }
    drawn.reverse();
  }

  const has = (props, [name, value]) => props[name] === value;
  const belongs = ({ only, unless }, props) => !(only && !has(props, only)) && !(unless && has(props, unless));
  const styleOf = (layer, props) => layer.styles[props[layer.by]] || layer.styles["*"];

  function draw(ctx) {
    for (const { layer, props, x, y, full } of drawn) {
      const sprite = props.count ? zhihui.countSprite(props.count)
        : full && !zhihui.names.over([x, y]) ? zhihui.placeSprite(styleOf(layer, props).icon) : zhihui.dotSprite();
      ctx.drawImage(sprite, Math.round(x - sprite.size / 2), Math.round(y - sprite.size / 2), sprite.size, sprite.size);
    }
  }

  function repaint() {
    arrange();
    if (zhihui.quiet) zhihui.quiet.paint();
  }

  /** The place nearest to a layer point, within reach: {layer, props, x, y}. */
  zhihui.placeAt = function (point, reach) {
    let best = null;
    for (const one of drawn) {
      const gap = Math.hypot(one.x - point.x, one.y - point.y);
      if (gap <= reach && (!best || gap < best.gap || (gap === best.gap && one.full))) best = { ...one, gap };
    }
    return best;
  };

  /** Where icons stand, for names to keep off. */
  zhihui.placeBoxes = function () {
    const half = zhihui.px(ICON) / 2;
    return drawn.filter((one) => one.full).map(({ x, y }) => [x - half, y - half, x + half, y + half]);
  };

  /** Two steps nearer, where a count becomes the places that it counts. */
  zhihui.spreadPlaces = function ({ at }) {
    const world = 256 * 2 ** zhihui.map.getZoom();
    zhihui.map.setView(zhihui.map.unproject([at.x * world, at.y * world]), zhihui.map.getZoom() + 2);
  };

  zhihui.places = { draw, update };
  zhihui.on("shown", () => zhihui.map && update());
  zhihui.on("imported", () => Array.from(held).forEach(([key, tile]) => ask(key, tile)));
  zhihui.on("resized", () => zhihui.map && update());
  zhihui.on("closed", () => {
    cancelAnimationFrame(due);
    held.forEach((tile) => tile.stop.abort());
  });
});
