/* Suggestions of a new incident's form: asked for when the hand rests, put into the field by a press. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const RESTS_MS = 500;
  let resting = 0;
  let asked = 0;

  function ask() {
    resting = 0;
    set("report-said", { data: ++asked });
  }

  document.addEventListener("input", (event) => {
    if (event.target.id !== "report-text") return;
    clearTimeout(resting);
    resting = setTimeout(ask, RESTS_MS);
  });

  /** A place moves the draft there as well; a level is a number. */
  function take({ hint, value, lon, lat }) {
    if (lon) {
      const there = window.L.latLng(Number(lat), Number(lon));
      zhihui.draft.open(there, value);
      zhihui.map.panTo(there);
    } else set(hint, { value: hint === "report-severity" ? Number(value) : value });
  }

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("#report-hints [data-hint]");
    if (!chip) return;
    take(chip.dataset);
    const row = chip.closest(".hint-row");
    for (const other of row.querySelectorAll(".hint")) other.classList.toggle("taken", other === chip);
  });
})(window.zhihui);
