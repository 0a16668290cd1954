/* /alerts: looks again a moment after a warning has changed, or a message about one may have left. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "alerts") return;
  const REST_MS = 1000;
  const LETTERS_MS = 4000; // letters leave, and fail, a moment after the fact; no fact tells of that
  let waiting = 0;
  let later = 0;

  function look() {
    if (window.dash_clientside) window.dash_clientside.set_props("alerts-tick", { data: Date.now() });
  }

  function again() {
    waiting = 0;
    look();
    clearTimeout(later);
    later = setTimeout(look, LETTERS_MS);
  }
  const touches = (patch) => Boolean((patch.upsert || {}).alerts || (patch.remove || {}).alerts);
  zhihui.on("patch", (patch) => {
    if (!waiting && touches(patch)) waiting = setTimeout(again, REST_MS);
  });
})(window.zhihui);
