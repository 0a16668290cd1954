/* The ticker: the last facts in words, newest first, as many as stand whole. */
(function (zhihui) {
  "use strict";
  const MOST = 24;
  const PACE = 1000; // ms: a burst is read line by line by nobody, and a line that jumps is read by nobody either
  let drawnAt = -PACE;
  let timer = 0;

  /** Values for the sentence of a fact: codes become words, the level its numeral. */
  function words(line) {
    const args = Object.assign({ title: "", unit: "", place: "" }, line.args);
    args.title = zhihui.title(args.title);
    for (const [name, words] of Object.entries(args)) if (words && zhihui.boot.lang === "en" && name.endsWith("_en")) args[name.slice(0, -3)] = words;
    if (args.severity) args.level = zhihui.level(args.severity);
    if (args.class) args.class_name = zhihui.boot.lang === "en" ? zhihui.classOf(args.class).name_en : zhihui.classOf(args.class).name;
    if (args.unit_name) args.unit = args.unit_name;
    if (args.step) args.step_name = zhihui.text("step." + args.step);
    return zhihui.text("event." + line.kind, args);
  }

  function item(line) {
    const made = zhihui.make("span", "line clip");
    const text = words(line);
    made.append(zhihui.make("time", "", zhihui.timeOfDay(Date.parse(line.at))), text);
    made.title = text;
    made.dataset.seq = line.seq;
    return made;
  }

  function render() {
    timer = 0;
    drawnAt = performance.now();
    const box = document.getElementById("ticker");
    if (!box) return;
    const lines = zhihui.store.panels.ticker.filter((line) => zhihui.hasText("event." + line.kind)).slice(0, MOST);
    if (!lines.length) {
      box.replaceChildren(zhihui.make("span", "secondary", zhihui.seq ? zhihui.text("ticker.empty") : ""));
      return;
    }
    box.replaceChildren(...lines.map(item));
    trim(box);
  }

  /** Lines that do not stand whole go; the newest stays, cut with dots where it must be. */
  function trim(box) {
    const end = box.clientWidth - parseFloat(getComputedStyle(box).paddingRight);
    const items = Array.from(box.children);
    const first = items.findIndex((one, i) => i > 0 && one.offsetLeft - box.offsetLeft + one.offsetWidth > end);
    if (first > 0) items.slice(first).forEach((one) => one.remove());
  }

  function soon() {
    if (!timer) timer = setTimeout(render, Math.max(0, drawnAt + PACE - performance.now()));
  }

  zhihui.on("board", soon);
  zhihui.on("resized", soon);
  zhihui.on("patch", (patch) => patch.panels && patch.panels.ticker && soon());
  zhihui.ticker = { start: render, words };
})(window.zhihui);
