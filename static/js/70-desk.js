/* The duty desk: what is selected, the filters of the list, and the refresh of the card when others act. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  zhihui.selected = null;
  let sentSeq = 0;
  let later = 0;

  const set = (id, data) => window.dash_clientside.set_props(id, { data });

  /** Select an incident: ring, row, and the card through the one store. */
  function select(id) {
    if (zhihui.selected !== id) set("picked", null);
    zhihui.selected = id;
    zhihui.ring(id);
    tell();
    document.querySelectorAll("#incident-list .incident-row").forEach((row) => {
      row.setAttribute("aria-selected", String(row.dataset.incident === id));
    });
    const row = id && zhihui.list.row(id);
    if (row) row.scrollIntoView({ block: "nearest" });
  }
  zhihui.select = select;

  function tell() {
    later = 0;
    const feature = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
    sentSeq = feature ? feature.properties.seq : 0;
    set("selection", zhihui.selected ? { incident: zhihui.selected, seq: sentSeq } : null);
  }

  /** Bring a selected incident into view, only if it is not. */
  function reveal(id) {
    const feature = zhihui.store.get("incidents", id);
    if (!feature || !zhihui.map) return;
    const [lon, lat] = feature.geometry.coordinates;
    if (!zhihui.map.getBounds().pad(-0.1).contains([lat, lon])) zhihui.map.panTo([lat, lon]);
  }

  /* Somebody acted on the selected incident: the card is asked for anew, once for a run of patches. */
  zhihui.on("drawn", () => {
    const feature = zhihui.selected && zhihui.store.get("incidents", zhihui.selected);
    if (!feature || feature.properties.seq === sentSeq || later) return;
    later = setTimeout(tell, 120);
  });

  zhihui.on("pressed", ({ found }) => {
    if (!found) return;
    const unit = found.layer === "units" && zhihui.store.get("units", found.id);
    const incident = found.layer === "incidents" ? found.id : unit && unit.properties.incident;
    if (incident) open(incident);
  });

  function open(id) {
    zhihui.draft.close();
    select(id);
  }

  /* --- filters --- */
  const state = (p) => {
    if (!p.deadline) return "none";
    const left = (Date.parse(p.deadline.due_at) - zhihui.time.now()) / 1000;
    return left < 0 ? "over" : left < 0.2 * p.deadline.total_s ? "near" : "running";
  };
  const FILTERS = {
    all: () => true,
    waiting: (p) => p.status === "reported" || p.status === "accepted",
    near: (p) => state(p) === "near",
    over: (p) => state(p) === "over",
  };
  let filter = "all";
  let words = "";

  function narrow() {
    const passes = (feature) => {
      const p = feature.properties;
      return FILTERS[filter](p) && (!words || [p.number, p.title, p.place, p.address, p.text].join(" ").toLowerCase().includes(words));
    };
    passes.timed = filter === "near" || filter === "over";
    zhihui.list.filter(passes);
  }

  function counts() {
    document.querySelectorAll("[data-filter]").forEach((chip) => {
      const name = chip.dataset.filter;
      const n = zhihui.order.first(0, (feature) => FILTERS[name](feature.properties)).all;
      zhihui.setText(chip, zhihui.text("filter." + name, { n }));
      chip.setAttribute("aria-pressed", String(name === filter));
    });
  }

  zhihui.on("second", counts);
  zhihui.on("incidents", counts);

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-filter]");
    const row = event.target.closest("#incident-list .incident-row");
    if (chip) {
      filter = chip.dataset.filter;
      narrow();
      counts();
    } else if (row) {
      open(row.dataset.incident);
      reveal(row.dataset.incident);
    }
  });
  // The second half of a double click would press what has just taken the first button's place.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest(".act")) event.stopPropagation();
  }, true);

  document.addEventListener("input", (event) => {
    if (!event.target.closest("#search")) return;
    words = event.target.value.trim().toLowerCase();
    narrow();
  });

  /* The card comes from Dash as plain elements; its mark is drawn by what draws the map. */
  function paint(top) {
    top.querySelectorAll("[data-mark]").forEach((place) => {
      if (place.dataset.painted === place.dataset.mark) return;
      place.dataset.painted = place.dataset.mark;
      const [severity, code] = place.dataset.mark.split(":");
      place.replaceChildren(zhihui.markElement(Number(severity), zhihui.classOf(code).glyph || "", true));
    });
  }
  zhihui.whenThere("card-top", (top) => {
    new MutationObserver(() => paint(top)).observe(top, { childList: true, subtree: true, attributeFilter: ["data-mark"] });
  });

  zhihui.on("forbidden", () => {
    const back = new URLSearchParams({ lang: zhihui.boot.lang, next: location.pathname + location.search });
    location.assign("/login?" + back);
  });

  zhihui.desk = { open, reveal };
})(window.zhihui);
