/* What several patches touched, as one patch: of each feature what it became last. */
(function (zhihui) {
  "use strict";

  zhihui.Touched = class {
    constructor() {
      this.layers = new Map(); // layer → Map of id → feature, or null where it went
    }

    add({ upsert, remove }) {
      for (const [layer, features] of Object.entries(upsert || {})) features.forEach((feature) => this.put(layer, feature.id, feature));
      for (const [layer, ids] of Object.entries(remove || {})) ids.forEach((id) => this.put(layer, id, null));
    }

    put(layer, id, feature) {
      if (!this.layers.has(layer)) this.layers.set(layer, new Map());
      this.layers.get(layer).set(id, feature);
    }

    /** {upsert: layer → features, remove: layer → ids}, of touched layers alone. */
    patch() {
      const found = { upsert: {}, remove: {} };
      this.layers.forEach((touched, layer) => {
        const ids = Array.from(touched.keys());
        const gone = ids.filter((id) => touched.get(id) === null);
        const here = ids.filter((id) => touched.get(id) !== null);
        if (gone.length) found.remove[layer] = gone;
        if (here.length) found.upsert[layer] = here.map((id) => touched.get(id));
      });
      return found;
    }
  };
})(window.zhihui);
