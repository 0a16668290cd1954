/* /briefing: looks again a moment after something has changed; what is being written stays as it is. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "briefing") return;
  const REST_MS = 2000;
  let waiting = 0;

  function again() {
    waiting = 0;
    if (window.dash_clientside) window.dash_clientside.set_props("briefing-tick", { data: Date.now() });
  }
  zhihui.on("patch", () => {
    if (!waiting) waiting = setTimeout(again, REST_MS);
  });
})(window.zhihui);
