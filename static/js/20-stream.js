/*
 * The stream: fetch the whole board, then follow it over a WebSocket for ever.
 * Whatever goes wrong ends in the same place: wait a little (longer each time, never in step with the
 * other screens), connect again after the seq held, and let the digest say whether the picture is true.
 */
(function (zhihui) {
  "use strict";
  const BEAT = 2000; // ms between heartbeats
  const STALE = 2 * BEAT + 1000; // two missed, and a little patience
  const FIRST_WAIT = 250;
  const LONGEST_WAIT = 15000;
  const CONNECT_PATIENCE = 10000;
  const REFETCH_GAP = 5000; // between two whole boards asked for because the digest differed
  const DOOMED = 4401; // the server has withdrawn this screen's right to look
  let socket = null;
  let socketSince = 0; // performance.now() of its making
  let mismatchAt = -REFETCH_GAP;
  let attempts = 0;
  let timer = null;
  let loading = null; // the running fetch of /state
  let held = false; // whether a whole board was ever loaded
  let swaps = 0; // how often the stream brought a whole board itself
  let pending = []; // patches that came while the board was being fetched
  const PENDING_MAX = 2000;

  function say(connected) {
    if (zhihui.connected === connected) return;
    zhihui.connected = connected;
    zhihui.emit("connection", connected);
  }

  /** A browser may hold a desk and several walls: a wall says which it is. */
  function query(extra) {
    const wall = zhihui.boot.wall ? { wall: zhihui.boot.wall } : {};
    return new URLSearchParams(Object.assign({ realm: zhihui.realm }, wall, extra)).toString();
  }

  /** Ask for the board; 401 and 403 mean that this screen may not look any more. */
  async function load() {
    if (loading) return loading;
    pending = [];
    const before = swaps;
    const { realm } = zhihui;
    loading = (async () => {
      const answer = await fetch("/api/v1/state?" + query(), { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (answer.status === 401 || answer.status === 403) throw Object.assign(new Error("forbidden"), { forbidden: true });
      if (!answer.ok) throw new Error("state " + answer.status);
      const state = await answer.json();
      if (realm !== zhihui.realm) throw new Error("of another realm");
      held = true;
      if (swaps !== before) return;
      zhihui.store.load(state);
      pending.filter((patch) => patch.seq > state.seq).forEach((patch) => take(patch));
    })();
    try {
      await loading;
    } finally {
      loading = null;
      pending = [];
    }
    return undefined;
  }

  async function attach() {
    timer = null;
    try {
      if (!held) await load();
    } catch (error) {
      if (error.forbidden) return doomed();
      return again();
    }
    return open();
  }

  function open() {
    const scheme = location.protocol === "https:" ? "wss://" : "ws://";
    const mine = new WebSocket(scheme + location.host + "/api/v1/stream?" + query({ after: zhihui.seq, ...(zhihui.store.veiled() ? { veiled: 1 } : {}) }));
    socket = mine;
    socketSince = performance.now();
    mine.onmessage = (message) => socket === mine && hear(JSON.parse(message.data));
    mine.onclose = (close) => socket === mine && lost(close.code);
    mine.onerror = () => {};
  }

  function lost(code) {
    socket = null;
    say(false);
    if (code === DOOMED) doomed();
    else again();
  }

  /** Revoked: forget everything, tell the page, and ask again only now and then. */
  function doomed() {
    held = false;
    part();
    say(false);
    zhihui.store.clear();
    zhihui.emit("forbidden", null);
    clearTimeout(timer);
    timer = setTimeout(attach, 30000 + Math.random() * 30000);
  }

  function again() {
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(attempts, 16));
    attempts += 1;
    clearTimeout(timer);
    timer = setTimeout(attach, longest * (0.5 + Math.random() / 2));
  }

  /** A socket may be silent without being closed: close it by our own hand, do not wait for TCP to notice. */
  function watch() {
    if (zhihui.connected && zhihui.age() > STALE) say(false);
    if (!socket) return;
    const since = performance.now() - socketSince;
    const patience = socket.readyState === WebSocket.CONNECTING ? CONNECT_PATIENCE : STALE;
    if (Math.min(since, zhihui.age()) > patience) drop();
  }

  /** Give up the socket, if there is one: whatever it still says is not heard. */
  function part() {
    const old = socket;
    socket = null;
    if (old) old.close();
  }

  function drop() {
    part();
    lost(0);
  }

  /** The server no longer knows what came after our seq: begin again, keeping the picture meanwhile; not if
   * this wall may not show it any more. */
  function restart(forget) {
    held = false;
    part();
    if (forget) zhihui.store.clear();
    again();
  }

  /** The whole board again; the socket stays open and what it says meanwhile waits in `pending`. */
  function refetch() {
    if (loading) return;
    load().catch((error) => {
      if (error.forbidden) return doomed();
      held = false;
      return socket && drop();
    });
  }

  /** All that this wall may show from now on: hidden, no more than that it is. What is being fetched is of before. */
  function swap(state) {
    swaps += 1;
    zhihui.store.load(state);
  }

  function take(patch) {
    if (loading && pending.length < PENDING_MAX) pending.push(patch);
    if (zhihui.store.fold(patch)) zhihui.emit("folded", patch);
  }

  /** At the same seq the digests must be the same; a screen that is wrong knows it and asks again. */
  function prove(heartbeat) {
    if (loading || !heartbeat.hash) return;
    const same = heartbeat.hash === zhihui.hash();
    if (same && heartbeat.head > zhihui.seq) zhihui.seq = heartbeat.head; // facts that draw nothing for us
    if (same || heartbeat.head !== zhihui.seq || performance.now() - mismatchAt < REFETCH_GAP) return;
    mismatchAt = performance.now();
    zhihui.emit("mismatch", heartbeat);
    refetch();
  }

  function beat(heartbeat) {
    zhihui.time.heartbeat(heartbeat);
    attempts = 0;
    prove(heartbeat);
    zhihui.emit("heartbeat", heartbeat);
  }

  function hear(message) {
    zhihui.time.heard();
    if (message.bye) return undefined; // the close code follows and says the same
    say(true);
    if (message.heartbeat) return beat(message.heartbeat);
    if (message.positions) return zhihui.store.move(message.positions);
    if (message.state) return swap(message.state);
    if (message.live) return zhihui.emit("live", message.live);
    if (message.notices !== undefined) return zhihui.emit("told", message.notices);
    if (message.reset !== undefined) return restart(message.forget);
    if (message.seq !== undefined) return take(message);
    return undefined;
  }

  /** Another world on the same page: nothing of the old one is kept. */
  zhihui.on("realm", () => {
    held = false;
    part();
    say(false);
    zhihui.store.clear();
    clearTimeout(timer);
    attach();
  });

  zhihui.stream = {
    start() {
      attach();
      setInterval(watch, 1000);
    },
    /** Send to the server if it listens; what a screen says is never worth keeping. */
    send(message) {
      if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    stale: () => zhihui.age() > STALE,
  };
})(window.zhihui);
