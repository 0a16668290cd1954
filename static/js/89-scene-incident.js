/* The scene of one incident: the map on it and the ways to it, and a large card of what a leader asks first. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const L = window.L;
  const UNIT_ROW = 34; // px at 1080 lines, as in 41-scenes.css
  const UNDERWAY = { enroute: 0, acknowledged: 1, dispatched: 2, on_scene: 3 };

  const make = zhihui.make;
  const latlng = ([lon, lat]) => L.latLng(lat, lon);
  const say = zhihui.setText;

  /** The incident, the ways of its units, and those who stand by it. */
  function bounds(id) {
    const feature = zhihui.store.get("incidents", id);
    if (!feature) return null;
    const found = L.latLngBounds([latlng(feature.geometry.coordinates)]);
    links(id).forEach((link) => {
      if (link.properties.status !== "on_scene") link.geometry.coordinates.forEach((at) => found.extend(latlng(at)));
    });
    return found;
  }

  /** What is bound to it, the nearest to come first, then who is there. */
  function links(id) {
    const found = Array.from(zhihui.store.layer("links").values()).filter(({ properties: p }) => p.incident === id);
    const rank = ({ properties: p }) => (UNDERWAY[p.status] ?? 9) * 1e7 + (p.eta_s || 0);
    return found.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  }

  function card(panel) {
    const parts = {
      mark: make("span", "mark"), level: make("div", "focus-level clip"), state: make("div", "focus-state"),
      title: make("h2", "focus-title"), place: make("div", "focus-place"), since: make("div", "focus-since"),
      next: make("div", "focus-next clip"), due: make("div", "due"), bar: make("div", "bar"),
      facts: make("dl", "focus-facts"), text: make("p", "focus-text"),
      crew: make("h3", "focus-crew"), units: make("div", "focus-units"),
    };
    parts.bar.append(make("i"));
    const head = make("div", "focus-head scene-block");
    head.append(parts.mark, parts.level, parts.state);
    const step = make("div", "focus-step scene-block");
    step.append(parts.next, parts.due, parts.bar);
    for (const name of ["title", "place", "since", "facts", "text", "crew"]) parts[name].classList.add("scene-block");
    panel.classList.add("focus");
    panel.append(head, parts.title, parts.text, parts.place, parts.since, step, parts.facts, parts.crew, parts.units);
    return parts;
  }

  function fill(place, parts, { properties: p }) {
    const open = zhihui.isOpen(p);
    if (parts.seq !== p.seq) {
      parts.seq = p.seq;
      parts.mark.replaceChildren(zhihui.markElement(p.severity, zhihui.classOf(p.class).glyph || "", open));
    }
    const kind = zhihui.classOf(p.class);
    say(parts.level, zhihui.text("focus.level", { level: zhihui.level(p.severity), class: zhihui.boot.lang === "en" ? kind.name_en : kind.name }));
    say(parts.state, zhihui.text("status." + p.status));
    say(parts.title, zhihui.title(p.title));
    say(parts.place, [p.place, p.address].filter(Boolean).join(" · ") || zhihui.text("grave.nowhere"));
    say(parts.text, p.text === p.title ? "" : p.text || "");
    place.element.classList.toggle("ended", !open);
    facts(parts, p);
    time(parts, p, open);
  }

  function facts(parts, p) {
    const response = p.linkage && zhihui.store.get("linkages", p.linkage);
    const rows = [
      [zhihui.text("focus.owner"), p.owner && zhihui.officeName(p.owner)],
      [zhihui.text("focus.photos"), p.photos ? zhihui.text("focus.photos_n", { n: p.photos }) : ""],
      [zhihui.text("focus.linkage"), response && zhihui.text("focus.linkage_of", { plan: zhihui.planName(response.properties), level: zhihui.level(response.properties.level) })],
      [zhihui.text("focus.commander"), response && response.properties.commander_name],
    ].filter(([, value]) => value);
    const key = JSON.stringify(rows);
    if (parts.rows === key) return;
    parts.rows = key;
    parts.facts.replaceChildren(...rows.flatMap(([name, value]) => [make("dt", "", name), make("dd", "clip", value)]));
  }

  function time(parts, p, open) {
    const since = Date.parse(open ? p.reported_at : p.status_since);
    const age = zhihui.duration((zhihui.time.now() - since) / 1000);
    say(parts.since, zhihui.text(open ? "focus.since" : "focus.ended", { at: zhihui.timeOfDay(since), age }));
    say(parts.next, open && p.next ? zhihui.text("next.line", { what: zhihui.text("next." + p.next) }) : "");
    const runs = open && p.deadline;
    parts.bar.style.visibility = runs ? "visible" : "hidden";
    if (runs) zhihui.countDown(parts.due, parts.bar, p.deadline);
    else say(parts.due, "");
  }

  /** Who is on it, as many as stand whole in what is left of the card. */
  function units(place, parts, id) {
    const all = links(id);
    const room = Math.max(1, zhihui.seams.rows(parts.units, zhihui.px(UNIT_ROW), 0));
    const shown = all.length > room ? all.slice(0, room - 1) : all;
    say(parts.crew, zhihui.text(all.length ? "focus.crew" : "focus.nobody", { n: all.length }));
    const rows = shown.map((link) => [link.properties.unit_name, zhihui.text("unit.status." + link.properties.status), left(place, link)]);
    if (shown.length < all.length) rows.push([zhihui.text("focus.more", { n: all.length - shown.length }), "", ""]);
    while (parts.units.children.length > rows.length) parts.units.lastChild.remove();
    rows.forEach((row, i) => {
      const element = parts.units.children[i] || parts.units.appendChild(unitRow());
      row.forEach((text, n) => say(element.children[n], text));
    });
    if (parts.shown !== rows.length) zhihui.emit("scened", null);
    parts.shown = rows.length;
  }

  function unitRow() {
    const row = make("div", "focus-unit scene-block");
    row.append(make("span", "clip"), make("span", "state"), make("span", "eta"));
    return row;
  }

  /** Time to go by the way that is left. */
  function left({ view }, link) {
    const { eta_s: eta, status } = link.properties;
    const line = view.marks.links.get(link.id);
    return status === "on_scene" || eta === null || eta === undefined ? "" : zhihui.duration(eta * (line ? line.left() : 1));
  }

  zhihui.scenes.register("incident", {
    enter(place, { incident, bounds: fixed }) {
      const panel = place.panel("left");
      Object.assign(place.state, { id: incident, parts: card(panel) });
      place.element = panel;
      place.view.ring(incident);
      place.view.focus(incident);
      place.shows(fixed ? () => zhihui.scenes.bounds(fixed) : () => bounds(incident));
      this.update(place);
    },
    update(place) {
      const { id, parts } = place.state;
      const feature = zhihui.store.get("incidents", id);
      if (!feature || !zhihui.isOpen(feature.properties)) place.ended();
      if (feature) {
        fill(place, parts, feature);
        return units(place, parts, id);
      }
      place.element.classList.add("ended");
      return say(parts.title, zhihui.text("focus.gone"));
    },
    leave({ view }) {
      view.ring(null);
      view.focus(null);
    },
  });
})(window.zhihui);
