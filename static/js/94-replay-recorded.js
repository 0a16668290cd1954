/*
 * /replay as it is recorded (?recorded=1): without controls, the time and the speed stand in the picture, and whoever
 * records turns the film from picture to picture. Nothing moves by itself, so that a slow machine makes the same film.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay" || !new URLSearchParams(location.search).has("recorded")) return;
  const { film } = zhihui;
  const SETTLED = 30; // frames without anything still to come, at the beginning: names are laid last
  const FRAMES = 2; // what follows a fact is drawn in the next frame, and what follows that in the one after
  zhihui.recording = true;
  document.documentElement.classList.add("recorded");

  let refused = ""; // why there is no film
  let begun = false;
  let settled = 0;
  zhihui.on("sought", () => (begun = true));
  zhihui.on("nofilm", (notice) => (refused = notice.text));
  const drawn = () => new Promise((then) => requestAnimationFrame(then));

  zhihui.recorder = {
    /** Asked once a frame. */
    ready() {
      const there = begun && zhihui.map && !film.waiting() && !zhihui.ground.due() && zhihui.beat.idle();
      settled = there ? settled + 1 : 0;
      return settled > SETTLED;
    },
    refused: () => refused,
    /** ms: where the film begins and ends. */
    span: () => [film.now(), film.span().to.ms],
    begin: (speed) => film.setSpeed(speed),
    /** The picture of a moment stands: false where it could not be had. */
    async turn(ms) {
      if (!(await film.turn(ms))) return false;
      for (let n = 0; n < FRAMES; n += 1) await drawn();
      while (zhihui.ground.due() || !zhihui.beat.idle()) await drawn();
      return true;
    },
  };
})(window.zhihui);
