/*
 * What a map of a wall keeps in view: what is open, or what its scene is about. It moves only when that leaves the
 * view, and not at all while a hand is on it.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const L = window.L;
  const SETTLE = 900; // ms: a burst of reports moves the map once
  const CLOSEST = 15;
  const HAND_OFF = 600000; // ms without a hand after which the wall is its own again
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let handAt = null; // performance.now() of the last touch; null: nobody has locked the view
  let timer = 0;
  let wanted = open; // gives the bounds to keep in view

  function open() {
    const bounds = L.latLngBounds([]);
    for (const id of zhihui.order.ids()) {
      const [lon, lat] = zhihui.store.get("incidents", id).geometry.coordinates;
      bounds.extend([lat, lon]);
    }
    zhihui.store.layer("links").forEach((link) => {
      if (link.properties.status !== "on_scene") link.geometry.coordinates.forEach(([lon, lat]) => bounds.extend([lat, lon]));
    });
    return bounds;
  }

  /** Room kept free: above for the strip of a grave incident, below for the legend; and what a band over the foot of
   * the map takes. */
  const margins = () => ({ top: zhihui.px(76), side: zhihui.px(48), bottom: zhihui.px(72), band: bandHeight() });

  function bandHeight() {
    const band = zhihui.map.getContainer().parentElement.querySelector(".map-band");
    return band ? band.offsetHeight : 0;
  }

  /** `anew`: what is shown is another, so that the view is cut to it also where it lies within the old one. */
  function fit(anew, animate = !calm.matches) {
    clearTimeout(timer);
    timer = 0;
    if (handAt !== null || !zhihui.map) return;
    const bounds = wanted();
    if (!bounds || !bounds.isValid()) return void zhihui.showCity(animate);
    const { top, side, bottom, band } = margins();
    const zoom = Math.min(CLOSEST, zhihui.map.getBoundsZoom(bounds, false, L.point(2 * side, top + bottom + band)));
    if (!anew && inView(bounds) && zoom - zhihui.map.getZoom() < 1) return;
    const room = { paddingTopLeft: [side, top], paddingBottomRight: [side, bottom + band] };
    zhihui.map.fitBounds(bounds, { ...room, maxZoom: CLOSEST, animate, duration: 0.8 });
  }

  /** Whether all of it stands within the margins already: then nothing moves. */
  function inView(bounds) {
    const { top, side, bottom, band } = margins();
    const size = zhihui.map.getSize();
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => zhihui.map.latLngToContainerPoint(corner));
    return a.x >= side / 2 && a.y >= top * 0.9 && b.x <= size.x - side / 2 && b.y <= size.y - band - bottom / 2;
  }

  function soon() {
    timer = timer || setTimeout(fit, SETTLE);
  }

  function touched() {
    handAt = performance.now();
    tell();
  }

  function release() {
    handAt = null;
    tell();
    fit();
  }

  const chip = () => zhihui.map && zhihui.map.getContainer().parentElement.querySelector(".lock");

  /** The chip says that the view is held, and when it is let go by itself. */
  function tell() {
    const said = chip();
    if (!said) return;
    said.hidden = handAt === null;
    if (handAt === null) return;
    const left = Math.max(0, HAND_OFF - (performance.now() - handAt)) / 1000;
    zhihui.setText(said, zhihui.text("wall.locked", { time: zhihui.age_text(Math.ceil(left)) }));
  }

  function second() {
    if (handAt !== null && performance.now() - handAt >= HAND_OFF) release();
    else tell();
  }

  zhihui.refit = (animate) => fit(true, animate);
  zhihui.on("incidents", ({ changed }) => changed && soon());
  zhihui.on("drawn", (patch) => patch && (patch.upsert || {}).links && soon());
  zhihui.on("map", (map) => {
    const frame = map.getContainer();
    // Only a hand makes these; our own moves do not.
    for (const name of ["wheel", "mousedown", "touchstart"]) frame.addEventListener(name, touched, { passive: true });
    frame.parentElement.addEventListener("click", (event) => event.target.closest(".lock") && release());
    soon();
  });
  zhihui.on("closed", () => clearTimeout(timer));
  zhihui.on("resized", soon);
  zhihui.on("second", second);

  zhihui.wall = {
    isLocked: () => handAt !== null,
    /** As if the last touch of a hand were `ms` longer ago. */
    passed(ms) {
      if (handAt !== null) handAt -= ms;
      second();
    },
    /** Keep in view what `bounds()` gives (null, or none: the whole city); without it all that is open. */
    shows(bounds) {
      wanted = bounds || open;
      fit(true);
    },
  };
});
