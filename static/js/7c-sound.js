/* Sounds of the desk, made here: a new Ⅰ or Ⅱ, a deadline that is over, a crew that was missed; and of a drill's page, a
   text that came to the reader's seat. Muting is of this seat and silences only: what was told stays as it is until
   somebody acts. */
(function (zhihui) {
  "use strict";
  const { page } = zhihui.boot;
  if (page !== "desk" && page !== "drills") return;
  const KEEP = "zhihui.sound." + ((zhihui.boot.user || {}).seat || "");
  const NEW_MS = 60000;
  const GAP_MS = 2000; // a burst of reports is one sound
  const LOUD = 0.18;
  /* Each sound: [frequency in Hz, start in s, length in s] of its tones; the gravest first. */
  const SOUNDS = {
    missed: [[990, 0, 0.12], [990, 0.18, 0.12], [990, 0.36, 0.12], [990, 0.54, 0.12]],
    new1: [[880, 0, 0.2], [660, 0.22, 0.2], [880, 0.5, 0.2], [660, 0.72, 0.2], [880, 1.0, 0.2], [660, 1.22, 0.2]],
    new2: [[660, 0, 0.2], [880, 0.24, 0.2], [660, 0.6, 0.2], [880, 0.84, 0.2]],
    over: [[440, 0, 0.35], [440, 0.5, 0.35]],
    message: [[660, 0, 0.12], [880, 0.14, 0.2]],
  };
  const GRAVITY = Object.keys(SOUNDS);

  let muted = Boolean(zhihui.kept(KEEP).muted);
  let context = null;
  let playedAt = -Infinity;
  let wanted = null; // what the next frame plays
  const over = new Set(); // incidents and crews that are late already, new ones that were told ("new/ID")

  /** The browser lets no page sound before somebody has touched it. */
  const blocked = () => !context || context.state !== "running";

  async function wake() {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) return;
    context = context || new Context();
    if (context.state !== "running") await context.resume().catch(() => undefined);
    tell();
  }

  function play(name) {
    zhihui.emit("sounded", { name, muted, blocked: blocked() });
    if (muted || blocked()) return tell();
    for (const [hertz, start, length] of SOUNDS[name]) tone(hertz, context.currentTime + start, length);
    return undefined;
  }

  function tone(hertz, at, length) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUD, at + 0.02);
    gain.gain.setValueAtTime(LOUD, at + length - 0.04);
    gain.gain.linearRampToValueAtTime(0, at + length);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + length);
  }

  /** The gravest of what comes together, not more often than every two seconds. */
  function want(name) {
    if (wanted === null) setTimeout(sound, Math.max(50, playedAt + GAP_MS - performance.now()));
    if (wanted === null || GRAVITY.indexOf(name) < GRAVITY.indexOf(wanted)) wanted = name;
  }

  function sound() {
    const name = wanted;
    wanted = null;
    playedAt = performance.now();
    play(name);
  }

  const isNew = (p) => p.status === "reported" && p.severity <= 2 && zhihui.time.now() - Date.parse(p.reported_at) < NEW_MS;
  const isOver = (p) => zhihui.isOpen(p) && Boolean(p.deadline) && p.deadline.state === "over";
  const isMissed = (p) => Boolean(p.check) && p.check.state === "missed";

  /** Whether something has just become late; what is in time again may be late anew. */
  function became(id, late) {
    const fresh = late && !over.has(id);
    if (late) over.add(id);
    else over.delete(id);
    return fresh;
  }

  zhihui.on("drill-message", () => want("message"));
  zhihui.on("patch", (patch) => {
    if (page !== "desk") return;
    const upsert = patch.upsert || {};
    for (const { id, properties: p } of upsert.incidents || []) {
      if (became("new/" + id, isNew(p))) want("new" + p.severity); // once, whatever is added to it
      if (became(id, isOver(p))) want("over");
    }
    for (const { id, properties: p } of upsert.links || []) if (became(id, isMissed(p))) want("missed");
    for (const ids of Object.values(patch.remove || {})) ids.forEach((id) => ["", "new/"].forEach((mark) => over.delete(mark + id)));
  });
  /* What a fresh board says is late was late before: no sound. */
  zhihui.on("board", () => {
    over.clear();
    zhihui.store.layer("incidents").forEach(({ id, properties: p }) => {
      if (isOver(p)) over.add(id);
      if (isNew(p)) over.add("new/" + id);
    });
    zhihui.store.layer("links").forEach(({ id, properties: p }) => isMissed(p) && over.add(id));
  });

  /* --- the button: on, muted, or not allowed yet --- */

  function tell() {
    const button = document.querySelector("[data-foot='sound']");
    if (!button) return;
    const state = muted ? "muted" : blocked() ? "blocked" : "on";
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(muted));
    zhihui.setText(button.firstElementChild, zhihui.text("sound." + state));
    button.title = zhihui.text("sound.means." + state);
  }

  async function press() {
    if (!muted && blocked()) return wake();
    muted = !muted;
    zhihui.keep(KEEP, { muted });
    if (!muted) await wake();
    return tell();
  }

  zhihui.sound = { toggle: press };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => blocked() && wake(), { capture: true });
  document.addEventListener("click", (event) => event.target.closest("[data-foot='sound']") && press());
  zhihui.whenThere("command-result", tell);
})(window.zhihui);
