/* The Leaflet map that Dash makes: caught at its birth, given panes, canvases and the city's bounds. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  zhihui.map = null;
  if (!L) return;

  // Few canvases: at 3840×2160 each costs some 50 MB, and a share of every frame in which a unit moves.
  const PANES = { ground: 210, movers: 450, incidents: 460 };
  const CANVASES = ["movers", "incidents"]; // the ground is a sheet of its own (46-ground.js)
  zhihui.renderers = {};

  zhihui.furnish = function (map) {
    for (const [name, depth] of Object.entries(PANES)) {
      const pane = map.createPane("zh-" + name);
      pane.style.zIndex = depth;
      pane.style.pointerEvents = "none"; // the upper canvas would swallow the clicks of the lower
      if (CANVASES.includes(name)) zhihui.renderers[name] = L.canvas({ pane: "zh-" + name, padding: 0.1 });
    }
    map.getPane("markerPane").style.pointerEvents = "none";
    if (map.attributionControl) map.attributionControl.setPrefix(false).addAttribution(zhihui.text("map.attribution"));
    zhihui.map = map;
    let untouched = true; // until somebody moves the map, a new size shows the whole city again
    map.getContainer().addEventListener("pointerdown", () => (untouched = false), { once: true });
    map.getContainer().addEventListener("wheel", () => (untouched = false), { once: true, passive: true });
    const watch = new ResizeObserver(() => {
      map.invalidateSize({ animate: false });
      if (untouched) (zhihui.refit || zhihui.showCity)(false);
    });
    watch.observe(map.getContainer());
    zhihui.on("closed", () => watch.disconnect());
    (zhihui.refit || zhihui.showCity)(false);
    follow(map);
    zhihui.emit("map", map);
  };

  const FOLLOW = 120; // ms
  /** While a hand drags, the canvases are laid anew as soon as the view leaves them. */
  function follow(map) {
    let last = 0;
    map.on("drag", () => {
      const now = performance.now();
      const corner = map.containerPointToLayerPoint([0, 0]);
      const view = L.bounds(corner, corner.add(map.getSize()));
      if (now - last < FOLLOW || zhihui.quiet._bounds.contains(view)) return;
      last = now;
      for (const canvas of [zhihui.quiet, ...Object.values(zhihui.renderers)]) canvas._update();
    });
  }

  /** The whole city in view. */
  zhihui.showCity = function (animate) {
    const bounds = zhihui.boot.city.bounds;
    if (!bounds || !zhihui.map) return;
    const [west, south, east, north] = bounds;
    zhihui.map.fitBounds([[south, west], [north, east]], { animate, padding: [8, 8] });
  };

  /**
   * The map's zoom as it were at 1080 lines: a 4K wall shows the same city one zoom nearer, with letters
   * twice as high, and should show the same amount of detail.
   */
  zhihui.zoom = () => zhihui.map.getZoom() - Math.log2(Math.max(0.5, zhihui.px(1)));

  const LOOK_EVERY = 400; // ms
  const OVERLAYS = ".map-note, .layers-open, .layers-panel, .map-info, .leaflet-control, .stale-note, .lock, .map-band";
  let covered = { at: -Infinity, boxes: [] };
  /** What lies over the map as elements, as bounds in layer points; nothing is written under them. */
  zhihui.covered = function () {
    const now = performance.now();
    if (now - covered.at > LOOK_EVERY) {
      const frame = zhihui.map.getContainer().getBoundingClientRect();
      const shown = Array.from(document.querySelectorAll(OVERLAYS), (one) => one.getBoundingClientRect()).filter((box) => box.width);
      covered = { at: now, boxes: shown.map((box) => [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]) };
    }
    const { x, y } = zhihui.map.containerPointToLayerPoint([0, 0]);
    return covered.boxes.map(([left, top, right, bottom]) => L.bounds([left + x, top + y], [right + x, bottom + y]));
  };

  /** A point of the world, 0..1 from the north-west corner of the map's square, as a layer point. */
  zhihui.toLayer = function () {
    const world = 256 * 2 ** zhihui.map.getZoom();
    const origin = zhihui.map.getPixelOrigin();
    return (x, y) => [x * world - origin.x, y * world - origin.y];
  };
});

(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const SOMEWHERE = [24.5, 118.1]; // until the city's bounds are known

  // The layout gives no centre: dash-leaflet would set it again after us. The view is ours from the start.
  L.Map.addInitHook(function () {
    if (this.getContainer().id !== "map") return;
    this.setView(SOMEWHERE, 11, { animate: false });
    setTimeout(() => zhihui.furnish(this));
  });
})(window.zhihui);
