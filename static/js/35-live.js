/* The live layers: one mark for each feature of the board, made, changed and removed as patches say. */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const ROOMY_FROM = 14; // zoom from which units that stand by carry their letter
  const marks = { incidents: new Map(), units: new Map(), links: new Map(), closures: new Map() };
  const chips = new Map(); // link id → chip
  const gravest = new Set(); // incidents of level Ⅰ: nothing covers them
  let focus = null; // the incident that the map is about: the ways to others step back
  zhihui.marks = marks;
  zhihui.chips = chips;

  const isOpen = zhihui.isOpen;
  const IDLE = new Set(["available", "in_drill", "off_duty"]);
  const latlng = (feature) => L.latLng(feature.geometry.coordinates[1], feature.geometry.coordinates[0]);

  function remove(layer, id) {
    const mark = marks[layer].get(id);
    if (!mark) return;
    mark.remove();
    marks[layer].delete(id);
    gravest.delete(id);
    const chip = layer === "links" && chips.get(id);
    if (chip) {
      chip.remove();
      chips.delete(id);
    }
    if (layer === "units") zhihui.glide.forget(id);
  }

  const draw = {
    incidents(feature) {
      const p = feature.properties;
      const sprite = zhihui.incidentSprite(p.severity, zhihui.classOf(p.class).glyph || "", isOpen(p));
      const held = marks.incidents.get(feature.id);
      if (p.severity === 1 && isOpen(p)) gravest.add(feature.id);
      else gravest.delete(feature.id);
      if (held) return moveTo(held, sprite, latlng(feature));
      const mark = new zhihui.SpriteMark(latlng(feature), { renderer: zhihui.renderers.incidents });
      mark.options.hidden = !isOpen(p); // until 49-clusters.js has looked
      marks.incidents.set(feature.id, mark.setSprite(sprite).addTo(zhihui.map));
      if (p.severity > 2 || !isOpen(p)) mark.bringToBack();
      else if (p.severity === 2) gravest.forEach((id) => marks.incidents.get(id).bringToFront());
      return mark;
    },

    units(feature) {
      const p = feature.properties;
      const fix = zhihui.store.position(feature.id);
      const held = marks.units.get(feature.id);
      const mark = held || new zhihui.SpriteMark(fix ? L.latLng(fix.lat, fix.lon) : latlng(feature), { renderer: zhihui.renderers.movers });
      mark.setSprite(zhihui.unitSprite(p.kind, p.status, zhihui.zoom() >= ROOMY_FROM || p.status !== "available"));
      mark.options.hidden = !zhihui.isOn("units") && IDLE.has(p.status);
      mark.options.offset = p.status === "on_scene" ? aside(feature) : null;
      mark.options.heading = p.status === "enroute" && fix && fix.heading !== null && fix.heading !== undefined ? (fix.heading * Math.PI) / 180 : null;
      if (held) return fix ? held.redraw() : held.setLatLng(latlng(feature)); // without fixes it stands where its post is
      marks.units.set(feature.id, mark.addTo(zhihui.map));
      return mark;
    },

    links(feature) {
      const p = feature.properties;
      if (p.status === "on_scene") return remove("links", feature.id);
      const held = marks.links.get(feature.id);
      if (held) return held.redraw();
      const way = feature.geometry.coordinates.map(([lon, lat]) => [lat, lon]);
      const unit = marks.units.get(p.unit);
      const line = new zhihui.LinkLine(way, { renderer: zhihui.renderers.movers, at: unit ? unit.getLatLng() : L.latLng(way[0]) });
      marks.links.set(feature.id, line.addTo(zhihui.map).bringToBack());
      const chip = new zhihui.ChipMark(line.options.at, { renderer: zhihui.renderers.movers, name: p.unit_name, eta: zhihui.duration(p.eta_s) });
      chips.set(feature.id, chip.addTo(zhihui.map));
      aim(feature.id, line);
      return line;
    },
  };

  function aim(id, line) {
    const link = zhihui.store.get("links", id);
    const dim = Boolean(focus && link && link.properties.incident !== focus);
    if (chips.has(id)) chips.get(id).options.away = dim;
    if (line.options.dim === dim) return;
    line.options.dim = dim;
    line.redraw();
  }

  /** Make the map one of this incident, or of all (null). */
  zhihui.focus = function (incident) {
    focus = incident;
    marks.links.forEach((line, id) => aim(id, line));
    if (zhihui.map) zhihui.emit("moved", []);
  };

  draw.closures = function (feature) {
    remove("closures", feature.id);
    const way = feature.geometry.coordinates.map(([lon, lat]) => [lat, lon]);
    const line = new zhihui.ClosureLine(way, { renderer: zhihui.renderers.movers, many: Boolean(feature.properties.incident) });
    marks.closures.set(feature.id, line.addTo(zhihui.map).bringToBack());
  };

  /** Drawn again only where it differs: most patches change words alone. */
  function moveTo(mark, sprite, at) {
    if (mark.options.sprite === sprite && mark.getLatLng().equals(at)) return mark;
    return mark.setSprite(sprite).setLatLng(at).bringToFront();
  }

  /** Units on scene stand in a ring around their incident, each in its place. */
  function aside(unit) {
    const incident = unit.properties.incident && zhihui.store.get("incidents", unit.properties.incident);
    const company = incident ? incident.properties.units || [] : [];
    const rank = Math.max(0, company.indexOf(unit.id));
    const angle = -Math.PI / 2 + ((rank + 1) * 2 * Math.PI) / Math.max(6, company.length + 1);
    const far = zhihui.px(30);
    return [Math.cos(angle) * far, Math.sin(angle) * far];
  }

  // Units before links: a link begins where its unit stands.
  const ORDER = ["incidents", "units", "links", "closures"];

  function whole() {
    if (!zhihui.map) return;
    for (const layer of ORDER) {
      const wanted = zhihui.store.layer(layer);
      for (const id of Array.from(marks[layer].keys())) if (!wanted.has(id)) remove(layer, id);
      wanted.forEach((feature) => draw[layer](feature));
    }
    waiting = new zhihui.Touched();
    zhihui.emit("drawn", null);
  }

  let waiting = new zhihui.Touched();
  function some() {
    if (!zhihui.map) return;
    const patch = waiting.patch();
    waiting = new zhihui.Touched();
    for (const layer of ORDER) {
      for (const id of patch.remove[layer] || []) remove(layer, id);
      for (const feature of patch.upsert[layer] || []) draw[layer](feature);
    }
    regroup(patch);
    zhihui.emit("drawn", patch);
  }
  const soon = zhihui.beat(some);

  /** When an incident's company changes, the places around it change for all of them. */
  function regroup(patch) {
    for (const incident of patch.upsert.incidents || []) {
      for (const id of incident.properties.units || []) {
        const unit = zhihui.store.get("units", id);
        if (unit && unit.properties.status === "on_scene") draw.units(unit);
      }
    }
  }

  /** Boxes of the units that stand by, within a view in layer points; those that drive pass over everything. */
  zhihui.resting = function (view) {
    const found = [];
    marks.units.forEach((mark, id) => {
      const unit = zhihui.store.get("units", id);
      if (unit && !mark.options.hidden && IDLE.has(unit.properties.status) && mark._pxBounds && view.overlaps(mark._pxBounds)) found.push(tight(mark));
    });
    return found;
  };
  /** What is drawn of a sprite, without the room around it. */
  const tight = (mark) => {
    const half = mark.options.sprite.size / 4;
    return L.bounds(mark._point.subtract([half, half]), mark._point.add([half, half]));
  };

  let roomy = null;
  function zoomed() {
    const now = zhihui.zoom() >= ROOMY_FROM;
    if (now === roomy) return;
    roomy = now;
    zhihui.store.layer("units").forEach((feature) => draw.units(feature));
  }

  function redraw() {
    Object.values(marks).forEach((layer) => layer.forEach((mark) => mark.remove()) || layer.clear());
    gravest.clear();
    chips.forEach((chip) => chip.remove());
    chips.clear();
    whole();
  }

  zhihui.on("map", (map) => {
    map.on("zoomend", zoomed);
    whole();
  });
  zhihui.on("board", whole);
  zhihui.on("patch", (patch) => {
    waiting.add(patch);
    soon();
  });
  zhihui.on("shown", (layer) => layer === "units" && zhihui.store.layer("units").forEach((feature) => draw.units(feature)));
  zhihui.on("resized", () => zhihui.map && redraw());
});
