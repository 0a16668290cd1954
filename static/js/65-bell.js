/* The bell: what this office is told. The count stands in the bar; pressed, the list opens under it. Asked of the
   server when the stream says that it has changed, after a time away, and now and then: oftener while the stream itself
   lives by polling. */
(function (zhihui) {
  "use strict";
  if (!zhihui.hands) return;
  const REST_MS = 200; // after a change, so that a burst asks once
  const EVERY_MS = 60000;
  const DEGRADED_MS = 5000; // nobody says then that something has changed
  const SHELVES = [10, 30, 60, 240]; // minutes
  const STATES = ["waiting", "shelved", "all"];
  let told = { waiting: 0, alarms: 0, items: [] };
  let state = "waiting";
  let open = false;
  let shelving = null; // the notice whose reason is being typed
  let planned = 0;
  let failed = false;
  let degraded = false;

  const text = zhihui.text;
  const bell = () => document.querySelector("[data-bell]");
  const panel = () => document.getElementById("bell-panel");
  const query = (more) => new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang, ...more });

  async function ask() {
    clearTimeout(planned);
    planned = setTimeout(ask, degraded ? DEGRADED_MS : EVERY_MS);
    try {
      const answer = await fetch("/api/v1/notices?" + query({ state }), { cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (!answer.ok) throw new Error(String(answer.status));
      const fresh = await answer.json();
      const changed = JSON.stringify(fresh) !== JSON.stringify(told);
      told = fresh;
      failed = false;
      if (changed) zhihui.emit("notices", told);
    } catch (error) {
      failed = true;
    }
    draw();
  }

  function soon() {
    clearTimeout(planned);
    planned = setTimeout(ask, REST_MS);
  }

  async function act(path, body) {
    try {
      const answer = await fetch("/api/v1/notices/" + path + "?" + query({}), {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body || {}), signal: AbortSignal.timeout(10000),
      });
      if (!answer.ok) {
        const problem = await answer.json();
        zhihui.notice({ kind: "refusal", text: problem.detail, remedy: problem.remedy });
      }
    } catch (error) {
      zhihui.notice({ kind: "fault", text: text("bell.failed"), remedy: text("bell.failed.remedy") });
    }
    shelving = null;
    await ask();
  }

  /* --- drawing --- */

  function draw() {
    const button = bell();
    if (!button) return;
    button.hidden = false;
    zhihui.setText(button.querySelector("b"), failed ? "?" : String(told.waiting));
    button.classList.toggle("loud", told.alarms > 0);
    button.title = failed ? text("bell.failed") : text("bell.means", { waiting: told.waiting, alarms: told.alarms });
    button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const typing = panel().contains(document.activeElement) && document.activeElement.matches("input");
    if (typing) return; // nothing moves under a hand
    panel().replaceChildren(head(), list());
  }

  function head() {
    const line = zhihui.make("div", "bell-head");
    for (const name of STATES) {
      const chip = zhihui.make("button", "chip", text("bell.state." + name));
      chip.setAttribute("aria-pressed", String(name === state));
      chip.onclick = () => { state = name; ask(); };
      line.append(chip);
    }
    const fresh = told.items.filter((one) => !one.acked_at && !one.settled_at).map((one) => one.seq);
    if (state === "waiting" && fresh.length > 1) {
      const all = zhihui.make("button", "plain", text("bell.ack_all", { n: fresh.length }));
      all.onclick = () => act("ack", { notices: fresh });
      line.append(all);
    }
    return line;
  }

  function list() {
    if (failed) return zhihui.make("p", "bell-none", text("bell.failed"));
    if (!told.items.length) return zhihui.make("p", "bell-none", text("bell.none." + state));
    const rows = zhihui.make("ul", "");
    rows.append(...told.items.map(row));
    return rows;
  }

  function row(one) {
    const item = zhihui.make("li", one.alarm ? "alarm" : "");
    item.dataset.notice = one.seq;
    const mark = one.incident ? zhihui.spriteElement(zhihui.incidentSprite(one.severity, "", true)) : zhihui.make("span"); // a drill has no level
    const what = zhihui.make("button", "what");
    what.append(zhihui.make("b", "", text("notice." + one.fact)), " ", zhihui.title(one.said.title || ""));
    what.onclick = () => look(one);
    const where = [one.said.number, one.said.place, one.said.unit_name, one.said.reason || one.said.text].filter(Boolean).join(" · ");
    item.append(mark, what, zhihui.make("time", "", zhihui.timeOfDay(Date.parse(one.at)).slice(0, 5)), zhihui.make("p", "clip", where));
    const standing = stands(one);
    if (standing) item.append(zhihui.make("p", "stands", standing));
    item.append(shelving === one.seq ? shelf(one) : acts(one));
    return item;
  }

  /** Who has done what about it, for all of the office to see. */
  function stands(one) {
    const at = (moment) => zhihui.timeOfDay(Date.parse(moment)).slice(0, 5);
    const parts = [];
    if (one.said.due && !one.settled_at) parts.push(text("bell.due", { at: at(one.said.due) }));
    if (one.acked_at) parts.push(text("bell.acked", { by: one.acked_by, seat: one.acked_seat || "—", at: at(one.acked_at) }));
    if (one.shelved_until) parts.push(text("bell.shelved", { by: one.shelved_by, until: at(one.shelved_until), reason: one.shelved_reason }));
    if (one.settled_at) parts.push(text("bell.settled", { at: at(one.settled_at) }));
    return parts.join(" · ");
  }

  function acts(one) {
    const line = zhihui.make("div", "bell-acts");
    const add = (words, press) => {
      const button = zhihui.make("button", "plain", words);
      button.onclick = press;
      line.append(button);
    };
    if (!one.acked_at && !one.settled_at) add(text("bell.ack"), () => act("ack", { notices: [one.seq] }));
    if (one.shelved_until) add(text("bell.unshelve"), () => act(one.seq + "/unshelve"));
    else if (one.alarm && !one.settled_at) add(text("bell.shelve"), () => { shelving = one.seq; draw(); });
    return line;
  }

  /** A reason and a time: an alarm is not laid aside without both. */
  function shelf(one) {
    const form = zhihui.make("form", "bell-acts");
    const reason = zhihui.make("input", "");
    reason.placeholder = text("bell.reason");
    reason.maxLength = 200;
    reason.required = true;
    const minutes = zhihui.make("select", "");
    for (const n of SHELVES) {
      const choice = zhihui.make("option", "", zhihui.age_text(n * 60));
      choice.value = n;
      minutes.append(choice);
    }
    form.append(reason, minutes, zhihui.make("button", "plain", text("bell.shelve")));
    form.onsubmit = (event) => {
      event.preventDefault();
      act(one.seq + "/shelve", { reason: reason.value.trim(), minutes: Number(minutes.value) });
    };
    setTimeout(() => reason.focus(), 0);
    return form;
  }

  /** On the desk its card; elsewhere, or when it has left the board, its file; of a drill's finding that drill. */
  function look(one) {
    show(false);
    if (one.said.drill) return location.assign("/drills/" + encodeURIComponent(one.said.drill) + "?lang=" + zhihui.boot.lang);
    if (zhihui.select && zhihui.store.get("incidents", one.incident)) zhihui.select(one.incident);
    else location.assign(zhihui.inRealm("/cases/" + encodeURIComponent(one.incident) + "?lang=" + zhihui.boot.lang));
  }

  function show(wanted) {
    open = wanted;
    shelving = null;
    panel().hidden = !open;
    draw();
    if (open) ask();
  }

  zhihui.whenThere("bell-panel", () => {
    bell().onclick = () => show(!open);
    document.addEventListener("pointerdown", (event) => {
      if (open && event.target.isConnected && !panel().contains(event.target) && !bell().contains(event.target)) show(false);
    });
    document.addEventListener("keydown", (event) => {
      if (open && event.key === "Escape") { event.stopPropagation(); show(false); }
    }, true);
    ask();
  });
  zhihui.on("told", soon);
  zhihui.on("connection", (connected) => connected && soon()); // what came while nobody listened
  zhihui.on("heartbeat", (beat) => {
    if (beat.degraded && !degraded) soon();
    degraded = Boolean(beat.degraded);
  });
})(window.zhihui);
