/*
 * Responses on /replay as they stood: which of them ran, and of the one that is open its departments with their tasks,
 * what was on its way, shelters, roads and warnings; its hazard area is drawn on the map anyway.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay") return;
  let opened = null;
  let tab = "tasks";
  let board = null;
  let frame = 0;

  const panel = () => document.getElementById("linkage-panel");
  const part = (name) => panel().querySelector(name);
  const held = () => opened && zhihui.store.get("linkages", opened);
  const running = () => Array.from(zhihui.store.layer("linkages").values()).sort((a, b) =>
    a.properties.level - b.properties.level || (a.properties.started_at < b.properties.started_at ? -1 : 1));

  /* --- those that ran --- */

  function strip() {
    const box = document.getElementById("linkage-strip");
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
    zhihui.setText(said, counted(id));
    made.setAttribute("aria-pressed", String(id === opened));
  }

  function counted(id) {
    const tasks = zhihui.linkage.tasks(id).filter((task) => task.properties.status !== "cancelled");
    const of = (wanted) => tasks.filter((task) => zhihui.linkage.state(task) === wanted).length;
    const words = zhihui.text("response.done_of", { done: of("done"), all: tasks.length });
    return of("late") ? words + " · " + zhihui.text("response.late_n", { n: of("late") }) : words;
  }

  /* --- the one that is open --- */

  function open(id) {
    const found = zhihui.store.get("linkages", id);
    if (!found) return;
    close();
    opened = id;
    panel().hidden = false;
    document.documentElement.classList.add("linking");
    look(found);
    show(tab);
  }

  function look({ geometry, properties: { zone } }) {
    const [lon, lat] = geometry.coordinates;
    if (!zhihui.map) return;
    if (zone) zhihui.map.fitBounds(zone.ring.map(([x, y]) => [y, x]), { padding: [60, 60], maxZoom: 15 });
    else zhihui.map.setView([lat, lon], Math.max(zhihui.map.getZoom(), 14));
  }

  function close() {
    if (board) board.leave();
    board = null;
    opened = null;
    panel().hidden = true;
    document.documentElement.classList.remove("linking");
    soon();
  }

  function show(name) {
    tab = name;
    panel().querySelectorAll("[data-linkage-tab]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.linkageTab === tab)));
    panel().querySelectorAll("[data-section]").forEach((one) => (one.hidden = one.dataset.section !== tab));
    draw();
  }

  function draw() {
    frame = 0;
    if (!panel()) return;
    strip();
    const linkage = held();
    part(".replay-not-yet").hidden = Boolean(linkage) || !opened;
    part(".linkage-scroll").hidden = !linkage;
    if (!linkage) {
      if (board) board.leave(); // before it began, or after its end: it is drawn again where it runs
      board = null;
      return;
    }
    head(linkage);
    const section = part(`[data-section="${tab}"]`);
    if (!board) board = zhihui.linkageBoard(part('[data-section="tasks"]'), opened, { buttons: () => [] });
    if (tab !== "tasks") zhihui.linkageMeans(linkage, tab, section);
  }

  function head({ properties: p }) {
    const [level, names, since, command] = part(".linkage-head").children;
    zhihui.setText(level, zhihui.level(p.level));
    level.dataset.level = p.level;
    zhihui.setText(names.children[0], zhihui.planName(p));
    zhihui.setText(names.children[1], `${zhihui.title(p.title)} · ${p.number}`);
    zhihui.setText(since, zhihui.stopwatch((zhihui.time.now() - Date.parse(p.started_at)) / 1000));
    zhihui.setText(command.firstElementChild, zhihui.text("response.commanded", { name: p.commander_name, office: zhihui.officeName(p.commander) }));
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  zhihui.on("board", soon);
  zhihui.on("patch", soon);
  zhihui.on("second", soon);
  zhihui.whenThere("linkage-panel", soon);

  /** What the lists of means ask of a desk: here nobody commands. */
  zhihui.linkageDesk = { commands: () => false, opened: () => opened };

  document.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    if (near("[data-open-linkage]")) open(near("[data-open-linkage]").dataset.openLinkage);
    else if (near("[data-linkage-tab]")) show(near("[data-linkage-tab]").dataset.linkageTab);
    else if (near("[data-close-linkage]")) close();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && opened && close());
})(window.zhihui);
