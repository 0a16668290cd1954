/* Incidents in the order they are read. Open: gravest first, then the longest waiting. Ended: the last first. */
(function (zhihui) {
  "use strict";

  /** A sequence kept sorted by insertion; entries are {id, …} and `before` is a total order of them. */
  class Sequence {
    constructor(before) {
      this.before = before;
      this.entries = [];
      this.held = new Map(); // id → its entry
    }

    seat(entry) {
      let low = 0;
      let high = this.entries.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.before(this.entries[middle], entry) < 0) low = middle + 1;
        else high = middle;
      }
      return low;
    }

    drop(id) {
      const entry = this.held.get(id);
      if (!entry) return false;
      this.entries.splice(this.seat(entry), 1);
      return this.held.delete(id);
    }

    put(entry) {
      this.entries.splice(this.seat(entry), 0, entry);
      this.held.set(entry.id, entry);
    }

    clear() {
      this.entries.length = 0;
      this.held.clear();
    }

    ids() {
      return this.entries.map((entry) => entry.id);
    }
  }

  const byId = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
  const open = new Sequence((a, b) => a.severity - b.severity || a.since - b.since || byId(a, b));
  const ended = new Sequence((a, b) => b.since - a.since || byId(a, b));

  /** Returns whether the set of open incidents changed. */
  function put(feature) {
    const p = feature.properties;
    const known = drop(feature.id);
    if (!zhihui.isOpen(p)) {
      ended.put({ since: Date.parse(p.status_since), id: feature.id });
      return known;
    }
    open.put({ severity: p.severity, since: Date.parse(p.reported_at), id: feature.id });
    return !known;
  }

  function drop(id) {
    ended.drop(id);
    return open.drop(id);
  }

  zhihui.on("board", () => {
    open.clear();
    ended.clear();
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

  zhihui.order = {
    size: () => open.entries.length,
    ids: () => open.ids(),
    /** Also those that ended and are still on the board. */
    all: () => open.ids().concat(ended.ids()),
  };

  /** The first `most` open features that pass, and how many pass in all. */
  zhihui.order.first = function (most, passes) {
    const found = [];
    let all = 0;
    for (const { id } of open.entries) {
      const feature = zhihui.store.get("incidents", id);
      if (!feature || (passes && !passes(feature))) continue;
      all += 1;
      if (found.length < most) found.push(feature);
    }
    return { found, all };
  };
})(window.zhihui);
