/* Queues of the desk and what narrows them: which incidents the list has, and how many each queue counts. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const KEEP = "zhihui.narrow." + zhihui.realm;
  const me = (zhihui.boot.user || {}).name;

  const clock = (p) => (p.deadline ? zhihui.clockState(p.deadline) : "none");
  const QUEUES = {
    open: (p) => zhihui.isOpen(p),
    near: (p) => zhihui.isOpen(p) && clock(p) === "near",
    over: (p) => zhihui.isOpen(p) && clock(p) === "over",
    waiting: (p) => p.status === "reported" || p.status === "accepted",
    mine: (p) => zhihui.isOpen(p) && (p.hands || []).includes(me),
    all: () => true,
  };
  const NAMES = Object.keys(QUEUES);
  const TIMED = new Set(["near", "over"]); // these change by the passing of time alone

  let queue = "open";
  let narrow = Object.assign({ levels: [], group: "", district: "", channel: "", words: "" }, zhihui.kept(KEEP));

  const narrowed = () => Boolean(narrow.levels.length || narrow.group || narrow.district || narrow.channel || narrow.words);

  function passes(p) {
    if (narrow.levels.length && !narrow.levels.includes(p.severity)) return false;
    if (narrow.group && zhihui.classOf(p.class).group !== narrow.group) return false;
    if (narrow.district && !(p.area || "").startsWith(narrow.district)) return false;
    if (narrow.channel && p.channel !== narrow.channel) return false;
    return !narrow.words || zhihui.queues.says(p, narrow.words);
  }

  /** Every queue's ids in one pass over the board, in the order they are read. */
  function sorted() {
    const found = Object.fromEntries(NAMES.map((name) => [name, []]));
    for (const id of zhihui.order.all()) {
      const feature = zhihui.store.get("incidents", id);
      if (!feature || !passes(feature.properties)) continue;
      for (const name of NAMES) if (QUEUES[name](feature.properties)) found[name].push(id);
    }
    return found;
  }

  let frame = 0;
  let now = sorted();

  function count() {
    now = sorted();
    document.querySelectorAll("[data-filter]").forEach((chip) => {
      const name = chip.dataset.filter;
      zhihui.setText(chip.lastElementChild, zhihui.seq ? String(now[name].length) : "–");
      chip.setAttribute("aria-pressed", String(name === queue));
    });
    title();
  }

  /** How many wait stands in the tab, for whoever looks at another one; before narrowing, all of them. */
  function title() {
    const waiting = zhihui.order.ids().filter((id) => QUEUES.waiting(zhihui.store.get("incidents", id).properties)).length;
    const words = (waiting ? "(" + waiting + ") " : "") + zhihui.text("desk.page_title");
    if (document.title !== words) document.title = words;
  }

  function soon() {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      count();
    });
  }

  function choose(name) {
    queue = name;
    again();
  }

  function again() {
    count();
    zhihui.list.of(() => {
      now = sorted();
      return now[queue];
    });
  }

  zhihui.queues = {
    narrowed,
    narrow: () => narrow,
    /** Change what narrows the queues; remembered at this seat. */
    set(changes) {
      narrow = Object.assign({}, narrow, changes);
      zhihui.keep(KEEP, Object.assign({}, narrow, { words: "" }));
      again();
      zhihui.emit("narrowed", narrow);
    },
    clear: () => zhihui.queues.set({ levels: [], group: "", district: "", channel: "", words: "" }),
    /** The next queue to the right or left. */
    turn: (by) => choose(NAMES[(NAMES.indexOf(queue) + by + NAMES.length) % NAMES.length]),
    empty: () => (queue === "open" || queue === "all" ? "list.empty" : "list.empty_queue"),
    /** Whether an incident's number, title or place has these words (lower case). */
    says: (p, words) => [p.number, p.title, zhihui.title(p.title), p.place, p.address, p.text].join(" ").toLowerCase().includes(words),
  };

  zhihui.on("incidents", soon);
  zhihui.on("second", () => {
    count();
    if (TIMED.has(queue)) zhihui.list.refresh();
  });
  zhihui.whenThere("incident-list", again);

  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-filter]");
    if (chip) choose(chip.dataset.filter);
  });
})(window.zhihui);
