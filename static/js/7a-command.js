/* The command line at the desk's foot: completion from what the stream has brought, history of this page, and one
   line of what became of it. What a line means is decided by the server (core/command_line.py). */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const MOST = 9; // hints at once
  const WAIT_MS = 15000;
  const OVER = new Set(["closed", "rejected", "merged", "evaluated", "archived"]);

  let grammar = { forms: [], states: [] };
  let hints = []; // {text, says, means}: what Tab puts in, and its explanation
  let turned = -1; // which hint Tab put in last
  let stem = ""; // the line before Tab
  let past = []; // lines of this page, newest last; kept nowhere else
  let back = 0; // how many steps into the past
  let helping = false; // all orders are shown, until something is typed
  let waiting = null; // {key, timer} of the line that is on its way

  const host = () => document.getElementById("command-line");
  const field = () => host() && host().querySelector("input");
  const box = () => document.getElementById("command-hints");
  const result = () => document.getElementById("command-result");

  /** As the server reads it: full-width letters narrow, commas are spaces. */
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const words = (line) => plain(line).split(/[\s,，、;；]+/);

  /* --- completion --- */

  function formOf(word) {
    return grammar.forms.find((form) => form.letter === word || form.words.includes(word));
  }

  /** Which part of the order the cursor is at: units may be many, an incident left out. */
  function partAt(form, given) {
    let at = 0;
    for (const word of given) {
      const part = form.parts[at];
      if (part === "incident" && !/^#?\d/.test(word)) at += 1;
      if (form.parts[at] !== "units") at += 1;
    }
    return form.parts[at] || "";
  }

  function proposals(line) {
    const all = words(line);
    const last = all[all.length - 1];
    const form = formOf(all[0]);
    if (all.length === 1 || !form) return all.length > 1 ? [] : orders(last);
    const given = all.slice(1, -1);
    const part = partAt(form, given);
    if (part === "incident") return incidents(last).slice(0, 4).concat(form.parts.includes("units") ? units(last, form, given) : []).slice(0, MOST);
    if (part === "units" || part === "unit") return units(last, form, given);
    if (part === "state") return states(last);
    return [];
  }

  function orders(typed) {
    const fits = (form) => !typed || [form.letter, ...form.words].some((word) => word.startsWith(typed));
    return grammar.forms.filter(fits).map((form) => ({ text: form.letter, says: form.usage, means: form.means }));
  }

  function incidents(typed) {
    const digits = typed.replace(/^#/, "");
    const fits = ({ properties: p }) => !OVER.has(p.status) && p.number.split("-").pop().includes(digits);
    if (digits && !/^\d+$/.test(digits)) return [];
    return zhihui.order.first(MOST, fits).found.map(({ properties: p }) => ({
      text: p.number.split("-").pop(), says: p.number.split("-").pop() + " " + zhihui.title(p.title),
      means: [zhihui.level(p.severity), zhihui.text("status." + p.status), p.place].filter(Boolean).join(" · "),
    }));
  }

  const FREE = ["available", "reserved"];
  const BOUND = ["dispatched", "acknowledged", "enroute", "on_scene"];

  /** Those that the order may be about: free ones to send, the nearest as the crow flies first, bound ones to report of. */
  function units(typed, form, given) {
    const wanted = form.parts[0] === "incident" || given.length > 1 ? FREE : BOUND;
    const near = nearness(given[0]);
    return zhihui.features("units").filter((unit) => {
      const p = unit.properties;
      const fits = plain(unit.id).startsWith(typed) || plain(p.name).replaceAll(" ", "").includes(typed);
      return fits && wanted.includes(p.status) && !given.includes(plain(unit.id));
    }).sort((a, b) => near(a) - near(b) || (a.id < b.id ? -1 : 1)).slice(0, MOST).map(({ id, properties: p }) => (
      { text: id, says: id + " " + p.name, means: zhihui.text("unit.kind." + p.kind) + " · " + zhihui.text("unit.status." + p.status) }
    ));
  }

  /** How far a unit is from the incident that the line names, or from the one that is open; for sorting only. */
  function nearness(number) {
    const named = number && /^#?\d/.test(number);
    const ends = named ? number.replace(/^#/, "") : "";
    const incident = named
      ? Array.from(zhihui.store.layer("incidents").values()).find(({ properties: p }) => p.number.endsWith(ends))
      : zhihui.store.get("incidents", zhihui.selected);
    if (!incident) return () => 0;
    const [lon, lat] = incident.geometry.coordinates;
    const narrow = Math.cos((lat * Math.PI) / 180);
    return ({ geometry: { coordinates: [x, y] } }) => Math.hypot((x - lon) * narrow, y - lat);
  }

  function states(typed) {
    const fits = ({ digit, word, means, verb }) => [digit, word, plain(means), verb].some((text) => text.startsWith(typed));
    return grammar.states.filter(fits).map(({ digit, word, means }) => ({ text: zhihui.boot.lang === "en" ? digit : word, says: digit + " " + word, means }));
  }

  function draw() {
    const line = field().value;
    helping = helping && !line;
    const show = document.activeElement === field() && (line || helping);
    hints = show ? proposals(line) : [];
    turned = -1;
    stem = line;
    paint();
  }

  function paint() {
    box().hidden = !hints.length;
    box().replaceChildren(...hints.map((hint, n) => {
      const row = zhihui.make("div", "command-hint");
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", String(n === turned));
      row.append(zhihui.make("b", "clip", hint.says), zhihui.make("span", "clip", hint.means));
      row.onpointerdown = (event) => {
        event.preventDefault();
        put(n);
        draw();
      };
      return row;
    }));
    field().setAttribute("aria-expanded", String(hints.length > 0));
  }

  /** Put a hint in place of the word at the cursor's end. */
  function put(n) {
    const kept = stem.slice(0, stem.length - /[^\s,，、;；]*$/.exec(stem)[0].length);
    field().value = kept + hints[n].text + " ";
    turned = n;
  }

  function complete(by) {
    if (!hints.length) return;
    put((turned + by + hints.length) % hints.length);
    paint();
  }

  /* --- sending --- */

  function send() {
    const line = field().value.trim();
    if (!line || waiting) return;
    const form = formOf(words(line)[0]);
    if (form && form.verb === "help") return void help();
    const key = crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();
    waiting = { key, timer: setTimeout(lost, WAIT_MS) };
    say("waiting", zhihui.text("command.waiting"));
    window.dash_clientside.set_props("command", { data: { line, key, selected: zhihui.selected || null } });
  }

  function help() {
    field().value = "";
    helping = true;
    draw();
    say("", "");
  }

  function lost() {
    waiting = null;
    say("refusal", zhihui.text("command.lost"));
  }

  /** The server's answer to the line that is on its way. */
  function answered(said) {
    if (!waiting || said.key !== waiting.key) return;
    clearTimeout(waiting.timer);
    waiting = null;
    say(said.kind, [said.text, said.kind === "done" ? "" : said.remedy].filter(Boolean).join(" "));
    if (said.kind !== "done") return;
    past = past.filter((line) => line !== field().value.trim()).concat([field().value.trim()]);
    back = 0;
    field().value = "";
    draw();
    if (said.look) look(said.look);
  }

  function look({ incident, unit, place }) {
    if (incident) {
      zhihui.desk.open(incident, true);
      zhihui.desk.locate(incident);
    } else if (unit) zhihui.board.fly(unit);
    else zhihui.search.fly(place);
    field().focus();
  }

  function say(kind, text) {
    result().className = "clip " + kind;
    result().setAttribute("role", kind === "refusal" ? "alert" : "status");
    zhihui.setText(result(), (kind === "done" && text ? "✓ " : kind === "refusal" ? "✗ " : "") + text);
    result().title = text;
  }

  /* --- keys --- */

  function turn(by) {
    const next = Math.max(0, Math.min(past.length, back + by));
    if (next === back) return;
    back = next;
    field().value = back ? past[past.length - back] : "";
    draw();
  }

  const KEYS = {
    Enter: send,
    Tab: (event) => complete(event.shiftKey ? -1 : 1),
    ArrowUp: () => turn(1),
    ArrowDown: () => turn(-1),
  };

  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = KEYS[event.key];
    if (!act || (event.key === "Tab" && !hints.length)) return; // Tab leaves an empty line, as everywhere
    event.preventDefault();
    event.stopPropagation();
    act(event);
  }

  zhihui.command = {
    focus() {
      field().focus();
      draw();
    },
  };
  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.zhihui.ordered = function (said) {
    if (said) answered(said);
    return window.dash_clientside.no_update;
  };

  zhihui.whenThere("command-line", (element) => {
    grammar = JSON.parse(element.closest("[data-grammar]").dataset.grammar);
    const input = zhihui.make("input", "");
    const marks = { type: "text", maxlength: "400", autocomplete: "off", spellcheck: "false", role: "combobox", "aria-controls": "command-hints", "aria-expanded": "false", "aria-label": zhihui.text("command.hint"), placeholder: zhihui.text("command.hint") };
    Object.entries(marks).forEach(([name, value]) => input.setAttribute(name, value));
    input.addEventListener("keydown", pressed);
    input.addEventListener("focus", draw);
    input.addEventListener("blur", () => {
      helping = false;
      hints = [];
      paint();
    });
    input.addEventListener("input", () => {
      if (result().classList.contains("refusal")) say("", "");
      draw();
    });
    element.append(input);
  });
})(window.zhihui);
