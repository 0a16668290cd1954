/* The ticker: the last facts in words, newest first, as many as there is room for. */
(function (zhihui) {
  "use strict";

  /** Values for the sentence of a fact: codes become words, the level its numeral. */
  function words(line) {
    const args = Object.assign({ title: "", unit: "", place: "" }, line.args);
    args.title = zhihui.title(args.title);
    if (args.severity) args.level = zhihui.level(args.severity);
    if (args.class) args.class_name = zhihui.boot.lang === "en" ? zhihui.classOf(args.class).name_en : zhihui.classOf(args.class).name;
    if (args.unit_name) args.unit = args.unit_name;
    if (args.step) args.step_name = zhihui.text("step." + args.step);
    return zhihui.text("event." + line.kind, args);
  }

  function render() {
    const box = document.getElementById("ticker");
    if (!box) return;
    const lines = zhihui.store.panels.ticker.filter((line) => zhihui.hasText("event." + line.kind)).slice(0, 8);
    if (!lines.length) {
      box.replaceChildren(zhihui.make("span", "secondary", zhihui.text("ticker.empty")));
      return;
    }
    box.replaceChildren(...lines.map((line) => {
      const item = zhihui.make("span", "line clip");
      const text = words(line);
      item.append(zhihui.make("time", "", zhihui.timeOfDay(Date.parse(line.at))), text);
      item.title = text;
      item.dataset.seq = line.seq;
      return item;
    }));
  }

  zhihui.eventWords = words;
  zhihui.on("board", render);
  zhihui.on("patch", (patch) => patch.panels && patch.panels.ticker && render());
  zhihui.ticker = { start: render };
})(window.zhihui);
