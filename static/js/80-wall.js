/* The wall: fits itself to what is open unless a hand is on it, says what it shows, heals itself. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const L = window.L;
  const SETTLE = 900; // ms: a burst of reports moves the map once
  const CLOSEST = 15;
  let locked = false;
  let timer = 0;

  function needed() {
    const bounds = L.latLngBounds([]);
    for (const id of zhihui.order.ids()) {
      const [lon, lat] = zhihui.store.get("incidents", id).geometry.coordinates;
      bounds.extend([lat, lon]);
    }
    zhihui.marks.links.forEach((line) => bounds.extend(line.getBounds()));
    return bounds;
  }

  function fit() {
    timer = 0;
    if (locked || !zhihui.map) return;
    const wanted = needed();
    if (!wanted.isValid()) return void zhihui.showCity(true);
    const roomy = wanted.pad(0.12);
    const zoom = Math.min(CLOSEST, zhihui.map.getBoundsZoom(roomy));
    const fine = zhihui.map.getBounds().contains(wanted) && zoom - zhihui.map.getZoom() < 1;
    if (!fine) zhihui.map.fitBounds(roomy, { maxZoom: CLOSEST, animate: true, duration: 0.8 });
  }

  function lock(now) {
    locked = now;
    document.getElementById("wall-lock").hidden = !now;
    if (!now) fit();
  }

  function display() {
    if (!zhihui.map) return;
    const b = zhihui.map.getBounds();
    const bounds = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => Number(n.toFixed(5)));
    zhihui.stream.send({ display: { seq: zhihui.seq, hash: zhihui.hash(), bounds, size: [window.innerWidth, window.innerHeight], locked } });
  }

  zhihui.on("incidents", ({ changed }) => {
    if (changed && !timer) timer = setTimeout(fit, SETTLE);
  });
  zhihui.on("map", (map) => {
    const frame = map.getContainer();
    // Only a hand makes these; our own moves do not.
    for (const name of ["wheel", "mousedown", "touchstart"]) frame.addEventListener(name, () => lock(true), { passive: true });
    zhihui.whenThere("wall-lock", (button) => button.addEventListener("click", () => lock(false)));
    timer = timer || setTimeout(fit, SETTLE);
  });
  zhihui.on("resized", () => {
    timer = timer || setTimeout(fit, SETTLE);
  });
  zhihui.on("forbidden", () => document.documentElement.classList.add("blank"));
  zhihui.on("board", () => zhihui.seq && document.documentElement.classList.remove("blank"));
  setInterval(display, 5000);

  zhihui.wall = { lock, isLocked: () => locked };
})(window.zhihui);
