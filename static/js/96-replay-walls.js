/*
 * 跟随大屏 on /replay: the map shows what a wall was directed to show then: the same place, the same incident in the
 * middle. Scenes are facts on the board (the layer `walls`); figures that a scene counted over weeks are told by name.
 */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (zhihui.boot.page !== "replay" || !L) return;
  let wall = ""; // whom the map follows
  let shown = ""; // the scene that stands, as words

  const latlng = ([lon, lat]) => L.latLng(lat, lon);
  const of = (layer, id) => (id ? zhihui.store.get(layer, id) : undefined);

  /** What a scene keeps in view; null: the whole city. */
  function bounds({ bounds: fixed, incident, linkage }) {
    if (fixed) return L.latLngBounds([fixed[1], fixed[0]], [fixed[3], fixed[2]]);
    const feature = of("linkages", linkage) || of("incidents", incident);
    if (!feature) return null;
    const found = L.latLngBounds([latlng(feature.geometry.coordinates)]);
    const { zone } = feature.properties;
    if (zone) zone.ring.forEach((corner) => found.extend(latlng(corner)));
    zhihui.store.layer("links").forEach((link) => {
      const mine = link.properties.incident === incident && link.properties.status !== "on_scene";
      if (mine) link.geometry.coordinates.forEach((at) => found.extend(latlng(at)));
    });
    return found;
  }

  /** "main：应急响应 · 台风预案", of a split its panes. */
  function words(scene) {
    if (scene.panes) return scene.panes.map(words).join(" / ");
    const about = of("linkages", scene.linkage) || of("incidents", scene.incident);
    const name = about ? zhihui.planName(about.properties) || zhihui.title(about.properties.title) : "";
    return [zhihui.text("scene." + scene.kind), name].filter(Boolean).join(" · ");
  }

  function follow() {
    choices();
    if (!wall || !zhihui.map) return;
    const feature = of("walls", wall);
    const scene = (feature && feature.properties.scene) || { kind: "overview" };
    const [first] = scene.panes || [scene];
    const said = JSON.stringify([wall, scene, first.linkage && (of("linkages", first.linkage) || { properties: {} }).properties.zone]);
    if (said === shown) return;
    shown = said;
    zhihui.setText(note(), zhihui.text("replay.wall_shows", { wall, scene: words(scene) }));
    note().hidden = false;
    show(first);
  }

  const note = () => document.querySelector('[data-replay="scene"]');

  function show(scene) {
    const place = bounds(scene);
    zhihui.focus(scene.incident || null);
    zhihui.ring(scene.incident || null);
    if (place) zhihui.map.fitBounds(place, { padding: [60, 60], maxZoom: 15, animate: false });
    else zhihui.showCity(false);
  }

  /** The walls that were on the board then. */
  function choices() {
    const select = document.getElementById("replay-wall");
    if (!select) return;
    const names = Array.from(zhihui.store.layer("walls").values(), (one) => one.properties.name).sort();
    if (wall && !names.includes(wall)) names.push(wall);
    if (select.dataset.names === names.join()) return;
    select.dataset.names = names.join();
    select.replaceChildren(new Option(zhihui.text("replay.no_wall"), ""), ...names.map((name) => new Option(name, name)));
    select.value = wall;
  }

  zhihui.replayWalls = {
    /** "": the map is moved by hand again. */
    follow(name) {
      wall = name;
      shown = "";
      if (!name) {
        note().hidden = true;
        zhihui.focus(null);
        zhihui.ring(null);
      }
      follow();
    },
  };

  let due = 0;
  const soon = () => {
    if (due) return;
    due = requestAnimationFrame(() => {
      due = 0;
      follow();
    });
  };
  zhihui.on("board", soon);
  zhihui.on("patch", (patch) => (patch.upsert || {}).walls || (patch.remove || {}).walls || (wall && (patch.upsert || {}).linkages) ? soon() : undefined);
  zhihui.on("map", soon);
})(window.zhihui);
