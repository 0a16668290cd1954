/*
 * Server time and the realm's clock, estimated from heartbeats; screens' own clocks are often wrong, and are
 * set right while a wall hangs: the page counts from when it was loaded, which no setting moves.
 */
(function (zhihui) {
  "use strict";
  const SAMPLES = 30;
  const JUMP = 5000; // ms of the realm: no message is late by so much, so the server's own clock was set
  const offsets = []; // the last SAMPLES of (realm's time at sending − own time at receipt × rate), ms
  let rate = 1; // of the realm's clock; 0 while it stands
  let offset = 0;
  let lastWord = null; // performance.now() of the last message
  const own = () => performance.timeOrigin + performance.now();

  /**
   * The largest of recent differences: every message is late by its way, never early, so the least
   * delayed one is nearest the truth. A clock that was turned is learned anew.
   */
  function learn(at, fast) {
    const told = Date.parse(at);
    if (Number.isNaN(told)) return;
    const found = told - own() * fast;
    if (fast !== rate || (offsets.length && Math.abs(found - offset) > JUMP * Math.max(1, fast))) offsets.length = 0;
    rate = fast;
    offsets.push(found);
    if (offsets.length > SAMPLES) offsets.shift();
    offset = Math.max(...offsets);
  }

  zhihui.time = {
    heard() { lastWord = performance.now(); },
    heartbeat(beat) { if (beat.at) learn(beat.at, beat.rate ?? 1); },
    /** ms since 1970 on the realm's clock, now. */
    now() { return own() * rate + offset; },
    /** How fast it runs. */
    rate: () => rate,
  };

  // A drill tells at once when its clock is turned; the next heartbeat, seconds later, says it more exactly.
  zhihui.on("patch", (patch) => {
    const [drill] = (patch.upsert || {}).drills || [];
    if (drill && drill.id === zhihui.realm && drill.properties.rate !== rate) learn(patch.at, drill.properties.rate);
  });

  /** ms since the last word from the server; Infinity before the first. */
  zhihui.age = () => (lastWord === null ? Infinity : performance.now() - lastWord);
})(window.zhihui);
