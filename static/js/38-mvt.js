/*
 * Mapbox vector tiles, decoded: the subset of protocol buffers that version 2 of the format uses.
 * zhihui.mvt(bytes) → {layer name: {extent, features: [{type, props, parts}]}}; type 1 points, 2 lines,
 * 3 areas; parts are flat runs of tile coordinates [x, y, x, y, …], one a point set, line or ring.
 */
(function (zhihui) {
  "use strict";
  const VARINT = 0;
  const FIXED64 = 1;
  const BYTES = 2;
  const FIXED32 = 5;
  const EXTENT = 4096;
  const MOVE = 1;
  const LINE = 2;
  const CLOSE = 7;
  const text = new TextDecoder();

  /** A place in the bytes of one message; ends at `end`. */
  class Reader {
    constructor(bytes, at, end) {
      this.bytes = bytes;
      this.at = at;
      this.end = end;
    }

    varint() {
      let value = 0;
      for (let factor = 1; this.at < this.end; factor *= 128) {
        const byte = this.bytes[this.at++];
        value += (byte & 127) * factor;
        if (byte < 128) return value;
        if (factor > 2 ** 63) break;
      }
      throw new RangeError("vector tile: a number that does not end");
    }

    /** The message of so many bytes that stands here. */
    part() {
      const size = this.varint();
      const start = this.at;
      this.skip(size);
      return new Reader(this.bytes, start, start + size);
    }

    skip(size) {
      this.at += size;
      if (this.at > this.end) throw new RangeError("vector tile: cut short");
    }

    /** Call take[number](this) for each field; a field that nobody takes is passed over. */
    fields(take) {
      while (this.at < this.end) {
        const key = this.varint();
        const take_it = take[key >> 3];
        if (take_it) take_it(this);
        else this.pass(key & 7);
      }
    }

    pass(wire) {
      if (wire === VARINT) this.varint();
      else if (wire === BYTES) this.skip(this.varint());
      else if (wire === FIXED64) this.skip(8);
      else if (wire === FIXED32) this.skip(4);
      else throw new RangeError("vector tile: unknown wire type " + wire);
    }

    string() {
      const { at, end } = this.part();
      return text.decode(this.bytes.subarray(at, end));
    }

    real(size) {
      const start = this.at;
      this.skip(size);
      const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start, size);
      return size === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
    }

    numbers() {
      const run = this.part();
      const found = [];
      while (run.at < run.end) found.push(run.varint());
      return found;
    }
  }

  const zigzag = (n) => (n % 2 ? -(n + 1) / 2 : n / 2);
  const signed = (n) => (n >= 2 ** 63 ? n - 2 ** 64 : n);

  function value(reader) {
    let found = null;
    reader.part().fields({
      1: (r) => (found = r.string()),
      2: (r) => (found = r.real(4)),
      3: (r) => (found = r.real(8)),
      4: (r) => (found = signed(r.varint())),
      5: (r) => (found = r.varint()),
      6: (r) => (found = zigzag(r.varint())),
      7: (r) => (found = r.varint() !== 0),
    });
    return found;
  }

  /** Runs of the commands MoveTo, LineTo, ClosePath; a ring ends where it began. Points are one run. */
  function parts(commands, type) {
    const all = [];
    let run = null;
    let x = 0;
    let y = 0;
    for (let i = 0; i < commands.length;) {
      const command = commands[i] & 7;
      const count = commands[i++] >> 3;
      if (command === CLOSE) {
        if (run) run.push(run[0], run[1]);
        continue;
      }
      if (command !== MOVE && command !== LINE) throw new RangeError("vector tile: unknown command " + command);
      if (command === MOVE && !(type === 1 && run)) all.push((run = []));
      if (!run || i + 2 * count > commands.length) throw new RangeError("vector tile: a geometry that does not hold");
      for (let n = 0; n < count; n++) {
        x += zigzag(commands[i++]);
        y += zigzag(commands[i++]);
        run.push(x, y);
      }
    }
    return all;
  }

  function feature(reader) {
    const raw = { id: undefined, tags: [], type: 0, commands: [] };
    reader.part().fields({
      1: (r) => (raw.id = r.varint()),
      2: (r) => (raw.tags = r.numbers()),
      3: (r) => (raw.type = r.varint()),
      4: (r) => (raw.commands = r.numbers()),
    });
    return raw;
  }

  function layer(reader) {
    const raw = { name: "", extent: EXTENT, keys: [], values: [], features: [] };
    reader.part().fields({
      1: (r) => (raw.name = r.string()),
      2: (r) => raw.features.push(feature(r)),
      3: (r) => raw.keys.push(r.string()),
      4: (r) => raw.values.push(value(r)),
      5: (r) => (raw.extent = r.varint()),
    });
    const features = raw.features.map(({ tags, type, commands }) => {
      const props = {};
      for (let i = 0; i + 1 < tags.length; i += 2) props[raw.keys[tags[i]]] = raw.values[tags[i + 1]];
      return { type, props, parts: parts(commands, type) };
    });
    return { name: raw.name, extent: raw.extent, features };
  }

  /** Layers by name. Raises RangeError for bytes that are not a vector tile. */
  zhihui.mvt = function (bytes) {
    const layers = {};
    new Reader(bytes, 0, bytes.length).fields({
      3: (r) => {
        const { name, extent, features } = layer(r);
        layers[name] = { extent, features };
      },
    });
    return layers;
  };
})(window.zhihui);
