/* The frame: what waits to be sent on top, four screens below, one hand. Asks for tasks again and again. */
(function (zhihui) {
  "use strict";
  const { make, text, parts, boot } = zhihui;
  const AGAIN_MS = zhihui.drill ? 5000 : 15000; // a drill that is stopped has to be known at once
  const TABS = ["tasks", "report", "rounds", "me"];
  const KEPT = "zhihui.field." + boot.user.id + (zhihui.realm === "live" ? "" : "." + zhihui.realm);
  let shown = "tasks";
  let reached = true;
  let asking = false;
  document.documentElement.classList.toggle("sun", !zhihui.kept("zhihui.light").night);
  const held = zhihui.kept(KEPT);
  zhihui.state = held.state || null;
  zhihui.rounds = held.rounds || null;

  const root = document.getElementById("field");
  const bar = root.appendChild(make("header", "bar"));
  const main = root.appendChild(make("main"));
  const tabs = root.appendChild(make("nav", "tabs"));
  const frames = Object.fromEntries(TABS.map((name) => [name, main.appendChild(make("section", "screen screen-" + name))]));
  bar.append(make("h1", "", boot.user.name), parts.button("", "net", logIn));
  const count = bar.appendChild(parts.button("", "queue", list));
  count.id = "queue";
  TABS.forEach((name) => {
    const tab = tabs.appendChild(parts.button(text("field.tab." + name), "tab", () => show(name)));
    tab.dataset.tab = name;
  });

  /** An account logs in again and what waits is sent; a unit's phone needs a new link. */
  function logIn() {
    if (reached === "login") location.assign("/login?" + new URLSearchParams({ next: zhihui.inRealm("/field"), lang: boot.lang }));
  }

  function show(name) {
    shown = name;
    TABS.forEach((one) => (frames[one].hidden = one !== name));
    for (const tab of tabs.children) tab.setAttribute("aria-pressed", String(tab.dataset.tab === name));
    zhihui.screens[name](frames[name]);
    main.scrollTop = 0;
  }

  /** The form of a report is never drawn anew under somebody's fingers. */
  function refresh() {
    if (shown !== "report" && !document.querySelector(".sheet") && document.activeElement.type !== "search") zhihui.screens[shown](frames[shown]);
  }

  function says() {
    zhihui.setText(bar.firstChild, zhihui.state && zhihui.state.unit ? zhihui.state.unit.name : boot.user.name);
    const rows = zhihui.queue.rows();
    const refused = rows.filter((row) => row.state === "refused").length;
    count.textContent = refused ? text("field.refused", { n: refused }) : rows.length ? text("field.waiting", { n: rows.length }) : text("field.nothing_waits");
    count.classList.toggle("loud", refused > 0);
    count.classList.toggle("some", rows.length > 0);
    const net = bar.querySelector(".net");
    net.disabled = reached !== "login";
    net.hidden = reached === true && navigator.onLine;
    net.textContent = reached === "login" ? text("field.net.login") : reached && navigator.onLine ? "" : text("field.net.none");
  }

  /** What waits, and what was refused with the way out. */
  function list() {
    const rows = zhihui.queue.rows();
    const content = rows.length ? rows.map(item) : [make("p", "empty", text("field.nothing_waits_long"))];
    const { close } = parts.sheet(text("field.queue"), ...content);
    function item(row) {
      const made = make("article", "waits " + row.state);
      made.append(make("h3", "", row.says), make("p", "hint", zhihui.timeOfDay(new Date(row.at).getTime())));
      if (row.state === "refused") {
        const { title, detail, remedy } = row.problem;
        made.append(make("p", "problem", detail || title), make("p", "hint", remedy || ""));
        made.append(parts.button(text("field.seen"), "plain wide", async () => {
          await zhihui.queue.dismiss(row);
          close();
        }));
      } else made.append(make("p", "hint", text("field.waits")));
      return made;
    }
  }

  async function ask(path) {
    const answer = await fetch(zhihui.address(path), { signal: AbortSignal.timeout(20000) });
    if (answer.status === 401) reached = "login";
    if (!answer.ok) throw new Error(path + " " + answer.status);
    return answer.json();
  }

  async function update() {
    if (asking) return;
    asking = true;
    const since = performance.now();
    const walked = zhihui.queue.pending().some((row) => row.round);
    try {
      const state = await ask("/field");
      zhihui.queue.setNow(state.now, state.rate);
      zhihui.drillTold(state.drill);
      zhihui.state = state;
      if (shown === "rounds" || walked || !zhihui.rounds) zhihui.rounds = await ask("/field/rounds");
      zhihui.queue.forget(since);
      reached = true;
      zhihui.keep(KEPT, { state, rounds: zhihui.rounds });
      zhihui.emit("state", state);
      if (zhihui.queue.waiting().length) zhihui.queue.again();
    } catch (error) {
      if (reached !== "login") reached = false;
    } finally {
      asking = false;
    }
    says();
    refresh();
  }

  zhihui.on("queue", () => {
    says();
    refresh();
  });
  zhihui.on("reached", (now) => {
    reached = now;
    says();
  });
  zhihui.on("sent", () => {
    if (!zhihui.queue.waiting().length) update();
  });
  window.addEventListener("online", update);
  window.addEventListener("offline", says);
  document.addEventListener("visibilitychange", () => document.hidden || update());
  setInterval(update, AGAIN_MS);
  show(shown);
  says();
  update();
})(window.zhihui);
