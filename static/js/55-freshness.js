/* Clock and freshness: how old each source's last word is, and what is not as it should be, in words. */
(function (zhihui) {
  "use strict";
  const FIX_LIMIT = 60000; // ms: a unit on its way reports oftener than this
  const PROOF_LIMIT = 10000; // ms without a digest that agrees
  let degraded = false;
  let provedAt = -Infinity; // performance.now() of the last digest that agreed

  const age = (ms) => (ms === null ? "—" : zhihui.age_text((zhihui.time.now() - ms) / 1000));

  /** Units on their way, and how many of them have no fresh position. */
  function moving() {
    const now = zhihui.time.now();
    let all = 0;
    let late = 0;
    zhihui.store.layer("units").forEach((unit) => {
      if (unit.properties.status !== "enroute") return;
      all += 1;
      const fix = zhihui.store.position(unit.id);
      if (!fix || now - fix.at > FIX_LIMIT) late += 1;
    });
    return { all, late };
  }

  /** [words, whether that is not as it should be] of each source, in the order they stand. */
  function sources() {
    const { all, late } = moving();
    const at = zhihui.store.positionAt();
    const halted = all > 0 && late === all && (at === null || zhihui.time.now() - at > FIX_LIMIT);
    document.documentElement.classList.toggle("halted", halted);
    const events = [zhihui.text("freshness.event", { age: age(zhihui.store.eventAt()) }), false];
    if (halted) return [events, [zhihui.text("freshness.halted", { age: age(at) }), true]];
    const fixes = [[zhihui.text("freshness.position", { age: age(at) }), false]];
    if (late) fixes.push([zhihui.text("freshness.late", { n: late }), true]);
    return [events, ...fixes];
  }

  function connection() {
    if (!zhihui.connected) {
      const gone = zhihui.age();
      return [[gone === Infinity ? zhihui.text("freshness.connecting") : zhihui.text("freshness.lost", { age: zhihui.age_text(gone / 1000) }), true]];
    }
    const proved = performance.now() - provedAt < PROOF_LIMIT;
    return [
      [zhihui.text(degraded ? "freshness.degraded" : "freshness.live"), degraded],
      [zhihui.text(proved ? "freshness.proved" : "freshness.proving"), false],
    ];
  }

  function say(line, words) {
    while (line.children.length > words.length) line.lastChild.remove();
    words.forEach(([text, bad], i) => {
      const span = line.children[i] || line.appendChild(zhihui.make("span"));
      zhihui.setText(span, text);
      span.className = bad ? "bad" : "";
    });
  }

  const known = () => zhihui.seq > 0 || zhihui.connected;

  function tell() {
    zhihui.setText(document.getElementById("clock"), known() ? zhihui.timeOfDay(zhihui.time.now()) : "--:--:--");
    zhihui.setText(document.querySelector("[data-date]"), known() ? zhihui.dayOf(zhihui.time.now()) : "");
    const fresh = document.getElementById("freshness");
    if (!fresh) return;
    if (fresh.children.length !== 2) fresh.replaceChildren(zhihui.make("div", "now"), zhihui.make("div"));
    say(fresh.children[0], sources());
    say(fresh.children[1], connection());
  }

  /** The last good picture stays, dimmed, and says from when it is. */
  function staleness() {
    const stale = !zhihui.connected && zhihui.age() !== Infinity && zhihui.stream.stale();
    document.documentElement.classList.toggle("stale", stale);
    const note = document.getElementById("stale-note");
    if (!note) return;
    note.hidden = !stale;
    if (!stale) return;
    const at = zhihui.timeOfDay(zhihui.time.now() - zhihui.age());
    zhihui.setText(note, zhihui.text("stale.note", { time: at, age: zhihui.age_text(zhihui.age() / 1000) }));
  }

  function second() {
    tell();
    staleness();
    zhihui.emit("second", null);
    // Just after the turn of the city's second, so that walls side by side tick together.
    setTimeout(second, 1005 - (zhihui.time.now() % 1000));
  }

  zhihui.on("heartbeat", (beat) => {
    degraded = Boolean(beat.degraded);
    if (beat.head === zhihui.seq && beat.hash === zhihui.hash()) provedAt = performance.now();
  });
  zhihui.on("mismatch", () => (provedAt = -Infinity));
  zhihui.on("connection", tell);

  zhihui.freshness = { start: second };
})(window.zhihui);
