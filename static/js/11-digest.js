/* The order-free digest of what is drawn: a sum of hashes, so that it is kept by adding and subtracting. */
(function (zhihui) {
  "use strict";
  const PRIME = 0x01000193;
  const encoder = new TextEncoder();

  function fnv(bytes, basis) {
    let hash = basis;
    for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i], PRIME);
    return hash >>> 0;
  }

  const hex = (n) => (n >>> 0).toString(16).padStart(8, "0");

  class Digest {
    constructor() {
      this.clear();
    }
    clear() {
      this.first = 0;
      this.second = 0;
    }
    _turn(sign, layer, id, seq) {
      const bytes = encoder.encode(layer + "\0" + id + "\0" + seq);
      this.first = (this.first + sign * fnv(bytes, 0x811c9dc5)) >>> 0;
      this.second = (this.second + sign * fnv(bytes, 0x01234567)) >>> 0;
    }
    add(layer, id, seq) { this._turn(1, layer, id, seq); }
    drop(layer, id, seq) { this._turn(-1, layer, id, seq); }
    /** 16 lower-case hex digits; sixteen zeros when nothing is drawn. */
    text() { return hex(this.first) + hex(this.second); }
  }

  zhihui.Digest = Digest;
})(window.zhihui);
