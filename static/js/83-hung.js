/*
 * How this wall is hung: its title, its height, its LCD panels, whether it shifts. Known from the start and
 * asked again now and then, so that a change by command reaches a wall that nobody touches.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const ASK_EVERY = 10000; // ms
  const LIST_LETTER = 18 / 1080; // height of list text, of the wall's
  const READABLE_MM = 35; // at 6 m
  const MOST = 1.5; // beyond that the columns would eat the map
  const root = document.documentElement;
  let hung = zhihui.boot.screen || {};

  /** How much larger than usual letters stand, so that lists are read from 6 m: 1 to 1.5; 1 if not known. */
  function scale() {
    if (!hung.height_mm) return 1;
    return Math.min(MOST, Math.max(1, READABLE_MM / (LIST_LETTER * hung.height_mm)));
  }

  /** The seam nearest to a wanted width of a column, if there is one near enough; else the wanted width. */
  function snapped(wanted, seams) {
    const near = seams.filter((at) => at >= 0.85 * wanted && at <= 1.4 * wanted);
    return near.sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] || wanted;
  }

  /** Columns grow half as much as their letters; their edges stand on seams where there are any. */
  function columns() {
    const unit = window.innerHeight / 67.5;
    const grown = 1 + (scale() - 1) / 2;
    const wide = window.innerWidth / window.innerHeight >= 2.6;
    const [left, right] = (wide ? [49, 54] : [25, 27.5]).map((rem) => rem * unit * grown);
    const across = hung.panel_columns || 1;
    const panel = window.innerWidth / across;
    const seams = Array.from({ length: across - 1 }, (_, i) => (i + 1) * panel);
    root.style.setProperty("--left", snapped(left, seams) + "px");
    root.style.setProperty("--right", snapped(right, seams) + "px");
  }

  function apply() {
    root.style.setProperty("--scale", scale());
    columns();
    const title = document.querySelector(".wall-page .bar h1");
    if (title) zhihui.setText(title, hung.title || zhihui.text("wall.title", { city: zhihui.cityName() }));
    zhihui.emit("hung", hung);
  }

  function changed(now) {
    if (JSON.stringify(now) === JSON.stringify(hung)) return;
    hung = now;
    apply();
    window.dispatchEvent(new Event("resize")); // letters have another size: all is measured anew
  }

  async function ask() {
    if (!zhihui.connected) return;
    const name = encodeURIComponent(zhihui.boot.wall);
    try {
      const answer = await fetch(`/api/v1/walls/${name}?wall=${name}`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.ok) changed(await answer.json());
    } catch (error) {
      // not there: it is asked again
    }
  }

  zhihui.whenThere("clock", () => setTimeout(apply)); // after the page's own words stand
  window.addEventListener("resize", columns);
  apply();
  setInterval(ask, ASK_EVERY);
})(window.zhihui);
