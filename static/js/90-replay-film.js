/*
 * The film of /replay: the board of a moment, and the patches that led on from it, folded when the film's clock has
 * come to the time at which each was recorded. The clock never passes what has come from the server: at whatever speed
 * no fact is left out, rather the film waits.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay") return;
  const AHEAD_S = 8; // real seconds of film that are asked for beforehand
  const FACTS = 2000; // in one piece
  const STEP_FACTS = 50;
  const BUDGET_MS = 12; // of one frame of the screen, for folding
  const FIXES_A_SECOND = 2; // as live; a film that is recorded has no gliding between them
  const FIXES_RECORDED = 10;
  const SLEPT_MS = 250; // longer since the last frame: the page was hidden, and the film stood
  let span = null; // {realm, from: {seq, at, ms}, to: {seq, at, ms}, count, chapters}
  let now = 0; // ms, the film's clock
  let speed = 1;
  let playing = false;
  let last = 0; // performance.now() of the last frame
  let reached = null; // {seq, moment, ms}: so far pieces have come
  let frames = []; // patches still to be folded, oldest first
  let rows = []; // positions still to be shown, oldest first
  let asking = null; // AbortController of the piece on its way
  let wanted = null; // where to go next; the last one asked for counts
  let seeking = false;

  const placed = (place) => ({ ...place, ms: Date.parse(place.at) });
  /** To the end of a millisecond: the log counts in finer parts than the clocks of browsers. */
  const iso = (ms) => new Date(ms).toISOString().replace("Z", "999Z");
  const atEnd = () => reached !== null && reached.seq >= span.to.seq && reached.ms >= span.to.ms;

  /** Answers of the server; what it refuses is said to whoever looks, and is null here. */
  async function ask(path, query, signal) {
    const given = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang, ...query });
    try {
      const answer = await fetch("/api/v1/replay" + path + "?" + given, { cache: "no-store", signal });
      if (answer.ok) return await answer.json();
      if (answer.status === 401) zhihui.emit("forbidden", null);
      const { detail, remedy } = await answer.json();
      refused({ kind: answer.status < 500 ? "refusal" : "fault", text: detail, remedy });
    } catch (error) {
      if (error.name !== "AbortError") refused({ kind: "fault", text: zhihui.text("unreached.text"), remedy: zhihui.text("replay.again") });
    }
    return null;
  }

  /** Said where it was pressed; where there is no film at all, it stands in the film's place. */
  function refused(notice) {
    if (span) zhihui.notice(notice);
    else zhihui.emit("nofilm", notice);
  }

  const tell = () => zhihui.emit("film", null);

  /* --- going somewhere --- */

  /** Go to a position ({seq}) or a moment ({at: ms}). Of several asked for at once the last one is gone to. */
  async function seek(where) {
    wanted = where;
    if (seeking) return;
    seeking = true;
    while (wanted) {
      const one = wanted;
      wanted = null;
      drop();
      const state = await ask("/state", one.seq !== undefined ? { seq: one.seq } : { at: iso(one.at) });
      if (state) show(state);
      else pause();
    }
    seeking = false;
    tell();
    if (playing) feed();
  }

  /** What is on its way belongs to another place. */
  function drop() {
    if (asking) asking.abort();
    asking = null;
  }

  function show(state) {
    now = Math.max(span.from.ms, Date.parse(state.moment));
    frames = [];
    rows = [];
    reached = { seq: state.seq, moment: state.moment, ms: Date.parse(state.moment) };
    zhihui.store.clear();
    zhihui.store.load(state.board);
    zhihui.store.move(state.positions);
    zhihui.emit("sought", state.seq);
  }

  /* --- the pieces --- */

  /** Ask for the next piece before it is needed. */
  async function feed() {
    if (asking || seeking || !reached || atEnd() || reached.ms - now > AHEAD_S * 500 * speed) return;
    const until = reached.ms + AHEAD_S * 1000 * speed;
    await piece(until >= span.to.ms ? span.end : iso(until), FACTS);
  }

  /** Returns whether it came, and still belongs here. */
  async function piece(until, limit) {
    const mine = (asking = new AbortController());
    const step = Math.max(1, Math.min(3600, Math.round(speed / (zhihui.recording ? FIXES_RECORDED : FIXES_A_SECOND))));
    const found = await ask("/frames", { after: reached.seq, since: reached.moment, until, limit, step }, mine.signal);
    if (asking !== mine) return false;
    asking = null;
    if (!found) {
      pause();
      return false;
    }
    frames = frames.concat(found.frames.map((frame) => Object.assign(frame, { ms: Date.parse(frame.at) })));
    rows = rows.concat(found.positions);
    reached = { seq: found.seq, moment: found.moment, ms: Date.parse(found.moment) };
    return true;
  }

  /* --- playing --- */

  function tick(time) {
    if (!playing) return;
    const passed = Math.min(SLEPT_MS, time - last);
    last = time;
    if (!seeking && reached) advance(Math.min(now + passed * speed, reached.ms));
    if (atEnd() && now >= span.to.ms && !frames.length) return void pause();
    feed();
    requestAnimationFrame(tick);
  }

  /** Fold what was recorded by then; a screen that cannot do it in time holds the clock, and goes on. */
  function advance(to, budget = BUDGET_MS) {
    const end = performance.now() + budget;
    let folded = 0;
    let late = false;
    while (folded < frames.length && frames[folded].ms <= to && !late) {
      zhihui.store.fold(frames[folded]);
      folded += 1;
      late = performance.now() > end;
    }
    now = late && folded < frames.length ? Math.max(now, Math.min(to, frames[folded].ms)) : Math.max(now, to);
    frames.splice(0, folded);
    move();
    tell();
  }

  /** Units go where they were last heard by now. */
  function move() {
    let due = 0;
    while (due < rows.length && rows[due][3] <= now) due += 1;
    if (!due) return;
    const heard = rows.splice(0, due);
    zhihui.emit("fixes", heard); // every place; the map is told the last of each
    const latest = new Map(heard.map((row) => [row[0], row]));
    zhihui.store.move(Array.from(latest.values()));
  }

  /** Where units were before the place that was gone to: rows of the last `ms`, one a unit every `step` seconds. */
  async function before(ms, step) {
    const found = await ask("/frames", { after: zhihui.seq, until: iso(now), since: iso(Math.max(0, now - ms)), step });
    return found ? found.positions : [];
  }

  /** For who records the film: everything until a moment, however long it takes. False where it did not come. */
  async function turn(to) {
    while (!atEnd() && reached.ms <= to) {
      const until = to + AHEAD_S * 1000 * speed;
      if (!(await piece(until >= span.to.ms ? span.end : iso(until), FACTS))) return false;
    }
    advance(to, Infinity);
    zhihui.emit("second", null); // clocks go by the film's time
    return true;
  }

  function play() {
    if (!span || playing) return;
    playing = true;
    last = performance.now();
    if (atEnd() && now >= span.to.ms) seek({ seq: span.from.seq }); // from the beginning
    requestAnimationFrame(tick);
    tell();
  }

  function pause() {
    playing = false;
    tell();
  }

  /** To the next fact that changes anything here. */
  async function stepOn() {
    pause();
    while (!frames.length && reached && !atEnd() && !seeking && !asking && (await piece(span.end, STEP_FACTS)));
    const next = frames.shift();
    if (!next) return;
    now = Math.max(now, next.ms);
    zhihui.store.fold(next);
    move();
    tell();
  }

  function stepBack() {
    pause();
    return seek({ seq: Math.max(span.from.seq, zhihui.seq - 1) });
  }

  /* --- the span --- */

  /** Open the span that the address asks for, at the place that it names. */
  async function open() {
    const address = new URLSearchParams(location.search);
    const query = {};
    for (const name of ["from", "to"]) if (address.get(name)) query[name] = address.get(name);
    const found = await ask("", query);
    if (!found) return;
    const end = /\D/.test(query.to || "0") ? found.to.at : found.to.seq; // as it was asked for: a time may be after the last fact
    span = { ...found, from: placed(found.from), to: placed(found.to), end };
    zhihui.emit("span", span);
    const at = Date.parse(address.get("at"));
    await seek(Number.isNaN(at) ? { seq: span.from.seq } : { at: Math.min(span.to.ms, Math.max(span.from.ms, at)) });
  }

  zhihui.time.now = () => now;

  zhihui.film = {
    open, seek, play, pause, stepOn, stepBack, ask, before, turn,
    toggle: () => (playing ? pause() : play()),
    now: () => now,
    span: () => span,
    playing: () => playing,
    speed: () => speed,
    /** Whether it stands because the next piece is not here yet. */
    waiting: () => seeking || (playing && reached !== null && now >= reached.ms && !atEnd()),
    setSpeed(times) {
      speed = times;
      tell();
    },
  };
})(window.zhihui);
