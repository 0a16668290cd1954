/* Server time and the realm's clock, estimated from heartbeats; screens' own clocks are often wrong. */
(function (zhihui) {
  "use strict";
  const SAMPLES = 30;
  const offsets = []; // the last SAMPLES of (server time at sending − local time at receipt), ms
  let offset = 0;
  let lastWord = null; // performance.now() of the last message

  /**
   * The largest of recent differences: every message is late by its way, never early, so the least
   * delayed one is nearest the truth.
   */
  function learn(at) {
    const server = Date.parse(at);
    if (Number.isNaN(server)) return;
    offsets.push(server - Date.now());
    if (offsets.length > SAMPLES) offsets.shift();
    offset = Math.max(...offsets);
  }

  zhihui.time = {
    heard() { lastWord = performance.now(); },
    heartbeat(beat) { if (beat.at) learn(beat.at); },
    /** ms since 1970 on the realm's clock, now. */
    now() { return Date.now() + offset; },
    offset() { return offset; },
  };

  /** ms since the last word from the server; Infinity before the first. */
  zhihui.age = () => (lastWord === null ? Infinity : performance.now() - lastWord);
})(window.zhihui);
