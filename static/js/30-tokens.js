/* Colours and sizes of static/css/00-tokens.css, for what is drawn on canvas. */
(function (zhihui) {
  "use strict";
  let style = null;
  const cache = new Map();

  /** The value of a custom property: zhihui.token("level-1") is the red of the gravest level. */
  zhihui.token = function (name) {
    if (!cache.has(name)) {
      style = style || getComputedStyle(document.documentElement);
      cache.set(name, style.getPropertyValue("--" + name).trim());
    }
    return cache.get(name);
  };

  const channels = (token) => [1, 3, 5].map((i) => parseInt(zhihui.token(token).slice(i, i + 2), 16));
  /** A colour between the two ends of the measures' scale; share 0..1. */
  zhihui.shade = function (share) {
    const [low, high] = [channels("measure-low"), channels("measure-high")];
    const part = Math.max(0, Math.min(1, Number(share) || 0));
    return "rgb(" + low.map((c, i) => Math.round(c + (high[i] - c) * part)).join(",") + ")";
  };

  let rem = 0;
  /** Screen pixels for a length given at 1080 lines: one number scales every glyph with the wall. */
  zhihui.px = function (length) {
    if (!rem) rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    return (length * rem) / 16;
  };

  window.addEventListener("resize", () => {
    rem = 0;
    zhihui.emit("resized", null);
  });
})(window.zhihui);
