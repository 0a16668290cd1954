/* /handover: looks again a moment after something of this office's world has changed; opens sheets to be printed. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "handover") return;
  const REST_MS = 3000;
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  clientside.zhihui_handover = {
    /** The sheet of the shift whose last cell was pressed, in a window of its own. */
    paper(cell) {
      const query = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang });
      if (cell && cell.colId === "paper") window.open("/api/v1/handovers/" + encodeURIComponent(cell.rowId) + "/paper?" + query, "_blank", "noopener");
      return window.dash_clientside.no_update;
    },
  };
  let waiting = 0;

  function again() {
    waiting = 0;
    if (window.dash_clientside) window.dash_clientside.set_props("handover-tick", { data: Date.now() });
  }
  const soon = () => {
    if (!waiting) waiting = setTimeout(again, REST_MS);
  };
  zhihui.on("patch", soon);
  zhihui.on("notices", soon);
})(window.zhihui);
