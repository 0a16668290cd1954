/*
 * /walls, the panel: which picture goes to the chosen wall. Scenes may be gathered in a tray first; what is in it is
 * split over one wall, or shown by turns.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "walls") return;
  const MOST = 60;
  const PANES = [1, 2, 4];
  const TRAY_MOST = 12;
  const given = new URLSearchParams(location.search).get("incident");
  let kind = given ? "incident" : "overview";
  let about = given || ""; // the incident or response that is chosen
  let tray = [];
  let words = "";
  let frame = 0;

  const panel = () => document.getElementById("walls-send");
  const part = (name) => panel().querySelector(`[data-walls="${name}"]`);
  const field = (name) => panel().querySelector(`[name="${name}"]`);
  const needs = () => kind === "incident" || kind === "linkage";

  /* --- the form's fields, once --- */

  function build() {
    for (const host of panel().querySelectorAll("[data-box]")) host.prepend(input(host.dataset.box, "checkbox"));
    for (const host of panel().querySelectorAll("[data-choice]")) host.append(select(host.dataset.choice, host.dataset.values.split(" ")));
    part("find").append(Object.assign(input("find", "search"), { autocomplete: "off", oninput: (event) => look(event.target.value) }));
    const strip = part("strip-text");
    strip.append(Object.assign(input("strip", "text"), { maxLength: Number(strip.dataset.most), placeholder: zhihui.text("walls.strip.hint") }));
    for (const button of panel().querySelectorAll("[data-kind]")) button.onclick = () => take(button.dataset.kind);
    const acts = { send, keep, split, rotate, strip: say, unstrip: () => order("strip", { text: "" }, "walls.done.unstrip") };
    for (const [name, act] of Object.entries(acts)) part(name).onclick = act;
    panel().hidden = false;
    draw();
  }

  const input = (name, type) => Object.assign(document.createElement("input"), { name, type });

  function select(name, values) {
    const made = Object.assign(document.createElement("select"), { name });
    for (const value of values) made.append(Object.assign(zhihui.make("option", "", value ? zhihui.age_text(Number(value)) : zhihui.text("walls.for_good")), { value }));
    return made;
  }

  /* --- what is chosen --- */

  function take(next) {
    kind = next;
    about = "";
    draw();
  }

  function look(text) {
    words = text.trim().toLowerCase();
    draw();
  }

  function incidents() {
    const fits = ({ properties: p }) => !words || `${p.title} ${p.number} ${p.place} ${p.address}`.toLowerCase().includes(words);
    return zhihui.order.first(MOST, fits).found;
  }

  function responses() {
    const fits = ({ properties: p }) => !words || `${p.title} ${p.plan_name} ${p.plan_name_en} ${p.number}`.toLowerCase().includes(words);
    return Array.from(zhihui.store.layer("linkages").values()).filter(fits).slice(0, MOST);
  }

  /** The scene as the form has it; null where something is still to be chosen. */
  function scene() {
    if (needs() && !about) return null;
    const made = { kind };
    if (needs()) made[kind] = about;
    if (field("bounds").checked && zhihui.map) {
      const b = zhihui.map.getBounds();
      made.bounds = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => Number(n.toFixed(5)));
    }
    return made;
  }

  /* --- orders --- */

  async function order(verb, body, done) {
    const wall = zhihui.walls.chosen();
    if (!wall) return false;
    const sent = await zhihui.direct.order(wall, verb, body, done);
    if (sent) zhihui.walls.askSoon();
    return sent;
  }

  function send() {
    const made = scene();
    if (!made) return;
    const seconds = Number(field("seconds").value);
    order("scene", { ...made, ...(seconds ? { seconds } : {}), pin: field("pin").checked }, "walls.done.scene");
  }

  function keep() {
    const made = scene();
    if (made && tray.length < TRAY_MOST) tray.push(made);
    draw();
  }

  async function split() {
    if (await order("scene", { kind: "split", panes: tray }, "walls.done.scene")) empty();
  }

  async function rotate() {
    if (await order("rotate", { scenes: tray, every_s: Number(field("every_s").value) }, "walls.done.rotate")) empty();
  }

  function empty() {
    tray = [];
    draw();
  }

  async function say() {
    const text = field("strip").value.trim();
    if (text && (await order("strip", { text, seconds: Number(field("strip_seconds").value) }, "walls.done.strip"))) field("strip").value = "";
  }

  /* --- drawing --- */

  function row(one) {
    const made = zhihui.make("div", "walls-row-of");
    made.setAttribute("role", "option");
    made.append(zhihui.make("span", "mark"), zhihui.make("b", "clip"), zhihui.make("small", "clip"));
    made.onclick = () => pick(one.id);
    return made;
  }

  function pick(id) {
    about = id;
    draw();
  }

  function fill(made, { id, properties: p }) {
    const [sign, name, more] = made.children;
    const level = kind === "linkage" ? p.level : p.severity;
    if (made.dataset.level !== String(level)) {
      made.dataset.level = level;
      made.replaceChild(zhihui.markElement(level, kind === "linkage" ? "" : zhihui.classOf(p.class).glyph || "", true), sign);
    }
    zhihui.setText(name, zhihui.title(p.title) + (p.sensitive ? ` · ${zhihui.text("walls.sensitive")}` : ""));
    zhihui.setText(more, kind === "linkage" ? zhihui.planName(p) : p.place || p.address || p.number);
    made.setAttribute("aria-selected", String(id === about));
  }

  function item(one, i) {
    const made = zhihui.make("li");
    const away = zhihui.make("button", "close", "✕");
    away.title = zhihui.text("walls.tray.drop");
    away.onclick = () => {
      tray.splice(i, 1);
      draw();
    };
    made.append(zhihui.make("span", "clip", zhihui.direct.words(one)), away);
    return made;
  }

  function draw() {
    frame = 0;
    if (!panel() || !field("find")) return;
    const wall = zhihui.walls.chosen();
    zhihui.setText(part("to"), wall ? zhihui.text("walls.to", { wall }) : zhihui.text("walls.choose"));
    for (const button of panel().querySelectorAll("[data-kind]")) button.setAttribute("aria-checked", String(button.dataset.kind === kind));
    const found = kind === "incident" ? incidents() : kind === "linkage" ? responses() : [];
    const box = panel().querySelector(".walls-found");
    part("find").parentElement.hidden = box.hidden = !needs();
    if (box.dataset.kind !== kind) box.replaceChildren();
    box.dataset.kind = kind;
    box.dataset.empty = found.length ? "" : zhihui.text(kind === "linkage" ? "walls.no_response" : "walls.no_incident");
    zhihui.keyed(box, found, row, fill);
    part("send").disabled = !wall || !scene();
    part("keep").disabled = !scene() || tray.length >= TRAY_MOST;
    panel().querySelector(".walls-tray").replaceChildren(...tray.map(item));
    part("tray").classList.toggle("filled", tray.length > 0);
    part("split").disabled = !wall || !PANES.includes(tray.length);
    part("rotate").disabled = !wall || tray.length < 2;
  }

  function soon() {
    if (!frame) frame = requestAnimationFrame(draw);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, button")) return;
    if (event.key === "Enter") send();
    else if (event.key.toUpperCase() === "A") keep();
    else return;
    event.preventDefault();
  });

  zhihui.on("pressed", (press) => {
    if (!press.found || press.found.layer !== "incidents") return;
    press.taken = true;
    kind = "incident";
    pick(press.found.id);
  });
  zhihui.on("wallchosen", soon);
  zhihui.on("incidents", soon);
  zhihui.on("patch", (patch) => ((patch.upsert || {}).linkages || (patch.remove || {}).linkages) && soon());
  zhihui.on("board", soon);
  zhihui.whenThere("walls-send", build);
})(window.zhihui);
