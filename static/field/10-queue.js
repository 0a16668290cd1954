/*
 * What was done on this phone and has not reached the server: one row an act in IndexedDB, in the order in which
 * it was done, each with its Idempotency-Key and the time it happened. Sent in that order; what the server refuses
 * is kept until it was read. An act may hang on another one's answer: `after` is that one's key, and "{id}" in its
 * path becomes what that one made.
 */
(function (zhihui) {
  "use strict";
  const NAME = "zhihui-field";
  const LONGEST_WAIT = 60000; // ms
  const PATIENCE = 60000; // ms for one answer
  const AGAIN = new Set([401, 408, 425, 429]); // beside 5xx: not this act's fault
  const who = zhihui.boot.user || {};
  const mine = zhihui.realm === "live" ? who.id : who.id + " " + zhihui.realm; // what was done in a drill stays there
  let rows = []; // as in the database, oldest first
  let settled = []; // [when, row]: sent, and not yet in what the server was asked
  let tries = 0;
  let timer = 0;
  let sending = false;

  /** Milliseconds that the realm's clock is ahead of this phone's `rate` times as fast, as last heard; a drill's runs
   * otherwise than live's. */
  const CLOCK = zhihui.realm === "live" ? "zhihui.ahead" : "zhihui.ahead." + zhihui.realm;
  let rate = Number(localStorage.getItem(CLOCK + ".rate") ?? 1);
  let ahead = Number(localStorage.getItem(CLOCK)) || 0;
  const now = () => new Date(Date.now() * rate + ahead).toISOString();

  const opened = new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("acts", { keyPath: "n", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

  /** One request on the store; its result once the transaction is on disk. */
  async function store(mode, act) {
    const database = await opened;
    return new Promise((resolve, reject) => {
      const transaction = database.transaction("acts", mode, { durability: "strict" });
      const asked = act(transaction.objectStore("acts"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  async function read() {
    const all = await store("readonly", (acts) => acts.getAll());
    rows = all.filter((row) => row.by === mine);
    zhihui.emit("queue", rows);
  }

  /** Without crypto.subtle, which plain http lacks: 128 random bits. */
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");

  zhihui.address = function (path, query) {
    const asked = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang, ...query });
    if (who.kind === "unit") asked.set("unit", "1");
    return "/api/v1" + path + "?" + asked;
  };

  /** Put acts into the queue, all or none: [{says, path, body | photo, after}]; their keys. */
  async function put(acts) {
    const at = now();
    const made = acts.map((act) => ({ key: act.key || newKey(), by: mine, at, state: "waiting", ...act }));
    const database = await opened;
    await new Promise((resolve, reject) => {
      const transaction = database.transaction("acts", "readwrite", { durability: "strict" });
      made.forEach((row) => transaction.objectStore("acts").add(row));
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
    await read();
    soon(0);
    return made.map((row) => row.key);
  }

  /** What the last answer of the server does not know yet: screens show it as done. */
  const pending = () => [...settled.map(([, row]) => row), ...waits()];
  const waits = () => rows.filter((row) => row.state === "waiting");
  /** The first act that does not hang on one that was refused. */
  const first = () => waits().find((row) => !row.after || !rows.some((other) => other.key === row.after));

  async function send(row) {
    const headers = { "Idempotency-Key": row.key };
    const photo = row.photo;
    if (!photo) headers["Content-Type"] = "application/json";
    const query = photo ? { name: row.name, verb: row.verb, occurred_at: row.at } : {};
    const body = photo || JSON.stringify(row.list ? [{ ...row.body, occurred_at: row.at }] : { ...row.body, occurred_at: row.at });
    return fetch(zhihui.address(row.path, query), { method: "POST", headers, body, signal: AbortSignal.timeout(PATIENCE) });
  }

  async function drain() {
    if (sending) return;
    sending = true;
    try {
      for (let row = first(); row; row = first()) {
        const answer = await send(row);
        if (answer.status >= 500 || AGAIN.has(answer.status)) throw new Error("status " + answer.status);
        if (answer.ok) await done(row, await answer.json());
        else await refused(row, await answer.json().catch(() => ({ title: String(answer.status) })));
        tries = 0;
        zhihui.emit("reached", true);
      }
    } catch (error) {
      zhihui.emit("reached", /status 401/.test(error.message) ? "login" : false);
      tries += 1;
    } finally {
      sending = false;
    }
    if (first()) soon(Math.min(LONGEST_WAIT, 1000 * 2 ** Math.min(tries, 6)) * (0.5 + Math.random() / 2));
  }

  /** What hung on it learns what it made, before it is forgotten. */
  async function done(row, answer) {
    const made = { "{id}": answer.id || (answer.incidents || [])[0], "{visit}": (answer.visits || [])[0] };
    const named = (path) => path.replace(/\{\w+\}/, (part) => encodeURIComponent(made[part]));
    for (const other of rows.filter((one) => one.after === row.key)) {
      await store("readwrite", (acts) => acts.put({ ...other, after: null, path: named(other.path) }));
    }
    await store("readwrite", (acts) => acts.delete(row.n));
    settled.push([performance.now(), row]);
    await read();
    zhihui.emit("sent", row);
  }

  /** What was sent before the server was asked is in its answer. */
  function forget(asked) {
    settled = settled.filter(([at]) => at > asked);
  }

  async function refused(row, problem) {
    await store("readwrite", (acts) => acts.put({ ...row, state: "refused", problem }));
    await read();
    zhihui.emit("sent", row);
  }

  /** Somebody has read why it was refused: it goes, and what hung on it. */
  async function dismiss(row) {
    for (const one of rows.filter((other) => other.n === row.n || other.after === row.key)) {
      await store("readwrite", (acts) => acts.delete(one.n));
    }
    await read();
    soon(0);
  }

  function soon(ms) {
    clearTimeout(timer);
    timer = setTimeout(drain, ms);
  }

  function setNow(server, fast) {
    rate = fast;
    ahead = new Date(server).getTime() - Date.now() * rate;
    localStorage.setItem(CLOCK, String(Math.round(ahead)));
    localStorage.setItem(CLOCK + ".rate", String(rate));
  }

  window.addEventListener("online", () => soon(0));
  zhihui.queue = { put, dismiss, newKey, now, setNow, rows: () => rows, waiting: waits, pending, forget, again: () => soon(0) };
  read().then(() => soon(0));
})(window.zhihui);
