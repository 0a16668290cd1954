/* The controls of /replay: slider, play, speed, steps, the span, and the link that has the place in it. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay") return;
  const { film } = zhihui;
  const KEEP_MS = 1000; // between two places written into the address
  const HOUR_MS = 3600000;
  let slider = null;
  let held = false; // the slider is in somebody's hand
  let written = 0;

  const part = (name) => document.querySelector(`[data-replay="${name}"]`);
  const text = zhihui.text;

  // The list needs to know of the desk's queues and of what was read; here there is one queue, and nothing unread.
  zhihui.unread = { is: () => false };
  zhihui.queues = { narrowed: () => false, empty: () => "list.empty" };
  zhihui.whenThere("incident-list", () => zhihui.list.of(zhihui.order.ids));

  /* --- times of the city, in fields that know of no zone --- */

  const local = new Intl.DateTimeFormat("sv-SE", { timeZone: zhihui.boot.zone, dateStyle: "short", timeStyle: "medium" });
  const written_as = (ms) => local.format(new Date(ms)).replace(" ", "T");
  function moment(field) {
    const guess = Date.parse(field + "Z");
    return guess - (Date.parse(written_as(guess) + "Z") - guess);
  }

  /* --- the address --- */

  function address(more) {
    const query = new URLSearchParams(location.search);
    Object.entries({ realm: zhihui.realm, lang: zhihui.boot.lang, ...more }).forEach(([name, value]) =>
      value === null ? query.delete(name) : query.set(name, value));
    return "/replay?" + query;
  }

  /** A place in the film as others can open it. */
  function here() {
    const { from, to } = film.span();
    return address({ from: from.at, to: to.at, at: new Date(film.now()).toISOString() });
  }

  /** Copied also where the page came by plain http, which has no clipboard of its own. */
  function copy(words) {
    const field = Object.assign(document.createElement("textarea"), { value: words });
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  function link() {
    const words = location.origin + here();
    zhihui.notice({ kind: "done", text: copy(words) ? text("replay.copied") : words });
  }

  /* --- parts that the layout leaves to us --- */

  function makeSlider() {
    slider = Object.assign(document.createElement("input"), { type: "range", id: "replay-slider", step: "any" });
    slider.setAttribute("aria-label", text("replay.slider"));
    slider.addEventListener("input", () => {
      held = true;
      film.seek({ at: Number(slider.value) });
    });
    slider.addEventListener("change", () => (held = false));
    part("rail").append(slider);
  }

  function makeSpeed() {
    const host = document.querySelector("[data-speeds]");
    const select = Object.assign(document.createElement("select"), { id: "replay-speed" });
    for (const times of host.dataset.speeds.split(" ")) select.append(new Option(text("replay.times", { n: times }), times));
    select.value = "1";
    select.addEventListener("change", () => film.setSpeed(Number(select.value)));
    host.append(select);
  }

  /** What is chosen stands in the address, so that a link shows the same. */
  function makeChoice(name, values, take) {
    const host = document.querySelector(`[data-choice="${name}"]`);
    const select = Object.assign(document.createElement("select"), { id: "replay-" + name });
    for (const [value, words] of values) select.append(new Option(words, value));
    const given = new URLSearchParams(location.search).get(name) || "";
    if (given && !values.some(([value]) => value === given)) select.append(new Option(given, given));
    select.value = given;
    select.addEventListener("change", () => {
      take(select.value);
      history.replaceState(null, "", address({ [name]: select.value || null }));
    });
    host.append(select);
    take(given);
  }

  function makeChoices() {
    const minutes = document.querySelector('[data-choice="trail"]').dataset.values.split(" ");
    const trails = minutes.map((n) => [n, text("replay.minutes", { n })]);
    makeChoice("trail", [["", text("replay.no_trail")], ...trails], (value) => zhihui.replayTrails.show(Number(value)));
    makeChoice("wall", [["", text("replay.no_wall")]], (value) => zhihui.replayWalls.follow(value));
  }

  function makeFields() {
    for (const name of ["from", "to"]) {
      const field = Object.assign(document.createElement("input"), { type: "datetime-local", step: 1 });
      field.addEventListener("change", () => field.value && location.assign(address({ [name]: new Date(moment(field.value)).toISOString(), at: null })));
      part(name).append(field);
    }
  }

  /** The realms that may be replayed, in the head's place; asked for when somebody looks. */
  async function makeRealms() {
    const found = await film.ask("/realms", {});
    if (!found) return;
    const select = Object.assign(document.createElement("select"), { id: "replay-realm", title: text("replay.realms") });
    select.setAttribute("aria-label", text("replay.realms"));
    const items = found.items.some((one) => one.realm === zhihui.realm) ? found.items : [{ realm: zhihui.realm, name: "" }, ...found.items];
    for (const { realm, name } of items) select.append(new Option(nameOf(realm, name), realm));
    select.value = zhihui.realm;
    select.addEventListener("change", () => location.assign(address({ realm: select.value, from: null, to: null, at: null })));
    part("realms").replaceChildren(select);
  }

  async function goBack(hours) {
    const whole = await film.ask("", {});
    if (whole) location.assign(address({ from: new Date(Date.parse(whole.to.at) - hours * HOUR_MS).toISOString(), to: null, at: null }));
  }

  function chapterMarks({ chapters, from, to }) {
    part("rail").querySelectorAll(".replay-mark").forEach((old) => old.remove());
    for (const chapter of chapters) {
      const mark = zhihui.make("i", "replay-mark " + chapter.chapter);
      mark.style.left = (100 * (Date.parse(chapter.at) - from.ms)) / Math.max(1, to.ms - from.ms) + "%";
      part("rail").append(mark);
    }
  }

  /* --- what stands there now --- */

  const nameOf = (realm, name) => (realm === "live" ? text("replay.live") : name || realm);

  function realm() {
    const drill = zhihui.store.get("drills", zhihui.realm);
    zhihui.setText(part("realm"), text("replay.of", { name: nameOf(zhihui.realm, drill && drill.properties.name) }));
  }

  function tell() {
    const span = film.span();
    if (!span || !slider) return;
    const now = film.now();
    if (!held) slider.value = String(now);
    zhihui.setText(document.getElementById("replay-play"), text(film.playing() ? "replay.pause" : "replay.play"));
    zhihui.setText(document.getElementById("clock"), zhihui.timeOfDay(now));
    const said = { day: zhihui.dayOf(now), time: zhihui.timeOfDay(now), n: Math.max(0, zhihui.seq - span.from.seq), all: span.count };
    zhihui.setText(part("said"), text(film.waiting() ? "replay.waiting" : span.count ? "replay.said" : "replay.empty", said));
    slider.setAttribute("aria-valuetext", said.day + " " + said.time);
    if (zhihui.recording) return zhihui.setText(part("said"), text("replay.recorded", { ...said, speed: Math.round(film.speed()) }));
    if (performance.now() - written < KEEP_MS && film.playing()) return;
    written = performance.now();
    history.replaceState(null, "", here());
    return undefined;
  }

  const PRESSES = { step_back: film.stepBack, step_on: film.stepOn, link, film: () => zhihui.replayExport() };
  const KEYS = { " ": film.toggle, ArrowLeft: film.stepBack, ArrowRight: film.stepOn };

  document.addEventListener("click", (event) => {
    const near = (selector) => event.target.closest(selector);
    if (near("#replay-play")) film.toggle();
    else if (near("[data-press]")) PRESSES[near("[data-press]").dataset.press]();
    else if (near("[data-back]")) goBack(Number(near("[data-back]").dataset.back));
    else if (near("#incident-list .incident-row")) look(near(".incident-row").dataset.incident);
    else if (near(".page-bar a[href^='/replay?lang=']")) {
      event.preventDefault(); // the other language, at the same place
      location.assign(here().replace(/lang=[^&]*/, "lang=" + new URL(near("a").href).searchParams.get("lang")));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!KEYS[event.key] || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea, button, a")) return;
    event.preventDefault();
    KEYS[event.key]();
  });

  /** The incident of a row, on the map. */
  function look(id) {
    const feature = zhihui.store.get("incidents", id);
    zhihui.selected = id;
    zhihui.ring(id);
    zhihui.list.selected();
    if (feature && zhihui.map) zhihui.map.panTo([feature.geometry.coordinates[1], feature.geometry.coordinates[0]]);
  }

  zhihui.on("span", (span) => {
    Object.assign(slider, { min: span.from.ms, max: span.to.ms });
    for (const name of ["from", "to"]) part(name).querySelector("input").value = written_as(span[name].ms);
    chapterMarks(span);
  });
  /** No such realm, not for this seat, or no server: said in the film's place, and nothing is to be pressed. */
  zhihui.on("nofilm", (notice) => {
    document.documentElement.classList.add("no-film");
    zhihui.setText(part("said"), [notice.text, notice.remedy].filter(Boolean).join(" "));
    zhihui.setText(document.getElementById("list-note"), text("replay.nothing"));
    for (const name of ["chapters", "lines"]) part(name).replaceChildren(zhihui.make("p", "", text("replay.nothing")));
  });
  zhihui.on("film", tell);
  zhihui.on("sought", realm);

  zhihui.whenThere("replay-play", () => {
    makeSlider();
    makeSpeed();
    makeFields();
    makeChoices();
    realm();
    film.open().then(() => zhihui.recording || makeRealms());
  });
})(window.zhihui);
