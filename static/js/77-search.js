/* The search field: open incidents from the board, streets, places and grids from the server. A choice flies the
   map there, sets a pin, and offers a new incident at it. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const L = window.L;
  const WAIT_MS = 300;
  const INCIDENTS = 5;
  const PLACES = 40;
  const OF_A_KIND = 5;

  let waiting = 0; // timer until the server is asked
  let asked = null; // the request on its way
  let words = "";
  let places = { state: "idle", items: [] }; // idle | loading | failed | done
  let rows = []; // what may be chosen: {kind, act, element}
  let at = -1;
  let pin = null; // {popup, marker, item}

  /** Dash may wrap its inputs; the field itself is what takes the keys. */
  function field() {
    const found = document.getElementById("search");
    return !found || found.matches("input") ? found : found.querySelector("input");
  }
  const box = () => document.getElementById("found");

  function typed() {
    words = field().value.trim();
    clearTimeout(waiting);
    if (asked) asked.abort();
    asked = null;
    places = { state: words ? "loading" : "idle", items: [] };
    if (words) waiting = setTimeout(ask, WAIT_MS);
    draw();
  }

  async function ask() {
    const mine = (asked = new AbortController());
    const query = new URLSearchParams({ q: words, limit: String(PLACES), lang: zhihui.boot.lang, realm: zhihui.realm });
    try {
      const answer = await fetch("/api/v1/search?" + query, { signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const { items } = await answer.json();
      if (asked === mine) places = { state: "done", items };
    } catch (error) {
      if (asked === mine) places = { state: "failed", items: [] };
    }
    if (asked === mine) draw();
  }

  /* --- the list under the field --- */

  function draw() {
    at = -1;
    rows = [];
    if (!words) return close();
    const parts = [...incidents(), ...grouped()];
    box().replaceChildren(...parts);
    open();
    aim(rows.length ? 0 : -1);
    return true;
  }

  function incidents() {
    const low = words.toLowerCase();
    const { found, all } = zhihui.order.first(INCIDENTS, (feature) => zhihui.queues.says(feature.properties, low));
    if (!all) return [];
    const parts = [head(zhihui.text("found.incidents"), all)];
    for (const feature of found) {
      const p = feature.properties;
      const row = entry(zhihui.title(p.title), [p.number, p.place].filter(Boolean).join(" · "), () => toIncident(feature.id));
      row.prepend(zhihui.markElement(p.severity, zhihui.classOf(p.class).glyph || "", true));
      parts.push(row);
    }
    if (all > 1) parts.push(entry(zhihui.text("found.only_these", { n: all }), "", () => only(low)));
    return parts;
  }

  function grouped() {
    if (places.state === "loading") return [note("found.loading")];
    if (places.state === "failed") return [note("found.failed")];
    if (!places.items.length) return rows.length ? [] : [note("found.nothing")];
    const kinds = new Map();
    for (const item of places.items) kinds.set(item.layer, (kinds.get(item.layer) || []).concat([item]));
    return [...kinds].flatMap(([layer, items]) => [
      head(kindName(layer), items.length),
      ...items.slice(0, OF_A_KIND).map((item) => entry(item.name, item.detail || "", () => fly(item))),
    ]);
  }

  /** What the server calls the kinds that are no layer of the map. */
  const kindName = (layer) => zhihui.text(zhihui.hasText("found." + layer) ? "found." + layer : "layer." + layer);

  function head(text, n) {
    const made = zhihui.make("div", "found-head", text);
    made.append(zhihui.make("span", "", String(n)));
    return made;
  }

  const note = (key) => zhihui.make("div", "found-note", zhihui.text(key));

  function entry(name, detail, act) {
    const row = zhihui.make("div", "found-row");
    row.id = "found-" + rows.length;
    row.setAttribute("role", "option");
    const said = zhihui.make("div", "");
    said.append(zhihui.make("div", "clip", name));
    if (detail) said.append(zhihui.make("div", "clip detail", detail));
    row.append(said);
    row.onclick = act;
    rows.push(row);
    return row;
  }

  function aim(next) {
    if (rows[at]) rows[at].removeAttribute("aria-selected");
    at = next;
    const row = rows[at];
    if (!row) return field().removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    return field().setAttribute("aria-activedescendant", row.id);
  }

  function open() {
    box().hidden = false;
    field().setAttribute("aria-expanded", "true");
  }

  /** Returns whether there was anything to close; the words stay for another look. */
  function close() {
    if (!box() || box().hidden) return false;
    box().hidden = true;
    field().setAttribute("aria-expanded", "false");
    field().removeAttribute("aria-activedescendant");
    return true;
  }

  /* --- what a choice does --- */

  function toIncident(id) {
    leave();
    zhihui.desk.open(id);
    zhihui.desk.locate(id);
  }

  function only(low) {
    leave();
    zhihui.queues.set({ words: low });
  }

  function leave() {
    close();
    document.getElementById("incident-list").focus({ preventScroll: true });
  }

  function fly(item) {
    leave();
    unpin();
    const there = L.latLng(item.lat, item.lon);
    if (item.bounds) zhihui.map.fitBounds([[item.bounds[1], item.bounds[0]], [item.bounds[3], item.bounds[2]]], { maxZoom: 16, padding: [60, 60] });
    else zhihui.map.setView(there, Math.max(zhihui.map.getZoom(), 16));
    const icon = L.divIcon({ className: "found-pin", iconSize: [28, 28], iconAnchor: [14, 14] });
    const marker = L.marker(there, { icon, interactive: false, keyboard: false }).addTo(zhihui.map);
    const popup = L.popup({ className: "found-popup", offset: [0, -12], closeButton: false, autoClose: false, closeOnClick: false, closeOnEscapeKey: false, autoPan: false });
    popup.setLatLng(there).setContent(said(item)).openOn(zhihui.map);
    pin = { popup, marker, item };
  }

  function said(item) {
    const made = zhihui.make("div", "");
    made.append(zhihui.make("div", "found-name", item.name));
    if (item.detail) made.append(zhihui.make("div", "detail", item.detail));
    const here = zhihui.make("button", "act", zhihui.text("found.report_here"));
    here.append(zhihui.make("kbd", "", "N"));
    here.onclick = draft;
    const away = zhihui.make("button", "act", zhihui.text("found.take_away"));
    away.append(zhihui.make("kbd", "", "Esc"));
    away.onclick = unpin;
    const acts = zhihui.make("div", "acts");
    acts.append(here, away);
    made.append(acts);
    return made;
  }

  function draft() {
    const { item } = pin;
    unpin();
    zhihui.draft.open(L.latLng(item.lat, item.lon), item.name);
  }

  /** Returns whether there was a pin to take away. */
  function unpin() {
    if (!pin) return false;
    pin.popup.remove();
    pin.marker.remove();
    pin = null;
    return true;
  }

  /* --- the field --- */

  function keys(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (rows[at] && !box().hidden) rows[at].onclick();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (box().hidden && words) return void draw();
      if (rows.length) aim((at + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length);
    }
  }

  zhihui.search = {
    focus() {
      field().focus();
      field().select();
    },
    close,
    fly,
    unpin,
    draft,
    pinned: () => (pin ? pin.item : null),
  };

  zhihui.whenThere("search", () => {
    const marks = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "found" };
    Object.entries(marks).forEach(([name, value]) => field().setAttribute(name, value));
    box().setAttribute("role", "listbox");
    field().addEventListener("keydown", keys);
    field().addEventListener("input", typed);
    field().addEventListener("focus", () => words && draw());
  });
  document.addEventListener("pointerdown", (event) => event.target.closest(".search-field") || close());
})(window.zhihui);
