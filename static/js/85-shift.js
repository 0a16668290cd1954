/*
 * Against burn-in: the whole page moves along a slow orbit, a pixel or so a minute, always inside its safe
 * margin. By position, never by a transform: the map keeps its size, its pixels and what it shows.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const REACH = 6; // px at 1080 lines from the middle: half of the safe margin
  const STEPS = 24; // of one turn
  const EVERY = 60000; // ms a step
  let step = Math.floor(Date.now() / EVERY); // a page loaded anew goes on where it was
  let on = true;

  function place() {
    const page = document.querySelector(".wall-page");
    if (!page) return;
    const unit = window.innerHeight / 1080;
    const angle = (2 * Math.PI * (step % STEPS)) / STEPS;
    page.style.left = on ? Math.round(REACH * unit * Math.cos(angle)) + "px" : "0";
    page.style.top = on ? Math.round(REACH * unit * Math.sin(angle)) + "px" : "0";
  }

  zhihui.shift = {
    next() {
      step += 1;
      place();
    },
  };

  zhihui.on("hung", (hung) => {
    on = hung.shift !== false;
    place();
  });
  zhihui.whenThere("ticker", place);
  setInterval(zhihui.shift.next, EVERY);
})(window.zhihui);
