/* A press on a place or a grid says what it is: a small panel on the desk's map, closed by × or Esc. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const FEW = 5; // counts of people below this are not shown
  const PEOPLE = new Set(["households", "population"]);
  const NEAR = 1e-6; // degrees
  let panel = null;
  let outline = null;
  let asking = null;

  /** The value of a property in words; null where there are none for it. */
  function worded(layer, name, value) {
    if (value === undefined || value === null || value === "") return null;
    const key = "value." + layer + "." + name + "." + value;
    if (zhihui.hasText(key)) return zhihui.text(key);
    if (typeof value === "number" && PEOPLE.has(name) && value < FEW) return zhihui.text("fact.few", { n: FEW });
    if (typeof value === "number") return zhihui.text("fact.number", { n: value.toLocaleString("en-US") });
    return /[^ -~]|^\d/.test(value) ? String(value) : null; // a bare key in Latin letters says nothing
  }

  /** State of a place for its tip: the facts that have words of their own. */
  zhihui.placeState = ({ layer, props }) => layer.facts
    .map((name) => zhihui.hasText("value." + layer.name + "." + name + "." + props[name]) && worded(layer.name, name, props[name]))
    .filter(Boolean).join(" · ");

  function rows(layer, props) {
    const found = [[zhihui.text("fact.code"), props.code]];
    for (const name of layer.facts) {
      const value = worded(layer.name, name, props[name]);
      if (value !== null) found.push([zhihui.text("fact." + name), value]);
    }
    return found;
  }

  const EARTH = 6371008.8;
  /** Square metres of a polygon's rings in degrees; the first is the outside. */
  function squareMetres(rings) {
    const rad = Math.PI / 180;
    const one = (ring) => {
      let sum = 0;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        sum += (ring[i][0] - ring[j][0]) * rad * (2 + Math.sin(ring[i][1] * rad) + Math.sin(ring[j][1] * rad));
      }
      return Math.abs((sum * EARTH * EARTH) / 2);
    };
    return rings.reduce((all, ring, i) => all + (i ? -one(ring) : one(ring)), 0);
  }

  function extent(geometry) {
    const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
    const m2 = polygons.reduce((all, rings) => all + squareMetres(rings), 0);
    return m2 < 1e6 ? zhihui.text("fact.hectares", { n: (m2 / 1e4).toFixed(1) }) : zhihui.text("fact.km2", { n: (m2 / 1e6).toFixed(m2 < 1e8 ? 2 : 0) });
  }

  function within(geometry, [x, y]) {
    const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
    const inRing = (ring) => {
      let odd = false;
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
        const [ax, ay] = ring[i];
        const [bx, by] = ring[j];
        if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
      }
      return odd;
    };
    return polygons.some((rings) => inRing(rings[0]) && !rings.slice(1).some(inRing));
  }

  function show(title, kind, lines) {
    const close = zhihui.make("button", "info-close", "×");
    close.type = "button";
    close.setAttribute("aria-label", zhihui.text("info.close"));
    close.addEventListener("click", hide);
    const head = zhihui.make("div", "info-head");
    head.append(zhihui.make("strong", "", title), close);
    const list = zhihui.make("dl");
    for (const [name, value] of lines) list.append(zhihui.make("dt", "", name), zhihui.make("dd", "", value));
    panel.replaceChildren(head, zhihui.make("div", "info-kind", kind), list);
    panel.hidden = false;
    zhihui.emit("covered", null);
  }

  function hide() {
    if (asking) asking.abort();
    mark(null);
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    zhihui.emit("covered", null);
  }

  function mark(layer) {
    if (outline) outline.remove();
    outline = layer ? layer.addTo(zhihui.map).bringToBack() : null;
  }

  const line = () => ({ renderer: zhihui.renderers.incidents, interactive: false, color: zhihui.token("accent"), weight: zhihui.px(2), fill: false });

  function place({ layer, props, at }) {
    show(props.name, zhihui.text("layer." + layer.name), rows(layer, props));
    if (layer.asks) asked({ layer, props });
    const world = 256 * 2 ** zhihui.map.getZoom();
    mark(L.circleMarker(zhihui.map.unproject([at.x * world, at.y * world]), { ...line(), radius: zhihui.px(14) }));
  }

  /** What changes by the hour is asked for when the place is pressed; until it is there the rest stands. */
  async function asked({ layer, props }) {
    asking = new AbortController();
    const query = new URLSearchParams({ realm: zhihui.realm });
    try {
      const answer = await fetch("/api/v1/" + layer.asks + "/" + encodeURIComponent(props.code) + "?" + query, { signal: asking.signal });
      if (answer.ok) show(props.name, zhihui.text("layer." + layer.name), [...rows(layer, props), ...changing(layer, await answer.json())]);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  const measured = (value, unit) => (value === null || value === undefined ? "–" : value + " " + (unit || ""));
  const CHANGING = {
    status: (told, layer) => worded(layer.name, "status", told.status),
    value: (told) => "value" in told && measured(told.value, told.unit),
    limit: (told) => "limit" in told && measured(told.limit, told.unit),
    age: (told) => "age_s" in told && (told.age_s === null ? "–" : zhihui.age_text(told.age_s)),
    owner: (told) => told.owner,
    due: (told) => told.due_at && zhihui.dayOf(Date.parse(told.due_at) - 1) + (told.overdue ? " ▲ " + zhihui.text("fact.overdue") : ""),
  };
  const changing = (layer, told) => Object.entries(CHANGING)
    .map(([name, read]) => [zhihui.text("fact." + name), read(told, layer)])
    .filter(([, value]) => value);

  /** The finest tier that is drawn at this zoom. */
  function tier(layer) {
    const drawn = Object.keys(layer.styles).filter((value) => zhihui.within(layer.styles[value].zooms, zhihui.zoom()));
    return Math.max(...drawn.map(Number));
  }

  async function grid(layer, { lat, lng }) {
    asking = new AbortController();
    const box = [lng - NEAR, lat - NEAR, lng + NEAR, lat + NEAR].map((n) => n.toFixed(7)).join(",");
    const query = new URLSearchParams({ realm: zhihui.realm, tier: zhihui.measure.tier() ?? tier(layer), limit: 50, bbox: box });
    try {
      const answer = await fetch("/api/v1/layers/grids/items?" + query, { signal: asking.signal });
      const { features } = answer.ok ? await answer.json() : { features: [] };
      const found = features.find((feature) => within(feature.geometry, [lng, lat]));
      if (!found) return hide();
      const p = found.properties;
      const measured = zhihui.measure.fact(p.code);
      show(p.name, zhihui.text("grid.tier." + p.tier), [...(measured ? [measured] : []), ...rows(layer, p), [zhihui.text("fact.area"), extent(found.geometry)]]);
      return mark(L.geoJSON(found.geometry, { style: line, interactive: false }));
    } catch (error) {
      if (error.name !== "AbortError") hide(); // a press that brings nothing is repeated by hand
      return undefined;
    }
  }

  function pressed({ found, latlng, point, taken }) {
    if (taken) return; // it said where an incident goes
    if (asking) asking.abort(); // an answer to an earlier press would cover what this one shows
    if (found) return hide();
    const near = zhihui.placeAt(zhihui.map.containerPointToLayerPoint(point), zhihui.px(12));
    if (near && near.props.count) return zhihui.spreadPlaces(near);
    if (near) return place(near);
    const layer = zhihui.registry().layers.find(({ name }) => name === "grids");
    return layer && zhihui.isShown(layer) ? grid(layer, latlng) : hide();
  }

  zhihui.info = { show, hide };
  zhihui.on("map", (map) => {
    if (!zhihui.hands) return;
    panel = zhihui.make("div", "map-info");
    panel.hidden = true;
    panel.setAttribute("role", "status");
    map.getContainer().parentElement.append(panel);
    zhihui.on("pressed", pressed);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || panel.hidden) return;
      event.stopPropagation();
      hide();
    }, true);
  });
})(window.zhihui);
