/* Open incidents in the order they are read: gravest first, then the longest waiting. Kept sorted by insertion. */
(function (zhihui) {
  "use strict";
  const order = []; // {severity, since, id}
  const keys = new Map(); // id → its entry in `order`

  const before = (a, b) => a.severity - b.severity || a.since - b.since || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

  function seat(entry) {
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (before(order[middle], entry) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function drop(id) {
    const held = keys.get(id);
    if (!held) return false;
    order.splice(seat(held), 1);
    return keys.delete(id);
  }

  /** Returns whether the set of open incidents changed. */
  function put(feature) {
    const p = feature.properties;
    const known = drop(feature.id);
    if (!zhihui.isOpen(p)) return known;
    const entry = { severity: p.severity, since: Date.parse(p.reported_at), id: feature.id };
    order.splice(seat(entry), 0, entry);
    keys.set(feature.id, entry);
    return !known;
  }

  zhihui.isOpen = zhihui.isOpen || ((p) => p.status !== "closed" && p.status !== "rejected");

  zhihui.on("board", () => {
    order.length = 0;
    keys.clear();
    zhihui.store.layer("incidents").forEach(put);
    zhihui.emit("incidents", { changed: true });
  });

  zhihui.on("patch", (patch) => {
    const fresh = (patch.upsert || {}).incidents || [];
    const gone = (patch.remove || {}).incidents || [];
    if (!fresh.length && !gone.length) return;
    let changed = false;
    gone.forEach((id) => (changed = drop(id) || changed));
    fresh.forEach((feature) => (changed = put(feature) || changed));
    zhihui.emit("incidents", { changed });
  });

  zhihui.order = { size: () => order.length, ids: () => order.map((entry) => entry.id) };

  /** The first `most` features that pass, and how many pass in all. */
  zhihui.order.first = function (most, passes) {
    const found = [];
    let all = 0;
    for (const { id } of order) {
      const feature = zhihui.store.get("incidents", id);
      if (!feature || (passes && !passes(feature))) continue;
      all += 1;
      if (found.length < most) found.push(feature);
    }
    return { found, all };
  };
})(window.zhihui);
