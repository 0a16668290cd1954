/* A canvas of our own over the map, painted whole by a function; and texts kept as small pictures. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  const TEXTS_MAX = 1500;
  const HALO = 2;
  const texts = new Map();

  /** Keep at most so many entries of a cache in order of use. */
  zhihui.remember = function (cache, key, most, make) {
    let found = cache.get(key);
    if (found === undefined) found = make();
    else cache.delete(key);
    cache.set(key, found);
    if (cache.size > most) cache.delete(cache.keys().next().value);
    return found;
  };

  const ruler = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  /** Width of a text in pixels, in the page's font at a height in pixels; measured once each. */
  zhihui.textWidth = (text, size) => zhihui.remember(widths, size + "|" + text, 4000, () => {
    ruler.font = size + "px " + zhihui.token("font");
    return ruler.measureText(text).width;
  });

  /** Room of a text with its halo: {wide, high} in pixels of the screen. */
  zhihui.textRoom = (text, size, spacing) => ({
    wide: Math.ceil(zhihui.textWidth(text, size) + spacing * text.length + 2 * zhihui.px(HALO) + 2),
    high: Math.ceil(size * 1.3 + 2 * zhihui.px(HALO)),
  });

  /** A text with its halo of ground as a picture: a canvas with `wide` and `high` in pixels of the screen. */
  zhihui.textSprite = function (text, size, colour, spacing) {
    const ratio = zhihui.ratio();
    const key = [text, size, colour, spacing, ratio].join("|");
    return zhihui.remember(texts, key, TEXTS_MAX, () => {
      const made = document.createElement("canvas");
      Object.assign(made, zhihui.textRoom(text, size, spacing));
      made.width = Math.ceil(made.wide * ratio);
      made.height = Math.ceil(made.high * ratio);
      const ctx = made.getContext("2d");
      ctx.scale(ratio, ratio);
      ctx.font = "500 " + size + "px " + zhihui.token("font");
      if ("letterSpacing" in ctx) ctx.letterSpacing = spacing + "px";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      ctx.lineWidth = 2 * zhihui.px(HALO);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.strokeText(text, made.wide / 2 + spacing / 2, made.high / 2);
      ctx.fillStyle = zhihui.token(colour);
      ctx.fillText(text, made.wide / 2 + spacing / 2, made.high / 2);
      return made;
    });
  };
  zhihui.on("resized", () => texts.clear());

  /** Boxes [left, top, right, bottom] by the squares of a raster, to ask quickly what is taken. */
  zhihui.Boxes = class {
    constructor() {
      this.squares = new Map();
    }

    * near([left, top, right, bottom]) {
      const EDGE = 96;
      for (let x = Math.floor(left / EDGE); x <= Math.floor(right / EDGE); x++) {
        for (let y = Math.floor(top / EDGE); y <= Math.floor(bottom / EDGE); y++) yield x * 65536 + y;
      }
    }

    add(box) {
      for (const square of this.near(box)) {
        if (!this.squares.has(square)) this.squares.set(square, []);
        this.squares.get(square).push(box);
      }
    }

    hits(box) {
      for (const square of this.near(box)) {
        for (const other of this.squares.get(square) || []) {
          if (other[0] < box[2] && other[2] > box[0] && other[1] < box[3] && other[3] > box[1]) return true;
        }
      }
      return false;
    }
  };

  if (!L) return;
  /** options.paint(ctx, bounds) draws in layer points, whenever the map has moved or `paint()` is called. */
  zhihui.Sheet = L.Renderer.extend({
    options: { padding: 0.1, opaque: false },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._ctx = this._container.getContext("2d", { alpha: !this.options.opaque });
    },

    _destroyContainer() {
      this._container.width = this._container.height = 0;
      this._container.remove();
      delete this._container;
    },

    _updatePaths() {},

    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      this._bounds.min._round(); // whole pixels: a copy, not a mixture
      this._bounds.max._round();
      const size = this._bounds.getSize();
      const ratio = (this._ratio = zhihui.ratio());
      const wide = Math.ceil(size.x * ratio);
      const high = Math.ceil(size.y * ratio);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      if (this._container.width !== wide || this._container.height !== high) {
        this._container.width = wide;
        this._container.height = high;
        this._container.style.width = size.x + "px";
        this._container.style.height = size.y + "px";
      }
      this.paint();
      this.fire("update");
    },

    /** Paint all, or only what lies within a box of layer points. */
    paint(box) {
      if (!this._map || !this._bounds) return;
      const { _ctx: ctx, _ratio: ratio } = this;
      const { min } = this._bounds;
      ctx.save();
      ctx.setTransform(ratio, 0, 0, ratio, -min.x * ratio, -min.y * ratio);
      const { min: from, max: to } = box || this._bounds;
      ctx.beginPath();
      ctx.rect(Math.floor(from.x) - 1, Math.floor(from.y) - 1, to.x - from.x + 3, to.y - from.y + 3);
      ctx.clip();
      if (!this.options.opaque) ctx.clearRect(min.x, min.y, this._container.width / ratio, this._container.height / ratio);
      this.options.paint(ctx, this._bounds);
      ctx.restore();
    },
  });
})(window.zhihui);
