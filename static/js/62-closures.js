/* /places: when anybody closes or reopens a road, the open tab of roads and reach asks again. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "places") return;
  const told = (patch) => (patch.upsert || {}).closures || (patch.remove || {}).closures;

  zhihui.on("patch", (patch) => {
    if (told(patch) && document.getElementById("reach-closures")) window.dash_clientside.set_props("reach-changed", { data: patch.seq });
  });
})(window.zhihui);
