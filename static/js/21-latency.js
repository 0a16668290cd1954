/* How long a committed fact took to be drawn here: recorded_at (server clock) to after the next frame. */
(function (zhihui) {
  "use strict";
  const KEPT = 200;
  const drawn = [];

  zhihui.on("folded", (patch) => {
    const committed = Date.parse(patch.at);
    // The frame's callback runs before its drawing, a task queued in it after.
    requestAnimationFrame(() => setTimeout(() => {
      drawn.push(Math.max(0, zhihui.time.now() - committed));
      if (drawn.length > KEPT) drawn.shift();
    }));
  });

  /** The last commit-to-drawn times, ms, oldest first. */
  zhihui.latency = () => drawn.slice();
})(window.zhihui);
