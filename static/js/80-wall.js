/* The wall says what it shows, and goes black when it may not look any more. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const EVERY = 5000; // ms

  function say() {
    if (!zhihui.map) return;
    const b = zhihui.map.getBounds();
    const bounds = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => Number(n.toFixed(5)));
    const size = [window.innerWidth, window.innerHeight];
    const picture = { seq: zhihui.seq, hash: zhihui.hash(), bounds, size, locked: zhihui.wall.isLocked(), version: zhihui.boot.version };
    zhihui.stream.send({ display: { ...picture, ...zhihui.scenes.shown() } });
  }

  zhihui.display = {
    say,
    /** Say it once the next frame stands: its callback runs before its drawing, a task queued in it after. */
    saySoon: () => requestAnimationFrame(() => setTimeout(say)),
  };

  zhihui.on("forbidden", () => document.documentElement.classList.add("blank"));
  document.documentElement.classList.add("loading");
  zhihui.on("board", () => {
    if (!zhihui.seq) return;
    document.documentElement.classList.remove("blank", "loading");
  });
  setInterval(say, EVERY);
})(window.zhihui);
