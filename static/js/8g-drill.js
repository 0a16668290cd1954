/* /drills/ID: counts on the drill's clock, presses, the last facts, and what has just come to the reader's seat. What
   stands there is asked for again a moment after something in the realm has changed. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "drills") return;
  const REST_MS = 1000; // so long one look at the drill holds
  const TWICE_MS = 700; // the same button pressed again within this is one press
  const COUNT_MS = 250; // at 60 times as fast a second hand would leap a minute
  const FACTS = 40;
  const text = zhihui.text;
  const part = (name) => document.getElementById("drill-" + name);
  const set = (id, props) => window.dash_clientside.set_props(id, props);
  let waiting = 0;
  let pressed = { on: "", at: -Infinity };
  let heard = null; // numbers of the messages that were there at the last look
  let following = ""; // the inject that was next at the last look

  zhihui.whenThere("drill-head", begin);

  function begin() {
    document.addEventListener("click", press);
    part("injects").addEventListener("click", (event) => {
      const read = event.target.closest("[data-message]");
      if (read) read.classList.remove("new");
    });
    new MutationObserver(count).observe(part("head"), { childList: true, subtree: true });
    for (const name of ["expected", "injects"]) new MutationObserver(drawn).observe(part(name), { childList: true, subtree: true });
    setInterval(count, COUNT_MS);
    facts();
  }

  /* --- looking again --- */

  function again() {
    waiting = 0;
    set("drill-tick", { data: Date.now() });
  }
  const soon = () => {
    if (!waiting && part("head")) waiting = setTimeout(again, REST_MS);
  };
  zhihui.on("patch", (patch) => {
    soon();
    if (patch.panels && patch.panels.ticker) facts();
  });
  zhihui.on("board", () => {
    soon();
    facts();
  });

  /* --- presses --- */

  function press(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const before = pressed;
    pressed = { on: JSON.stringify(button.dataset), at: performance.now() };
    if (pressed.on === before.on && pressed.at - before.at < TWICE_MS) return;
    const drill = zhihui.store.get("drills", zhihui.realm);
    set("drill-asked", { data: { ...button.dataset, speed: drill ? drill.properties.speed : 1, at: Date.now() } });
  }

  /* --- counts on the realm's clock --- */

  const since = (iso) => (zhihui.time.now() - Date.parse(iso)) / 1000;
  const shown = (name, say) => document.querySelectorAll(`[data-${name}]`).forEach(say);
  const elapsed = (s) => `T+${Math.floor(s / 3600)}:${two((s % 3600) / 60)}:${two(s % 60)}`;
  const two = (n) => String(Math.floor(n)).padStart(2, "0");

  function count() {
    if (!zhihui.connected) return;
    shown("clock", (one) => zhihui.setText(one, zhihui.timeOfDay(zhihui.time.now())));
    shown("since", (one) => zhihui.setText(one, elapsed(Math.max(0, since(one.dataset.since)))));
    shown("until", (one) => {
      const left = -since(one.dataset.until);
      zhihui.setText(one, left > 0 ? zhihui.stopwatch(left) : text("drill.inject.due"));
    });
    shown("limit", limit);
  }

  /** What is left of a limit, and that it has just been passed. */
  function limit(one) {
    const left = -since(one.dataset.limit);
    const late = left < 0;
    zhihui.setText(one, text(late ? "drill.over" : "drill.left", { time: zhihui.stopwatch(Math.abs(left)) }));
    const bar = one.nextElementSibling;
    if (bar) bar.style.width = 100 * Math.min(1, Math.max(0, left / Number(one.dataset.of))) + "%";
    const line = one.closest("li");
    if (late && !line.classList.contains("late")) {
      line.classList.add("late");
      soon();
    }
  }

  /* --- what was drawn anew --- */

  function drawn() {
    count();
    follow();
    messages();
  }

  /** The inject that is next stays in sight, unless somebody reads elsewhere. */
  function follow() {
    const row = document.querySelector(".drill-injects tr.next");
    const number = row ? row.dataset.inject : "";
    if (number === following) return;
    following = number;
    if (row && !row.closest(".drill-scroll").matches(":hover")) row.scrollIntoView({ block: "center" });
  }

  /** A text that has just come to the reader's seat is heard, and said. */
  function messages() {
    const rows = Array.from(document.querySelectorAll("[data-message]"));
    const now = new Set(rows.map((row) => row.dataset.message));
    const fresh = heard === null ? [] : rows.filter((row) => !heard.has(row.dataset.message));
    if (heard !== null || part("injects").childElementCount > 1) heard = now;
    fresh.forEach((row) => row.classList.add("new"));
    if (!fresh.length) return;
    zhihui.notice({ kind: "done", text: text("drill.message.new", { text: fresh[0].querySelector("p").textContent }) });
    zhihui.emit("drill-message", fresh.length);
  }

  /* --- the last facts, each leading to the replay at that moment --- */

  function facts() {
    const box = part("facts");
    if (!box) return;
    const lines = zhihui.store.panels.ticker.filter((line) => zhihui.hasText("event." + line.kind)).slice(0, FACTS);
    box.replaceChildren(...(lines.length ? lines.map(fact) : [zhihui.make("p", "secondary", text("ticker.empty"))]));
  }

  function fact(line) {
    const made = zhihui.make("a", "drill-fact");
    made.href = "/replay?" + new URLSearchParams({ realm: zhihui.realm, at: line.at, lang: zhihui.boot.lang });
    made.target = "_blank";
    const said = zhihui.ticker.words(line);
    made.title = said;
    made.append(zhihui.make("time", "", zhihui.timeOfDay(Date.parse(line.at))), zhihui.make("span", "clip", said));
    return made;
  }
})(window.zhihui);
