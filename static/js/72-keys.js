/* Keys of the desk: ↑ ↓ Enter in the list, 1–9 pick a unit, Ctrl+Enter commits, / searches, Esc steps back. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;

  const typing = (target) => target.matches("input, textarea, select, [contenteditable], [role='combobox']");

  function step(by) {
    const ids = zhihui.list.shown();
    if (!ids.length) return;
    const at = ids.indexOf(zhihui.selected);
    const next = ids[Math.max(0, Math.min(ids.length - 1, at < 0 ? 0 : at + by))];
    zhihui.desk.open(next);
    zhihui.desk.reveal(next);
  }

  function press(selector, index) {
    const button = document.querySelectorAll(selector)[index];
    if (button) button.click();
    return Boolean(button);
  }

  /** Dash may wrap its inputs; the field itself is what takes the keys. */
  function searchField() {
    const found = document.getElementById("search");
    return found.matches("input") ? found : found.querySelector("input");
  }

  function escape(target) {
    if (typing(target)) target.blur();
    else if (zhihui.draft.isOpen()) zhihui.draft.close();
    else zhihui.select(null);
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.key === "Escape") return escape(target);
    if (event.isComposing) return undefined; // Enter inside an input method ends the word, nothing else
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return press(zhihui.draft.isOpen() ? "#report-submit" : "#commit-dispatch", 0);
    }
    if (typing(target) || event.ctrlKey || event.metaKey || event.altKey) return undefined;
    if (event.key === "/") {
      event.preventDefault();
      return searchField().focus();
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (target.closest("#map")) return undefined; // the map has these keys for itself
      event.preventDefault();
      return step(event.key === "ArrowDown" ? 1 : -1);
    }
    if (/^[1-9]$/.test(event.key)) return press("#advice-list .advice", Number(event.key) - 1);
    if (event.key === "Enter" && target.closest("#incident-list") && !zhihui.selected) return step(0);
    return undefined;
  });
})(window.zhihui);
