/*
 * Scenes: what a leader puts on this wall, read from its own feature of the layer `walls`. A kind is registered with
 *   enter(place, scene)   draw it: `place` is where (below), `scene` as it was sent {kind, incident?, linkage?, …}
 *   update(place, scene)  after facts, at most once a frame, and each second; also when the scene was sent again
 *   leave(place)          take away what `enter` brought besides panels
 * A place is the whole wall or one pane of a split:
 *   view          the zhihui of its map (view.map, view.marks, view.on("map" …)), to be drawn with
 *   whole         false in a pane, where there is room for one narrow panel
 *   panel(side)   an empty element over the left or right column, or over "all"; in a pane "left" is its panel and
 *                 "right" null. What stood there is only out of sight and comes back with the next scene
 *   shows(bounds) a function that gives what the map keeps in view (null: all that is open)
 *   title(text)   what the scene is called, where another name than that of its kind (`scene.KIND`) says more
 *   ended()       what it is about has ended: said again or not, in a minute the overview stands in its place
 *   state         an object of the scene's own, new with each `enter`
 * An unknown kind leaves the last good scene where it is.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const ENDED_FOR = 60000; // ms that the end of something is told
  const OVERVIEW = { kind: "overview" };
  const kinds = new Map();
  let told = { seq: 0 }; // the feature that is shown, as far as it is known here
  let due = 0;

  const mine = () => zhihui.store.get("walls", zhihui.boot.wall);
  const bounds = ([west, south, east, north]) => window.L.latLngBounds([south, west], [north, east]);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  /** One place, and the scene that stands in it. */
  class Stage {
    constructor(place) {
      this.place = place;
      this.scene = null;
      this.endedAt = null; // performance.now() when what it is about had ended
      this.sent = null; // the scene with the time it was sent
      this.over = null; // the same of one that had ended, was told so and has gone
    }

    /** Returns whether the scene stands; an unknown one, or one that fails, does not. Of one that has ended
     * another fact about the wall says nothing new: it comes back when it is sent again. */
    show(scene, since = "") {
      this.sent = [scene, since];
      if (same(scene, this.scene)) return this.update();
      if (same(this.sent, this.over)) return this.scene ? this.update() : this.enter(OVERVIEW);
      if (!kinds.has(scene.kind)) return false;
      return this.enter(scene, this.scene);
    }

    /** Where it fails, `before` stands again; where that fails as well, the overview. */
    enter(scene, before = null) {
      const { place } = this;
      this.leave();
      this.scene = scene;
      place.state = {};
      place.ended = () => (this.endedAt = this.endedAt ?? performance.now());
      place.title(zhihui.text("scene." + scene.kind));
      const stands = this.safely("enter", scene);
      zhihui.emit("scened", null); // blocks stand where none stood: 84-seams.js looks at them
      if (!stands && scene.kind !== OVERVIEW.kind) this.enter(before && kinds.has(before.kind) && before.kind !== scene.kind ? before : OVERVIEW);
      return stands;
    }

    leave() {
      this.endedAt = null;
      if (this.scene) this.safely("leave");
      this.scene = null;
      this.place.clear();
    }

    update() {
      if (this.endedAt !== null && performance.now() - this.endedAt > ENDED_FOR) {
        this.over = this.sent;
        return this.enter(OVERVIEW);
      }
      return this.scene ? this.safely("update", this.scene) : false;
    }

    /** A scene that fails never takes the wall with it. */
    safely(what, scene) {
      const kind = kinds.get(this.scene.kind);
      try {
        if (kind[what]) kind[what](this.place, scene);
        return true;
      } catch (error) {
        console.error("zhihui: scene", this.scene.kind, what, error);
        return false;
      }
    }
  }

  /* --- the whole wall --- */

  const page = () => document.querySelector(".wall-page");
  const whole = {
    view: zhihui,
    whole: true,
    state: {},
    panel(side) {
      const made = zhihui.make("section", "scene-panel of-" + side);
      for (const standing of page().querySelectorAll(side === "all" ? ".left, .map-frame, .right" : ":scope > ." + side)) standing.classList.add("away");
      page().append(made);
      return made;
    },
    clear() {
      page().querySelectorAll(":scope > .scene-panel").forEach((panel) => panel.remove());
      page().querySelectorAll(":scope > .away").forEach((standing) => standing.classList.remove("away"));
    },
    shows: (bounds) => zhihui.wall.shows(bounds),
    title: (name) => zhihui.setText(document.querySelector(".wall-page .bar .scene"), zhihui.text("wall.scene", { name })),
  };
  const stage = new Stage(whole);

  /** The feature of this wall has come, changed, or was there: show what it says, and tell that it is shown. */
  function look() {
    if (!zhihui.seq) return void (stage.scene && stage.leave()); // this screen may not look any more
    const feature = mine();
    const p = feature ? feature.properties : { seq: 0 };
    zhihui.emit("directed", p); // nothing is waited for where the picture has to go
    if (zhihui.store.veiled()) return hide(p);
    if (!page() || !zhihui.map || (p.seq === told.seq && stage.scene)) return;
    const stands = stage.show(p.scene || OVERVIEW, p.since);
    page().dataset.scene = stage.scene ? stage.scene.kind : "";
    if (stands) told = p;
    zhihui.display.saySoon();
  }

  /** Hidden, the wall holds nothing that a scene could tell: it is entered anew when the wall may show it. */
  function hide(p) {
    if (stage.scene) stage.leave();
    told = p;
    zhihui.display.saySoon();
  }

  function soon() {
    if (due) return;
    due = requestAnimationFrame(() => {
      due = 0;
      stage.update();
    });
  }

  zhihui.scenes = {
    Stage,
    register(kind, scene) {
      kinds.set(kind, scene);
      look();
    },
    /** What the wall tells of its scene: it is confirmed when `scene_seq` is that of what was sent. */
    shown() {
      const scene = stage.scene || OVERVIEW;
      const { kind, incident, linkage } = scene;
      return { scene: { kind, incident, linkage }, scene_seq: told.seq, blank: zhihui.veiled() };
    },
    look,
    bounds,
    /** As if what the scene is about had ended `ms` earlier. */
    passed(ms) {
      if (stage.endedAt !== null) stage.endedAt -= ms;
      stage.update();
    },
  };

  zhihui.on("map", look);
  zhihui.on("board", () => {
    look();
    soon();
  });
  zhihui.on("patch", (patch) => {
    if ((patch.upsert || {}).walls || (patch.remove || {}).walls) look();
    soon();
  });
  zhihui.on("second", soon);
  zhihui.whenThere("ticker", look);

  // What has always stood on the wall: its columns, and all that is open.
  zhihui.scenes.register(OVERVIEW.kind, {
    enter(place, scene) {
      place.shows(scene.bounds ? () => bounds(scene.bounds) : null);
      if (!place.whole) zhihui.paneList.enter(place);
    },
    update: (place) => !place.whole && zhihui.paneList.update(place),
  });
})(window.zhihui);
