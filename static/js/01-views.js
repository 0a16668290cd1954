/*
 * A screen may show several maps at once (87-scenes.js). What draws a map is written as a function of `zhihui` and
 * handed to zhihui.onMap: it runs once for the page's own map, and again for each view that is opened. A view is an
 * object over `zhihui`: what such a function sets belongs to that map, all else (board, words, tiles) to all of them.
 */
(function (zhihui) {
  "use strict";
  const FEED = new Set(["board", "patch", "positions", "second", "resized", "imported", "city", "incidents"]);
  const parts = []; // functions of zhihui, in the order of loading
  const views = new Set();

  zhihui.onMap = function (part) {
    parts.push(part);
    part(zhihui);
  };

  /** The page's own events reach every view; those of a map stay with it. */
  const tell = zhihui.emit;
  zhihui.emit = function (name, value) {
    tell(name, value);
    if (FEED.has(name)) views.forEach((view) => view.emit(name, value));
  };

  const OPTIONS = { preferCanvas: true, zoomControl: false, attributionControl: false, zoomSnap: 0.25, minZoom: 5, maxZoom: 19 };

  /** A view that has no map yet: what it is to keep in view may be said first, so that nothing is drawn twice. */
  zhihui.newView = function () {
    const listeners = new Map();
    const view = Object.create(zhihui);
    view.on = (name, listener) => listeners.set(name, [...(listeners.get(name) || []), listener]);
    view.emit = (name, value) => zhihui.tellAll(listeners.get(name), name, value);
    parts.forEach((part) => part(view));
    views.add(view);
    return view;
  };

  /** Its map, in this element. */
  zhihui.openView = function (view, element) {
    view.furnish(window.L.map(element, { ...OPTIONS, center: zhihui.map.getCenter(), zoom: zhihui.map.getZoom() }));
  };

  zhihui.closeView = function (view) {
    views.delete(view);
    view.emit("closed", null);
    if (view.map) view.map.remove();
    view.map = null;
    // Leaflet loses the handle of a drawing that waits when it draws at once: it would draw without a canvas.
    const { falseFn } = window.L.Util;
    Object.values(view.renderers).forEach((canvas) => Object.assign(canvas, { _clear: falseFn, _draw: falseFn }));
  };

  zhihui.views = () => Array.from(views);
})(window.zhihui);
