/* The script of a drill on /drills/ID: keeps unsaved work, leads to the row of a fault, opens an inject from the time
 * line and moves it there. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "drills") return;
  const SETTLE_MS = 150;
  const MOVE_MS = 250;
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const SECTIONS = { injects: "injects", seats: "seats", objectives: "seats" };
  let dirty = false;
  let moving = null;

  /** A cell that is still written in hands its value to Dash a moment after it has lost the focus. */
  function settled(pressed, over) {
    if (!pressed) return window.dash_clientside.no_update;
    return new Promise((done) => setTimeout(() => done({ over, at: Date.now() }), SETTLE_MS));
  }
  clientside.zhihui_script = { save: (pressed) => settled(pressed, false), over: (pressed) => settled(pressed, true) };

  (window.dashAgGridFunctions = window.dashAgGridFunctions || {}).drillChannel = ({ value }) => (zhihui.hasText("channel." + value) ? zhihui.text("channel." + value) : value);

  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());

  zhihui.whenThere("drillscript-view", (view) => {
    const writing = () => Boolean(document.getElementById("drillscript-save"));
    const written = () => (dirty = dirty || writing());
    view.addEventListener("input", written);
    document.addEventListener("click", (event) => writing() && event.target.closest("[role=option], [id*='drillscript-act']") && written());
    view.addEventListener("click", pressed);
    view.addEventListener("keydown", keyed);
    new MutationObserver(() => (dirty = false)).observe(view, { childList: true });
  });

  function pressed(event) {
    const inject = event.target.closest(".script-inject");
    if (inject) choose(inject.dataset.key);
    const fault = event.target.closest("[data-section]");
    if (fault) lead(fault.dataset.section, fault.dataset.row);
    if (event.target.closest("#drillscript-discard, [data-theirs]")) {
      dirty = false;
      set("drillscript-done", { data: Date.now() });
    }
  }

  /** The row of an inject is chosen and seen; its form opens. */
  function choose(key) {
    for (const one of document.querySelectorAll(".script-inject")) one.setAttribute("aria-pressed", String(one.dataset.key === key));
    set("drillscript-injects", { selectedRows: { ids: [key] }, scrollTo: { rowId: key, rowPosition: "middle" } });
  }

  /** To the row of a fault: its tab opens, the row is seen and lit. */
  function lead(section, row) {
    set("drillscript-tabs", { value: SECTIONS[section] || "about" });
    const table = document.getElementById("drillscript-" + section);
    if (!table || row < 0) return;
    requestAnimationFrame(() => {
      if (section === "injects") return named(table, row);
      const line = table.querySelector(`[row-index="${row}"]`) || table;
      line.scrollIntoView({ block: "center" });
      line.classList.add("lit");
      return setTimeout(() => line.classList.remove("lit"), 2000);
    });
  }

  /** Rows were taken away or put in before it since it had its key. */
  function named(table, row) {
    const found = window.dash_ag_grid.getApi(table.id).getDisplayedRowAtIndex(Number(row));
    if (found) choose(found.id);
  }

  /** ← and → move the inject that has the focus; presses that follow one another are one move. */
  function keyed(event) {
    const inject = event.target.closest(".script-inject");
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!inject || !by || !document.getElementById("drillscript-save") || inject.classList.contains("done")) return;
    event.preventDefault();
    if (moving && moving.key !== inject.dataset.key) send();
    moving = moving || { key: inject.dataset.key, by: 0, timer: 0 };
    clearTimeout(moving.timer);
    moving.by += by * (event.shiftKey ? 5 : 1);
    moving.timer = setTimeout(send, MOVE_MS);
    shift(inject);
  }

  function send() {
    dirty = true;
    set("drillscript-move", { data: { key: moving.key, by: moving.by, at: Date.now() } });
    moving = null;
  }

  /** Where it will stand, until the line is drawn again. */
  function shift(inject) {
    const minutes = Number(inject.closest(".script-line").dataset.minutes);
    const minute = Math.max(0, Number(inject.dataset.minute) + moving.by);
    if (minutes) inject.style.left = Math.min(100, (100 * minute) / minutes) + "%";
  }
})(window.zhihui);
