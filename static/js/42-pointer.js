/* What lies under the pointer. The canvases let all clicks through; the nearest mark within reach wins. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const REACH = 6; // pixels beside a mark that still count as on it
  let tip = null;
  let last = null;
  let frame = 0;

  function nearest(layer, point, reachOf) {
    let best = null;
    zhihui.marks[layer].forEach((mark, id) => {
      if (!mark._point || mark.options.hidden) return;
      const gap = mark._point.distanceTo(point);
      if (gap > reachOf(id) + REACH) return;
      if (!best || gap < best.gap) best = { layer, id, gap };
    });
    return best;
  }

  function counted(point) {
    for (const [id, { mark }] of zhihui.clusters) {
      if (mark._point && mark._point.distanceTo(point) <= zhihui.px(19)) return { layer: "clusters", id };
    }
    return null;
  }

  /** {layer, id} at a container point: an open incident first, a count of them, a unit, a closed incident. */
  function at(containerPoint) {
    const point = zhihui.map.containerPointToLayerPoint(containerPoint);
    const radius = (open) => (id) => {
      const p = zhihui.store.get("incidents", id).properties;
      return zhihui.isOpen(p) === open ? zhihui.incidentRadius(p.severity, open) : -Infinity;
    };
    return nearest("incidents", point, radius(true)) || counted(point) || nearest("units", point, () => zhihui.px(10)) || nearest("incidents", point, radius(false)) || nearest("closures", point, zhihui.closureReach);
  }
  zhihui.at = at;

  const held = (hold) => hold && zhihui.text("board.held", { by: hold.by, until: zhihui.timeOfDay(Date.parse(hold.until)) });

  function words(found, point) {
    if (found && found.layer === "incidents") {
      const p = zhihui.store.get("incidents", found.id).properties;
      return [zhihui.level(p.severity) + " " + zhihui.title(p.title), p.place || p.address, zhihui.text("status." + p.status)];
    }
    if (found && found.layer === "clusters") {
      const { ids, counts } = zhihui.clusters.get(found.id);
      const levels = [1, 2, 3, 4].filter((level) => counts[level]).map((level) => zhihui.level(level) + " " + counts[level]);
      return [zhihui.text("tip.cluster", { n: ids.length }), levels.join(" · ")];
    }
    if (found && found.layer === "closures") return zhihui.closureWords(found.id);
    if (found) {
      const p = zhihui.store.get("units", found.id).properties;
      const fix = zhihui.store.position(found.id);
      const age = fix ? zhihui.text("tip.position", { age: zhihui.age_text((zhihui.time.now() - fix.at) / 1000) }) : zhihui.text("tip.no_position");
      return [p.name, zhihui.text("unit.kind." + p.kind) + " · " + zhihui.text("unit.status." + p.status), held(p.hold), age];
    }
    const place = zhihui.placeAt(zhihui.map.containerPointToLayerPoint(point), zhihui.px(10));
    if (place && place.props.count) return [zhihui.text("tip.places", { n: place.props.count, layer: zhihui.text("layer." + place.layer.name) })];
    return place ? [place.props.name, zhihui.text("layer." + place.layer.name), zhihui.placeState(place)] : null;
  }

  function hover() {
    frame = 0;
    if (!last) return hide();
    const found = at(last);
    zhihui.map.getContainer().classList.toggle("over-pin", Boolean(found));
    const lines = words(found, last);
    if (!lines) return hide();
    return show(lines.filter(Boolean));
  }

  function show(lines) {
    tip.replaceChildren(...lines.map((line) => zhihui.make("div", "clip", line)));
    tip.hidden = false;
    const size = zhihui.map.getSize();
    tip.style.left = Math.min(last.x + 14, size.x - tip.offsetWidth - 8) + "px";
    tip.style.top = Math.min(last.y + 14, size.y - tip.offsetHeight - 8) + "px";
  }

  /** Nearer, until what was counted together stands apart. */
  function spread(id) {
    const marks = (zhihui.clusters.get(id)?.ids || []).map((one) => zhihui.marks.incidents.get(one)).filter(Boolean);
    const bounds = L.latLngBounds(marks.map((mark) => mark.getLatLng()));
    if (bounds.isValid()) zhihui.map.fitBounds(bounds.pad(0.3), { maxZoom: Math.max(16, zhihui.map.getZoom() + 2) });
  }

  function hide() {
    if (tip) tip.hidden = true;
  }

  zhihui.on("map", (map) => {
    tip = zhihui.make("div", "map-tip");
    tip.hidden = true;
    map.getContainer().parentElement.appendChild(tip);
    map.on("mousemove", (e) => {
      last = e.containerPoint;
      if (!frame) frame = requestAnimationFrame(hover);
    });
    map.on("mouseout movestart", () => {
      last = null;
      hide();
    });
    map.on("click", (e) => {
      const found = at(e.containerPoint);
      const press = { found, latlng: e.latlng, point: e.containerPoint, taken: false };
      zhihui.emit("pressed", press);
      if (!press.taken && found && found.layer === "clusters") spread(found.id);
    });
    map.on("contextmenu", (e) => zhihui.emit("asked", { latlng: e.latlng }));
  });
})(window.zhihui);
