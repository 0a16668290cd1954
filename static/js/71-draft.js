/* A new incident by right-click: a pin where it was asked, the form in place of the card. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const L = window.L;
  let pin = null;

  function mark(latlng) {
    if (pin) pin.remove();
    pin = null;
    if (!latlng) return;
    const icon = L.divIcon({ className: "draft-pin", iconSize: [28, 28], iconAnchor: [14, 14] });
    pin = L.marker(latlng, { icon, interactive: false, keyboard: false }).addTo(zhihui.map);
  }

  zhihui.draft = {
    open(latlng) {
      mark(latlng);
      document.documentElement.classList.add("drafting");
      const data = { lon: Number(latlng.lng.toFixed(6)), lat: Number(latlng.lat.toFixed(6)) };
      window.dash_clientside.set_props("draft", { data });
      const text = document.getElementById("report-text");
      if (text) text.focus();
    },
    close() {
      if (!zhihui.draft.isOpen()) return;
      mark(null);
      document.documentElement.classList.remove("drafting");
      window.dash_clientside.set_props("draft", { data: null });
    },
    isOpen: () => document.documentElement.classList.contains("drafting"),
  };

  zhihui.on("asked", ({ latlng }) => zhihui.draft.open(latlng));
})(window.zhihui);
