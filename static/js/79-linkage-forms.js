/* What is done to a response from the desk's panel: buttons of its tasks, its command, and the one form that is open.
   An act goes to the server through a store and comes back with the same key; a form closes when it was done. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const WAIT_MS = 15000;
  const PLACES = ["city", "county", "town", "community"];
  let form = null; // {verb, task?, element}
  let waiting = null; // {key, timer, done}

  const desk = () => zhihui.linkageDesk;

  /* --- acts --- */

  /** Send one act; `after()` runs when it is done, not when it is refused. */
  function send(act, after) {
    if (waiting) return;
    const key = crypto.randomUUID ? crypto.randomUUID() : Date.now() + "-" + Math.random();
    waiting = { key, after, timer: setTimeout(() => hold(null), WAIT_MS) };
    hold(waiting);
    window.dash_clientside.set_props("linkage-act", { data: { linkage: desk().opened(), ...act, key } });
  }

  function hold(now) {
    waiting = now;
    document.querySelectorAll("#linkage-panel [data-act]").forEach((button) => (button.disabled = Boolean(now)));
  }

  /** The server's answer to the act that is on its way. */
  function answered(said) {
    zhihui.notice(said);
    if (!waiting || said.key !== waiting.key) return;
    clearTimeout(waiting.timer);
    const { after } = waiting;
    hold(null);
    if (said.shortfalls && form) accept(said.shortfalls);
    if (said.kind === "done" && after) after();
  }

  window.dash_clientside = window.dash_clientside || {};
  window.dash_clientside.zhihui.linkageSaid = function (said) {
    if (said) answered(said);
    return window.dash_clientside.no_update;
  };

  /* --- buttons --- */

  function button(words, pressed, primary) {
    const made = zhihui.make("button", primary ? "act primary" : "act", zhihui.text(words));
    made.type = "button";
    made.dataset.act = words;
    made.disabled = Boolean(waiting);
    made.onclick = pressed;
    return made;
  }

  /** What is done seldom does not stand out beside what is next. */
  function quiet(made) {
    made.className = "plain";
    return made;
  }

  const STEPS = { assigned: ["ack"], acknowledged: ["start", "done"], under_way: ["done"] };

  /** What this desk may do to a task now: its owner's next step first, then the commander's orders. */
  function buttons(task) {
    const p = task.properties;
    const held = zhihui.store.get("linkages", p.linkage);
    const found = [];
    if (desk().covers(p.owner)) (STEPS[p.status] || []).forEach((verb, n) => found.push(step(task, verb, n === 0)));
    if (held && desk().commands(held.properties) && !["done", "cancelled"].includes(p.status)) {
      found.push(...["change", "cancel"].map((verb) => quiet(button("response.do." + verb, () => open(verb, task)))));
    }
    return found;
  }

  function step(task, verb, first) {
    if (verb === "done") return button("response.do.done", () => open("done", task), first);
    return button("response.do." + verb, () => send({ task: task.id, verb, given: {} }), first);
  }

  /* --- fields --- */

  const FORMS = {
    done: () => [area("text")],
    change: (task) => [choice("owner", offices(task.properties.owner), task.properties.owner), figure("due_min", Math.round(task.properties.due_s / 60), 10080), area("reason")],
    cancel: () => [area("reason")],
    add: () => [line("title", 200), pair(choice("dept", departments()), choice("place", places(), "county")), pair(figure("ack_min", 10, 10080), figure("due_min", 60, 10080)), area("reason")],
    hand_over: (held) => [choice("office", offices(held.properties.commander)), line("name", 40), area("reason")],
    level: (held) => [choice("level", levels(held.properties.level)), area("reason")],
    fill_shelter: (one) => [figure("persons", one.used, 1000000)],
    end: (held) => [releases(held), area("reason")],
  };

  function labelled(name, control) {
    const made = zhihui.make("label", "linkage-field");
    control.name = name;
    control.required = true;
    made.append(zhihui.make("span", "", zhihui.text("response.field." + name)), control);
    return made;
  }

  function line(name, most) {
    const input = zhihui.make("input");
    Object.assign(input, { type: "text", maxLength: most, autocomplete: "off" });
    return labelled(name, input);
  }

  function area(name) {
    const input = zhihui.make("textarea");
    Object.assign(input, { rows: 2, maxLength: 4000 });
    return labelled(name, input);
  }

  function figure(name, value, most) {
    const input = zhihui.make("input");
    Object.assign(input, { type: "number", min: name === "persons" ? 0 : 1, max: most, step: 1, value });
    return labelled(name, input);
  }

  /** `options`: rows of [value, words]. */
  function choice(name, options, value) {
    const select = zhihui.make("select");
    options.forEach(([one, words]) => {
      const option = zhihui.make("option", "", words);
      option.value = one;
      select.append(option);
    });
    if (value !== undefined) select.value = value;
    return labelled(name, select);
  }

  function pair(...fields) {
    const made = zhihui.make("div", "linkage-pair");
    made.append(...fields);
    return made;
  }

  const departments = () => [["", zhihui.text("response.desk")], ...(zhihui.boot.departments || []).map((row) => [row.code, zhihui.boot.lang === "en" ? row.name_en : row.name])];
  const places = () => PLACES.map((place) => [place, zhihui.text("response.place." + place)]);
  const levels = (now) => [1, 2, 3, 4].filter((level) => level !== now).map((level) => [String(level), zhihui.level(level) + " · " + zhihui.text(level < now ? "response.raise" : "response.lower")]);

  /** Whom a task or the command may go to: who is in the response, then departments of the city and of the county. */
  function offices(own) {
    const held = zhihui.store.get("linkages", desk().opened());
    const county = held ? held.properties.area.slice(0, 6) : "";
    const called = zhihui.linkage.offices(desk().opened()).map((one) => one.office);
    const codes = (zhihui.boot.departments || []).flatMap(({ code }) => [`${code}@`, ...(county ? [`${code}@${county}`] : [])]);
    const known = new Set([own, ...called, "@", ...(county ? [`@${county}`] : []), ...codes]);
    return Array.from(known, (office) => [office, zhihui.officeName(office)]);
  }

  /** What ending it takes back, before anybody presses. */
  function releases({ id, properties: { means } }) {
    const open = zhihui.linkage.tasks(id).filter((task) => !["done", "cancelled"].includes(task.properties.status)).length;
    const persons = means.shelters.reduce((sum, one) => sum + one.used, 0);
    const counts = { tasks: open, units: means.units.length, supplies: means.supplies.length, shelters: means.shelters.length, closures: means.closures.length, broadcasts: means.broadcasts.length };
    const made = zhihui.make("div", "linkage-releases");
    made.append(zhihui.make("div", "", zhihui.text("response.releases", counts)));
    if (persons) made.append(zhihui.make("div", "warn", zhihui.text("response.still_sheltered", { persons })));
    return made;
  }

  /* --- the form --- */

  /** `about`: the task, the shelter or the response that it is for. */
  function open(verb, about) {
    close();
    const held = zhihui.store.get("linkages", desk().opened());
    if (!held) return;
    const element = zhihui.make("form", "linkage-form");
    const named = about ? (about.properties ? zhihui.linkage.title(about) : about.name) : "";
    const submit = button("response.do." + verb, null, true);
    submit.type = "submit";
    submit.append(zhihui.make("kbd", "", "Ctrl ↵"));
    const back = button("report.cancel", close);
    back.append(zhihui.make("kbd", "", "Esc"));
    const acts = zhihui.make("div", "acts");
    acts.append(submit, back);
    element.append(zhihui.make("h3", "clip", zhihui.text("response.form." + verb, { name: named })), ...FORMS[verb](about || held), acts);
    element.onsubmit = (event) => {
      event.preventDefault();
      commit(verb, about, Object.fromEntries(new FormData(element)));
    };
    form = { verb, element };
    draw();
    element.querySelector("textarea, input, select").focus();
  }

  /** What is missing for it has been told: sent once more, it is accepted. */
  function accept(shortfalls) {
    form.accepted = shortfalls.map(({ kind, what, missing }) => ({ kind, what, missing }));
    zhihui.setText(form.element.querySelector("[type='submit']").firstChild, zhihui.text("response.accept"));
  }

  const NUMBERS = ["due_min", "ack_min", "level", "persons"];

  function commit(verb, about, given) {
    NUMBERS.filter((name) => name in given).forEach((name) => (given[name] = Number(given[name])));
    if (verb === "add") {
      given.owner = `${given.dept}@${given.place}`;
      delete given.dept;
      delete given.place;
    }
    if (form.accepted) given.accept_shortfalls = form.accepted;
    if (verb === "fill_shelter") given.shelter = about.id;
    const task = about && about.properties ? { task: about.id } : {};
    send({ ...task, verb, given }, close);
  }

  function close() {
    if (!form) return false;
    form = null;
    draw();
    document.getElementById("linkage-panel").focus({ preventScroll: true });
    return true;
  }

  const ORDERS = ["level", "add", "hand_over", "end"];

  /** Below: the form that is open, else what the commander may order. */
  function draw() {
    const foot = document.querySelector("#linkage-panel .linkage-foot");
    const held = zhihui.store.get("linkages", desk().opened());
    if (foot && held) paint(foot, held);
  }

  function paint(foot, held) {
    const may = desk().commands(held.properties);
    const wanted = form ? form.verb + held.id : `${may}${held.id}`;
    if (foot.dataset.shown === wanted && (!form || foot.contains(form.element))) return;
    foot.dataset.shown = wanted;
    foot.hidden = !form && !may;
    foot.replaceChildren(form ? form.element : orders(may));
  }

  function orders(may) {
    const acts = zhihui.make("div", "acts");
    if (may) acts.append(...ORDERS.map((verb) => button("response.do." + verb, () => open(verb))));
    return acts;
  }

  zhihui.linkageForms = {
    buttons,
    button,
    open,
    close,
    send,
    foot: paint,
    /** Ctrl+Enter in a form. */
    submit() {
      if (!form) return false;
      form.element.requestSubmit();
      return true;
    },
  };
})(window.zhihui);
