/* The ground of a film: grids that were otherwise then, dashed over those of now; and a realm that lies elsewhere. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (zhihui.boot.page !== "replay" || !L) return;
  const { film } = zhihui;
  const WEIGHTS = { 1: 2.4, 2: 2, 3: 1.6 }; // by tier; finer ones are thin
  const SETTLED_MS = 300; // a slider that is drawn goes to many places; the grids of all the city are asked for at the last
  let drawn = null;
  let begun = 0;
  let due = 0;
  let found = false; // whether the realm lies in the city is known

  async function grids() {
    const mine = (begun += 1);
    const given = await film.ask("/grids", { at: new Date(film.now()).toISOString() });
    if (!given || mine !== begun || !zhihui.map) return;
    if (drawn) drawn.remove();
    drawn = L.geoJSON(given, { renderer: zhihui.renderers.movers, interactive: false, style }).addTo(zhihui.map).bringToBack();
    const note = document.querySelector('[data-replay="grids"]');
    note.hidden = !given.features.length;
    zhihui.setText(note, zhihui.text("replay.grids_then", { n: given.features.length }));
  }

  const style = ({ properties }) => ({ color: zhihui.token("secondary"), weight: zhihui.px(WEIGHTS[properties.tier] || 1), dashArray: "6 5", fill: false });

  /** An imported history may be another city's: then the map goes to what is on its board. */
  function place() {
    if (found || !zhihui.map) return;
    const at = ["incidents", "units"].flatMap((layer) => zhihui.features(layer)).map(({ geometry: { coordinates: [lon, lat] } }) => [lat, lon]);
    if (!at.length) return;
    found = true;
    const bounds = zhihui.boot.city.bounds;
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    if (at.some(([lat, lon]) => lon > west && lon < east && lat > south && lat < north)) return;
    zhihui.refit = () => zhihui.map.fitBounds(at, { padding: [30, 30], animate: false });
    zhihui.refit();
    document.querySelectorAll("[data-sample]").forEach((note) => (note.hidden = true)); // these calls were real
  }

  zhihui.on("sought", () => {
    clearTimeout(due);
    due = setTimeout(grids, zhihui.recording ? 0 : SETTLED_MS);
  });
  for (const name of ["board", "patch", "map"]) zhihui.on(name, place);
})(window.zhihui);
