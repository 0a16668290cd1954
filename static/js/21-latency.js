/* How long a committed fact took to be drawn here: recorded_at (server clock) to after the next frame. */
(function (zhihui) {
  "use strict";
  const KEPT = 200;
  const drawn = [];
  let waiting = []; // recorded_at of what was folded and not yet drawn, ms

  // The beat runs before its frame is drawn, a task queued in it after.
  const soon = zhihui.beat(() => {
    const folded = waiting;
    waiting = [];
    setTimeout(() => {
      const now = zhihui.time.now();
      drawn.push(...folded.map((committed) => Math.max(0, now - committed)));
      drawn.splice(0, drawn.length - KEPT);
    });
  });

  zhihui.on("folded", (patch) => {
    waiting.push(Date.parse(patch.at));
    if (waiting.length > KEPT) waiting.shift();
    soon();
  });

  /** The last commit-to-drawn times, ms, oldest first. */
  zhihui.latency = () => drawn.slice();
})(window.zhihui);
