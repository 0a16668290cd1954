/* The wall: fits itself to what is open unless a hand is on it, and says what it shows. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const L = window.L;
  const SETTLE = 900; // ms: a burst of reports moves the map once
  const CLOSEST = 15;
  const HAND_OFF = 600000; // ms without a hand after which the wall is its own again
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  let handAt = null; // performance.now() of the last touch; null: nobody has locked the view
  let timer = 0;

  function needed() {
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

  /** Room kept free: above for the strip of a grave incident, below for the legend. */
  const margins = () => ({ top: zhihui.px(76), side: zhihui.px(48), bottom: zhihui.px(72) });

  function fit() {
    timer = 0;
    if (handAt !== null || !zhihui.map) return;
    const wanted = needed();
    if (!wanted.isValid()) return void zhihui.showCity(!calm.matches);
    const { top, side, bottom } = margins();
    const zoom = Math.min(CLOSEST, zhihui.map.getBoundsZoom(wanted, false, L.point(2 * side, top + bottom)));
    if (inView(wanted) && zoom - zhihui.map.getZoom() < 1) return;
    const room = { paddingTopLeft: [side, top], paddingBottomRight: [side, bottom] };
    zhihui.map.fitBounds(wanted, { ...room, maxZoom: CLOSEST, animate: !calm.matches, duration: 0.8 });
  }

  /** Whether all of it stands within the margins already: then nothing moves. */
  function inView(bounds) {
    const { top, side, bottom } = margins();
    const size = zhihui.map.getSize();
    const [a, b] = [bounds.getNorthWest(), bounds.getSouthEast()].map((corner) => zhihui.map.latLngToContainerPoint(corner));
    return a.x >= side / 2 && a.y >= top * 0.9 && b.x <= size.x - side / 2 && b.y <= size.y - bottom / 2;
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

  /** The chip says that the view is held, and when it is let go by itself. */
  function tell() {
    const chip = document.getElementById("wall-lock");
    if (!chip) return;
    chip.hidden = handAt === null;
    if (handAt === null) return;
    const left = Math.max(0, HAND_OFF - (performance.now() - handAt)) / 1000;
    zhihui.setText(chip, zhihui.text("wall.locked", { time: zhihui.age_text(Math.ceil(left)) }));
  }

  function second() {
    if (handAt !== null && performance.now() - handAt >= HAND_OFF) release();
    else tell();
  }

  function display() {
    if (!zhihui.map) return;
    const b = zhihui.map.getBounds();
    const bounds = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => Number(n.toFixed(5)));
    const size = [window.innerWidth, window.innerHeight];
    zhihui.stream.send({ display: { seq: zhihui.seq, hash: zhihui.hash(), bounds, size, locked: handAt !== null } });
  }

  zhihui.on("incidents", ({ changed }) => changed && soon());
  zhihui.on("map", (map) => {
    const frame = map.getContainer();
    // Only a hand makes these; our own moves do not.
    for (const name of ["wheel", "mousedown", "touchstart"]) frame.addEventListener(name, touched, { passive: true });
    zhihui.whenThere("wall-lock", (button) => button.addEventListener("click", release));
    soon();
  });
  zhihui.on("resized", soon);
  zhihui.on("second", second);
  zhihui.on("forbidden", () => document.documentElement.classList.add("blank"));
  document.documentElement.classList.add("loading");
  zhihui.on("board", () => {
    if (!zhihui.seq) return;
    document.documentElement.classList.remove("blank", "loading");
  });
  setInterval(display, 5000);

  zhihui.wall = {
    isLocked: () => handAt !== null,
    /** As if the last touch of a hand were `ms` longer ago. */
    passed(ms) {
      if (handAt !== null) handAt -= ms;
      second();
    },
  };
})(window.zhihui);
