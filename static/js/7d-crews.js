/* 召回 of a real crew that takes part in a drill: one press on its row of the status board. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;

  /** The button in a cell of the row of a unit, for who may act. */
  zhihui.recallable = function (cell, id) {
    if (!(zhihui.boot.user || {}).acts || (cell.firstElementChild || { dataset: {} }).dataset.recall === id) return;
    const button = zhihui.make("span", "recall", zhihui.text("board.recall")); // the row itself is a button
    button.dataset.recall = id;
    button.setAttribute("role", "button");
    button.tabIndex = 0;
    cell.replaceChildren(button);
  };

  async function recall(id) {
    const query = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang });
    const answer = await fetch("/api/v1/units/" + encodeURIComponent(id) + "/recall?" + query, { method: "POST" }).catch(() => null);
    const unit = zhihui.store.get("units", id);
    if (answer && answer.ok) return zhihui.notice({ kind: "done", text: zhihui.text("board.recalled", { name: unit ? unit.properties.name : id }) });
    const problem = answer ? await answer.json() : { detail: zhihui.text("live.failed") };
    return zhihui.notice({ kind: "refusal", text: problem.detail, remedy: problem.remedy });
  }

  function pressed(event) {
    const button = event.target.closest && event.target.closest("[data-recall]");
    if (!button || (event.key && event.key !== "Enter" && event.key !== " ")) return;
    event.stopPropagation();
    event.preventDefault();
    recall(button.dataset.recall);
  }

  document.addEventListener("click", pressed, true);
  document.addEventListener("keydown", pressed, true);
})(window.zhihui);
