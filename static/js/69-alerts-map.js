/* /alerts: the areas of the warnings that stand, on the map; and an area drawn there corner by corner for a new one. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "alerts") return;
  const L = window.L;
  const LEAST = 3; // corners of an area
  const root = document.documentElement.classList;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const drawn = new Map(); // warning → its L.Polygon
  let chosen = null;
  let corners = null; // [lon, lat] of the area that is being drawn; null while none is
  let trace = null;

  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const turned = (ring) => ring.map(([lon, lat]) => [lat, lon]);
  const event = (p) => (zhihui.boot.lang === "zh-CN" ? p.event : p.event_en);

  /* --- what stands --- */

  function draw() {
    if (!zhihui.map) return;
    drawn.forEach((area) => area.remove());
    drawn.clear();
    zhihui.store.layer("alerts").forEach((alert) => drawn.set(alert.id, areaOf(alert)));
  }

  /** Level and event stand in words as well: colour alone tells nothing. */
  function areaOf({ id, geometry, properties: p }) {
    const own = id === chosen;
    const style = { color: zhihui.token("level-" + p.level), weight: zhihui.px(own ? 5 : 2.6), fillOpacity: own ? 0.28 : 0.12, interactive: false };
    const area = L.polygon(geometry.coordinates.map((rings) => rings.map(turned)), style).addTo(zhihui.map);
    const words = zhihui.make("span", "", zhihui.level(p.level) + " " + event(p));
    return area.bindTooltip(words, { permanent: true, direction: "center", className: "alerts-tip" });
  }

  clientside.zhihui_alerts = {
    chosen(id) {
      chosen = id;
      draw();
      const area = drawn.get(id);
      if (area) zhihui.map.fitBounds(area.getBounds(), { padding: [40, 40], maxZoom: 15 });
      return window.dash_clientside.no_update;
    },
  };

  /** Of areas that lie on each other the one that is drawn last. */
  function under(point) {
    const at = zhihui.map.containerPointToLayerPoint(point);
    const found = Array.from(drawn).filter(([, area]) => area._pxBounds && area._pxBounds.contains(at) && area._containsPoint(at));
    return found.length ? found[found.length - 1][0] : null;
  }

  /* --- drawing one --- */

  const bar = () => document.querySelector(".alerts-drawing");

  function begin() {
    corners = [];
    set("alerts-form", { opened: false });
    bar().hidden = false;
    root.add("zoning");
    zhihui.map.doubleClickZoom.disable(); // two corners set quickly are no wish to zoom
    show();
  }

  function show() {
    if (trace) trace.remove();
    const style = { color: zhihui.token("accent"), weight: zhihui.px(3), dashArray: "6 5", fillOpacity: 0.08, interactive: false };
    trace = corners && corners.length ? L.polygon(turned(corners), style).addTo(zhihui.map) : null;
    bar().querySelector("[data-draw='done']").disabled = !corners || corners.length < LEAST;
  }

  /** The form again, with what was drawn in its field. */
  function leave(given) {
    corners = null;
    show();
    bar().hidden = true;
    root.remove("zoning");
    zhihui.map.doubleClickZoom.enable();
    if (given) set("alerts-ring", { value: given.map(([lon, lat]) => lon + " " + lat).join("\n") });
    set("alerts-form", { opened: true });
  }

  const ACTS = {
    begin,
    done: () => leave(corners),
    undo: () => {
      corners.pop();
      show();
    },
    leave: () => leave(null),
  };

  document.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-draw]");
    if (pressed) ACTS[pressed.dataset.draw]();
  });
  document.addEventListener("keydown", (event) => {
    if (corners && event.key === "Escape") leave(null);
  });
  zhihui.on("pressed", (press) => {
    if (corners) {
      press.taken = true;
      corners.push([Number(press.latlng.lng.toFixed(6)), Number(press.latlng.lat.toFixed(6))]);
      return show();
    }
    const id = press.found ? null : under(press.point);
    return id && set("alerts-opened", { data: id });
  });
  const touches = (patch) => Boolean((patch.upsert || {}).alerts || (patch.remove || {}).alerts);
  for (const name of ["board", "map", "resized"]) zhihui.on(name, draw);
  zhihui.on("patch", (patch) => touches(patch) && draw());
})(window.zhihui);
