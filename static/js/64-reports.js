/* /reports: how large charts are drawn, how figures are worded in the table, where an incident of the list leads. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "reports") return;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  (window.dashAgGridFunctions = window.dashAgGridFunctions || {}).kpiWords = ({ data, colDef }) => (data && data.words ? data.words[colDef.field] : "");

  clientside.zhihui_reports = {
    /** Letters of this screen against 16 px: charts do not hear of the style sheet. */
    scale: () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,

    /** The file of the incident that was pressed. */
    open(cell) {
      if (cell && cell.rowId) location.assign(zhihui.inRealm("/cases/" + encodeURIComponent(cell.rowId) + "?lang=" + zhihui.boot.lang));
      return window.dash_clientside.no_update;
    },
  };
})(window.zhihui);
