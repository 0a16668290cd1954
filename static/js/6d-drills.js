/* /drills: where a row leads, and that the lists are looked at again when drills may have changed. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "drills") return;
  const LOOK_MS = 10000;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const lang = "lang=" + zhihui.boot.lang;

  clientside.zhihui_drills = {
    /** The drill of the row, or its replay. */
    open(cell) {
      if (!cell || !cell.rowId) return window.dash_clientside.no_update;
      if (cell.colId !== "replay") return "/drills/" + encodeURIComponent(cell.rowId) + "?" + lang;
      return cell.value ? "/replay?realm=" + encodeURIComponent("drill:" + cell.rowId) + "&" + lang : window.dash_clientside.no_update;
    },

    /** A script that ships, as a file; or a drill by it. */
    script(cell) {
      if (!cell || !cell.rowId) return window.dash_clientside.no_update;
      if (cell.colId === "open") begin(cell.rowId);
      if (["json", "xlsx"].includes(cell.colId)) load(cell.rowId + "." + cell.colId);
      return window.dash_clientside.no_update;
    },
  };

  /** The form of a new drill, with a script chosen. */
  function begin(code) {
    document.getElementById("drills-new").click();
    window.dash_clientside.set_props("drills-origin", { value: "shipped" });
    window.dash_clientside.set_props("drills-shipped", { value: code });
  }

  function load(file) {
    const link = zhihui.make("a");
    link.href = "/api/v1/drills/scripts/" + encodeURIComponent(file);
    link.download = file;
    link.click();
  }

  /* Drills are other realms: no stream that is heard here tells of them. A page that is hidden does not ask. */
  zhihui.whenThere("drills-list", () => {
    setInterval(() => document.hidden || window.dash_clientside.set_props("drills-tick", { data: Date.now() }), LOOK_MS);
  });
})(window.zhihui);
