/* Units glide between fixes. Frames are asked for only while something moves by a visible pixel. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) {
    return;
  }
  const LONGEST = 3000; // ms
  const SHORTEST = 300;
  const JUMP = 3000; // metres: farther than this is a new place, not a movement
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const gliding = new Map(); // unit → {from, to, start, length}
  const lastFix = new Map(); // unit → performance.now() of its last fix; as many as there are units

  function toward(unit) {
    const mark = zhihui.marks.units.get(unit);
    const fix = zhihui.store.position(unit);
    if (!mark || !fix) return;
    const now = performance.now();
    const since = lastFix.has(unit) ? now - lastFix.get(unit) : SHORTEST;
    lastFix.set(unit, now);
    const to = L.latLng(fix.lat, fix.lon);
    const from = mark.getLatLng();
    const metres = from.distanceTo(to);
    if (metres < 0.5) return;
    turn(unit, mark, fix, from, to);
    if (metres > JUMP || document.hidden || calm.matches) return place(unit, mark, to);
    gliding.set(unit, { from, to, start: now, length: Math.min(LONGEST, Math.max(SHORTEST, since)) });
  }

  /** The tip of a unit on its way points where it drives: its own heading, else the way it moved. */
  function turn(unit, mark, fix, from, to) {
    const feature = zhihui.store.get("units", unit);
    if (!feature || feature.properties.status !== "enroute") {
      mark.options.heading = null;
    } else if (fix.heading !== null && fix.heading !== undefined) {
      mark.options.heading = (fix.heading * Math.PI) / 180;
    } else {
      const squeeze = Math.cos((to.lat * Math.PI) / 180);
      mark.options.heading = Math.atan2((to.lng - from.lng) * squeeze, to.lat - from.lat);
    }
  }

  function place(unit, mark, latlng) {
    gliding.delete(unit);
    mark.setLatLng(latlng);
    linked(unit).forEach((id) => lead(id, latlng));
  }

  function linked(unit) {
    const feature = zhihui.store.get("units", unit);
    const id = feature && feature.properties.assignment;
    return id && zhihui.marks.links.has(id) ? [id] : [];
  }

  function lead(id, latlng) {
    zhihui.marks.links.get(id).follow(latlng);
    const chip = zhihui.chips.get(id);
    if (chip) chip.setLatLng(latlng);
  }

  function step(now) {
    gliding.forEach((way, unit) => {
      const mark = zhihui.marks.units.get(unit);
      if (!mark || !mark._map) return gliding.delete(unit);
      const part = Math.min(1, (now - way.start) / way.length);
      const at = L.latLng(way.from.lat + (way.to.lat - way.from.lat) * part, way.from.lng + (way.to.lng - way.from.lng) * part);
      if (part >= 1) return place(unit, mark, way.to);
      const there = zhihui.map.latLngToLayerPoint(at).round();
      const here = zhihui.map.latLngToLayerPoint(mark.getLatLng()).round();
      if (there.equals(here)) return undefined;
      mark.setLatLng(at);
      linked(unit).forEach((id) => lead(id, at));
      return undefined;
    });
    if (gliding.size) soon();
  }
  const soon = zhihui.beat(step);

  zhihui.glide = {
    forget(unit) {
      gliding.delete(unit);
      lastFix.delete(unit);
    },
  };

  zhihui.on("positions", (units) => {
    if (!zhihui.map) return;
    units.forEach(toward);
    if (gliding.size) soon();
    zhihui.emit("moved", units);
  });
});
