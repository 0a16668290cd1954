/* Leaflet marks on canvas: a CircleMarker that copies a sprite. Hit-testing is ours (38-pointer.js). */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return; // a page without a map

  /** A point that draws `options.sprite()`; `heading` in radians adds a tip. */
  zhihui.SpriteMark = L.CircleMarker.extend({
    options: { interactive: false, radius: 10, heading: null, offset: null },

    setSprite(sprite) {
      this.options.sprite = sprite;
      this._radius = this.options.radius = sprite.size / 2 + 1;
      return this;
    },

    /** `options.offset` [x, y] moves the mark aside on the screen: units on scene stand around their incident. */
    _project() {
      this._point = this._map.latLngToLayerPoint(this._latlng);
      if (this.options.offset) this._point = this._point.add(this.options.offset);
      this._updateBounds();
    },

    _updateBounds() {
      const reach = Math.max(this._radius, this.options.heading === null ? 0 : zhihui.px(19));
      this._pxBounds = new L.Bounds(this._point.subtract([reach, reach]), this._point.add([reach, reach]));
    },

    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this._empty()) return;
      const ctx = renderer._ctx;
      const { sprite, heading } = this.options;
      const { x, y } = this._point;
      if (heading !== null) this._drawTip(ctx, x, y, heading);
      ctx.drawImage(sprite, Math.round(x - sprite.size / 2), Math.round(y - sprite.size / 2), sprite.size, sprite.size);
    },

    _drawTip(ctx, x, y, heading) {
      const out = zhihui.px(17);
      const wide = zhihui.px(5);
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(heading);
      ctx.beginPath();
      ctx.moveTo(0, -out);
      ctx.lineTo(wide, -out + wide * 1.5);
      ctx.lineTo(-wide, -out + wide * 1.5);
      ctx.closePath();
      ctx.fillStyle = zhihui.token("unit");
      ctx.fill();
      ctx.restore();
    },
  });

  const ruler = document.createElement("canvas").getContext("2d");
  const widths = new Map();
  /** Width of a text in pixels, in the page's font at a height in pixels; measured once each. */
  zhihui.textWidth = function (text, size) {
    const key = size + text;
    if (!widths.has(key)) {
      if (widths.size > 2000) widths.clear();
      ruler.font = size + "px " + zhihui.token("font");
      widths.set(key, ruler.measureText(text).width);
    }
    return widths.get(key);
  };

  /** Text on the map with a halo of ground; `hidden` labels stay in place and draw nothing. */
  zhihui.TextMark = L.CircleMarker.extend({
    options: { interactive: false, radius: 1, size: 15, colour: "map-name", spacing: 0 },

    _updateBounds() {
      const half = L.point(this.width() / 2 + 3, zhihui.px(this.options.size));
      this._pxBounds = new L.Bounds(this._point.subtract(half), this._point.add(half));
    },

    width() {
      const { text, size, spacing } = this.options;
      return zhihui.textWidth(text, zhihui.px(size)) + zhihui.px(spacing) * Math.max(0, text.length - 1);
    },

    /** `options.offset` [x, y] seats the name beside its point where the point itself is taken. */
    _project() {
      this._point = this._map.latLngToLayerPoint(this._latlng).add(this.options.offset || [0, 0]);
      this._updateBounds();
    },

    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this.options.hidden || this._empty()) return;
      const ctx = renderer._ctx;
      const { text, size, colour, spacing } = this.options;
      ctx.save();
      ctx.font = zhihui.px(size) + "px " + zhihui.token("font");
      if ("letterSpacing" in ctx) ctx.letterSpacing = zhihui.px(spacing) + "px";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineJoin = "round";
      ctx.lineWidth = zhihui.px(4);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.strokeText(text, this._point.x, this._point.y);
      ctx.fillStyle = zhihui.token(colour);
      ctx.fillText(text, this._point.x, this._point.y);
      ctx.restore();
    },
  });
})(window.zhihui);
