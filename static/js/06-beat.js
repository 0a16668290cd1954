/*
 * One beat for what follows the board: whatever asks to be drawn is drawn together, in the next frame. A screen that
 * cannot draw as often as facts come draws less often instead of ever later: what frames took beyond their time is a
 * debt that is paid by waiting, so that frames between stay short and hands, rings and clocks go on.
 */
(function (zhihui) {
  "use strict";
  const IN_TIME = 40; // ms that two frames may take and cost nothing
  const SHARE = 0.3; // of the time may go into drawing for long
  const AT_ONCE = 250; // ms of debt that are let pass: a click tells several facts, and is seen without delay
  const MOST = 2000; // ms of debt that one drawing may make: what took longer slept
  const jobs = new Set(); // in the order of their files: marks before what is laid around them
  let due = false;
  let debt = 0; // ms
  let reckoned = 0; // performance.now() of the last look at it
  let sights = 0; // how often the page was hidden or seen again

  /** A function that asks for `draw(now)` in the next beat, once however often it is asked. */
  zhihui.beat = function (draw) {
    const job = { draw, due: false };
    jobs.add(job);
    this.on("closed", () => jobs.delete(job));
    return function soon() {
      job.due = true;
      ask();
    };
  };

  /** Whether all that was asked for is drawn. */
  zhihui.beat.idle = () => !due;

  /** Whether the screen draws less often than it is asked to. */
  zhihui.beat.pressed = () => owed() > AT_ONCE;

  function owed() {
    const now = performance.now();
    debt = Math.max(0, debt - (now - reckoned) * SHARE);
    reckoned = now;
    return debt;
  }

  function ask() {
    if (due) return;
    due = true;
    const wait = zhihui.recording ? 0 : (owed() - AT_ONCE) / SHARE; // a film's picture is waited for
    if (wait > 0) setTimeout(() => requestAnimationFrame(draw), wait);
    else requestAnimationFrame(draw);
  }

  function draw(now) {
    due = false;
    const began = performance.now();
    const sight = sights;
    for (const job of jobs) {
      if (!job.due) continue;
      job.due = false;
      zhihui.tellAll([job.draw], "beat", now);
    }
    canvases();
    // The second frame from here waits until this one has been painted.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const over = performance.now() - began - IN_TIME;
      if (over > 0 && sight === sights) debt = owed() + Math.min(MOST, over);
    }));
  }

  // A hidden page has no frames: the hours until the next one are nobody's drawing.
  document.addEventListener("visibilitychange", () => (sights += 1));

  /** What Leaflet would draw a frame later. */
  function canvases() {
    if (!zhihui.renderers) return;
    for (const { renderers } of [zhihui, ...zhihui.views()]) {
      for (const canvas of Object.values(renderers)) {
        if (!canvas._redrawRequest) continue;
        window.L.Util.cancelAnimFrame(canvas._redrawRequest);
        canvas._redraw();
      }
    }
  }
})(window.zhihui);
