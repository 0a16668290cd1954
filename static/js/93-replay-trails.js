/* Tracks of units on /replay: the way that each has come in the last minutes, behind it on the map. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (zhihui.boot.page !== "replay" || !L) return;
  const { film } = zhihui;
  const MINUTE_MS = 60000;
  const PLACES = 120; // of a track that is asked for at once
  const STILL = 30; // metres: who moved less stands, and what is left is the noise of its receiver
  const ways = new Map(); // unit → {fixes: [[lat, lon, ms]…] oldest first, line}
  let minutes = 0;
  let begun = 0; // counts the places gone to: an answer for an older one is left

  function take(rows) {
    for (const [unit, lon, lat, ms] of rows) {
      if (!ways.has(unit)) ways.set(unit, { fixes: [], line: null });
      const { fixes } = ways.get(unit);
      if (!fixes.length || fixes[fixes.length - 1][2] < ms) fixes.push([lat, lon, ms]);
    }
    draw();
  }

  /** Of each unit in sight what is young enough. */
  function draw() {
    if (!zhihui.map || !minutes) return;
    const oldest = film.now() - minutes * MINUTE_MS;
    ways.forEach((way, unit) => {
      const first = way.fixes.findIndex((fix) => fix[2] >= oldest);
      way.fixes = first < 0 ? [] : way.fixes.slice(first);
      if (way.fixes.length < 2 || !moved(way.fixes)) return void bare(way);
      if (!way.line) way.line = new L.Polyline([], style()).addTo(zhihui.map).bringToBack();
      way.line.setLatLngs(way.fixes.map(([lat, lon]) => [lat, lon]));
      if (!zhihui.store.get("units", unit)) bare(way);
    });
  }

  function moved(fixes) {
    const [lat, lon] = fixes[0];
    return fixes.some(([y, x]) => L.latLng(lat, lon).distanceTo([y, x]) > STILL);
  }

  const style = () => ({ renderer: zhihui.renderers.movers, interactive: false, color: zhihui.token("secondary"), weight: zhihui.px(2), opacity: 0.5 });

  function bare(way) {
    if (way.line) way.line.remove();
    way.line = null;
  }

  function clear() {
    begun += 1;
    ways.forEach(bare);
    ways.clear();
  }

  /** The tracks up to the place that was gone to. */
  async function before() {
    clear();
    if (!minutes) return;
    const mine = begun;
    const rows = await film.before(minutes * MINUTE_MS, Math.max(1, (minutes * 60) / PLACES));
    if (mine !== begun) return;
    const since = Array.from(ways, ([unit, way]) => way.fixes.map(([lat, lon, ms]) => [unit, lon, lat, ms])).flat();
    ways.forEach(bare);
    ways.clear();
    take(rows);
    take(since); // what the film has shown meanwhile
  }

  zhihui.replayTrails = {
    /** Minutes of track; 0: none. */
    show(of) {
      minutes = of;
      if (film.span()) before();
    },
  };

  zhihui.on("sought", before);
  zhihui.on("fixes", (rows) => minutes && take(rows));
  zhihui.on("resized", () => {
    ways.forEach(bare);
    draw();
  });
})(window.zhihui);
