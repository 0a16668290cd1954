/* Another map below ours, by a setting: {url, subdomains?, attribution?, overlay?, dark?}, or its address alone. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const given = zhihui.boot.basemap;
  const about = typeof given === "string" ? { url: given } : given;

  /** What replaces our ground, or null. */
  zhihui.foreign = () => (about && about.url ? about : null);

  zhihui.on("map", (map) => {
    const foreign = zhihui.foreign();
    if (!foreign) return;
    const pane = map.getPane("tilePane");
    pane.classList.toggle("light-map", !foreign.dark);
    const options = { maxZoom: 22, maxNativeZoom: foreign.max_zoom || 18, subdomains: foreign.subdomains || "abc", attribution: foreign.attribution };
    for (const url of [foreign.url, foreign.overlay].filter(Boolean)) L.tileLayer(url, options).addTo(map);
  });
});
