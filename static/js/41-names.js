/* Names on the map, the widest area first; a name that would cover another, or a pin, is left out. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const MOST = 400;
  let labels = [];
  let waiting = 0;

  function area(ring) {
    let sum = 0;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
    return Math.abs(sum / 2);
  }

  /** Centre of gravity of a ring, lon lat. */
  function centre(ring) {
    let sum = 0;
    let x = 0;
    let y = 0;
    const [ox, oy] = ring[0]; // near zero, else digits are lost
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const cross = (ring[j][0] - ox) * (ring[i][1] - oy) - (ring[i][0] - ox) * (ring[j][1] - oy);
      sum += cross;
      x += (ring[j][0] + ring[i][0] - 2 * ox) * cross;
      y += (ring[j][1] + ring[i][1] - 2 * oy) * cross;
    }
    return sum ? [ox + x / (3 * sum), oy + y / (3 * sum)] : ring[0];
  }

  function seat(geometry) {
    if (geometry.type === "Point") return geometry.coordinates;
    const rings = geometry.type === "MultiPolygon" ? geometry.coordinates.map((p) => p[0]) : [geometry.coordinates[0]];
    return centre(rings.reduce((a, b) => (area(b) > area(a) ? b : a)));
  }

  function make({ feature, style }) {
    const text = feature.properties.name;
    if (!text || !style || !style.name_size) return null;
    const [lon, lat] = seat(feature.geometry);
    return new zhihui.TextMark([lat, lon], {
      renderer: zhihui.renderers.places, text, size: style.name_size, hidden: true,
      spacing: style.name_size > 18 ? 3 : 0, colour: style.name_size > 18 ? "secondary" : "map-name",
    });
  }

  function settle() {
    waiting = 0;
    if (!zhihui.map) return;
    const corner = zhihui.map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(zhihui.map.getSize()));
    const taken = [];
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (taken.length < MOST && feature && zhihui.isOpen(feature.properties) && mark._pxBounds && view.overlaps(mark._pxBounds)) taken.push(mark._pxBounds);
    });
    for (const label of labels) {
      const box = label._pxBounds;
      const hidden = !box || !view.contains(box) || taken.some((other) => other.overlaps(box));
      if (!hidden) taken.push(box);
      if (hidden === label.options.hidden) continue;
      label.options.hidden = hidden;
      label.redraw();
    }
  }

  function soon() {
    if (!waiting) waiting = requestAnimationFrame(settle);
  }

  zhihui.names = {
    /** rows of {feature, style}; larger letters go first. */
    set(rows) {
      labels.forEach((label) => label.remove());
      labels = rows.map(make).filter(Boolean).sort((a, b) => b.options.size - a.options.size).slice(0, MOST);
      labels.forEach((label) => label.addTo(zhihui.map));
      soon();
    },
  };

  zhihui.on("map", (map) => map.on("moveend zoomend", soon));
  zhihui.on("drawn", (patch) => {
    if (!patch || ((patch.upsert || {}).incidents || []).length || ((patch.remove || {}).incidents || []).length) soon();
  });
})(window.zhihui);
