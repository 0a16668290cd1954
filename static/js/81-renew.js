/* A new version of the server: load the page anew, once, and only when it will be there. */
(function (zhihui) {
  "use strict";
  const KEY = "zhihui.renewed";
  const PATIENCE = 30000;
  let asking = false;

  function renewedFor(version) {
    try {
      return sessionStorage.getItem(KEY) === version;
    } catch (error) {
      return true; // no memory, no reload: never in a circle
    }
  }

  /** Reload only if the page answers now; a browser's own error page would stay for ever. */
  async function reload(version) {
    if (asking) return;
    asking = true;
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
      if (!answer.ok) return;
      if (version) sessionStorage.setItem(KEY, version);
      location.reload();
    } catch (error) {
      // not there: the next heartbeat asks again
    } finally {
      asking = false;
    }
  }

  function busy() {
    const fields = Array.from(document.querySelectorAll("textarea, .field input[type='text']"));
    return fields.some((field) => field.value.trim() !== "") || document.querySelector(".import-map-row, [role='dialog']") !== null;
  }

  zhihui.on("heartbeat", ({ version }) => {
    if (!version || !zhihui.boot.version || version === zhihui.boot.version || renewedFor(version)) return;
    if (zhihui.hands && busy()) return; // nobody loses what they type
    reload(version);
  });

  // A page whose layout never came (the server died meanwhile) tries again by itself.
  setInterval(() => {
    if (zhihui.boot.page && !document.querySelector("#clock, #toast")) reload();
  }, PATIENCE);
})(window.zhihui);
