/*
 * The tab 分析 of /places: what is chosen is asked once, and goes to the map, the legend and the table. And the load
 * of the base grids of the tab 网格, painted in the same way.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "places") return;
  const HOUR = 3600000;
  const TAB = "measures";
  const LOAD_TAB = "grids";
  const clientside = (window.dash_clientside = window.dash_clientside || {});
  (window.dashAgGridFunctions = window.dashAgGridFunctions || {}).measured = ({ data }) => (data ? data.words : "");

  const english = () => zhihui.boot.lang === "en";
  const option = (value, label) => ({ value, label });

  function legend(tab = TAB) {
    const frame = document.getElementById(tab + "-legend");
    if (!frame) return;
    frame.replaceChildren(...zhihui.measure.legend().map(({ colour, low, high, areas }) => {
      const entry = zhihui.make("span", "measures-class");
      const box = zhihui.make("i");
      box.style.background = colour;
      entry.append(box, low === high ? low : low + " – " + high, zhihui.make("small", "", zhihui.text("measures.of_class", { n: areas })));
      return entry;
    }));
  }

  const period = (hours) => new Date(Math.floor((zhihui.time.now() - hours * HOUR) / 60000) * 60000).toISOString();

  /** Only what was chosen; the server has its own idea of the rest. */
  const given = (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== ""));

  function rows({ items, unit }) {
    return items.map(({ code, name, value }, i) => ({ rank: i + 1, code, name, value, words: zhihui.measured(value, unit) }));
  }

  function told({ items, areas, since, until, periodic, about }) {
    const span = periodic ? zhihui.text("measures.span", { since: day(since), until: day(until) }) : "";
    const missing = areas - items.length;
    const parts = [about, span, zhihui.text("measures.areas", { n: areas }), missing ? zhihui.text("measures.missing", { n: missing }) : ""];
    return parts.filter(Boolean).join(" · ");
  }

  const hottest = (cells) => cells.filter(({ place }) => place).map(({ cell, place, count }, i) => ({ rank: i + 1, code: cell, name: place, value: count, words: zhihui.measured(count, "count") }));

  const day = (at) => new Date(at).toLocaleString(zhihui.boot.lang, { timeZone: zhihui.boot.zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });

  async function areas(name, tier, hours, kind, area, method, about) {
    const query = { name, tier, method, area, class: about.classed ? kind : null, since: about.periodic ? period(hours) : null };
    const answer = await zhihui.measure.show(TAB, given(query));
    legend();
    return [rows(answer), told({ ...answer, about: about.about })];
  }

  async function heat(hours, kind) {
    const say = (text) => window.dash_clientside.set_props("measures-said", { children: text });
    const told_ = ({ cells, since, until }) => {
      legend();
      window.dash_clientside.set_props("measures-table", { rowData: hottest(cells) });
      const n = cells.reduce((all, cell) => all + cell.count, 0);
      say(zhihui.text("measures.heat_said", { n: n.toLocaleString("en-US"), cells: cells.length, since: day(since), until: day(until) }));
    };
    await zhihui.heat.show(TAB, given({ since: period(hours), class: kind }), told_, () => say(zhihui.text("measures.failed")));
    return [window.dash_clientside.no_update, window.dash_clientside.no_update];
  }

  async function grid(code) {
    const answer = await fetch("/api/v1/layers/grids/items/" + encodeURIComponent(code));
    return answer.ok ? answer.json() : null;
  }

  clientside.zhihui_measures = {
    /** Classes and areas, as the page was told of them. */
    choices() {
      const classes = zhihui.boot.classes.map((one) => option(one.code, english() ? one.name_en : one.name));
      const parts = (zhihui.boot.areas || []).map((one) => option(one.code, one.name));
      return [classes, parts];
    },

    async show(tab, view, name, tier, hours, kind, area, method, about) {
      const still = window.dash_clientside.no_update;
      const heated = view === "heat";
      if (tab !== TAB) {
        zhihui.measure.clear(TAB);
        return Array(8).fill(still);
      }
      zhihui.overlay.set({ "measures.chosen": null });
      const locked = [!heated && !about[name].periodic, !heated && !about[name].classed, heated, heated, heated, heated];
      try {
        const [found, words] = heated ? await heat(hours, kind) : await areas(name, tier, hours, kind, area, method, about[name]);
        return [found, words, ...locked];
      } catch (error) {
        if (error.name === "AbortError") return [still, still, ...locked];
        zhihui.measure.clear(TAB);
        legend();
        return [[], zhihui.text("measures.failed"), ...locked];
      }
    },

    /** What lies on all base grids, while that view of 网格 is open; `load`: {name, tier, since}, else null. */
    async load(tab, load) {
      const open = tab === LOAD_TAB && load;
      if (!open) zhihui.measure.clear(LOAD_TAB);
      else {
        try {
          await zhihui.measure.show(LOAD_TAB, load);
        } catch (error) {
          if (error.name === "AbortError") return window.dash_clientside.no_update;
          zhihui.measure.clear(LOAD_TAB);
        }
      }
      if (open) legend(LOAD_TAB);
      return window.dash_clientside.no_update;
    },

    /** A row shows its area. */
    async fly(clicked) {
      const code = clicked && clicked.rowId;
      if (!code) return window.dash_clientside.no_update;
      const hot = zhihui.heat.cells().find(({ cell }) => cell === code);
      const area = hot ? { type: "Feature", geometry: { type: "Polygon", coordinates: [[...hot.ring, hot.ring[0]]] } } : await grid(code);
      if (!area) return window.dash_clientside.no_update;
      const bounds = window.L.geoJSON(area).getBounds();
      const feature = { type: "Feature", geometry: area.geometry, properties: { mark: "chosen" } };
      zhihui.overlay.set({
        "measures.chosen": { type: "FeatureCollection", features: [feature] },
        fit: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
      });
      return window.dash_clientside.no_update;
    },
  };
  zhihui.on("resized", () => [TAB, LOAD_TAB].forEach(legend));
})(window.zhihui);
