/*
 * Names on the map: the widest areas first; a name that would cover another, a pin or a chip is left out.
 * What was written stays where it is as long as there is room, so that nothing flickers.
 */
window.zhihui.onMap(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const PATIENCE = 600; // ms for the tiles of a new zoom; till then the names of the old one stay
  const LATER = 90; // ms: tiles and facts come in runs
  const AGAIN = 420; // pixels at 1080 lines between two names of one street
  const AREAS = 0; // order of districts: icons make way for their names
  // Pixels beside the place at 1080 lines, nearest first.
  const SEATS = [[0, 0], [0, -20], [0, 20], [0, -38], [0, 38], [-44, 0], [44, 0], [-44, -24], [44, -24], [-44, 24], [44, 24], [0, -60], [0, 60]];
  let labels = []; // of the tiles
  let written = []; // {label, key, box, letters: [{text, …, x, y, turn}]} as they stand, in layer points
  let timer = 0;
  let since = null; // when the tiles of this zoom were first missed
  let zoom = null;
  let job = null; // pictures of names that are about to be shown

  /** The labels of the tiles in view; until they are whole, for a while, those that were. */
  function gather() {
    const { found, whole } = zhihui.ground.names();
    const now = performance.now();
    if (whole) since = null;
    else since = since || now;
    if (!whole && now - since < PATIENCE) return soon();
    labels = found;
    return undefined;
  }

  function styleOf(kind) {
    const { names } = zhihui.registry();
    return names[kind] || names["*"];
  }

  /** Those of this zoom in the order in which they take their room. */
  function inOrder() {
    const now = zhihui.zoom();
    const held = new Set(written.map(({ key }) => key));
    const rows = [];
    for (const label of labels) {
      const style = styleOf(label.kind);
      if (style && zhihui.within(style.zooms, now)) rows.push({ label, style, key: keyOf(label), held: held.has(keyOf(label)) ? 0 : 1 });
    }
    return rows.sort((a, b) => a.style.order - b.style.order || a.label.rank - b.label.rank || a.held - b.held || (a.key < b.key ? -1 : 1));
  }

  const keyOf = (label) => label.kind + "|" + label.text + "|" + Math.round((label.line ? label.line[0] : label.x) * 1e5);

  const flat = ({ min, max }) => [min.x, min.y, max.x, max.y];

  /** What no name may cover (`hard`), and what those of areas may if there is no other room (`soft`). */
  function taken(view) {
    const hard = new zhihui.Boxes();
    const soft = new zhihui.Boxes();
    [...zhihui.pins(view), ...zhihui.covered()].forEach((box) => hard.add(flat(box)));
    zhihui.chips.forEach((chip) => chip.options.hidden || !chip._pxBounds || hard.add(flat(chip.box(chip.options.place))));
    zhihui.resting(view).forEach((box) => soft.add(flat(box)));
    zhihui.placeBoxes().forEach((box) => soft.add(box));
    return { hard, soft };
  }

  function settle() {
    timer = 0;
    if (!zhihui.map || !zhihui.registry().layers.length) return;
    if (zoom !== zhihui.map.getZoom()) since = null;
    zoom = zhihui.map.getZoom();
    gather();
    write();
  }

  function write() {
    const corner = zhihui.map.containerPointToLayerPoint([0, 0]);
    const view = L.bounds(corner, corner.add(zhihui.map.getSize()));
    const boxes = taken(view);
    const to = zhihui.toLayer();
    const before = new Map(written.map((one) => [one.key, one.seat]));
    const streets = new Map();
    const next = [];
    for (const row of inOrder()) {
      const made = row.label.line ? street(row, to, view, boxes, streets) : point(row, to, view, boxes, before.get(row.key));
      if (made) next.push(made);
    }
    if (job) zhihui.work.drop(job);
    job = zhihui.work.add({ run: pictures(next), near: () => -1, then: () => show(next) });
  }

  /** Texts are drawn once, a few each frame: a new view may have a hundred that were never seen. */
  function* pictures(names) {
    for (const { letters } of names) {
      letters.forEach(picture);
      yield;
    }
  }
  const picture = ({ text, size, colour, spacing }) => zhihui.textSprite(text, size, colour, spacing);

  function show(names) {
    job = null;
    if (zoom !== zhihui.map.getZoom()) return; // placed for another zoom; the next are on their way
    written = names;
    zhihui.quiet.paint();
    zhihui.emit("named", null);
  }

  const inside = (view, [left, top, right, bottom]) => left >= view.min.x && right <= view.max.x && top >= view.min.y && bottom <= view.max.y;

  function point({ label, style, key }, to, view, boxes, held) {
    const [x, y] = to(label.x, label.y);
    if (x < view.min.x || x > view.max.x || y < view.min.y || y > view.max.y) return null;
    const size = Math.round(zhihui.px(zhihui.stop(style.size, zhihui.zoom())) * 2) / 2;
    const word = { text: label.text, size, colour: style.colour, spacing: zhihui.px(style.spacing) };
    const { wide, high } = zhihui.textRoom(word.text, size, word.spacing);
    const boxOf = (seat) => {
      const [left, top] = [x + zhihui.px(seat[0]) - wide / 2, y + zhihui.px(seat[1]) - high / 2];
      return [left, top, left + wide, top + high];
    };
    const free = (seat) => inside(view, boxOf(seat)) && !boxes.hard.hits(boxOf(seat));
    const seats = (held === undefined ? SEATS : [SEATS[held], ...SEATS]).filter(free);
    const seat = seats.find((one) => !boxes.soft.hits(boxOf(one))) || (style.order <= AREAS ? seats[0] : undefined);
    if (!seat) return null;
    const box = boxOf(seat);
    boxes.hard.add(box);
    const letters = [{ ...word, x: box[0] + wide / 2, y: box[1] + high / 2, turn: 0 }];
    return { key, seat: SEATS.indexOf(seat), letters, box, wide: style.order === 0, area: style.order <= AREAS };
  }

  function street({ label, style, key }, to, view, boxes, streets) {
    const size = Math.round(zhihui.px(zhihui.stop(style.size, zhihui.zoom())) * 2) / 2;
    const line = [];
    for (let i = 0; i < label.line.length; i += 2) line.push(...to(label.line[i], label.line[i + 1]));
    const letters = Array.from(label.text);
    const seats = zhihui.along(line, letters.length, size * 1.15);
    if (!seats) return null;
    const around = seats.map(({ x, y }) => [x - size * 0.62, y - size * 0.62, x + size * 0.62, y + size * 0.62]);
    if (around.some((box) => !inside(view, box) || boxes.hard.hits(box) || boxes.soft.hits(box))) return null;
    const middle = seats[seats.length >> 1];
    const others = streets.get(label.text) || [];
    if (others.some((other) => Math.hypot(other.x - middle.x, other.y - middle.y) < zhihui.px(AGAIN))) return null;
    streets.set(label.text, others.concat([middle]));
    around.forEach((box) => boxes.hard.add(box));
    const made = seats.map((seat, n) => ({ ...seat, text: letters[n], size, colour: style.colour, spacing: 0 }));
    return { key, letters: made, box: around[0], wide: false };
  }

  function draw(ctx) {
    for (const { letters } of written) {
      for (const letter of letters) {
        const { x, y, turn } = letter;
        const sprite = picture(letter);
        if (!turn) {
          ctx.drawImage(sprite, Math.round(x - sprite.wide / 2), Math.round(y - sprite.high / 2), sprite.wide, sprite.high);
          continue;
        }
        ctx.save();
        ctx.translate(x, y);
        ctx.rotate(turn);
        ctx.drawImage(sprite, -sprite.wide / 2, -sprite.high / 2, sprite.wide, sprite.high);
        ctx.restore();
      }
    }
  }

  function soon() {
    if (!timer) timer = setTimeout(() => requestAnimationFrame(settle), LATER);
  }

  zhihui.names = {
    draw,
    /** Where a name of an area stands: icons beneath are drawn as dots. */
    over: ([x, y]) => written.some(({ box, area }) => area && x > box[0] && x < box[2] && y > box[1] && y < box[3]),
    /** Where the widest names stand, for what should not cover them. */
    wide: () => written.filter((one) => one.wide).map(({ box }) => L.bounds([box[0], box[1]], [box[2], box[3]])),
    /** Whether other names may stand in a moment. */
    busy: () => Boolean(timer || job),
    /** Words now on the map, for tests and for those who look after it. */
    written: () => written.map(({ key, box }) => ({ text: key.split("|")[1], box })),
  };

  zhihui.on("closed", () => job && zhihui.work.drop(job));
  zhihui.on("covered", () => setTimeout(soon, 5 * LATER)); // something was laid over the map, or taken away
  zhihui.on("map", (map) => map.on("moveend zoomend", soon));
  zhihui.on("ground", soon);
  zhihui.on("shown", soon);
  zhihui.on("places", soon);
  zhihui.on("drawn", (patch) => {
    if (!patch || ((patch.upsert || {}).incidents || []).length || ((patch.remove || {}).incidents || []).length) soon();
  });
});
