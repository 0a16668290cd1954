/* A small drawing of what a wall says that it shows: its layout, and in its own bounds the open incidents. No picture. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "walls") return;
  const BAR = 0.06, FOOT = 0.04, LEFT = 0.21, RIGHT = 0.23; // of the wall, as pages/wall.py lays it out
  const MOST = 400;
  const LEVELS = ["", "level-1", "level-2", "level-3", "level-4"];
  const PANES = { 1: [[0, 0, 1, 1]], 2: [[0, 0, 0.5, 1], [0.5, 0, 0.5, 1]], 4: [[0, 0, 0.5, 0.5], [0.5, 0, 0.5, 0.5], [0, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5]] };

  const inset = ([x, y, w, h], by) => [x + by, y + by, w - 2 * by, h - 2 * by];

  function box(ctx, rect, colour) {
    ctx.fillStyle = zhihui.token(colour);
    ctx.fillRect(...inset(rect, 1));
  }

  /** ◆▲■● as on the map: shape carries what colour carries. */
  function mark(ctx, severity, x, y, r) {
    ctx.beginPath();
    if (severity === 1) [[0, -r], [r, 0], [0, r], [-r, 0]].forEach(([a, b]) => ctx.lineTo(x + a, y + b));
    else if (severity === 2) [[0, -r], [r, r * 0.8], [-r, r * 0.8]].forEach(([a, b]) => ctx.lineTo(x + a, y + b));
    else if (severity === 3) ctx.rect(x - r * 0.8, y - r * 0.8, r * 1.6, r * 1.6);
    else ctx.arc(x, y, r * 0.8, 0, 2 * Math.PI);
    ctx.fillStyle = zhihui.token(LEVELS[severity]);
    ctx.fill();
  }

  /** The map of a scene: what is open within the bounds that the wall tells. */
  function map(ctx, rect, bounds, scene) {
    box(ctx, rect, "map-land");
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    const [x, y, w, h] = inset(rect, 3);
    const { found } = zhihui.order.first(MOST, ({ geometry: { coordinates: [lon, lat] } }) => lon >= west && lon <= east && lat >= south && lat <= north);
    for (const { id, geometry: { coordinates: [lon, lat] }, properties } of found.reverse()) {
      const at = [x + ((lon - west) / (east - west)) * w, y + ((north - lat) / (north - south)) * h];
      mark(ctx, properties.severity, ...at, zhihui.px(id === scene.incident ? 6 : 3));
    }
  }

  function words(ctx, rect, text) {
    const [x, y, w, h] = rect;
    ctx.fillStyle = zhihui.token("text");
    ctx.font = `${zhihui.px(15)}px ${getComputedStyle(document.body).fontFamily}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(text, x + w / 2, y + h / 2, w - 8);
  }

  /** A board of figures or shares: rows of boxes. */
  function board(ctx, [x, y, w, h], across, down) {
    for (let i = 0; i < across * down; i++) box(ctx, inset([x + ((i % across) * w) / across, y + (Math.floor(i / across) * h) / down, w / across, h / down], 2), "raised");
  }

  function scene(ctx, rect, one, bounds, whole) {
    const [x, y, w, h] = rect;
    if (one.kind === "kpis") board(ctx, rect, 4, 3);
    else if (one.kind === "split") (PANES[(one.panes || []).length] || PANES[1]).forEach(([a, b, c, d], i) => pane(ctx, [x + a * w, y + b * h, c * w, d * h], one.panes ? one.panes[i] : { kind: "overview" }));
    else {
      map(ctx, whole ? [x + LEFT * w, y, (1 - LEFT - RIGHT) * w, h] : rect, bounds, one);
      if (!whole) return;
      board(ctx, [x, y, LEFT * w, h], 1, one.kind === "coverage" ? 6 : 3);
      board(ctx, [x + (1 - RIGHT) * w, y, RIGHT * w, h], 1, one.kind === "linkage" ? 4 : 7);
    }
  }

  function pane(ctx, rect, one) {
    box(ctx, rect, "map-land");
    words(ctx, rect, zhihui.text("scene." + one.kind));
  }

  /** Draw into a canvas; `told` is the scene that the wall shows, `display` its own word. */
  zhihui.sketch = function (canvas, told, display, blank) {
    const [across, down] = display && display.size ? display.size : [16, 9];
    const w = canvas.clientWidth;
    const h = Math.round((w * down) / across);
    const ratio = window.devicePixelRatio || 1;
    canvas.width = w * ratio;
    canvas.height = h * ratio;
    canvas.style.height = h + "px";
    const ctx = canvas.getContext("2d");
    ctx.scale(ratio, ratio);
    box(ctx, [-1, -1, w + 2, h + 2], "ground");
    if (blank) return void words(ctx, [0, 0, w, h], zhihui.text("walls.blanked"));
    box(ctx, [0, 0, w, BAR * h], "raised");
    box(ctx, [0, (1 - FOOT) * h, w, FOOT * h], "raised");
    scene(ctx, [0, BAR * h, w, (1 - BAR - FOOT) * h], told, display && display.bounds, true);
  };
})(window.zhihui);
