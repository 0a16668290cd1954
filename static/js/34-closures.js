/* A closed road: a barred line in text colour, so that it is no level's, and a sign in its middle. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;

  /** The point half way along a run of pixel points. */
  function middle(points) {
    const steps = points.slice(1).map((point, i) => point.distanceTo(points[i]));
    let left = steps.reduce((sum, step) => sum + step, 0) / 2;
    for (let i = 0; i < steps.length; i++) {
      if (left <= steps[i] && steps[i] > 0) return points[i].add(points[i + 1].subtract(points[i]).multiplyBy(left / steps[i]));
      left -= steps[i];
    }
    return points[0];
  }

  const SIGN = 9; // its radius
  const SIGNS_FROM = 15.5; // a cordon closes dozens of pieces of road: their signs stand where there is room for them

  zhihui.ClosureLine = L.Polyline.extend({
    options: { interactive: false, noClip: true, smoothFactor: 0.6, weight: 26 }, // so that the sign is redrawn whole

    _updatePath() {
      const renderer = this._renderer;
      const ring = this._parts && this._parts[0];
      if (!renderer._drawing || !ring || ring.length < 2) return;
      const ctx = renderer._ctx;
      const path = new Path2D();
      ring.forEach((p, i) => (i ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
      ctx.save();
      ctx.lineJoin = "round";
      ctx.lineWidth = zhihui.px(6);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.stroke(path);
      ctx.setLineDash([zhihui.px(6), zhihui.px(4)]);
      ctx.lineWidth = zhihui.px(3.5);
      ctx.strokeStyle = zhihui.token("text");
      ctx.stroke(path);
      ctx.setLineDash([]);
      this._point = middle(ring);
      if (!this.options.many || this._map.getZoom() >= SIGNS_FROM) this._sign(ctx, this._point);
      ctx.restore();
    },

    _sign(ctx, { x, y }) {
      ctx.beginPath();
      ctx.arc(x, y, zhihui.px(SIGN), 0, 2 * Math.PI);
      ctx.fillStyle = zhihui.token("ground");
      ctx.fill();
      ctx.lineWidth = zhihui.px(2);
      ctx.stroke();
      ctx.fillStyle = zhihui.token("text");
      ctx.font = "600 " + zhihui.px(11) + "px " + zhihui.token("font");
      ctx.textAlign = "center";
      ctx.textBaseline = "alphabetic";
      ctx.fillText(zhihui.text("closure.glyph"), x, y + zhihui.px(4));
    },
  });

  /** The time of day, with its day when that is another. */
  const moment = (at) => (zhihui.dayOf(at) === zhihui.dayOf(zhihui.time.now()) ? "" : zhihui.dayOf(at) + " ") + zhihui.timeOfDay(at);

  /** What the pointer says over the sign of a closed road. */
  zhihui.closureWords = function (id) {
    const p = zhihui.store.get("closures", id).properties;
    const until = p.until ? zhihui.text("closure.until", { at: moment(Date.parse(p.until)) }) : zhihui.text("closure.open_end");
    return [zhihui.text("closure.tip", { name: p.name || zhihui.text("closure.nameless") }), p.reason, until];
  };
  zhihui.closureReach = () => zhihui.px(SIGN);
})(window.zhihui);
