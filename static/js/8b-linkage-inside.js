/* What lies inside a hazard area, as rows with figures and as marks for a map. */
(function (zhihui) {
  "use strict";
  const FEW = 5; // below it the server tells no number of people
  const number = new Intl.NumberFormat("zh-CN");
  const few = (n) => (n === null ? zhihui.text("fact.few", { n: FEW }) : number.format(n));
  const KINDS = ["schools", "hospitals", "hazards", "keyplaces", "cameras", "broadcasts"];

  /** Rows {id, name, figure} of an answer of GET /linkages/ID/zone. */
  zhihui.zoneRows = function (told) {
    const { counts } = told;
    const row = (key, figure) => ({ id: key, name: zhihui.text("inside." + key), figure });
    const places = KINDS.map((kind) => row(kind, number.format(counts[kind] || 0)));
    const online = counts.cameras ? zhihui.text("inside.online", { n: number.format(counts.cameras), on: number.format(counts.cameras_online || 0) }) : "0";
    places[KINDS.indexOf("cameras")].figure = online;
    const free = told.shelters.reduce((sum, one) => sum + one.free, 0);
    const shelters = zhihui.text("inside.shelters_free", { n: number.format(counts.shelters || 0), free: number.format(free) });
    return [row("population", few(told.population)), row("households", few(told.households)), ...places, row("shelters", shelters), row("closures", number.format(new Set(told.closures.map((one) => one.name)).size))];
  };

  // Important ones first: where two would lie on each other, the later is a dot.
  const ICONS = { schools: "school", hospitals: "hospital", shelters: "shelter", hazards: "hazard", keyplaces: "keyplace", stores: "store", broadcasts: "broadcast", cameras: "camera" };
  /** What lies inside as marks for a map: {icon, lon, lat, dim}. */
  zhihui.zoneMarks = function (told) {
    if (!told || !told.shape) return [];
    return Object.entries(ICONS).flatMap(([kind, icon]) => told[kind].map(({ lon, lat, online }) => ({ icon, lon, lat, dim: kind === "cameras" || online === false })));
  };
})(window.zhihui);
