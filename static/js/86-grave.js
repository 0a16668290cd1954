/* A new Ⅰ incident is said across the whole wall for a while: what, where, since when. It covers no pin of its own. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const SHOWN = 20000; // ms
  let known = null; // ids of the open Ⅰ incidents that were said, or were there before us
  let timer = 0;
  let said = [];

  const grave = (feature) => feature.properties.severity === 1 && zhihui.isOpen(feature.properties);

  /** A whole board: at the first one nothing is new, for the list tells what is open. */
  function all() {
    const open = Array.from(zhihui.store.layer("incidents").values()).filter(grave);
    const before = known;
    known = new Set(open.map((feature) => feature.id));
    news(before ? open.filter((feature) => !before.has(feature.id)) : []);
  }

  function some(patch) {
    if (!known) return;
    const changed = (patch.upsert || {}).incidents || [];
    const fresh = changed.filter((feature) => grave(feature) && !known.has(feature.id));
    changed.forEach((feature) => (grave(feature) ? known.add(feature.id) : known.delete(feature.id)));
    ((patch.remove || {}).incidents || []).forEach((id) => known.delete(id));
    news(fresh);
  }

  function news(fresh) {
    if (fresh.length) say(fresh);
    else if (said.length) keep();
  }

  function say(fresh) {
    said = [...fresh, ...said].slice(0, 9);
    clearTimeout(timer);
    timer = setTimeout(hide, SHOWN);
    draw();
  }

  /** What was closed or set lower meanwhile is said no longer. */
  function keep() {
    const left = said.filter((feature) => known.has(feature.id));
    if (left.length === said.length) return;
    said = left;
    draw();
  }

  function draw() {
    const strip = document.querySelector(".grave-strip");
    if (!strip) return;
    strip.hidden = !said.length;
    if (!said.length) return;
    const p = said[0].properties;
    const what = zhihui.text("grave.what", { level: zhihui.level(1), title: zhihui.title(p.title) });
    const since = zhihui.text("grave.since", { time: zhihui.timeOfDay(Date.parse(p.reported_at)) });
    const more = said.length > 1 ? zhihui.text("grave.more", { n: said.length - 1 }) : "";
    strip.replaceChildren(
      zhihui.markElement(1, zhihui.classOf(p.class).glyph || "", true), zhihui.make("strong", "clip", what),
      zhihui.make("span", "place clip", p.place || p.address || zhihui.text("grave.nowhere")),
      zhihui.make("span", "since", since), zhihui.make("span", "since", more),
    );
    place(strip);
  }

  /** Under the bar; above the ticker when the pin would lie beneath it (a hand may hold the view). */
  function place(strip) {
    strip.classList.remove("low");
    if (!zhihui.map) return;
    const [lon, lat] = said[0].geometry.coordinates;
    const y = zhihui.map.latLngToContainerPoint([lat, lon]).y - zhihui.incidentRadius(1, true) * 1.4;
    const inView = zhihui.map.getBounds().contains([lat, lon]);
    strip.classList.toggle("low", inView && y < strip.offsetHeight);
  }

  function hide() {
    said = [];
    draw();
  }

  zhihui.on("board", () => {
    if (zhihui.seq && !zhihui.store.veiled()) return all();
    if (zhihui.seq) known = null; // what comes with the picture when it is shown again is no news
    return hide();
  });
  zhihui.on("patch", some);
  zhihui.on("map", (map) => map.on("moveend", () => said.length && place(document.querySelector(".grave-strip"))));
})(window.zhihui);
