/* Chips at the units on their way: time left by the way left, and places where they do not overlap. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const MOST = 16; // chips at once; a map with more than these is read by its list

  function refresh(id, chip) {
    const link = zhihui.store.get("links", id);
    const line = zhihui.marks.links.get(id);
    if (!link || !line) return;
    const p = link.properties;
    const eta = p.eta_s === null || p.eta_s === undefined ? "" : zhihui.duration(p.eta_s * line.left());
    if (chip.options.eta !== eta) {
      chip.options.eta = eta;
      chip.redraw();
    }
  }

  const rank = (id) => {
    const { first } = zhihui.chips.get(id).options; // what is no unit's says it by itself
    if (first !== undefined) return first;
    const link = zhihui.store.get("links", id);
    const incident = link && zhihui.store.get("incidents", link.properties.incident);
    return (incident ? incident.properties.severity : 9) * 1e6 + (link ? link.properties.eta_s || 0 : 0);
  };

  function obstacles(view) {
    const taken = [...zhihui.names.wide(), ...zhihui.covered()];
    zhihui.marks.incidents.forEach((mark, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (feature && zhihui.isOpen(feature.properties) && mark._point && view.contains(mark._point)) taken.push(mark._pxBounds);
    });
    return taken.length > 400 ? [] : taken; // a flood of pins leaves no room anyway
  }

  function settle() {
    if (!zhihui.map || !zhihui.chips.size) return;
    const corner = zhihui.map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(zhihui.map.getSize()));
    const taken = obstacles(view);
    const inOrder = Array.from(zhihui.chips.keys()).sort((a, b) => rank(a) - rank(b));
    let left = MOST;
    inOrder.forEach((id) => {
      const chip = zhihui.chips.get(id);
      refresh(id, chip);
      const seen = !chip.options.away && left > 0; // `away`: the map is about another incident
      if (seen) left -= 1;
      seat(chip, seen ? view : null, taken);
    });
  }

  /** Keep the place it has when that is free, so that nothing hops about. */
  function seat(chip, view, taken) {
    const held = chip.options.place;
    const places = [held, 0, 1, 2, 3, 4, 5, 6, 7];
    const fits = (place) => {
      const box = chip.box(place);
      return view.contains(box) && !taken.some((other) => other.overlaps(box));
    };
    const place = view ? places.find(fits) : undefined;
    const hidden = place === undefined;
    if (!hidden) taken.push(chip.box(place));
    if (hidden === chip.options.hidden && (hidden || place === held)) return;
    chip.redraw(); // clears the old place
    chip.options.hidden = hidden;
    if (!hidden) chip.options.place = place;
    chip.redraw();
  }

  const soon = zhihui.beat(settle);

  zhihui.on("moved", soon);
  zhihui.on("drawn", soon);
  zhihui.on("named", soon);
  zhihui.on("map", (map) => map.on("zoomend moveend", soon));
});
