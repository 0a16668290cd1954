/* Seams between LCD panels: what would lie across a horizontal one moves below it. Vertical ones: 83-hung.js. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const BLOCKS = ".kpi, .unit-row, .unit-key, .count-row, .panel-head, .incident-row, .scene-block";
  const COLUMNS = ".wall-page > .left, .wall-page > .right, .scene-panel:not(.panes), .pane-panel";
  const moved = new Set();
  let rows = 1;

  /** Offset within the page: neither its shift nor a row that is just sliding tells on it. */
  function topOf(block) {
    let top = 0;
    for (let one = block; one && !one.classList.contains("wall-page"); one = one.offsetParent) top += one.offsetTop;
    return top;
  }

  const seams = () => Array.from({ length: rows - 1 }, (_, i) => ((i + 1) * window.innerHeight) / rows);
  /** Half of what must stay clear: the bezel, and the way of the shifting picture. */
  const clear = () => zhihui.px(8);
  const seamAcross = (top, bottom) => seams().find((y) => top < y + clear() && bottom > y - clear());

  /** Blocks of a column that stand at one height, from above. */
  function lines(column) {
    const found = [];
    column.querySelectorAll(BLOCKS).forEach((block) => {
      if (!block.offsetHeight) return;
      const top = topOf(block);
      const line = found.find((one) => one.top === top && one.kind === block.className.split(" ")[0] && one.parent === block.parentElement);
      if (line) line.blocks.push(block);
      else found.push({ top, kind: block.className.split(" ")[0], parent: block.parentElement, blocks: [block] });
    });
    return found;
  }

  function settle() {
    moved.forEach((block) => (block.style.marginTop = ""));
    moved.clear();
    if (rows < 2) return;
    document.querySelectorAll(COLUMNS).forEach((column) => {
      const all = lines(column);
      all.forEach((line, i) => push(all, i));
    });
  }

  /** What lies across a seam goes below it; the gap that leaves is shared with its like above, as if meant, as far as
   * that brings none of those across. */
  function push(all, i) {
    const [top, height] = [topOf(all[i].blocks[0]), all[i].blocks[0].offsetHeight];
    const seam = seamAcross(top, top + height);
    if (seam === undefined) return;
    let first = i;
    while (first > 0 && all[first - 1].parent === all[i].parent && !all[first - 1].held) first -= 1;
    const above = i - first;
    const gap = seam + clear() - top;
    const share = above ? Math.min(gap / (above + 1), spare(all[i - 1].blocks[0], seam) / above) : 0;
    all.slice(first, i).forEach((line) => lower(line, share));
    lower(all[i], gap - share * above);
  }

  const spare = (block, seam) => Math.max(0, seam - clear() - topOf(block) - block.offsetHeight);

  function lower(line, by) {
    line.held = true;
    line.blocks.forEach((block) => {
      block.style.marginTop = parseFloat(block.style.marginTop || 0) + by + "px";
      moved.add(block);
    });
  }

  function soon() {
    if (rows > 1 || moved.size) requestAnimationFrame(settle);
  }

  zhihui.on("hung", ({ panel_rows: asked }) => {
    rows = asked || 1;
    zhihui.list.refresh();
    requestAnimationFrame(settle);
  });
  for (const name of ["listed", "shared", "resized", "scened"]) zhihui.on(name, soon);

  zhihui.seams = {
    settle,
    /** Where a block from `top` to `bottom` begins, below the seams that would lie across it. */
    under: (top, bottom) => Math.max(top, ...seams().filter((y) => y > top && y < bottom).map((y) => y + clear())),
    /** Height that small rows between two heights may lose to seams. */
    lost: (top, bottom) => seams().filter((y) => y > top && y < bottom).length * zhihui.px(46),
    /** How many rows of `height`, `gap` apart, stand whole in a box when none may lie across a seam. */
    rows(box, height, gap) {
      let y = topOf(box);
      const end = y + box.clientHeight;
      for (let n = 0; ; n += 1) {
        const seam = seamAcross(y, y + height);
        if (seam !== undefined) y = seam + clear();
        if (y + height > end + 1) return n;
        y += height + gap;
      }
    },
  };
})(window.zhihui);
