/* Leaflet marks on canvas: a CircleMarker that copies a sprite. Hit-testing is ours (42-pointer.js). */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return; // a page without a map

  /** A point that copies `options.sprite`; `heading` in radians adds a tip; a hidden one stays and draws nothing. */
  zhihui.SpriteMark = L.CircleMarker.extend({
    options: { interactive: false, radius: 10, heading: null, offset: null, hidden: false },

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
      if (!renderer._drawing || this.options.hidden || this._empty()) return;
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
})(window.zhihui);
