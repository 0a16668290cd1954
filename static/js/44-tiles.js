/*
 * Vector tiles of the server: fetched with patience, decoded once, kept in a bounded cache.
 * A tile that does not come is asked for again until nobody wants it any more.
 */
(function (zhihui) {
  "use strict";
  const BYTES_MAX = 12e6; // as sent; decoded they take some six times as much
  const FRESH = 600000; // ms; then asked again (the server answers 304 when nothing changed)
  const ASKED_ANEW = 90000; // ms after an import in which the browser's own copies are not believed
  const FIRST_WAIT = 1000;
  const LONGEST_WAIT = 30000;
  const held = new Map(); // address → {layers, bytes, at}, least lately used first
  let bytes = 0;
  let imports = null; // how many the server has told of
  let importedAt = -Infinity; // performance.now() when it told of the last

  function keep(address, layers, size) {
    drop(address);
    held.set(address, { layers, bytes: size, at: performance.now() });
    bytes += size;
    for (const oldest of held.keys()) {
      if (bytes <= BYTES_MAX) break;
      drop(oldest);
    }
  }

  function drop(address) {
    const old = held.get(address);
    if (!old) return;
    bytes -= old.bytes;
    held.delete(address);
  }

  function known(address) {
    const found = held.get(address);
    if (!found || performance.now() - found.at > FRESH) return null;
    held.delete(address);
    held.set(address, found);
    return found.layers;
  }

  /** Leaves nothing behind on the signal: a server may be away for days, and each tile waits again and again. */
  const pause = (ms, signal) => new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });

  /** Layers of one tile; what the server does not know is empty. */
  async function ask(address, signal) {
    const cache = performance.now() - importedAt < ASKED_ANEW ? "no-cache" : "default";
    const answer = await fetch(address, { signal, cache });
    if (answer.status === 404 || answer.status === 400 || answer.status === 204) return {};
    if (!answer.ok) throw new Error("tile " + answer.status);
    const body = new Uint8Array(await answer.arrayBuffer());
    const layers = zhihui.mvt(body);
    keep(address, layers, body.length + 200);
    return layers;
  }

  /** Places were imported: nothing that is kept is sure to be true, and what is drawn asks again. */
  zhihui.on("heartbeat", ({ imports: now }) => {
    if (now === undefined || now === imports) return;
    const first = imports === null;
    imports = now;
    if (first) return;
    importedAt = performance.now();
    Array.from(held.keys()).forEach(drop);
    zhihui.emit("imported", null);
  });

  zhihui.tiles = {
    /** Promise of {part: {extent, features}}; never refused but by the signal. */
    async get(layer, z, x, y, signal) {
      const address = "/api/v1/layers/" + layer + "/tiles/" + z + "/" + x + "/" + y + ".mvt?realm=" + encodeURIComponent(zhihui.realm);
      for (let attempt = 0; ; attempt++) {
        signal.throwIfAborted();
        const found = known(address);
        if (found) return found;
        try {
          return await ask(address, signal);
        } catch (error) {
          if (signal.aborted) throw error;
          await pause(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt) * (0.5 + Math.random() / 2), signal);
        }
      }
    },
    /** How much is kept: tiles and bytes. */
    held: () => ({ tiles: held.size, bytes }),
  };
})(window.zhihui);
