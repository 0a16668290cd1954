/* The duty desk: what is selected, and the refresh of the card when others act. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  zhihui.selected = null;
  const GATHER_MS = 120; // a run of patches about one incident asks for its card once
  let sentSeq = 0;
  const KEEP = "zhihui.selected." + zhihui.realm;
  const RUN_MS = 150; // selections that follow one another faster are one run
  let told = null; // the incident whose card was last asked for
  let later = 0;
  let settledAt = -Infinity;
  let restored = false;
  let missed = false;

  const set = (id, data) => window.dash_clientside.set_props(id, { data });

  /** Select an incident: ring, row, and the card through the one store. `look`: the map goes there if need be. */
  function select(id, look) {
    zhihui.selected = id;
    zhihui.ring(id);
    settle(look);
    if (id) zhihui.list.show(id);
    zhihui.list.selected();
    sessionStorage.setItem(KEEP, id || "");
    zhihui.emit("selected", id);
  }
  zhihui.select = select;

  /* A page that is loaded anew shows what was looked at. */
  zhihui.on("incidents", () => {
    const id = restored ? null : sessionStorage.getItem(KEEP);
    restored = restored || zhihui.seq > 0;
    if (id && zhihui.store.get("incidents", id)) zhihui.whenThere("incident-card", () => zhihui.selected || select(id));
  });

  /* A card that could not be read is asked for again when the connection is back. */
  zhihui.on("cardlost", () => (missed = true));
  zhihui.on("connection", () => {
    if (!missed || !zhihui.connected) return;
    missed = false;
    tell();
  });

  /** The card is asked for at once, but only once when a key runs down the list. */
  function settle(look) {
    const now = performance.now();
    clearTimeout(later);
    if (now - settledAt < RUN_MS) later = setTimeout(settled, RUN_MS, look);
    else settled(look);
    settledAt = now;
  }

  function settled(look) {
    if (told !== zhihui.selected) set("picked", null);
    told = zhihui.selected;
    tell();
    zhihui.unread.opened(zhihui.selected);
    if (look) reveal(zhihui.selected);
  }

  function tell() {
    later = 0;
    const feature = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
    sentSeq = feature ? newest(feature) : 0;
    set("selection", zhihui.selected ? { incident: zhihui.selected, seq: sentSeq } : null);
  }

  /** The position of the last fact about an incident or about one of its units' tasks (a crew's check is no fact of it). */
  function newest({ properties: p }) {
    const tasks = (p.units || []).map((id) => zhihui.store.get("units", id)?.properties.assignment);
    return Math.max(p.seq, ...tasks.map((id) => zhihui.store.get("links", id)?.properties.seq || 0));
  }

  /** Bring an incident into view, only if it is not. */
  function reveal(id) {
    const feature = zhihui.store.get("incidents", id);
    if (!feature || !zhihui.map) return;
    const [lon, lat] = feature.geometry.coordinates;
    if (!zhihui.map.getBounds().pad(-0.1).contains([lat, lon])) zhihui.map.panTo([lat, lon]);
  }

  /** Look at an incident from near by. */
  function locate(id) {
    const feature = zhihui.store.get("incidents", id);
    if (!feature || !zhihui.map) return;
    const [lon, lat] = feature.geometry.coordinates;
    zhihui.map.setView([lat, lon], Math.max(zhihui.map.getZoom(), NEAR));
  }
  const NEAR = 15;

  /* Somebody acted on the selected incident: the card is asked for anew, once for a run of patches. */
  zhihui.on("drawn", () => {
    const feature = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
    if (!feature || newest(feature) === sentSeq || later) return;
    later = setTimeout(tell, GATHER_MS);
  });

  zhihui.on("pressed", (press) => {
    const { found, latlng } = press;
    press.taken = zhihui.moving.take(latlng) || zhihui.zoneTool.taken(latlng);
    if (press.taken || !found) return;
    const unit = found.layer === "units" && zhihui.store.get("units", found.id);
    const incident = found.layer === "incidents" ? found.id : unit && unit.properties.incident;
    if (incident) open(incident);
  });

  function open(id, look) {
    zhihui.draft.close();
    zhihui.amending.close();
    zhihui.moving.close();
    select(id, look);
  }

  document.addEventListener("click", (event) => {
    const row = event.target.closest("#incident-list .incident-row");
    if (row) open(row.dataset.incident, true);
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("#incident-list .incident-row");
    if (row) locate(row.dataset.incident);
  });
  // The second half of a double click would press what has just taken the first button's place.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest(".act")) event.stopPropagation();
  }, true);

  zhihui.desk = { open, locate };
})(window.zhihui);
