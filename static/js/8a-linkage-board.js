/* The departments of a response as a board: each with its most urgent task and its clock, in a place of its own.
   On the desk every task stands under its department, with the buttons that the caller gives. */
(function (zhihui) {
  "use strict";
  const URGENCY = ["late", "assigned", "under_way", "acknowledged", "waiting", "done", "cancelled"];
  const LONG = 152; // pixels at 1080 lines: longer names stand in smaller letters
  const EXACT = 600; // s: what is under way counts its seconds only at the end
  const boards = new Set();
  let due = false;

  const late = (p) => Boolean(p.deadline) && zhihui.clockState(p.deadline) === "over";
  const stateOf = (task) => (late(task.properties) ? "late" : task.properties.status);
  const urgency = (task) => URGENCY.indexOf(stateOf(task));
  const dueAt = (task) => (task.properties.deadline ? Date.parse(task.properties.deadline.due_at) : Infinity);
  const mostUrgent = (a, b) => urgency(a) - urgency(b) || dueAt(a) - dueAt(b) || a.properties.order - b.properties.order;

  /** The tasks of a response in their order. */
  function tasksOf(linkage) {
    const found = Array.from(zhihui.store.layer("tasks").values()).filter((task) => task.properties.linkage === linkage);
    return found.sort((a, b) => a.properties.order - b.properties.order || (a.id < b.id ? -1 : 1));
  }

  /** [{office, tasks, lead: the most urgent, state, done, all}], each where its first task stands in the response. */
  function officesOf(linkage) {
    const found = new Map();
    for (const task of tasksOf(linkage)) {
      const { owner } = task.properties;
      if (!found.has(owner)) found.set(owner, []);
      found.get(owner).push(task);
    }
    return Array.from(found, ([office, tasks]) => summed(office, tasks));
  }

  function summed(office, tasks) {
    const [lead] = tasks.slice().sort(mostUrgent);
    const counted = tasks.filter((task) => task.properties.status !== "cancelled");
    const done = counted.filter((task) => task.properties.status === "done").length;
    return { office, tasks, lead, state: stateOf(lead), done, all: counted.length };
  }

  /** "签收余 32 秒", "办理中 · 超时 2 分", "已完成". */
  function words({ properties: p }) {
    const state = zhihui.text("linkage.state." + p.status);
    if (!p.deadline) return state;
    const heard = p.status !== "assigned";
    const time = zhihui.clockTime(p.deadline, heard ? EXACT : undefined);
    const clock = zhihui.text("linkage." + (late(p) ? "over." : "left.") + p.deadline.step, { time });
    return heard ? state + " · " + clock : clock;
  }

  const titleOf = ({ properties: p }) => (zhihui.boot.lang === "en" ? p.title_en || p.title : p.title);

  /* --- one board in an element --- */

  class Board {
    constructor(element, linkage, options) {
      Object.assign(this, { element, linkage, options, rows: new Map(), tasks: new Map() });
      element.classList.add("linkage-board");
      this.update();
    }

    /** Departments in the order they stand; where there is no room for all, the most urgent of them. */
    shown() {
      const { first, room } = this.options;
      const all = officesOf(this.linkage);
      if (first) all.sort((a, b) => first(b.office) - first(a.office));
      const most = room ? room() : Infinity;
      if (all.length <= most) return [all, []];
      const urgent = all.slice().sort((a, b) => mostUrgent(a.lead, b.lead)).slice(0, Math.max(0, most - 1));
      return [all.filter((one) => urgent.includes(one)), all.filter((one) => !urgent.includes(one))];
    }

    update() {
      const [shown, rest] = this.shown();
      const wanted = new Set(shown.map((one) => one.office));
      this.rows.forEach((row, office) => {
        if (wanted.has(office)) return;
        row.remove();
        this.rows.delete(office);
      });
      shown.forEach((one, place) => this.stand(one, place));
      this.tell(rest);
      this.count();
    }

    stand(one, place) {
      const row = this.rows.get(one.office) || rowOf(one.office);
      this.rows.set(one.office, row);
      const there = this.element.children[place];
      if (there !== row) this.element.insertBefore(row, there || null);
      zhihui.setText(row.querySelector(".board-count"), one.all > 1 ? one.done + "/" + one.all : "");
      if (this.options.buttons) this.listTasks(row, one.tasks);
    }

    /** What has no place of its own is told in the last one. */
    tell(rest) {
      const old = this.element.querySelector(".board-rest");
      if (!rest.length) return old && old.remove();
      const note = old || zhihui.make("div", "board-office scene-block board-rest");
      const done = rest.filter((one) => one.state === "done").length;
      zhihui.setText(note, zhihui.text("linkage.more_offices", { n: rest.length, done }));
      return this.element.append(note);
    }

    listTasks(row, tasks) {
      const list = row.querySelector(".board-tasks") || row.appendChild(zhihui.make("div", "board-tasks"));
      tasks.forEach((task, place) => {
        const line = this.tasks.get(task.id) || taskRow(task.id);
        this.tasks.set(task.id, line);
        if (list.children[place] !== line) list.insertBefore(line, list.children[place] || null);
        if (line.dataset.seq === String(task.properties.seq)) return;
        line.dataset.seq = task.properties.seq;
        say(line.querySelector(".board-title"), titleOf(task));
        line.querySelector(".board-buttons").replaceChildren(...this.options.buttons(task));
      });
      while (list.children.length > tasks.length) list.lastChild.remove();
    }

    /** What runs by itself: clocks, and what is late by now. */
    count() {
      const found = new Map(officesOf(this.linkage).map((one) => [one.office, one]));
      this.rows.forEach((row, office) => found.has(office) && run(row, found.get(office).lead));
      this.tasks.forEach((line, id) => {
        const task = zhihui.store.get("tasks", id);
        if (task) run(line, task);
        else this.tasks.delete(id);
      });
    }

    leave() {
      boards.delete(this);
      this.element.classList.remove("linkage-board");
      this.element.replaceChildren();
    }
  }

  function say(element, text) {
    zhihui.setText(element, text);
    element.title = text;
  }

  function rowOf(office) {
    const row = zhihui.make("div", "board-office scene-block");
    row.dataset.office = office;
    const name = zhihui.make("div", "board-name clip");
    say(name, zhihui.officeName(office));
    name.classList.toggle("long", zhihui.textWidth(name.textContent, zhihui.px(18)) > zhihui.px(LONG));
    row.append(name, zhihui.make("div", "board-state clip"), zhihui.make("div", "board-count"), barOf());
    return row;
  }

  function taskRow(id) {
    const line = zhihui.make("div", "board-task");
    line.dataset.task = id;
    line.append(zhihui.make("div", "board-title"), zhihui.make("div", "board-state clip"), barOf(), zhihui.make("div", "board-buttons"));
    return line;
  }

  function barOf() {
    const bar = zhihui.make("div", "bar");
    bar.append(zhihui.make("i"));
    return bar;
  }

  function run(row, task) {
    const { deadline } = task.properties;
    const [label, bar] = [".board-state", ".bar"].map((part) => row.querySelector(part));
    const state = stateOf(task);
    if (row.dataset.state !== state) row.dataset.state = state;
    zhihui.setText(label, words(task));
    bar.style.visibility = deadline ? "" : "hidden";
    if (deadline) label.classList.toggle("near", zhihui.clockBar(bar, deadline) === "near");
  }

  function soon() {
    if (due || !boards.size) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      boards.forEach((board) => board.update());
    });
  }

  const touches = ({ upsert, remove }) => [upsert, remove].some((part) => part && (part.tasks || part.linkages));
  zhihui.on("board", soon);
  zhihui.on("resized", soon);
  zhihui.on("patch", (patch) => touches(patch) && soon());
  zhihui.on("second", () => boards.forEach((board) => board.count()));

  zhihui.linkage = { tasks: tasksOf, offices: officesOf, state: stateOf, words, title: titleOf, mostUrgent };

  /**
   * The departments of a response in an element, kept as the store has them until `leave()`.
   * `buttons(task)` → elements: tasks stand under their departments, asked again when a task has changed;
   * `first(office)`: whether it stands before the others; `room()`: how many places there are.
   */
  zhihui.linkageBoard = function (element, linkage, options) {
    const board = new Board(element, linkage, options || {});
    boards.add(board);
    return { update: () => board.update(), leave: () => board.leave() };
  };
})(window.zhihui);
