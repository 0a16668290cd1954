/* /plans: opens a plan without leaving the page, keeps unsaved work, leads to a fault's row, and puts the state of a
 * running response on the boxes of the flow chart. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "plans") return;
  const REST_MS = 1500; // so long one look at the library holds
  const SETTLE_MS = 150;
  const OPEN = new Set(["waiting", "assigned", "acknowledged", "under_way"]);
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  const view = () => document.getElementById("plans-view");
  let dirty = false;
  let waiting = 0;
  let position = 0; // of the log, as far as this page knows of it
  let followed = new URLSearchParams(location.search).get("linkage") || "";

  /** What is written and not saved is not left by a slip. */
  function stays() {
    if (!dirty) return false;
    zhihui.notice({ kind: "refusal", text: zhihui.text("plans.unsaved"), remedy: zhihui.text("plans.unsaved.remedy") });
    return true;
  }

  /** A cell that is still written in hands its value to Dash a moment after it has lost the focus. */
  function settled(pressed, over) {
    if (!pressed) return window.dash_clientside.no_update;
    return new Promise((done) => setTimeout(() => done({ over, at: Date.now() }), SETTLE_MS));
  }

  clientside.zhihui_plans = {
    /** The plan of the row that was pressed; the address names it, so that it can be passed on. */
    open(cell) {
      return cell && cell.rowId ? { code: cell.rowId, version: null } : window.dash_clientside.no_update;
    },

    /** The library, or the names beside the open plan. */
    panes(opened) {
      const code = opened && opened.code;
      history.replaceState(null, "", "/plans" + (code ? "/" + encodeURIComponent(code) : "") + location.search);
      return [Boolean(code), !code, !code];
    },

    save: (pressed) => settled(pressed, false),
    over: (pressed) => settled(pressed, true),

    /** All of the pressed box in a line. */
    tapped(data) {
      return data && data.about ? data.about : window.dash_clientside.no_update;
    },
  };

  zhihui.whenThere("plans-rail", (rail) => {
    rail.addEventListener("click", (event) => {
      const button = event.target.closest("[data-plan]");
      if (!button || stays()) return;
      followed = "";
      set("plans-opened", { data: button.dataset.plan ? { code: button.dataset.plan, version: null } : null });
    });
  });

  /* --- what is written --- */

  const writing = () => Boolean(document.getElementById("plans-save"));

  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());

  zhihui.whenThere("plans-view", (place) => {
    const written = () => (dirty = dirty || writing());
    place.addEventListener("input", written);
    place.addEventListener("click", (event) => {
      if (event.target.closest("#plans-cancel, #plans-moved-open")) dirty = false;
      else if (event.target.closest("[id*='plans-row'], #plans-task-apply, [role=option]")) written();
      const fault = event.target.closest("[data-tab]");
      if (fault) lead(fault.dataset);
    });
    new MutationObserver(() => {
      if (!writing()) dirty = false;
      drawn();
    }).observe(place, { childList: true, subtree: true });
    drawn();
  });

  /** To the row of a fault: its tab opens, the row is seen and lit. */
  function lead({ tab, section, row }) {
    set("plans-tabs", { value: tab });
    const table = Array.from(view().querySelectorAll("[id*=plans-table]")).find((one) => JSON.parse(one.id).section === section);
    if (!table) return;
    requestAnimationFrame(() => {
      const line = table.querySelector(`[row-index="${row}"]`) || table;
      line.scrollIntoView({ block: "center" });
      line.classList.add("lit");
      setTimeout(() => line.classList.remove("lit"), 2000);
    });
  }

  /* --- the library --- */

  function again() {
    waiting = 0;
    if (view()) set("plans-tick", { data: Date.now() });
  }

  /** Facts of the library draw nothing: the position moves on without a patch, or by more than its one. */
  function heard(seq, drawn) {
    if (seq > position + drawn && !waiting) waiting = setTimeout(again, REST_MS);
    position = Math.max(position, seq);
  }
  zhihui.on("second", () => heard(zhihui.seq, 0));
  zhihui.on("patch", (patch) => {
    heard(patch.seq, 1);
    if ((patch.upsert || {}).tasks || (patch.upsert || {}).linkages || (patch.remove || {}).linkages) carry();
  });
  zhihui.on("board", () => {
    heard(zhihui.seq, 0);
    carry();
  });

  /* --- the chart of what runs --- */

  const chart = () => {
    const place = document.getElementById("plans-chart");
    return place && place._cyreg && place._cyreg.cy;
  };
  const known = (layer) => Array.from(zhihui.store.layer(layer).values());

  /** A chart that was just drawn, or whose tab was just opened, is fitted to its room. */
  const fitted = new ResizeObserver(() => {
    const cy = chart();
    if (!cy || !cy.container().clientWidth) return;
    cy.resize();
    cy.fit(undefined, 12);
    carry();
  });
  let place = null;
  function drawn() {
    const found = document.getElementById("plans-chart");
    if (found === place) return;
    if (place) fitted.unobserve(place);
    place = found;
    if (place) fitted.observe(place);
  }

  /** Which responses run by this plan, to be chosen; and the chosen one's tasks on the boxes. */
  function carry() {
    const box = document.getElementById("plans-running");
    const code = decodeURIComponent(location.pathname.split("/")[2] || "");
    if (!box) return;
    const running = known("linkages").filter((one) => one.properties.plan === code);
    if (followed && !running.some((one) => one.id === followed)) followed = "";
    const buttons = running.map((one) => {
      const { number, title, level } = one.properties;
      const button = zhihui.make("button", "reports-act", zhihui.text("plans.running.one", { number, title, level: "ⅠⅡⅢⅣ"[level - 1] }));
      button.setAttribute("aria-pressed", String(one.id === followed));
      button.onclick = () => {
        followed = followed === one.id ? "" : one.id;
        carry();
      };
      return button;
    });
    const head = zhihui.make("span", "secondary", zhihui.text(running.length ? "plans.running" : "plans.running.none"));
    box.replaceChildren(head, ...buttons, zhihui.make("span", "secondary", summed()));
    paint();
  }

  const tasks = () => known("tasks").filter((one) => one.properties.linkage === followed).map((one) => one.properties);

  function summed() {
    if (!followed) return "";
    const all = tasks();
    const count = (test) => all.filter(test).length;
    return zhihui.text("plans.running.sum", {
      n: all.length,
      acked: count((one) => !["waiting", "assigned", "cancelled"].includes(one.status)),
      done: count((one) => one.status === "done"),
      late: count((one) => one.late && OPEN.has(one.status)),
    });
  }

  function paint() {
    const cy = chart();
    if (!cy) return;
    const by = new Map(tasks().map((one) => [one.code, one]));
    cy.batch(() => {
      cy.nodes(".task").forEach((node) => {
        const task = by.get(node.data("code"));
        const state = !followed ? "" : task ? task.status + (task.late && OPEN.has(task.status) ? " late" : "") : "absent";
        const label = node.data("base") + (task ? "\n" + said(task) : "");
        node.classes("task " + state);
        if (node.data("label") !== label) node.data("label", label);
      });
    });
  }

  function said(task) {
    const words = zhihui.text("plans.task_state." + task.status);
    return task.late && OPEN.has(task.status) ? zhihui.text("plans.running.late", { state: words }) : words;
  }
})(window.zhihui);
