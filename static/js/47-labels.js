/*
 * What may be written on the ground: names of places, and of roads along their line, taken from a tile once.
 * Coordinates are those of the world, 0..1 from the north-west corner of the map's square.
 */
(function (zhihui) {
  "use strict";
  const SHORTEST = 0.02; // of a tile's edge: shorter roads carry no name

  /** Pieces of one street within a tile, joined end to end: [[x, y, …], …] in tile coordinates. */
  function joined(runs) {
    const open = new Map(); // end point → chain
    const chains = new Set();
    const key = (x, y) => x * 100000 + y;
    const ends = (chain) => [key(chain[0], chain[1]), key(chain[chain.length - 2], chain[chain.length - 1])];
    for (const run of runs) {
      let chain = run;
      for (let turn = 0; turn < 2; turn++) {
        const [first, last] = ends(chain);
        const other = open.get(last) || open.get(first);
        if (!other || other === chain) break;
        forget(other);
        chain = meet(other, chain);
      }
      chains.add(chain);
      ends(chain).forEach((end) => open.set(end, chain));
    }
    return Array.from(chains);

    function forget(chain) {
      chains.delete(chain);
      ends(chain).forEach((end) => open.get(end) === chain && open.delete(end));
    }
    function meet(a, b) {
      const [a0, a1] = ends(a);
      const [b0, b1] = ends(b);
      if (a1 === b0) return a.concat(b.slice(2));
      if (b1 === a0) return b.concat(a.slice(2));
      if (a1 === b1) return a.concat(turned(b).slice(2));
      return turned(a).concat(b.slice(2));
    }
  }

  function turned(run) {
    const back = [];
    for (let i = run.length - 2; i >= 0; i -= 2) back.push(run[i], run[i + 1]);
    return back;
  }

  function length(run) {
    let sum = 0;
    for (let i = 2; i < run.length; i += 2) sum += Math.hypot(run[i] - run[i - 2], run[i + 1] - run[i - 1]);
    return sum;
  }

  const RANKS = { motorway: 0, trunk: 1, primary: 2, secondary: 3, tertiary: 4, residential: 5, lane: 6 };

  function roads(part, world) {
    const streets = new Map();
    for (const { props, parts } of part.features) {
      if (!props.name) continue;
      if (!streets.has(props.name)) streets.set(props.name, { rank: 9, runs: [] });
      const street = streets.get(props.name);
      street.rank = Math.min(street.rank, RANKS[props.class] === undefined ? 5 : RANKS[props.class]);
      street.runs.push(...parts);
    }
    const found = [];
    for (const [text, { rank, runs }] of streets) {
      const longest = joined(runs).reduce((a, b) => (length(b) > length(a) ? b : a));
      if (length(longest) < SHORTEST * part.extent) continue;
      found.push({ text, kind: "road", rank, line: longest.map((n, i) => world(n, i % 2)) });
    }
    return found;
  }

  function points(part, world) {
    return part.features.filter(({ props }) => props.name).map(({ props, parts }) => ({
      text: props.name, kind: props.class, rank: props.rank || 0, x: world(parts[0][0], 0), y: world(parts[0][1], 1),
    }));
  }

  zhihui.labels = {
    /** Labels of one decoded base tile. */
    of(layers, { x, y, z }) {
      const count = 2 ** z;
      const on = (part) => (n, axis) => ((axis ? y : x) + n / part.extent) / count;
      const { name, road } = layers;
      return [...(name ? points(name, on(name)) : []), ...(road ? roads(road, on(road)) : [])];
    },
    joined,
  };

  /**
   * The letters of a name along a line, in the middle if it is straight enough there:
   * [{x, y, turn}] or null. `line` is flat in pixels, `step` the room of a letter. Letters read from left to
   * right, and stand upright from top to bottom where the line is steep.
   */
  zhihui.along = function (line, letters, step) {
    const whole = length(line);
    const need = letters * step;
    if (whole < need + step) return null;
    for (const share of [0.5, 0.3, 0.7, 0.15, 0.85]) {
      const from = share * whole - need / 2;
      if (from < 0 || from + need > whole) continue;
      const seats = seated(line, from + step / 2, letters, step);
      if (seats) return seats;
    }
    return null;
  };

  const BEND = 0.45; // radians between two letters

  function seated(line, from, letters, step) {
    const seats = [];
    let walked = 0;
    let i = 2;
    for (let n = 0; n < letters; n++) {
      const at = from + n * step;
      let piece = Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
      while (walked + piece < at && i + 3 < line.length) {
        walked += piece;
        i += 2;
        piece = Math.hypot(line[i] - line[i - 2], line[i + 1] - line[i - 1]);
      }
      const part = piece ? (at - walked) / piece : 0;
      const dx = line[i] - line[i - 2];
      const dy = line[i + 1] - line[i - 1];
      seats.push({ x: line[i - 2] + dx * part, y: line[i - 1] + dy * part, turn: Math.atan2(dy, dx) });
    }
    return upright(seats);
  }

  const swing = (a, b) => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));

  function upright(seats) {
    for (let n = 1; n < seats.length; n++) if (swing(seats[n].turn, seats[n - 1].turn) > BEND) return null;
    const first = seats[0];
    const last = seats[seats.length - 1];
    const steep = Math.abs(last.y - first.y) > Math.abs(last.x - first.x) * 1.2;
    const backwards = steep ? last.y < first.y : last.x < first.x;
    if (backwards) seats.reverse();
    seats.forEach((seat) => (seat.turn += (backwards ? Math.PI : 0) - (steep ? Math.PI / 2 : 0)));
    return seats;
  }
})(window.zhihui);
