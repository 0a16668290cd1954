/* Names on the map, the widest area first; a name that would cover another, or a pin, is left out. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const MOST = 400;
  const SEATS = [[0, 0], [0, -24], [0, 24], [0, -46], [0, 46], [-50, 0], [50, 0]]; // pixels beside the centre
  let labels = [];
  let all = [];
  let band = 0; // the zoom the labels were chosen for
  let waiting = 0;
  let quietly = false;

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
    if (!text || !style || !style.name_size || zhihui.zoom() < style.name_from) return null;
    const [lon, lat] = seat(feature.geometry);
    return new zhihui.TextMark([lat, lon], {
      renderer: zhihui.renderers.places, text, size: style.name_size, hidden: true,
      spacing: style.name_size > 18 ? 3 : 0, colour: style.name_size > 18 ? "secondary" : "map-name",
    });
  }

  function settle() {
    const tell = !quietly;
    waiting = 0;
    quietly = false;
    if (!zhihui.map) return;
    if (band !== zhihui.zoom()) return void zhihui.names.set(all);
    const corner = zhihui.map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(zhihui.map.getSize()));
    const taken = [];
    const avoid = (mark) => {
      if (taken.length < MOST && mark._pxBounds && view.overlaps(mark._pxBounds)) taken.push(mark._pxBounds);
    };
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (feature && zhihui.isOpen(feature.properties)) avoid(mark);
    });
    zhihui.marks.units.forEach(avoid);
    zhihui.placeMarks().forEach(avoid);
    zhihui.chips.forEach((chip) => chip.options.hidden || avoid(chip));
    labels.forEach((label) => seatLabel(label, view, taken));
    if (tell) zhihui.emit("named", null); // else chips and names would answer each other for ever
  }

  /** The first free seat of a name; it keeps the one it has when that is still free. */
  function seatLabel(label, view, taken) {
    const held = label.options.offset;
    const fits = (offset) => {
      label.options.offset = offset;
      label._project();
      return view.contains(label._pxBounds) && !taken.some((other) => other.overlaps(label._pxBounds));
    };
    const found = (held && !label.options.hidden ? [held] : []).concat(SEATS.map(([x, y]) => [zhihui.px(x), zhihui.px(y)])).find(fits);
    const hidden = found === undefined;
    if (!hidden) taken.push(label._pxBounds);
    if (hidden && label.options.hidden) return;
    label.options.hidden = hidden;
    label.redraw();
  }

  function soon() {
    if (!waiting) waiting = requestAnimationFrame(settle);
  }

  zhihui.names = {
    /** rows of {feature, style}; larger letters go first. */
    set(rows) {
      all = rows;
      band = zhihui.zoom();
      labels.forEach((label) => label.remove());
      labels = rows.map(make).filter(Boolean).sort((a, b) => b.options.size - a.options.size).slice(0, MOST);
      labels.forEach((label) => label.addTo(zhihui.map));
      soon();
    },

    /** Where the widest names stand, for what should not cover them. */
    wide: () => labels.filter((label) => label.options.size > 18 && !label.options.hidden && label._map).map((label) => label._pxBounds),
  };

  zhihui.on("map", (map) => map.on("moveend zoomend", soon));
  zhihui.on("seated", () => {
    if (waiting) return;
    quietly = true;
    soon();
  });
  zhihui.on("drawn", (patch) => {
    if (!patch || ((patch.upsert || {}).incidents || []).length || ((patch.remove || {}).incidents || []).length) soon();
  });
})(window.zhihui);
