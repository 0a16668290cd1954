/*
 * The scene `split`: one, two or four panes, each a scene of its own with a map of its own. The first has the wall's
 * map; the others open views of theirs. The cuts lie in the middle, on an LCD wall on the seam next to it.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const ROWS_MOST = 12; // of the list in a pane
  let hung = zhihui.boot.screen || {};
  let standing = {}; // {box, count} of the split that is shown

  /** Where to cut a length: at the seam nearest to its middle, else there. Offsets of the page. */
  function cut(length, panels) {
    const at = Math.round((panels || 1) / 2) / (panels || 1);
    return panels > 1 ? length * at : length / 2;
  }

  /** Sizes of the grid: the gap between panes covers the seam and the way of the shifting picture. */
  function measure() {
    const { box, count } = standing;
    if (!box) return;
    const clear = zhihui.px(8);
    const x = cut(window.innerWidth, hung.panel_columns);
    const y = cut(window.innerHeight, hung.panel_rows) - box.offsetTop;
    box.style.gap = 2 * clear + "px";
    box.style.gridTemplateColumns = count > 1 ? `${x - clear}px minmax(0, 1fr)` : "minmax(0, 1fr)";
    box.style.gridTemplateRows = count > 2 ? `${y - clear}px minmax(0, 1fr)` : "minmax(0, 1fr)";
  }

  class Pane {
    constructor(box, first) {
      this.first = first;
      this.element = zhihui.make("section", "pane");
      this.head = zhihui.make("h2", "pane-title clip");
      this.slot = zhihui.make("div", "pane-map");
      this.element.append(this.head, this.slot);
      box.append(this.element);
      this.view = first ? zhihui : zhihui.newView();
      if (first) this.lend();
      this.stage = new zhihui.scenes.Stage(this.place());
    }

    /** The wall's own map stands over the slot: it stays in its place in the page, so that it lives on. */
    lend() {
      const frame = document.querySelector(".wall-page > .map-frame");
      const page = frame.parentElement;
      frame.classList.add("lent");
      const fit = () => {
        const [slot, from] = [this.slot.getBoundingClientRect(), page.getBoundingClientRect()];
        Object.assign(frame.style, { left: slot.left - from.left + "px", top: slot.top - from.top + "px", width: slot.width + "px", height: slot.height + "px" });
      };
      this.watch = new ResizeObserver(fit);
      this.watch.observe(this.slot);
      fit();
      zhihui.map.invalidateSize({ animate: false });
    }

    /** Its map, once what it shows is known. */
    open() {
      if (this.first) return;
      const map = zhihui.make("div", "pane-ground");
      const lock = zhihui.make("button", "lock");
      lock.hidden = true;
      this.slot.append(map, lock);
      zhihui.openView(this.view, map);
    }

    place() {
      return {
        view: this.view,
        whole: false,
        state: {},
        panel: (side) => {
          if (side === "right") return null;
          const made = zhihui.make("div", "pane-panel of-" + side);
          this.element.insertBefore(made, this.slot);
          this.element.classList.add("has-" + side);
          if (this.first && side === "all") document.querySelector(".map-frame").classList.add("away");
          return made;
        },
        clear: () => {
          this.element.querySelectorAll(".pane-panel").forEach((panel) => panel.remove());
          this.element.className = "pane";
          if (this.first) document.querySelector(".map-frame").classList.remove("away");
        },
        shows: (bounds) => this.view.wall.shows(bounds),
        title: (text) => zhihui.setText(this.head, text),
      };
    }

    close() {
      this.stage.leave();
      if (!this.first) return zhihui.closeView(this.view);
      this.watch.disconnect();
      const frame = document.querySelector(".map-frame");
      frame.classList.remove("lent");
      return frame.removeAttribute("style");
    }
  }

  /** Panels stand at once; maps come one a frame, so that none waits for all. Gives what ends that. */
  function open(panes) {
    let next = 0;
    let frame = 0;
    const one = () => {
      panes[next].open();
      next += 1;
      if (next < panes.length) frame = requestAnimationFrame(one);
      else zhihui.display.saySoon();
    };
    frame = requestAnimationFrame(one);
    return () => cancelAnimationFrame(frame);
  }

  zhihui.scenes.register("split", {
    enter(place, { panes }) {
      const box = place.panel("all");
      box.classList.add("panes");
      document.querySelector(".map-frame").classList.remove("away"); // it is the first pane's
      standing = { box, count: panes.length };
      measure();
      place.state = { box, panes: panes.map((scene, i) => new Pane(box, i === 0)) };
      place.state.panes.forEach((pane, i) => pane.stage.show(panes[i]));
      place.state.opening = open(place.state.panes);
    },
    update: ({ state }) => state.panes.forEach((pane) => pane.stage.update()),
    leave({ state }) {
      standing = {};
      if (state.opening) state.opening();
      (state.panes || []).forEach((pane) => pane.close());
    },
  });

  /* --- a pane's list: as many of the gravest as stand in it whole --- */

  zhihui.paneList = {
    enter(place) {
      const panel = place.panel("left");
      const count = zhihui.make("div", "pane-count");
      const list = zhihui.make("div", "pane-rows");
      panel.append(count, list);
      Object.assign(place.state, { count, list, rows: new Map() });
      zhihui.paneList.update(place);
    },
    update({ state: { count, list, rows } }) {
      const most = Math.min(ROWS_MOST, zhihui.seams.rows(list, zhihui.px(7.1 * 16), zhihui.px(8)));
      const { found, all } = zhihui.order.first(most);
      zhihui.setText(count, zhihui.text(found.length < all ? "pane.open_more" : "pane.open", { n: all, more: all - found.length }));
      const wanted = new Set(found.map((feature) => feature.id));
      rows.forEach((row, id) => wanted.has(id) || (row.remove(), rows.delete(id)));
      found.forEach((feature, i) => {
        const row = rows.get(feature.id) || zhihui.rows.blank(feature.id);
        rows.set(feature.id, row);
        row.removeAttribute("id"); // the wall's own list has it
        zhihui.rows.fill(row, feature);
        zhihui.rows.count(row, feature);
        if (list.children[i] !== row) list.insertBefore(row, list.children[i] || null);
      });
    },
  };

  zhihui.on("hung", (now) => {
    hung = now;
    measure();
  });
  zhihui.on("resized", measure);
})(window.zhihui);
