/* The namespace, what the server told this page at the start, and a very small event bus. */
(function () {
  "use strict";
  const element = document.getElementById("boot");
  const boot = element ? JSON.parse(element.textContent) : {};
  const listeners = new Map();
  const HANDS = ["desk", "cases", "places", "reports", "handover", "walls", "admin", "plans", "alerts", "briefing", "replay", "drills"]; // pages that somebody sits before; a wall only shows

  const zhihui = (window.zhihui = {
    boot: Object.assign({ page: "", lang: "zh-CN", realm: "live", version: "", messages: {}, classes: [], city: {} }, boot),
    seq: 0,
    realm: boot.realm || "live",
    connected: false,
    hands: HANDS.includes(boot.page),
  });

  /** Call `listener` with every value emitted under `name`. */
  zhihui.on = function (name, listener) {
    if (!listeners.has(name)) listeners.set(name, []);
    listeners.get(name).push(listener);
  };

  /** Tell all listeners; one that throws is reported and does not silence the others. */
  zhihui.tellAll = function (those, name, value) {
    for (const listener of those || []) {
      try {
        listener(value);
      } catch (error) {
        console.error("zhihui:", name, error);
      }
    }
  };
  zhihui.emit = (name, value) => zhihui.tellAll(listeners.get(name), name, value);

  /** Call `then(element)` once the element with this id stands in the page (React draws it later than us). */
  zhihui.whenThere = function (id, then) {
    const found = document.getElementById(id);
    if (found) return then(found);
    const watch = new MutationObserver(() => {
      const late = document.getElementById(id);
      if (!late) return;
      watch.disconnect();
      then(late);
    });
    return watch.observe(document.documentElement, { childList: true, subtree: true });
  };

  /** An element with a class and a text; data reaches the page as text only, never as HTML. */
  zhihui.make = function (tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  /** Set a text only where it differs, so that nothing is laid out again for nothing. */
  zhihui.setText = function (target, text) {
    if (target && target.textContent !== text) target.textContent = text;
  };

  /** What this browser keeps under a name; {} where there is nothing, no memory, or nothing of ours. */
  zhihui.kept = function (name) {
    try {
      return JSON.parse(localStorage.getItem(name)) || {};
    } catch (error) {
      return {};
    }
  };

  /** Keep a value in this browser; one without memory, or full, forgets at the next visit. */
  zhihui.keep = function (name, value) {
    try {
      localStorage.setItem(name, JSON.stringify(value));
    } catch (error) {
      console.warn("zhihui: not kept:", name);
    }
  };

  if (zhihui.boot.page) document.documentElement.classList.add(zhihui.boot.page);
  document.documentElement.lang = zhihui.boot.lang;
})();
