/* What takes the card's place or the map's next press: a new incident, its correction, its new place. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const L = window.L;
  const root = document.documentElement.classList;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const point = ({ lng, lat }) => ({ lon: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)) });
  let pin = null;

  function mark(latlng) {
    if (pin) pin.remove();
    pin = null;
    if (!latlng) return;
    const icon = L.divIcon({ className: "draft-pin", iconSize: [28, 28], iconAnchor: [14, 14] });
    pin = L.marker(latlng, { icon, interactive: false, keyboard: false }).addTo(zhihui.map);
  }

  function focus(id) {
    const field = document.getElementById(id);
    if (field) field.focus();
  }

  /** A form is going away: a focus that was in it goes back to the list. */
  function handBack() {
    if (document.activeElement.closest(".report-form, .amend-form")) zhihui.emit("focuslost", null);
  }

  zhihui.draft = {
    /** A form for an incident at this place; `address` is what is known of it. */
    open(latlng, address) {
      zhihui.amending.close();
      zhihui.moving.close();
      mark(latlng);
      root.add("drafting");
      set("draft", { data: point(latlng) });
      if (address) set("report-address", { value: address });
      focus("report-text");
    },
    close() {
      if (!zhihui.draft.isOpen()) return false;
      handBack();
      mark(null);
      root.remove("drafting");
      set("draft", { data: null });
      set("report-hints", { children: [] });
      return true;
    },
    isOpen: () => root.contains("drafting"),
  };

  zhihui.amending = {
    /** The form of a correction, holding what is known of the selected incident. */
    open() {
      const feature = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
      if (!feature) return;
      const p = feature.properties;
      const known = { class: p.class, severity: p.severity, text: p.text, address: p.address };
      set("amending", { data: { incident: zhihui.selected, ...known } });
      for (const [name, value] of Object.entries(known)) set("amend-" + name, { value });
      root.add("amending");
      focus("amend-text");
    },
    close() {
      if (!root.contains("amending")) return false;
      handBack();
      root.remove("amending");
      return true;
    },
    isOpen: () => root.contains("amending"),
  };

  zhihui.moving = {
    open() {
      if (zhihui.selected) root.add("moving");
    },
    close() {
      if (!root.contains("moving")) return false;
      root.remove("moving");
      return true;
    },
    /** The press that says where; returns whether it was one. */
    take(latlng) {
      if (!zhihui.moving.close()) return false;
      set("moved", { data: point(latlng) });
      return true;
    },
  };

  zhihui.on("asked", ({ latlng }) => zhihui.draft.open(latlng));
  zhihui.on("selected", () => zhihui.moving.close());

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#card-acts [data-verb]");
    if (button && button.dataset.verb === "amend") zhihui.amending.open();
    if (button && button.dataset.verb === "relocate") zhihui.moving.open();
    if (event.target.closest("[data-step-back]")) zhihui.draft.close() || zhihui.amending.close();
  });
})(window.zhihui);
