/* Which incidents have not been opened at this seat since they came. Kept in the browser, never more than are on
   the board; what was there before this seat was first used counts as read. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const KEEP = "zhihui.opened." + zhihui.realm;
  const held = zhihui.kept(KEEP);
  let since = held.since || 0; // ms; when this seat was first used
  let opened = new Set(Array.isArray(held.opened) ? held.opened : []);

  function keep() {
    zhihui.keep(KEEP, { since, opened: [...opened] });
  }

  zhihui.on("board", () => {
    if (!zhihui.seq) return; // an empty board is one that was taken away
    if (!since) since = zhihui.time.now();
    opened = new Set([...opened].filter((id) => zhihui.store.get("incidents", id)));
    keep();
  });

  zhihui.on("patch", (patch) => {
    const gone = ((patch.remove || {}).incidents || []).filter((id) => opened.delete(id));
    if (gone.length) keep();
  });

  zhihui.unread = {
    is(id) {
      const feature = zhihui.store.get("incidents", id);
      if (!feature || opened.has(id) || !zhihui.isOpen(feature.properties)) return false;
      return since > 0 && Date.parse(feature.properties.reported_at) > since;
    },
    opened(id) {
      if (!id || opened.has(id)) return;
      opened.add(id);
      keep();
      zhihui.list.selected();
    },
  };
})(window.zhihui);
