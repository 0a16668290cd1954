/*
 * What is said over whatever scene stands: nothing at all (保密: the whole picture is gone, also after a reload and
 * without a network), a message strip, and in the bar small marks of who holds the wall and what turns on it.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "wall") return;
  const KEPT = "zhihui.veiled." + zhihui.boot.wall;
  const FIGURE_SPACE = "\u2007";
  const root = document.documentElement;
  const veil = zhihui.make("div", "veil");
  const clock = zhihui.make("div", "veil-clock");
  let strip = null;
  let marks = null;
  let p = {};

  zhihui.veiled = () => root.classList.contains("veiled");

  /** Remembered here, so that a page loaded anew shows nothing even before it has heard from the server. */
  function cover(on) {
    root.classList.toggle("veiled", on);
    if (Boolean(zhihui.kept(KEPT).on) !== on) zhihui.keep(KEPT, { on });
  }

  function say() {
    const page = document.querySelector(".wall-page");
    if (!page) return;
    strip = strip || page.appendChild(zhihui.make("div", "message-strip"));
    marks = marks || page.querySelector(".bar").insertBefore(zhihui.make("div", "wall-marks"), page.querySelector("#freshness"));
    const over = p.strip_until && Date.parse(p.strip_until) <= zhihui.time.now(); // also where nobody says so
    const text = (!over && p.strip) || "";
    strip.hidden = !text;
    zhihui.setText(strip, text);
    mark();
  }

  /** What the bar tells of the wall's direction: pinned, locked by whom, which scene of how many, until when. */
  function words() {
    const found = [];
    if (p.locked_by) found.push(zhihui.text("wall.locked_by", { by: p.locked_by }));
    if (p.pinned) found.push(zhihui.text("wall.pinned"));
    const turns = p.rotation;
    if (turns && !p.turning) found.push(zhihui.text("wall.rotation_stopped"));
    else if (turns) found.push(zhihui.text("wall.rotation", { n: 1 + turns.at, of: turns.scenes.length, s: left(turns) }));
    else if (p.until) found.push(zhihui.text("wall.until", { time: zhihui.timeOfDay(Date.parse(p.until)) }));
    return found;
  }

  /** Seconds until the next scene. */
  function left({ next_at: at, every_s: all }) {
    const seconds = Math.max(0, Math.ceil((Date.parse(at) - zhihui.time.now()) / 1000));
    return String(seconds).padStart(String(Math.round(all)).length, FIGURE_SPACE); // so that what stands before it stays
  }

  function mark() {
    const found = words();
    while (marks.children.length > found.length) marks.lastChild.remove();
    found.forEach((text, i) => zhihui.setText(marks.children[i] || marks.appendChild(zhihui.make("span", "clip")), text));
  }

  veil.append(clock, zhihui.make("div", "veil-words", zhihui.text("wall.veiled")));
  document.body.append(veil);
  cover(Boolean(zhihui.boot.blank || zhihui.kept(KEPT).on)); // also in a browser that is new here

  zhihui.on("directed", (now) => {
    p = now;
    // a wall that is told nothing of itself (its token was made anew for another area) stays covered
    if ("blank" in p) cover(p.blank);
    say();
  });
  zhihui.on("second", () => {
    zhihui.setText(clock, zhihui.timeOfDay(zhihui.time.now()).slice(0, 5));
    say();
  });
})(window.zhihui);
