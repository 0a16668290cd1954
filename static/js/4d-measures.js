/*
 * A measure as colours of areas, and the heat map. Areas come as vector tiles that know their codes alone, and
 * are joined here with the figures that were asked for: thirty thousand of them cost a fetch and a repaint.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const HEAT_PAUSE = 250; // ms that a hand rests before the cells of a new view are asked for
  const ROUNDING = 4; // decimals of a degree: small moves ask for the same view again
  let shown = null; // {answer, values: code → {value, name}}
  let heat = null; // {query, answer}
  let asking = null;
  let owner = ""; // the tab whose measure is shown, or on its way
  let soon = 0;

  // Of the scale: a whole district in its high end would outshine every alarm, on a wall the whole room.
  const BRIGHTEST = zhihui.boot.page === "wall" ? 0.36 : 0.62;
  const LOWEST = 0.08;
  /** Colour of a class among so many, evenly apart. */
  zhihui.classColour = (at, classes) => zhihui.shade(LOWEST + (BRIGHTEST - LOWEST) * (classes > 1 ? at / (classes - 1) : 0.5));

  /** Which class a value belongs to: 0 for the lowest; a value on a cut belongs above it. */
  const classOf = (value, cuts) => {
    let at = 0;
    while (at < cuts.length && value >= cuts[at]) at += 1;
    return at;
  };

  async function fetched(address, query) {
    if (asking) asking.abort();
    asking = new AbortController();
    const answer = await fetch(address + "?" + new URLSearchParams(query), { signal: asking.signal });
    if (!answer.ok) throw new Error("measure " + answer.status);
    return answer.json();
  }

  // What moves and what happened stays to be seen, and does not hide what is measured; nobody points at a wall's units.
  const DIMMED = { "zh-movers": zhihui.boot.page === "wall" ? 0 : 0.35, "zh-incidents": 0.35 };
  function dim() {
    for (const [name, opacity] of Object.entries(DIMMED)) {
      const pane = zhihui.map && zhihui.map.getPane(name);
      if (pane) pane.style.opacity = shown || heat ? opacity : "";
    }
  }
  function repaint(before) {
    dim();
    zhihui.emit("measured", { tiles: zhihui.measure.tier() !== before });
  }

  zhihui.measure = {
    /** Paint a measure for a tab: {name, tier, since, class, method}. Promise of the server's answer. */
    async show(tab, { name, ...query }) {
      owner = tab;
      const before = zhihui.measure.tier();
      const answer = await fetched("/api/v1/measures/" + name, { realm: zhihui.realm, lang: zhihui.boot.lang, ...query });
      heat = null;
      shown = { answer, values: new Map(answer.items.map((item) => [item.code, item])) };
      repaint(before);
      return answer;
    },
    /** Take away what a tab painted; what another has painted since stays. */
    clear(tab) {
      if (owner !== tab) return;
      if (asking) asking.abort();
      if (!shown && !heat) return;
      const before = zhihui.measure.tier();
      shown = heat = null;
      repaint(before);
    },
    /** The tier that is painted, null when none is. */
    tier: () => (shown ? shown.answer.tier : null),
    tiles: () => (shown ? ["areas" + shown.answer.tier] : []),
    /** Class of each area for painting: {classes, of(code)}; of gives null where nothing is known. */
    classes() {
      if (!shown) return null;
      const { cuts } = shown.answer;
      return {
        classes: cuts.length + 1,
        of: (code) => (shown.values.has(code) ? classOf(shown.values.get(code).value, cuts) : null),
      };
    },
    /** [what is measured, its value in words] of an area, for its panel; null while nothing is painted. */
    fact(code) {
      if (!shown) return null;
      const found = shown.values.get(code);
      return [shown.answer.title, found ? zhihui.measured(found.value, shown.answer.unit) : zhihui.text("measures.none")];
    },
    /** The classes that are painted, the lowest first: {colour, low, high, areas}. */
    legend() {
      const answer = shown ? shown.answer : heat && heat.answer;
      if (!answer) return [];
      const values = shown ? answer.items.map((item) => item.value) : answer.cells.map((cell) => cell.count);
      if (!values.length) return [];
      const unit = shown ? answer.unit : "count";
      return [0, ...answer.cuts].map((_, i) => {
        const within = values.filter((value) => classOf(value, answer.cuts) === i);
        const [least, most] = ends(within);
        return { colour: zhihui.classColour(i, answer.cuts.length + 1), low: zhihui.measured(least, unit), high: zhihui.measured(most, unit), areas: within.length };
      });
    },
  };

  /** Least and most; a spread of thirty thousand arguments would overflow the stack of some browsers. */
  function ends(values) {
    let least = Infinity;
    let most = -Infinity;
    for (const value of values) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    return [least, most];
  }

  /** A value in words of its unit. */
  zhihui.measured = function (value, unit) {
    if (unit === "share") return (value * 100).toFixed(1) + "%";
    if (unit === "seconds") return value < 90 ? zhihui.text("measures.seconds", { n: Math.round(value) }) : zhihui.text("measures.minutes", { n: (value / 60).toFixed(1) });
    return Number.isInteger(value) ? value.toLocaleString("en-US") : value.toFixed(2);
  };

  /* --- heat --- */

  async function warm() {
    soon = 0;
    if (!heat || !zhihui.map) return;
    const b = zhihui.map.getBounds().pad(0.15);
    const bbox = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((n) => n.toFixed(ROUNDING)).join(",");
    const query = { realm: zhihui.realm, zoom: zhihui.zoom().toFixed(2), bbox, ...heat.query };
    const wanted = heat;
    try {
      const answer = await fetched("/api/v1/heat", query);
      if (heat !== wanted) return;
      heat.answer = answer;
      heat.told(answer);
      zhihui.quiet.paint();
    } catch (error) {
      if (error.name !== "AbortError") heat.failed(error);
    }
  }

  zhihui.heat = {
    /** Show where incidents came in: {since, class}; `told(answer)` after each view, `failed(error)`. */
    show(tab, query, told, failed) {
      owner = tab;
      const before = zhihui.measure.tier();
      shown = null;
      heat = { query, told, failed, answer: heat ? heat.answer : null };
      repaint(before);
      return warm();
    },
    draw(ctx) {
      if (!heat || !heat.answer) return;
      const { cells, cuts } = heat.answer;
      const to = zhihui.toLayer();
      ctx.save();
      ctx.globalAlpha = 0.72;
      for (let at = 0; at <= cuts.length; at++) {
        ctx.beginPath();
        for (const { count, ring } of cells) if (classOf(count, cuts) === at) trace(ctx, to, ring);
        ctx.fillStyle = zhihui.classColour(at, cuts.length + 1);
        ctx.fill();
      }
      ctx.restore();
    },
    cells: () => (heat && heat.answer ? heat.answer.cells : []),
  };

  function trace(ctx, to, ring) {
    ring.forEach(([lon, lat], i) => {
      const { x, y } = L.CRS.EPSG3857.latLngToPoint(L.latLng(lat, lon), 0);
      const [px, py] = to(x / 256, y / 256);
      if (i) ctx.lineTo(px, py);
      else ctx.moveTo(px, py);
    });
    ctx.closePath();
  }

  zhihui.on("map", dim);
  zhihui.on("map", (map) => map.on("moveend", () => {
    if (!heat) return;
    clearTimeout(soon);
    soon = setTimeout(warm, HEAT_PAUSE);
  }));
});
