/*
 * The marks: incident levels by shape, units by hexagon and letter, places by line icons.
 * Each distinct mark is drawn once into a small canvas of its own and then copied (sprites); the number
 * of distinct marks is bounded by levels × classes and kinds × states.
 */
(function (zhihui) {
  "use strict";
  const SPRITES_MAX = 800;
  const sprites = new Map();

  function sprite(key, size, draw) {
    const ratio = Math.max(1, window.devicePixelRatio || 1);
    const full = key + "|" + size + "|" + ratio;
    let made = sprites.get(full);
    if (made) return made;
    if (sprites.size >= SPRITES_MAX) sprites.clear();
    made = document.createElement("canvas");
    made.width = made.height = Math.ceil(size * ratio);
    made.size = size;
    const ctx = made.getContext("2d");
    ctx.scale(made.width / size, made.height / size);
    ctx.translate(size / 2, size / 2);
    draw(ctx, size);
    sprites.set(full, made);
    return made;
  }

  /* --- shapes: each leaves a closed path of "radius" r around the origin --- */
  function polygon(ctx, points) {
    ctx.beginPath();
    points.forEach(([x, y], i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
    ctx.closePath();
  }
  const SHAPES = {
    1: (ctx, r) => polygon(ctx, [[0, -r * 1.2], [r * 1.2, 0], [0, r * 1.2], [-r * 1.2, 0]]),
    2: (ctx, r) => polygon(ctx, [[0, -r * 1.15], [r * 1.18, r * 0.85], [-r * 1.18, r * 0.85]]),
    3: (ctx, r) => polygon(ctx, [[-r * 0.9, -r * 0.9], [r * 0.9, -r * 0.9], [r * 0.9, r * 0.9], [-r * 0.9, r * 0.9]]),
    4: (ctx, r) => { ctx.beginPath(); ctx.arc(0, 0, r, 0, 2 * Math.PI); },
  };
  function hexagon(ctx, r) {
    const points = [];
    for (let i = 0; i < 6; i++) points.push([r * Math.cos((i * Math.PI) / 3), r * Math.sin((i * Math.PI) / 3)]);
    polygon(ctx, points);
  }

  function letter(ctx, text, size, colour, dy) {
    ctx.fillStyle = colour;
    ctx.font = "600 " + size + "px " + zhihui.token("font");
    ctx.textAlign = "center";
    ctx.textBaseline = "alphabetic";
    ctx.fillText(text, 0, (dy || 0) + size * 0.36);
  }

  /** Half the width of an incident's mark, in pixels: the graver the larger. */
  zhihui.incidentRadius = (severity, open) => zhihui.px(open ? [0, 17, 13.5, 11, 9.5][severity] || 9.5 : 5);

  /** severity 1–4, glyph of the class, whether the incident is still open; `radius` where not on the map. */
  zhihui.incidentSprite = function (severity, glyph, open, radius) {
    const r = radius || zhihui.incidentRadius(severity, open);
    return sprite("i" + severity + glyph + open, r * 2.8, (ctx) => {
      SHAPES[severity](ctx, r);
      if (!open) {
        ctx.strokeStyle = zhihui.token("closed");
        ctx.globalAlpha = 0.55;
        ctx.lineWidth = zhihui.px(1.5);
        ctx.stroke();
        return;
      }
      ctx.lineJoin = "round";
      ctx.lineWidth = zhihui.px(4);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.stroke();
      ctx.fillStyle = zhihui.token("level-" + severity);
      ctx.fill();
      if (severity === 1) {
        ctx.lineWidth = zhihui.px(1.5);
        ctx.strokeStyle = zhihui.token("text");
        ctx.stroke();
      }
      letter(ctx, glyph, r * 1.02, zhihui.token("ground"), severity === 2 ? r * 0.2 : 0);
    });
  };

  const GOING = new Set(["dispatched", "acknowledged"]);
  /** kind of unit, its status, and whether there is room for the letter (else a small plain hexagon). */
  zhihui.unitSprite = function (kind, status, roomy) {
    const r = zhihui.px(roomy ? 9.5 : 4.5);
    return sprite("u" + kind + status + roomy, r * 4, (ctx) => {
      const colour = zhihui.token("unit");
      ctx.globalAlpha = status === "off_duty" ? 0.35 : 1;
      hexagon(ctx, r);
      ctx.fillStyle = zhihui.token("ground");
      ctx.fill();
      if (status === "enroute" || status === "on_scene") {
        ctx.fillStyle = colour;
        ctx.fill();
      } else if (GOING.has(status)) {
        ctx.save();
        ctx.clip();
        ctx.fillStyle = zhihui.token("accent");
        ctx.fillRect(-r, 0, 2 * r, r);
        ctx.restore();
      } else if (status === "reserved") {
        ctx.save();
        ctx.clip();
        ctx.fillStyle = colour;
        ctx.fillRect(-r, -r, r, 2 * r); // upright where "sent" lies flat: told apart without colour
        ctx.restore();
      }
      hexagon(ctx, r);
      ctx.strokeStyle = colour;
      ctx.lineWidth = zhihui.px(1.4);
      ctx.stroke();
      if (status === "in_drill") {
        ctx.beginPath(); // struck through: there, and not to be sent
        ctx.moveTo(-r * 0.9, r * 0.9);
        ctx.lineTo(r * 0.9, -r * 0.9);
        ctx.stroke();
      }
      if (status === "on_scene") {
        ctx.beginPath();
        ctx.arc(0, 0, r * 1.5, 0, 2 * Math.PI);
        ctx.stroke();
      }
      const solid = status === "enroute" || status === "on_scene";
      if (roomy) letter(ctx, zhihui.text("unit.glyph." + kind), r * 1.15, zhihui.token(solid ? "ground" : "text"), 0);
    });
  };

  /** A count of pins, with the shape of the gravest among them. */
  zhihui.clusterSprite = function (count, gravest) {
    const r = zhihui.px(count < 10 ? 14 : count < 100 ? 16 : 19);
    return sprite("c" + count + "/" + gravest, r * 3.2, (ctx) => {
      ctx.beginPath();
      ctx.arc(0, 0, r, 0, 2 * Math.PI);
      ctx.fillStyle = zhihui.token("raised");
      ctx.fill();
      ctx.lineWidth = zhihui.px(1.6);
      ctx.strokeStyle = zhihui.token("secondary");
      ctx.stroke();
      letter(ctx, String(count), zhihui.px(14.5), zhihui.token("text"), 0);
      ctx.translate(r * 0.85, -r * 0.85);
      SHAPES[gravest](ctx, zhihui.px(5.5));
      ctx.lineWidth = zhihui.px(3);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.stroke();
      ctx.fillStyle = zhihui.token("level-" + gravest);
      ctx.fill();
    });
  };

  /** A count of places that stand close together. */
  zhihui.countSprite = function (count) {
    const words = count < 1000 ? String(count) : (count / 1000).toFixed(count < 9950 ? 1 : 0) + "k";
    const r = zhihui.px(words.length < 3 ? 12 : 14);
    return sprite("n" + words, 2 * r + zhihui.px(3), (ctx) => {
      ctx.beginPath();
      ctx.arc(0, 0, r, 0, 2 * Math.PI);
      ctx.fillStyle = zhihui.token("raised");
      ctx.fill();
      ctx.lineWidth = zhihui.px(1.2);
      ctx.strokeStyle = zhihui.token("place");
      ctx.stroke();
      letter(ctx, words, zhihui.px(14), zhihui.token("text"), 0);
    });
  };

  /** A place whose room on the map is taken. */
  zhihui.dotSprite = () => sprite("dot", zhihui.px(8), (ctx) => {
    ctx.beginPath();
    ctx.arc(0, 0, zhihui.px(1.8), 0, 2 * Math.PI);
    ctx.fillStyle = zhihui.token("place");
    ctx.fill();
  });

  const hatchings = new Map();
  /** Hatching as a fill: lines of a colour, `apart` pixels at 1080 lines from each other. */
  zhihui.hatching = function (ctx, colour, apart) {
    const edge = Math.round(zhihui.px(apart));
    const key = colour + "|" + edge;
    if (hatchings.has(key)) return hatchings.get(key);
    const piece = document.createElement("canvas");
    piece.width = piece.height = edge;
    const brush = piece.getContext("2d");
    brush.strokeStyle = colour;
    brush.lineWidth = zhihui.px(1.3);
    for (const shift of [-edge, 0, edge]) {
      brush.moveTo(shift, edge);
      brush.lineTo(shift + edge, 0);
    }
    brush.stroke();
    const pattern = ctx.createPattern(piece, "repeat");
    hatchings.set(key, pattern);
    return pattern;
  };

  /* Line icons of places, on a 20 px square, one weight; larger in a colour of their own. */
  const ICONS = {
    post: "M0-7 L6-4.5 V1 C6 4.5 3 6.5 0 8 C-3 6.5-6 4.5-6 1 V-4.5 Z",
    station: "M0-7 L6-4.5 V1 C6 4.5 3 6.5 0 8 C-3 6.5-6 4.5-6 1 V-4.5 Z M-3 0 H3 M0-3 V3",
    store: "M-7-1 L0-7 L7-1 M-5.5-2 V7 H5.5 V-2 M-2.5 7 V2 H2.5 V7",
    shelter: "M-8 6.5 L0-5 L8 6.5 Z M-2.5 6.5 L0 2 L2.5 6.5 M0-5 V-8.5 L4-7",
    hazard: "M0-6.5 V2 M0 5.5 V6.5 M-4.5-6.5 C-8.5-3-8.5 3-4.5 6.5 M4.5-6.5 C8.5-3 8.5 3 4.5 6.5",
    camera: "M-8-4 H3 V4 H-8 Z M3-1.2 L8-4 V4 L3 1.2",
    broadcast: "M-7.5-2.2 V2.2 H-4 L2.5 6.5 V-6.5 L-4-2.2 Z M5.5-4 C8-1.5 8 1.5 5.5 4",
    keyplace: "M-5 8 V-7.5 H6.5 L3.5-3.5 L6.5 0.5 H-5",
    hospital: "M-2.4-7 H2.4 V-2.4 H7 V2.4 H2.4 V7 H-2.4 V2.4 H-7 V-2.4 H-2.4 Z",
    school: "M-8.5-2 L0-6 L8.5-2 L0 2 Z M-4.8 0.4 V4.6 C-2 6.8 2 6.8 4.8 4.6 V0.4",
    sensor: "M-7 5 A8 8 0 1 1 7 5 M0 3 L4-2.5",
  };
  zhihui.placeSprite = function (icon, colour) {
    return sprite("p" + icon + (colour || ""), zhihui.px(colour ? 26 : 20), (ctx, size) => {
      ctx.scale(size / 24, size / 24);
      const path = new Path2D(ICONS[icon] || ICONS.post);
      ctx.fillStyle = zhihui.token("ground");
      ctx.globalAlpha = 0.6;
      ctx.fill(path);
      ctx.globalAlpha = 1;
      ctx.strokeStyle = zhihui.token(colour || "place");
      ctx.lineWidth = 1.5;
      ctx.lineJoin = "round";
      ctx.stroke(path);
    });
  };

  /** A copy of an incident's mark as an element, for lists and cards. */
  zhihui.markElement = function (severity, glyph, open) {
    return zhihui.spriteElement(zhihui.incidentSprite(severity, glyph, open, zhihui.px(severity === 1 ? 15 : 13)));
  };
  zhihui.spriteElement = function (source) {
    const copy = document.createElement("canvas");
    copy.className = "mark";
    copy.width = source.width;
    copy.height = source.height;
    copy.getContext("2d").drawImage(source, 0, 0);
    copy.setAttribute("aria-hidden", "true");
    return copy;
  };

  zhihui.on("resized", () => [sprites, hatchings].forEach((kept) => kept.clear()));
})(window.zhihui);
