/* Seams between LCD panels: what would lie across a horizontal one moves below it. Vertical ones: 83-hung.js. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const BLOCKS = [".kpi", ".unit-row", ".unit-key", ".count-row", ".panel-head", ".incident-row"];
  const moved = new Set();
  let rows = 1;

  const ys = () => Array.from({ length: rows - 1 }, (_, i) => ((i + 1) * window.innerHeight) / rows);
  /** Half of what must stay clear: the bezel, and the way of the shifting picture. */
  const clear = () => zhihui.px(8);

  /** Blocks of a column from above, those of one height together. */
  function lines(column) {
    const found = new Map();
    column.querySelectorAll(BLOCKS.join()).forEach((block) => {
      if (!block.offsetHeight) return;
      const key = Math.round(block.getBoundingClientRect().left / 40) + "/" + Math.round(block.getBoundingClientRect().top);
      found.set(key, [...(found.get(key) || []), block]);
    });
    return Array.from(found.values()).flat();
  }

  function settle() {
    moved.forEach((block) => (block.style.marginTop = ""));
    moved.clear();
    if (rows < 2) return;
    document.querySelectorAll(".wall-page .left, .wall-page .right").forEach((column) => lines(column).forEach(push));
    document.querySelectorAll(".wall-page .incident-row").forEach(hideCut);
  }

  function push(block) {
    const { top, bottom } = block.getBoundingClientRect();
    const seam = ys().find((y) => top < y + clear() && bottom > y - clear());
    if (seam === undefined || top >= seam + clear()) return;
    block.style.marginTop = seam + clear() - top + "px";
    moved.add(block);
  }

  /** A row pushed over the end of its column is not shown in half. */
  function hideCut(row) {
    row.style.visibility = row.getBoundingClientRect().bottom > row.parentElement.getBoundingClientRect().bottom + 1 ? "hidden" : "";
  }

  function soon() {
    if (rows > 1 || moved.size) requestAnimationFrame(settle);
  }

  zhihui.on("hung", ({ panel_rows: asked }) => {
    rows = asked || 1;
    requestAnimationFrame(settle);
  });
  for (const name of ["listed", "shared", "resized"]) zhihui.on(name, soon);

  zhihui.seams = {
    /** How many horizontal seams cross an element: as many rows it may lose. */
    across(element) {
      const { top, bottom } = element.getBoundingClientRect();
      return ys().filter((y) => y > top && y < bottom).length;
    },
  };
})(window.zhihui);
