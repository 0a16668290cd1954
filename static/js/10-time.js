/*
 * Server time and the realm's clock, estimated from heartbeats; screens' own clocks are often wrong, and are
 * set right while a wall hangs: the page counts from when it was loaded, which no setting moves.
 */
(function (zhihui) {
  "use strict";
  const SAMPLES = 30;
  const JUMP = 5000; // ms: no message is late by so much, so the server's own clock was set
  const offsets = []; // the last SAMPLES of (server time at sending − own time at receipt), ms
  let offset = 0;
  let lastWord = null; // performance.now() of the last message
  const own = () => performance.timeOrigin + performance.now();

  /**
   * The largest of recent differences: every message is late by its way, never early, so the least
   * delayed one is nearest the truth.
   */
  function learn(at) {
    const server = Date.parse(at);
    if (Number.isNaN(server)) return;
    const found = server - own();
    if (offsets.length && Math.abs(found - offset) > JUMP) offsets.length = 0;
    offsets.push(found);
    if (offsets.length > SAMPLES) offsets.shift();
    offset = Math.max(...offsets);
  }

  zhihui.time = {
    heard() { lastWord = performance.now(); },
    heartbeat(beat) { if (beat.at) learn(beat.at); },
    /** ms since 1970 on the realm's clock, now. */
    now() { return own() + offset; },
  };

  /** ms since the last word from the server; Infinity before the first. */
  zhihui.age = () => (lastWord === null ? Infinity : performance.now() - lastWord);
})(window.zhihui);
