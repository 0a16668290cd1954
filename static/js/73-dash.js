/* What Dash calls in the browser: picking units, the label of the one button, toasts. And what Dash does not say:
   that an act did not reach the server. */
(function (zhihui) {
  "use strict";
  const clientside = (window.dash_clientside = window.dash_clientside || {});

  clientside.zhihui = {
    /** A press on a row of advice puts its unit in or out. */
    pick(presses, picked) {
      const context = window.dash_clientside.callback_context;
      const pressed = context.triggered.find((t) => t.value);
      if (!pressed) return window.dash_clientside.no_update;
      const unit = JSON.parse(pressed.prop_id.slice(0, pressed.prop_id.lastIndexOf("."))).unit;
      const held = picked || [];
      return held.includes(unit) ? held.filter((other) => other !== unit) : held.concat([unit]);
    },

    /** A press on a set picks its units and no others. */
    pickSet(presses, offer) {
      const pressed = window.dash_clientside.callback_context.triggered.find((t) => t.value);
      if (!pressed || !offer) return window.dash_clientside.no_update;
      return offer.sets[JSON.parse(pressed.prop_id.slice(0, pressed.prop_id.lastIndexOf("."))).rank - 1];
    },

    /** Classes of rows and sets, the words on the button, and whether a reason is asked for. */
    picked(picked, offer, ids, sets) {
      const held = new Set(picked || []);
      const label = zhihui.text(held.size ? "act.dispatch_n" : "act.dispatch_none", { n: held.size });
      const offered = (offer && offer.sets) || [];
      const same = (units) => Boolean(units) && units.length === held.size && units.every((unit) => held.has(unit));
      const asAdvised = !offer || !offer.id || !held.size || same(offered[0]);
      return [
        ids.map((id) => (held.has(id.unit) ? "advice picked" : "advice")),
        sets.map((id) => (same(offered[id.rank - 1]) ? "advice-set picked" : "advice-set")),
        label,
        asAdvised,
      ];
    },

    /** Nobody's reason stands for the next choice. */
    chooseAnew: (hidden) => (hidden ? null : window.dash_clientside.no_update),

    /** The classes of the city, as the choices of the form. */
    classes() {
      const english = zhihui.boot.lang === "en";
      // Disasters of nature last: they are rare, and their names hold those of frequent incidents (火灾, 森林火灾).
      const rare = (row) => Number(row.group === "natural");
      const sorted = zhihui.boot.classes.slice().sort((a, b) => rare(a) - rare(b));
      const choices = sorted.map((row) => ({ value: row.code, label: row.glyph + "  " + (english ? row.name_en : row.name) }));
      return [choices, choices];
    },

    /** Where the new incident will be. */
    draft: (draft) => (draft ? zhihui.text("report.place", draft) : ""),

    /** A notice from the server; a done one may also close the form of a new incident and select what it made. */
    notice(notice) {
      if (!notice) return window.dash_clientside.no_update;
      zhihui.notice(notice);
      if (notice.reported) {
        zhihui.draft.close();
        zhihui.search.unpin();
        zhihui.select(notice.reported);
      }
      if (notice.amended) zhihui.amending.close();
      if (notice.activated) zhihui.activation.done(notice.activated);
      if (notice.focus) {
        const field = document.getElementById(notice.focus);
        if (field) field.focus();
      }
      return window.dash_clientside.no_update;
    },
  };

  /**
   * An answer that never came, or came from a server that is going down, is said; Dash hears that nothing has
   * changed, and so gives its buttons back.
   */
  const ask = window.fetch;
  window.fetch = async function (resource, options) {
    const own = String(resource.url || resource).includes("_dash-update-component");
    if (!own) return ask.call(window, resource, options);
    try {
      const answer = await ask.call(window, resource, options);
      if (answer.status < 500 && answer.status !== 401) return answer;
      if (answer.status === 401) zhihui.emit("forbidden", null);
      else unreached(options);
    } catch (error) {
      unreached(options);
    }
    return new Response(null, { status: 204 });
  };

  zhihui.on("forbidden", () => {
    if (!zhihui.hands) return;
    const back = new URLSearchParams({ lang: zhihui.boot.lang, next: location.pathname + location.search });
    location.assign("/login?" + back);
  });

  /** A card that could not be read is asked for again by the desk itself; only acts are a matter for a toast. */
  function unreached(options) {
    const changed = JSON.parse(options.body).changedPropIds || [];
    if (changed.includes("selection.data")) return zhihui.emit("cardlost", null);
    return zhihui.notice({ kind: "fault", text: zhihui.text("unreached.text"), remedy: zhihui.text("unreached.remedy") });
  }
})(window.zhihui);
