/* /places: the frame's part in the browser. What is drawn on the map for a tab is 61-overlay.js. */
(function (zhihui) {
  "use strict";
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  let shown = "none";

  clientside.zhihui_places = {
    /** The stores of the tabs, set once each, and again while a tab lacks what it needs; the address names the open tab, so that it survives a reload. */
    opened(tab, ...known) {
      shown = tab;
      zhihui.overlay.tab(tab);
      const address = new URL(location.href);
      address.searchParams.set("tab", tab);
      history.replaceState(null, "", address);
      const outputs = window.dash_clientside.callback_context.outputs_list;
      const lacks = Boolean(document.querySelector("#" + tab + "-pane .tab-first"));
      return known.map((was, i) => ((!was || lacks) && outputs[i].id === tab + "-opened" ? Date.now() : window.dash_clientside.no_update));
    },

    overlay(given) {
      zhihui.overlay.set(given || {});
      return window.dash_clientside.no_update;
    },
  };

  if (zhihui.boot.page !== "places") return;
  zhihui.on("pressed", ({ latlng }) => {
    const at = { lon: Number(latlng.lng.toFixed(7)), lat: Number(latlng.lat.toFixed(7)), at: Date.now() };
    const asks = document.querySelector("#" + shown + "-pane [data-ground]"); // a store that is not there makes Dash throw
    if (asks) window.dash_clientside.set_props(asks.dataset.ground, { data: at });
  });
})(window.zhihui);
