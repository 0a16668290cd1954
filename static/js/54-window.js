/* The desk's list: only the rows in sight stand in the page, of however many incidents there are. Their order
   waits while the pointer is over them, for three seconds at most: nothing moves under a hand. */
(function (zhihui) {
  "use strict";
  if (!["desk", "replay"].includes(zhihui.boot.page)) return;
  const ROW = 4.375; // rem; the height of .desk-page .incident-row
  const SPARE = 6; // rows above and below what is in sight
  const HOLD_MS = 3000;
  const SKELETONS = 8;

  const rows = new Map(); // incident id → element in the page
  let box = null; // the scrolling element
  let space = null; // as high as all rows together
  let ids = []; // the order that stands
  let at = new Map(); // id → its place in `ids`
  let wanted = () => []; // ids as they should stand
  let frame = 0;
  let held = 0; // the timer that ends the waiting

  const height = () => ROW * parseFloat(getComputedStyle(document.documentElement).fontSize);

  function order() {
    clearTimeout(held);
    held = 0;
    const fresh = wanted();
    const kept = anchor(fresh);
    ids = fresh;
    at = new Map(ids.map((id, place) => [id, place]));
    space.style.height = ids.length * height() + "px";
    space.classList.toggle("still", kept !== 0);
    if (kept) box.scrollTop += kept;
    draw();
    note();
    zhihui.emit("listed", { all: ids.length });
  }

  /** How far to scroll, so that the first row in sight stays where it is when others come in above it. */
  function anchor(fresh) {
    if (!box.scrollTop) return 0;
    const places = new Map(fresh.map((id, place) => [id, place]));
    for (let place = Math.ceil(box.scrollTop / height()); place < ids.length; place += 1) {
      if (places.has(ids[place])) return (places.get(ids[place]) - place) * height();
    }
    return 0;
  }

  /** New order: at once, or when the pointer has left. What the rows say is always new. */
  function changed() {
    if (!box || frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      if (!box.matches(":hover") || !ids.length) return order();
      if (!held) held = setTimeout(order, HOLD_MS);
      return draw();
    });
  }

  function draw() {
    const one = height();
    const first = Math.max(0, Math.floor(box.scrollTop / one) - SPARE);
    const last = Math.min(ids.length, Math.ceil((box.scrollTop + box.clientHeight) / one) + SPARE);
    rows.forEach((row, id) => {
      const place = at.get(id);
      if (place !== undefined && place >= first && place < last) return;
      row.remove();
      rows.delete(id);
    });
    for (let place = first; place < last; place += 1) stand(ids[place], place, one);
  }

  function stand(id, place, one) {
    const feature = zhihui.store.get("incidents", id);
    if (!feature) return; // gone from the board while the order waits
    let row = rows.get(id);
    if (!row) {
      row = zhihui.rows.blank(id);
      rows.set(id, row);
    }
    row.style.transform = `translateY(${place * one}px)`;
    row.setAttribute("aria-posinset", String(place + 1));
    row.setAttribute("aria-setsize", String(ids.length));
    zhihui.rows.fill(row, feature);
    zhihui.rows.count(row, feature);
    mark(row, id);
    if (!row.isConnected) space.append(row);
  }

  function mark(row, id) {
    row.setAttribute("aria-selected", String(id === zhihui.selected));
    row.classList.toggle("unread", zhihui.unread.is(id));
  }

  /** Why there is nothing to read; the skeleton before the first board. */
  function note() {
    const line = document.getElementById("list-note");
    const loading = !zhihui.seq && !ids.length;
    box.classList.toggle("loading", loading);
    if (!line) return;
    const key = loading ? "list.loading" : ids.length ? null : zhihui.queues.narrowed() ? "list.none_pass" : zhihui.queues.empty();
    line.hidden = key === null;
    line.classList.add("alone");
    if (key) zhihui.setText(line, zhihui.text(key));
  }

  /** Bring a row into sight; by keyboard, the least way. */
  function show(id) {
    const place = at.get(id);
    if (place === undefined) return;
    const one = height();
    const top = place * one;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + one > box.scrollTop + box.clientHeight) box.scrollTop = top + one - box.clientHeight;
    draw();
  }

  /** The selection has moved: the list says so to those who hear it, too. */
  function selected() {
    rows.forEach((row, id) => mark(row, id));
    const row = rows.get(zhihui.selected);
    if (row) box.setAttribute("aria-activedescendant", row.id);
    else box.removeAttribute("aria-activedescendant");
  }

  zhihui.list = {
    start(element) {
      box = element;
      box.setAttribute("role", "listbox");
      space = zhihui.make("div", "rows");
      const bones = zhihui.make("div", "bones");
      for (let n = 0; n < SKELETONS; n += 1) bones.append(zhihui.make("i"));
      box.append(bones, space);
      box.addEventListener("scroll", () => draw(), { passive: true });
      box.addEventListener("pointerleave", () => held && order());
      new ResizeObserver(order).observe(box);
      order();
    },
    /** `ids` gives the incidents to list, in their order. */
    of(source) {
      wanted = source;
      if (box) order();
    },
    refresh: changed,
    show,
    selected,
    page: () => Math.max(1, Math.floor(box.clientHeight / height()) - 1),
    row: (id) => rows.get(id),
    shown: () => ids.slice(),
  };

  zhihui.on("incidents", changed);
  zhihui.on("connection", changed);
  zhihui.on("resized", () => {
    rows.forEach((row) => (row.dataset.seq = ""));
    changed();
  });
  zhihui.on("second", () => {
    rows.forEach((row, id) => {
      const feature = zhihui.store.get("incidents", id);
      if (feature) zhihui.rows.count(row, feature);
    });
  });
})(window.zhihui);
