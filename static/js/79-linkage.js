/* A response (应急响应) at the desk: which of them run, what the card says of it, and the panel of the one that is
   open, drawn from the store. Its forms are 79-linkage-forms.js, its hazard area 79-zone.js. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const root = document.documentElement.classList;
  const me = zhihui.boot.user || {};
  const LOG_REST_MS = 1500; // the log is asked for once for a run of facts
  let opened = null; // the response whose panel is shown
  let tab = "tasks";
  let board = null;
  let logged = ""; // what the log was last asked for
  let frame = 0;
  let later = 0;
  let awaited = null; // a response that was just begun and is on its way to the store

  const panel = () => document.getElementById("linkage-panel");
  const part = (name) => panel().querySelector(name);
  const section = (name) => part(`[data-section="${name}"]`);
  const linkage = () => opened && zhihui.store.get("linkages", opened);
  const set = (id, data) => window.dash_clientside.set_props(id, { data });

  /* --- whose affair it is --- */

  const desk = `${me.dept || ""}@${me.area || ""}`;

  /** Whether this desk acts for an office: it is its own, or lies under it; the server has the last word. */
  function covers(office) {
    const [dept, area] = office.split("@");
    return Boolean(me.acts) && area.startsWith(me.area || "") && (!me.dept || me.dept === dept);
  }

  const commands = (p) => covers(p.commander);

  /* --- the responses that run --- */

  const running = () => Array.from(zhihui.store.layer("linkages").values()).sort((a, b) =>
    a.properties.level - b.properties.level || (a.properties.started_at < b.properties.started_at ? -1 : 1));

  function strip() {
    const box = document.getElementById("linkage-strip");
    if (!box) return;
    const all = running();
    box.hidden = !all.length;
    zhihui.keyed(box, all, row, tell);
  }

  function row({ id }) {
    const made = zhihui.make("button", "linkage-row");
    made.dataset.openLinkage = id;
    made.append(zhihui.make("b", "linkage-level"), zhihui.make("span", "clip"), zhihui.make("small", "clip"));
    return made;
  }

  function tell(made, { id, properties: p }) {
    const [level, title, said] = made.children;
    zhihui.setText(level, zhihui.level(p.level));
    level.dataset.level = p.level;
    zhihui.setText(title, `${zhihui.planName(p)} · ${zhihui.title(p.title)}`);
    zhihui.setText(said, owed(id));
    made.setAttribute("aria-pressed", String(id === opened));
  }

  /** What the own desk has still to do, or how far all have come. */
  function owed(id) {
    const own = zhihui.linkage.tasks(id).filter((task) => task.properties.owner === desk);
    const waits = own.filter((task) => task.properties.status === "assigned").length;
    const open = own.filter((task) => ["acknowledged", "under_way"].includes(task.properties.status)).length;
    if (waits) return zhihui.text("response.own_waiting", { n: waits });
    return open ? zhihui.text("response.own_open", { n: open }) : counted(id);
  }

  function counted(id) {
    const tasks = zhihui.linkage.tasks(id).filter((task) => task.properties.status !== "cancelled");
    const done = tasks.filter((task) => task.properties.status === "done").length;
    const late = tasks.filter((task) => zhihui.linkage.state(task) === "late").length;
    const words = zhihui.text("response.done_of", { done, all: tasks.length });
    return late ? words + " · " + zhihui.text("response.late_n", { n: late }) : words;
  }

  /* --- what the card says of it --- */

  function line() {
    const box = document.getElementById("card-linkage");
    const incident = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
    if (!box) return;
    const said = incident ? about(incident) : null;
    box.hidden = !said;
    if (!said || box.dataset.said === said.key) return;
    box.dataset.said = said.key;
    const button = zhihui.make("button", "act", zhihui.text(said.button));
    Object.assign(button.dataset, said.marks);
    button.append(zhihui.make("kbd", "", said.letter));
    box.className = "card-linkage " + said.kind;
    box.replaceChildren(zhihui.make("span", "", said.text), button);
  }

  function about({ id, properties: p }) {
    const held = p.linkage && zhihui.store.get("linkages", p.linkage);
    if (held) {
      const { level } = held.properties;
      const text = zhihui.text("response.runs", { plan: zhihui.planName(held.properties), level: zhihui.level(level) });
      return { kind: "runs", key: held.id + text, text, button: "response.open", letter: "L", marks: { openLinkage: held.id, key: "L" } };
    }
    if (p.linkage || !zhihui.isOpen(p)) return null;
    const marks = { activate: id, key: "P" };
    const [first] = p.proposed || [];
    if (first) {
      const plan = zhihui.boot.lang === "en" ? first.name_en : first.name;
      const text = zhihui.text("response.proposed", { plan, level: zhihui.level(first.level) });
      return { kind: "proposed", key: id + text, text, button: "response.activate", letter: "P", marks };
    }
    if (!me.activates) return null;
    return { kind: "", key: id, text: zhihui.text("response.none_proposed"), button: "response.choose", letter: "P", marks };
  }

  /* --- the panel --- */

  function open(id) {
    if (!zhihui.store.get("linkages", id)) return;
    const { incident } = zhihui.store.get("linkages", id).properties;
    zhihui.draft.close();
    zhihui.amending.close();
    if (opened !== id) leave();
    awaited = null;
    opened = id;
    if (zhihui.store.get("incidents", incident) && zhihui.selected !== incident) zhihui.select(incident, true);
    root.add("linking");
    panel().hidden = false;
    show(tab);
    look(zhihui.store.get("linkages", id));
    panel().focus({ preventScroll: true });
  }

  /** The map goes to its area, or near to where it happens. */
  function look({ geometry, properties: { zone } }) {
    const [lon, lat] = geometry.coordinates;
    if (!zhihui.map) return;
    if (zone) zhihui.map.fitBounds(zone.ring.map(([x, y]) => [y, x]), { padding: [60, 60], maxZoom: 15 });
    else zhihui.map.setView([lat, lon], Math.max(zhihui.map.getZoom(), 14));
  }

  function leave() {
    if (board) board.leave();
    board = null;
    logged = "";
    zhihui.linkageForms.close();
    zhihui.zoneTool.leave();
    zhihui.zoneTool.follow(null);
  }

  function close() {
    if (!opened) return false;
    leave();
    opened = null;
    root.remove("linking");
    panel().hidden = true;
    strip();
    zhihui.emit("focuslost", null);
    return true;
  }

  function show(name) {
    tab = name;
    panel().querySelectorAll("[data-linkage-tab]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.linkageTab === tab)));
    panel().querySelectorAll("[data-section]").forEach((one) => (one.hidden = one.dataset.section !== tab));
    draw();
  }

  function draw() {
    frame = 0;
    strip();
    line();
    if (awaited && zhihui.store.get("linkages", awaited)) return open(awaited);
    const held = linkage();
    if (opened && !held) return over();
    if (!held) return undefined;
    head(held);
    counts(held);
    if (!board) board = zhihui.linkageBoard(section("tasks"), opened, { first: (office) => Number(office === desk), buttons: zhihui.linkageForms.buttons });
    if (tab === "zone") zhihui.zoneTool.draw(held, section(tab));
    else if (tab === "log") log(held);
    else if (tab !== "tasks") zhihui.linkageMeans(held, tab, section(tab));
    zhihui.linkageForms.foot(part(".linkage-foot"), held);
    return undefined;
  }

  /** It has ended, or is no affair of this desk any more. */
  function over() {
    zhihui.notice({ kind: "done", text: zhihui.text("response.over") });
    close();
  }

  function head(held) {
    const p = held.properties;
    const box = part(".linkage-head");
    if (!box.children.length) {
      const names = zhihui.make("div", "linkage-names");
      names.append(zhihui.make("h2", "clip"), zhihui.make("div", "clip secondary"));
      const back = zhihui.make("button", "plain", zhihui.text("response.back"));
      back.append(zhihui.make("kbd", "", "Esc"));
      back.onclick = close;
      const row = zhihui.make("div", "linkage-lead");
      row.append(zhihui.make("div", "linkage-command clip"), zhihui.make("a", "plain", zhihui.text("response.reports")), back);
      box.append(zhihui.make("b", "linkage-level"), names, zhihui.make("div", "linkage-since"), row);
    }
    const [level, names, since, row] = box.children;
    const [command, reports] = row.children;
    reports.href = "/briefing/" + encodeURIComponent(held.id) + "?lang=" + zhihui.boot.lang + "&realm=" + zhihui.realm;
    zhihui.setText(level, zhihui.level(p.level));
    level.dataset.level = p.level;
    zhihui.setText(names.children[0], zhihui.planName(p));
    zhihui.setText(names.children[1], `${zhihui.title(p.title)} · ${p.number}`);
    zhihui.setText(since, zhihui.stopwatch((zhihui.time.now() - Date.parse(p.started_at)) / 1000));
    zhihui.setText(command, zhihui.text("response.commanded", { name: p.commander_name, office: zhihui.officeName(p.commander) }));
  }

  function counts({ id, properties: p }) {
    const alerts = Array.from(zhihui.store.layer("alerts").values()).filter((alert) => alert.properties.linkage === id);
    const tasks = zhihui.linkage.tasks(id).filter((task) => task.properties.status !== "cancelled");
    const said = {
      tasks: `${tasks.filter((task) => task.properties.status === "done").length}/${tasks.length}`,
      zone: p.zone ? "✓" : "",
      means: p.means.units.length + p.means.supplies.length || "",
      shelters: p.means.shelters.length || "",
      roads: p.means.closures.length + alerts.length || "",
      log: "",
    };
    panel().querySelectorAll("[data-linkage-tab]").forEach((one) => zhihui.setText(one.lastElementChild, String(said[one.dataset.linkageTab])));
  }

  /** The log is the server's to tell; asked for anew when something has happened since. */
  function log(held) {
    const newest = Math.max(held.properties.seq, ...zhihui.linkage.tasks(opened).map((task) => task.properties.seq));
    const wanted = `${opened}:${newest}`;
    if (wanted === logged || later) return;
    const ask = () => {
      later = 0;
      if (!opened) return;
      logged = wanted;
      set("linkage-open", { linkage: opened, seq: newest });
    };
    if (logged.startsWith(opened + ":")) later = setTimeout(ask, LOG_REST_MS);
    else ask();
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  /* --- who calls --- */

  const TOUCHING = ["linkages", "tasks", "incidents", "links", "units", "closures", "alerts"];
  const touches = ({ upsert, remove }) => [upsert, remove].some((some) => some && TOUCHING.some((name) => some[name]));

  zhihui.on("board", soon);
  zhihui.on("patch", (patch) => touches(patch) && soon());
  zhihui.on("second", () => (opened || running().length) && soon());
  zhihui.on("selected", (id) => {
    const held = linkage();
    if (held && id !== held.properties.incident) close();
    soon();
  });

  document.addEventListener("click", (event) => {
    const entry = event.target.closest("[data-open-linkage]");
    if (entry) open(entry.dataset.openLinkage);
    const name = event.target.closest("[data-linkage-tab]");
    if (name) show(name.dataset.linkageTab);
  });

  zhihui.whenThere("linkage-panel", soon);
  /** Open it as soon as it is there. */
  function await_(id) {
    awaited = id;
    soon();
  }

  zhihui.linkageDesk = { open, await: await_, close, covers, commands, show, refresh: soon, opened: () => opened, section };
})(window.zhihui);
