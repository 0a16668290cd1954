/* The only marks that are elements: the ring of a new incident (three pulses) and of the selected one. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const NEW_MS = 60000;
  const MOST = 12; // a burst of reports must not become a light show
  const pulses = new Set();
  let ring = null;
  let selected = null;

  function ringAt(feature, className, size, colour) {
    const [lon, lat] = feature.geometry.coordinates;
    const icon = L.divIcon({ className, iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
    const marker = L.marker([lat, lon], { icon, interactive: false, keyboard: false }).addTo(zhihui.map);
    if (colour) marker.getElement().style.color = colour;
    return marker;
  }

  function pulse(feature) {
    if (pulses.size >= MOST) return;
    const p = feature.properties;
    const size = zhihui.px([0, 130, 100, 76, 64][p.severity] || 64);
    const marker = ringAt(feature, "pulse", size, zhihui.token("level-" + p.severity));
    pulses.add(marker);
    marker.getElement().addEventListener("animationend", () => {
      marker.remove();
      pulses.delete(marker);
    });
  }

  /** Just reported; one that is corrected later is not new again. */
  const isNew = ({ properties: p }) => p.status === "reported" && zhihui.time.now() - Date.parse(p.reported_at) < NEW_MS;

  zhihui.on("patch", (patch) => {
    if (!zhihui.map) return;
    for (const feature of (patch.upsert || {}).incidents || []) {
      if (isNew(feature) && feature.properties.seq === patch.seq && !document.hidden) pulse(feature);
    }
    if (selected) zhihui.ring(selected);
  });
  zhihui.on("board", () => zhihui.map && selected && zhihui.ring(selected));
  zhihui.on("map", () => selected && zhihui.ring(selected));

  /** Put the selection's ring around this incident, or take it away (null). */
  zhihui.ring = function (id) {
    if (selected !== id) zhihui.emit("ringed", id);
    selected = id;
    if (ring) ring.remove();
    ring = null;
    const feature = id && zhihui.store.get("incidents", id);
    if (!feature || !zhihui.map) return;
    ring = ringAt(feature, "selected-ring", 2 * zhihui.incidentRadius(feature.properties.severity, true) + zhihui.px(18));
  };
});
