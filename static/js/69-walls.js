/*
 * /walls: a card a wall. What it was told comes with the stream (layer `walls`); what it says itself is asked for every
 * two seconds, and at once when something was told. Keys: 1–9 and arrows choose, the letters on the buttons act.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "walls") return;
  const ASK_MS = 2000;
  const CONFIRM_MS = 250; // after an order, until the wall has had time to say that it shows it
  const BARE = { seq: 0, scene: { kind: "overview" }, blank: false, pinned: false, strip: "", rotation: null, locked_by: null };
  const ACTS = {
    blank: { key: "B", verb: (p) => (p.blank ? "unblank" : "blank") },
    pin: { key: "P", verb: (p) => (p.pinned ? "unpin" : "pin") },
    lock: { key: "L", verb: (p) => (p.locked_by ? "unlock" : "lock") },
    turn: { key: "R", verb: (p) => (p.rotation && p.rotation.stopped_for ? "resume" : "stop"), shown: (p) => p.rotation },
  };
  let walls = []; // as GET /walls tells them
  let chosen = zhihui.kept("zhihui.walls").chosen || "";
  let failed = false;
  let asking = null;
  let again = 0;
  let frame = 0;
  let shape = null; // what the chosen wall shows, on this page's map

  const list = () => document.getElementById("walls-list");
  const feature = (name) => zhihui.store.get("walls", name);
  const told = (name) => (feature(name) || { properties: BARE }).properties;
  const wall = (name) => walls.find((one) => one.name === name);

  /* --- asking --- */

  async function ask() {
    if (asking || document.hidden || !zhihui.connected) return;
    asking = zhihui.direct.list();
    try {
      walls = await asking;
      failed = false;
    } catch (error) {
      failed = true;
    }
    asking = null;
    if (!wall(chosen) && walls.length) choose(walls[0].name);
    soon();
  }

  /** After an order: as soon as the wall may have answered. */
  function askSoon() {
    clearTimeout(again);
    again = setTimeout(ask, CONFIRM_MS);
  }

  /* --- cards --- */

  function card(one) {
    const made = zhihui.make("div", "wall-card");
    made.setAttribute("role", "option");
    const head = zhihui.make("div", "wall-head");
    head.append(zhihui.make("kbd"), zhihui.make("b", "clip"), zhihui.make("span", "wall-tag"), zhihui.make("span", "wall-state"));
    const said = zhihui.make("div", "wall-said");
    ["wall-scene", "wall-by", "wall-more"].forEach((name) => said.append(zhihui.make("div", name)));
    const acts = zhihui.make("div", "wall-acts");
    for (const [name, act] of Object.entries(ACTS)) acts.append(button(one.name, name, act));
    const body = zhihui.make("div", "wall-body");
    body.append(zhihui.make("canvas", "wall-sketch"), said);
    made.append(head, body, acts);
    made.onclick = (event) => event.target.closest("button") || choose(one.name);
    return made;
  }

  function button(name, act, { key }) {
    const made = zhihui.make("button", "act");
    made.type = "button";
    made.dataset.act = act;
    made.append(zhihui.make("span"), zhihui.make("kbd", "", key));
    made.onclick = () => act_on(name, act);
    return made;
  }

  async function act_on(name, act) {
    const verb = ACTS[act].verb(told(name));
    choose(name);
    if (await zhihui.direct.order(name, verb, {}, "walls.done." + verb)) askSoon();
  }

  function fill(made, one) {
    const p = told(one.name);
    const state = zhihui.direct.state(one, feature(one.name));
    const [number, name, tag, says] = made.querySelector(".wall-head").children;
    zhihui.setText(number, String(walls.indexOf(one) + 1));
    zhihui.setText(name, one.title ? `${one.title} · ${one.name}` : one.name);
    zhihui.setText(tag, one.visitors ? zhihui.text("walls.visitors") : "");
    zhihui.setText(says, zhihui.direct.stateWords(state, one));
    made.dataset.state = state;
    made.setAttribute("aria-selected", String(one.name === chosen));
    const [scene, by, more] = made.querySelector(".wall-said").children;
    zhihui.setText(scene, p.blank ? zhihui.text("walls.blanked") : zhihui.direct.words(p.scene));
    zhihui.setText(by, p.seq ? zhihui.text("walls.by", { by: p.by || zhihui.text("walls.itself"), at: zhihui.timeOfDay(Date.parse(p.since)), seq: p.seq }) : zhihui.text("walls.undirected"));
    zhihui.setText(more, [...marks(p), ...hung(one)].join(" · "));
    for (const made_ of made.querySelectorAll("[data-act]")) label(made_, p);
    const shown = (one.display && one.display.scene) || p.scene;
    zhihui.sketch(made.querySelector("canvas"), shown.kind === p.scene.kind ? p.scene : shown, one.display, p.blank);
  }

  function label(made, p) {
    const { verb, shown } = ACTS[made.dataset.act];
    made.hidden = Boolean(shown && !shown(p));
    made.setAttribute("aria-pressed", String(made.dataset.act === "blank" && p.blank));
    zhihui.setText(made.firstChild, zhihui.text("walls.act." + verb(p)));
  }

  /** What holds the wall, what turns on it, what is written over it. */
  function marks(p) {
    const found = [];
    const at = (when) => zhihui.timeOfDay(Date.parse(when));
    if (p.pinned) found.push(zhihui.text("wall.pinned"));
    if (p.locked_by) found.push(zhihui.text("walls.locked", { by: p.locked_by, at: at(p.locked_until) }));
    if (p.rotation) found.push(p.rotation.stopped_for ? zhihui.text("walls.stopped", { at: at(p.rotation.resumes_at) }) : zhihui.text("walls.turns", { n: p.rotation.at + 1, of: p.rotation.scenes.length, s: p.rotation.every_s }));
    if (p.until) found.push(zhihui.text("wall.until", { time: at(p.until) }));
    if (p.strip) found.push(zhihui.text("walls.says", { text: p.strip }));
    return found;
  }

  function hung(one) {
    const display = one.display || {};
    const size = display.size ? [display.size.join("×")] : [];
    const old = display.version && display.version !== zhihui.boot.version ? [zhihui.text("walls.version", { version: display.version })] : [];
    return [...size, ...old, ...(display.locked ? [zhihui.text("walls.hand")] : [])];
  }

  function draw() {
    frame = 0;
    const host = list();
    if (!host) return;
    const note = failed ? "walls.failed" : !walls.length ? (asking || !zhihui.connected ? "walls.loading" : "walls.none") : "";
    host.dataset.failed = failed;
    if (note && !walls.length) return void host.replaceChildren(zhihui.make("div", "list-note", zhihui.text(note)));
    host.querySelectorAll(":scope > .list-note").forEach((old) => old.remove());
    zhihui.keyed(host, walls.map((one) => ({ ...one, id: one.name })), card, (made, one) => fill(made, wall(one.name)));
    where();
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  /* --- choosing --- */

  function choose(name) {
    chosen = name;
    zhihui.keep("zhihui.walls", { chosen });
    zhihui.emit("wallchosen", name);
    soon();
  }

  /** A frame on this page's map around what the chosen wall shows. */
  function where() {
    const one = wall(chosen);
    const bounds = one && one.display && one.display.bounds;
    if (!zhihui.map || !bounds) return;
    const [west, south, east, north] = bounds;
    const corners = [[south, west], [north, east]];
    const style = { color: zhihui.token("accent"), weight: zhihui.px(2), dashArray: "6 4", fill: false, interactive: false };
    if (!shape) shape = window.L.rectangle(corners, style).addTo(zhihui.map);
    else shape.setBounds(corners);
  }

  function step(by) {
    const at = walls.findIndex((one) => one.name === chosen);
    const next = walls[Math.min(walls.length - 1, Math.max(0, at + by))];
    if (next) choose(next.name);
    const made = next && list().querySelector('[aria-selected="true"]');
    if (made) made.scrollIntoView({ block: "nearest" });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, .walls-found")) return;
    const act = Object.keys(ACTS).find((name) => ACTS[name].key === event.key.toUpperCase() && (!ACTS[name].shown || ACTS[name].shown(told(chosen))));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (/^[1-9]$/.test(event.key) && walls[event.key - 1]) choose(walls[event.key - 1].name);
    else if (act && wall(chosen)) act_on(chosen, act);
    else return;
    event.preventDefault();
  });

  zhihui.walls = { chosen: () => wall(chosen) && chosen, askSoon };
  zhihui.on("patch", (patch) => {
    if ((patch.upsert || {}).walls) askSoon();
    soon();
  });
  zhihui.on("board", soon);
  zhihui.on("connection", ask);
  zhihui.on("resized", soon);
  zhihui.whenThere("walls-list", () => {
    setInterval(ask, ASK_MS);
    ask();
  });
})(window.zhihui);
