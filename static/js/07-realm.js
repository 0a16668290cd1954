/*
 * A drill's realm says so on every screen: 演练 and its name across all of it, faint and out of the pointer's way, and
 * on a badge in the bar that says how the drill stands. Beside it, what a page of a realm must not forget: its links
 * stay in the realm. The page may change its realm (zhihui.enter); what stands here is then of the new one.
 *   zhihui.drill   the drill as known here {name, status, …}, null in other realms; "drill" is emitted when it changes
 */
(function (zhihui) {
  "use strict";
  const PREFIX = "drill:";
  const TIMES = 480; // how often the words stand on a screen: enough for 32:9 and a short name
  const OF_REALM = new Set(["desk", "wall", "field", "cases", "plans", "alerts", "handover", "briefing", "walls", "reports", "places"]);
  const TOLD = ["name", "name_en", "status", "why", "aborted", "by", "since", "speed", "asked", "recalled"];
  const root = document.documentElement;
  let shown = ""; // the words now on the screen
  let live = ""; // how many grave incidents live has

  const isDrill = () => zhihui.realm.startsWith(PREFIX);
  const text = (key, args) => zhihui.text(key, args);

  zhihui.drill = zhihui.boot.drill || null;
  zhihui.drillName = () => (zhihui.drill && ((zhihui.boot.lang === "en" && zhihui.drill.name_en) || zhihui.drill.name)) || "";

  /** A CSS string. */
  const quoted = (words) => '"' + words.replace(/["\\]/g, "\\$&").replace(/\n/g, " ") + '"';

  function state() {
    const { status, aborted, speed } = zhihui.drill || {};
    if (status === "running") return speed > 1 ? text("realm.speed", { n: speed }) : "";
    return status ? text("realm.state." + (aborted ? "aborted" : status)) : "";
  }

  function draw() {
    const words = isDrill() ? text("realm.mark", { name: zhihui.drillName() }) : "";
    const badge = isDrill() ? [text("realm.badge"), state(), live].filter(Boolean).join(" ") : "";
    root.classList.toggle("in-drill", isDrill());
    root.style.setProperty("--drill-badge", quoted(badge));
    if (words === shown && Boolean(words) === Boolean(mark())) return;
    shown = words;
    if (mark()) mark().remove();
    if (words) document.body.append(watermark(words));
  }

  const mark = () => document.getElementById("drill-watermark");

  function watermark(words) {
    const made = zhihui.make("div");
    made.id = "drill-watermark";
    made.setAttribute("aria-hidden", "true"); // the badge is read
    const across = made.appendChild(zhihui.make("p"));
    for (let n = 0; n < TIMES; n += 1) across.append(zhihui.make("span", "", words), " ");
    return made;
  }

  /** What is known of the drill now; `told` may hold more than is kept. */
  zhihui.drillTold = function (told) {
    const fresh = told && Object.fromEntries(TOLD.map((name) => [name, told[name]]));
    if (JSON.stringify(fresh) === JSON.stringify(zhihui.drill)) return;
    zhihui.drill = fresh;
    draw();
    zhihui.emit("drill", fresh);
  };

  /** How much that is grave stands open in live: [[level, n]]. */
  zhihui.liveCounts = function (counts) {
    const some = counts.filter(([, n]) => n).map(([level, n]) => zhihui.level(level) + " " + n);
    live = some.length ? text("realm.live", { counts: some.join(" · ") }) : "";
    draw();
  };

  /** Another realm on the same page: the stream begins anew there (20-stream.js). */
  zhihui.enter = function (realm) {
    if (realm === zhihui.realm) return;
    zhihui.realm = realm;
    live = "";
    zhihui.drillTold(null);
    draw();
    zhihui.emit("realm", realm);
  };

  function look() {
    const held = isDrill() && zhihui.store && zhihui.store.get("drills", zhihui.realm);
    if (held) zhihui.drillTold(held.properties);
  }

  /** Whoever goes on from a page of a drill stays in the drill. */
  function keep(event) {
    const link = event.target.closest && event.target.closest("a[href]");
    if (!link || !isDrill() || link.origin !== location.origin) return;
    const address = new URL(link.href);
    if (!OF_REALM.has(address.pathname.split("/")[1]) || address.searchParams.has("realm")) return;
    address.searchParams.set("realm", zhihui.realm);
    link.href = address.pathname + address.search + address.hash;
  }

  /** The same for an address that a script goes to. */
  zhihui.inRealm = (address) => (isDrill() ? address + (address.includes("?") ? "&" : "?") + "realm=" + zhihui.realm : address);

  zhihui.on("board", look);
  zhihui.on("patch", (patch) => (patch.upsert || {}).drills && look());
  for (const name of ["click", "auxclick", "contextmenu"]) document.addEventListener(name, keep, true);
  draw();
})(window.zhihui);
