/* A link: the road from a unit to its incident, thick and in accent for what is left, thin behind. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;

  /** Nearest place on a run of pixel points: {index of its segment, point, metres of line left in px, all}. */
  function nearest(points, to) {
    let best = { index: 0, point: points[0], gap: Infinity };
    for (let i = 0; i < points.length - 1; i++) {
      const on = L.LineUtil.closestPointOnSegment(to, points[i], points[i + 1]);
      const gap = (on.x - to.x) ** 2 + (on.y - to.y) ** 2;
      if (gap < best.gap) best = { index: i, point: on, gap };
    }
    return best;
  }

  function length(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i++) sum += points[i].distanceTo(points[i - 1]);
    return sum;
  }

  zhihui.LinkLine = L.Polyline.extend({
    options: { interactive: false, noClip: true, smoothFactor: 0.6, weight: 6 },

    /** Where the unit is now; the line is cut there. */
    follow(latlng) {
      this.options.at = latlng;
      return this.redraw();
    },

    /** Share of the way that is left, 1 at the start, 0 at the end. */
    left() {
      if (!this._map || !this._rings || !this._rings.length || !this.options.at) return 1;
      const ring = this._rings[0];
      const cut = nearest(ring, this._map.latLngToLayerPoint(this.options.at));
      const all = length(ring);
      return all ? length([cut.point].concat(ring.slice(cut.index + 1))) / all : 0;
    },

    _updatePath() {
      const renderer = this._renderer;
      const ring = this._parts && this._parts[0];
      if (!renderer._drawing || !ring || ring.length < 2) return;
      const unit = this.options.at ? this._map.latLngToLayerPoint(this.options.at) : ring[0];
      const cut = nearest(ring, unit);
      const ctx = renderer._ctx;
      ctx.save();
      ctx.lineJoin = ctx.lineCap = "round";
      if (this.options.dim) this._stroke(ctx, ring, zhihui.px(1.5), 0.35);
      else {
        this._stroke(ctx, ring.slice(0, cut.index + 1).concat([cut.point]), zhihui.px(1.5), 0.5);
        this._stroke(ctx, [unit, cut.point].concat(ring.slice(cut.index + 1)), zhihui.px(4), 1);
      }
      ctx.restore();
    },

    _stroke(ctx, points, width, alpha) {
      const path = new Path2D();
      points.forEach((p, i) => (i ? path.lineTo(p.x, p.y) : path.moveTo(p.x, p.y)));
      ctx.globalAlpha = alpha * 0.8;
      ctx.lineWidth = width + zhihui.px(2.5);
      ctx.strokeStyle = zhihui.token("ground");
      ctx.stroke(path);
      ctx.globalAlpha = alpha;
      ctx.lineWidth = width;
      ctx.strokeStyle = zhihui.token("accent");
      ctx.stroke(path);
    },
  });

  /** Name of the unit and time to go, in a small box beside it; `place` is the corner it stands in. */
  zhihui.ChipMark = L.CircleMarker.extend({
    options: { interactive: false, radius: 1, name: "", eta: "", edge: "accent", place: 0, hidden: false },

    /** Measured once for its words: each frame asks for it in many places. */
    size() {
      const { name, eta } = this.options;
      const key = name + "|" + eta + "|" + zhihui.px(1);
      if (this._sizedFor !== key) {
        const wide = (text) => zhihui.textWidth(text.replace(/[0-9]/g, "0"), zhihui.px(14.5));
        const gap = eta ? zhihui.px(14) : 0;
        this._sizedFor = key;
        this._size = L.point(wide(name) + wide(eta) + gap + zhihui.px(20), zhihui.px(25));
      }
      return this._size;
    },

    /** Upper left corner of the box in each of eight places, four near the unit and four farther off. */
    corner(place) {
      const size = this.size();
      const away = zhihui.px(place < 4 ? 15 : 46);
      const x = place % 2 ? -away - size.x : away;
      const y = place % 4 < 2 ? -size.y - away * 0.5 : away * 0.5;
      return this._point.add([x, y]);
    },

    box(place) {
      const corner = this.corner(place);
      return L.bounds(corner, corner.add(this.size()));
    },

    _updateBounds() {
      const box = this.box(this.options.place);
      this._pxBounds = L.bounds(box.min.subtract([2, 2]), box.max.add([2, 2])).extend(this._point);
    },

    _updatePath() {
      const renderer = this._renderer;
      if (!renderer._drawing || this.options.hidden) return;
      const ctx = renderer._ctx;
      const { min, max } = this.box(this.options.place);
      const inset = zhihui.px(10);
      ctx.save();
      if (this.options.place >= 4) this._leader(ctx, min, max);
      ctx.beginPath();
      ctx.roundRect(min.x, min.y, max.x - min.x, max.y - min.y, zhihui.px(3));
      ctx.fillStyle = zhihui.token("panel");
      ctx.fill();
      ctx.lineWidth = zhihui.px(1);
      ctx.strokeStyle = zhihui.token(this.options.edge);
      ctx.stroke();
      ctx.font = zhihui.px(14.5) + "px " + zhihui.token("font");
      ctx.textBaseline = "middle";
      ctx.fillStyle = zhihui.token("text");
      ctx.fillText(this.options.name, min.x + inset, (min.y + max.y) / 2 + 1);
      ctx.textAlign = "right";
      ctx.fillText(this.options.eta, max.x - inset, (min.y + max.y) / 2 + 1);
      ctx.restore();
    },

    /** A hairline from a box farther off to its unit. */
    _leader(ctx, min, max) {
      const { x, y } = this._point;
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(Math.max(min.x, Math.min(max.x, x)), Math.max(min.y, Math.min(max.y, y)));
      ctx.lineWidth = zhihui.px(1);
      ctx.strokeStyle = zhihui.token(this.options.edge);
      ctx.stroke();
    },
  });
})(window.zhihui);
