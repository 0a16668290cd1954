/* /alerts: looks again a moment after a warning has changed, or a message about one may have left. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "alerts") return;
  const REST_MS = 1000;
  let waiting = 0;

  function again() {
    waiting = 0;
    if (window.dash_clientside) window.dash_clientside.set_props("alerts-tick", { data: Date.now() });
  }
  const touches = (patch) => Boolean((patch.upsert || {}).alerts || (patch.remove || {}).alerts);
  zhihui.on("patch", (patch) => {
    if (!waiting && touches(patch)) waiting = setTimeout(again, REST_MS);
  });
})(window.zhihui);
