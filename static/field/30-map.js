/* A small map to put a finger on: tiles of the ground on one canvas, moved by dragging. Without a library. */
(function (zhihui) {
  "use strict";
  const EDGE = 512; // CSS pixels of a tile
  const TAP = 8; // pixels that a finger may move and still tap
  const [NEAREST, FARTHEST] = [17, 9];
  zhihui.isShown = (layer) => layer.tiles === "base";
  zhihui.measure = { classes: () => null, tiles: () => [], tier: () => 0 };
  const painted = new Map(); // "z/x/y" → Promise of a canvas

  const mercator = ([lon, lat]) => {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [(lon + 180) / 360, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  };
  const lonlat = ([x, y]) => [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];

  function tile(z, x, y) {
    const key = z + "/" + x + "/" + y;
    return zhihui.remembered(painted, key, 60, async () => {
      const answer = await fetch(zhihui.address("/layers/base/tiles/" + key + ".mvt"));
      const canvas = document.createElement("canvas");
      canvas.width = canvas.height = EDGE;
      if (!answer.ok) throw new Error("tile " + answer.status);
      const data = { base: zhihui.mvt(new Uint8Array(await answer.arrayBuffer())) };
      zhihui.registry();
      const how = { zoom: z + 1, sea: zhihui.token("map-sea"), scale: { tile: EDGE, px: 1 } };
      for (const piece of zhihui.paint(canvas.getContext("2d"), data, how)) void piece;
      return canvas;
    });
  }

  /** A cache in order of use; what fails is forgotten, to be asked again. */
  zhihui.remembered = function (cache, key, most, make) {
    const found = cache.get(key) || make();
    cache.delete(key);
    cache.set(key, found);
    found.catch(() => cache.delete(key));
    if (cache.size > most) cache.delete(cache.keys().next().value);
    return found;
  };

  /** A map in `frame`: centre [lon, lat]; `chosen(point)` hears each tap. */
  zhihui.smallMap = function (frame, centre, chosen) {
    const canvas = frame.appendChild(zhihui.make("canvas", "map-canvas"));
    canvas.setAttribute("aria-label", zhihui.text("field.place.tap"));
    let middle = mercator(centre);
    let zoom = 15; // of tiles
    let mark = null;
    let turn = 0;

    function draw() {
      const mine = ++turn;
      const { width, height } = canvas.getBoundingClientRect();
      if (!width) return;
      const ratio = Math.min(2, window.devicePixelRatio || 1);
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      const ctx = canvas.getContext("2d");
      ctx.scale(ratio, ratio);
      ctx.fillStyle = zhihui.token("map-land");
      ctx.fillRect(0, 0, width, height);
      const world = EDGE * 2 ** zoom;
      const [left, top] = [middle[0] * world - width / 2, middle[1] * world - height / 2];
      const all = [];
      for (let x = Math.floor(left / EDGE); x * EDGE < left + width; x++) {
        for (let y = Math.floor(top / EDGE); y * EDGE < top + height; y++) {
          all.push(tile(zoom, x, y).then((picture) => mine === turn && ctx.drawImage(picture, x * EDGE - left, y * EDGE - top), () => null));
        }
      }
      pin(ctx, world, left, top);
      Promise.all(all).then(() => mine === turn && pin(ctx, world, left, top));
    }

    function pin(ctx, world, left, top) {
      if (!mark) return;
      const [x, y] = mercator(mark).map((part) => part * world);
      ctx.beginPath();
      ctx.arc(x - left, y - top, 9, 0, 2 * Math.PI);
      ctx.fillStyle = zhihui.token("text");
      ctx.fill();
      ctx.lineWidth = 4;
      ctx.strokeStyle = zhihui.token("accent");
      ctx.stroke();
    }

    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.clientX, y: event.clientY, from: middle, moved: false };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return;
      const world = EDGE * 2 ** zoom;
      const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
      held.moved = held.moved || Math.hypot(dx, dy) > TAP;
      if (!held.moved) return;
      middle = [held.from[0] - dx / world, held.from[1] - dy / world];
      draw();
    });
    canvas.addEventListener("pointerup", (event) => {
      if (held && !held.moved) {
        const box = canvas.getBoundingClientRect();
        const world = EDGE * 2 ** zoom;
        const at = [middle[0] + (event.clientX - box.left - box.width / 2) / world, middle[1] + (event.clientY - box.top - box.height / 2) / world];
        show(lonlat(at));
        chosen(mark);
      }
      held = null;
    });
    canvas.addEventListener("pointercancel", () => (held = null));
    [["+", 1], ["−", -1]].forEach(([sign, step]) => {
      const button = frame.appendChild(zhihui.make("button", "map-zoom", sign));
      button.type = "button";
      button.addEventListener("click", () => {
        zoom = Math.max(FARTHEST, Math.min(NEAREST, zoom + step));
        draw();
      });
    });

    function show(point, centred) {
      mark = point;
      if (centred) middle = mercator(point);
      draw();
    }
    requestAnimationFrame(draw);
    return { show, draw };
  };
})(window.zhihui);
