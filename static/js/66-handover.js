/* /handover: looks again a moment after something of this office's world has changed. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "handover") return;
  const REST_MS = 3000;
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
  zhihui.whenThere("handover-tick", again);
})(window.zhihui);
