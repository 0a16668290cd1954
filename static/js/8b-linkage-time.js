/* The time line of a response: phases one under the other, tasks as bars from when they begin to when they are due.
   Time runs from the activation on, the first minutes wide and the days narrow; a line says where now is. */
(function (zhihui) {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const SOFT = 600; // s: up to about here the scale is even, beyond it each doubling takes the same room
  const TICKS = [0, 600, 1800, 3600, 7200, 21600, 43200, 86400, 172800, 345600, 604800, 1209600]; // s
  const [TOP, AXIS, SIDE] = [20, 24, 10]; // pixels at 1080 lines: for the word of now, for the ticks, at both ends
  const THICKEST = 11;
  const AGAIN = 15000; // ms until a plan is asked for again
  const lines = new Set();
  let due = false;

  /* --- the names of the phases, from the plan's own version --- */

  const plans = new Map(); // "CODE/VERSION" → {phases: [] until they are there}

  function phasesOf({ plan, plan_version: version }) {
    const key = plan + "/" + version;
    if (!plans.has(key)) {
      plans.set(key, { phases: [] });
      fetchPlan(key, plan, version);
    }
    return plans.get(key).phases;
  }

  async function fetchPlan(key, plan, version) {
    const wall = zhihui.boot.wall ? { wall: zhihui.boot.wall } : {};
    const query = new URLSearchParams({ version, ...wall });
    try {
      const answer = await fetch(`/api/v1/plans/${encodeURIComponent(plan)}?${query}`, { signal: AbortSignal.timeout(20000) });
      if (!answer.ok) throw new Error("plan " + answer.status);
      plans.get(key).phases = (await answer.json()).plan.phases;
      soon();
    } catch (error) {
      setTimeout(() => (lines.size ? fetchPlan(key, plan, version) : plans.delete(key)), AGAIN); // asked for by the next line
    }
  }

  const nameOf = (phase) => (zhihui.boot.lang === "en" ? phase.name_en : phase.name);

  /** [{code, name, tasks}] in the plan's order; what the commander added comes last, and so does what is not known. */
  function phased(linkage, tasks) {
    const known = phasesOf(linkage.properties);
    const codes = [...known.map((phase) => phase.code), ...tasks.map((task) => task.properties.phase)];
    const named = new Map(known.map((phase) => [phase.code, nameOf(phase)]));
    named.set("added", zhihui.text("linkage.added"));
    return Array.from(new Set(codes), (code) => ({
      code, name: named.get(code) || "", tasks: tasks.filter((task) => task.properties.phase === code),
    })).filter((phase) => phase.tasks.length);
  }

  /* --- when each task begins, is due, was done: seconds since the activation --- */

  function spans(linkage, tasks) {
    const zero = Date.parse(linkage.properties.started_at);
    const since = (at) => (at ? Math.max(0, (Date.parse(at) - zero) / 1000) : null);
    const byId = new Map(tasks.map((task) => [task.id, task]));
    const found = new Map();
    const span = (task) => {
      if (found.has(task.id)) return found.get(task.id);
      found.set(task.id, { start: 0, due: 0, done: null }); // whoever waits for itself begins at once
      const p = task.properties;
      const before = p.after.filter((id) => byId.has(id)).map((id) => span(byId.get(id)));
      const start = since(p.assigned_at) ?? Math.max(0, ...before.map((one) => one.done ?? one.due));
      const made = { start, due: start + p.due_s, done: since(p.done_at) };
      found.set(task.id, made);
      return made;
    };
    tasks.forEach(span);
    return found;
  }

  const now = (linkage) => Math.max(0, (zhihui.time.now() - Date.parse(linkage.properties.started_at)) / 1000);
  const soft = (seconds) => Math.log1p(seconds / SOFT);

  /** Lanes in which bars do not lie on each other: the lane of each task, and how many there are. */
  function packed(tasks, found, x) {
    const ends = [];
    const lanes = new Map();
    for (const task of tasks) {
      const { start, due } = found.get(task.id);
      const free = ends.findIndex((end) => end <= x(start));
      const lane = free < 0 ? ends.length : free;
      ends[lane] = Math.max(x(due), x(start) + zhihui.px(6)) + zhihui.px(2);
      lanes.set(task.id, lane);
    }
    return { lanes, count: ends.length };
  }

  function shape(tag, attributes, className) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (className) made.setAttribute("class", className);
    return made;
  }

  /* --- one time line in an element --- */

  class Line {
    constructor(element, linkage) {
      Object.assign(this, { element, linkage, bars: new Map(), shown: "" });
      this.head = zhihui.make("div", "panel-head");
      this.head.append(zhihui.make("h2", "", zhihui.text("linkage.timeline")), zhihui.make("span", "time-done"), zhihui.make("span", "time-late clip"));
      this.names = zhihui.make("div", "time-phases");
      this.svg = shape("svg", { "aria-hidden": "true" });
      const body = zhihui.make("div", "time-body");
      body.append(this.names, this.svg);
      element.classList.add("linkage-time");
      element.append(this.head, body);
      this.watch = new ResizeObserver(soon);
      this.watch.observe(body);
      this.update();
    }

    feature() {
      return zhihui.store.get("linkages", this.linkage);
    }

    update() {
      const linkage = this.feature();
      if (!linkage) return;
      const tasks = zhihui.linkage.tasks(this.linkage).filter((task) => task.properties.status !== "cancelled");
      this.phases = phased(linkage, tasks);
      this.spans = spans(linkage, tasks);
      this.lay(linkage);
      this.count();
    }

    /** What stands still: names, ticks, the outline of every bar. */
    lay(linkage) {
      const { width, height } = this.svg.getBoundingClientRect();
      const [top, foot, side] = [TOP, AXIS, SIDE].map(zhihui.px);
      const last = Math.max(now(linkage), TICKS[1], ...Array.from(this.spans.values(), (one) => Math.max(one.due, one.done || 0)));
      const end = TICKS.find((tick) => tick >= last) || last;
      this.x = (seconds) => side + ((width - 2 * side) * soft(Math.min(seconds, end))) / soft(end);
      const key = JSON.stringify([width, height, end, this.phases.map((phase) => [phase.code, phase.name, phase.tasks.map((task) => [task.id, this.spans.get(task.id)])])]);
      if (key === this.shown || !width) return;
      this.shown = key;
      this.names.replaceChildren(...this.phases.map(nameRow));
      this.bars.clear();
      this.nowLine = shape("line", { y1: top * 0.9, y2: height - foot }, "now");
      this.nowWord = shape("text", { y: top * 0.75 }, "now-word");
      const ticks = this.ticks(end, top, height - foot);
      const rows = this.phases.map((phase, n) => this.row(phase, n, top, (height - foot - top) / this.phases.length, width));
      this.svg.replaceChildren(...ticks, ...rows.flat(), this.nowLine, this.nowWord);
    }

    ticks(end, top, foot) {
      let free = 0;
      return TICKS.filter((tick) => tick <= end).flatMap((tick) => {
        const x = this.x(tick);
        const words = tick ? zhihui.text("linkage.after", { time: zhihui.age_text(tick) }) : zhihui.text("linkage.began");
        const half = zhihui.textWidth(words, zhihui.px(15)) / 2;
        const line = shape("line", { x1: x, x2: x, y1: top, y2: foot }, "tick");
        const at = Math.min(Math.max(x, half), this.x(end) + zhihui.px(SIDE) - half);
        if (at - half < free) return [line];
        free = at + half + zhihui.px(12);
        const said = shape("text", { x: at, y: foot + zhihui.px(18) }, "tick-word");
        said.textContent = words;
        return [line, said];
      });
    }

    row(phase, n, top, high, width) {
      const { lanes, count } = packed(phase.tasks, this.spans, this.x);
      const y = top + n * high;
      const pitch = Math.min(zhihui.px(THICKEST), (high - zhihui.px(6)) / count);
      const first = y + (high - pitch * count) / 2;
      const made = n ? [shape("line", { x1: 0, x2: width, y1: y, y2: y }, "rule")] : [];
      for (const task of phase.tasks) {
        const { start, due } = this.spans.get(task.id);
        const at = { y: first + lanes.get(task.id) * pitch, height: Math.max(1, pitch * 0.78) };
        const plan = shape("rect", { ...at, x: this.x(start), width: Math.max(zhihui.px(4), this.x(due) - this.x(start)) }, "plan");
        const did = shape("rect", { ...at, x: this.x(start), width: 0 }, "did");
        const late = shape("rect", { ...at, x: this.x(due), width: 0 }, "over");
        const mark = shape("path", { d: "" }, "mark-late");
        this.bars.set(task.id, { plan, did, late, mark, middle: at.y + at.height / 2 });
        made.push(plan, did, late, mark);
      }
      return made;
    }

    /** What runs by itself: now, and how far each bar has come. */
    count() {
      const linkage = this.feature();
      if (!linkage || !this.bars.size) return;
      const at = now(linkage);
      const x = this.x(at);
      this.nowLine.setAttribute("x1", x);
      this.nowLine.setAttribute("x2", x);
      const words = zhihui.text("linkage.now", { time: zhihui.stopwatch(at) });
      const half = zhihui.textWidth(words.replace(/[0-9]/g, "0"), zhihui.px(16.5)) / 2; // 15, but bold
      this.nowWord.setAttribute("x", Math.min(Math.max(x, half), this.svg.getBoundingClientRect().width - half));
      zhihui.setText(this.nowWord, words);
      const tasks = this.phases.flatMap((phase) => phase.tasks).map((task) => zhihui.store.get("tasks", task.id)).filter(Boolean);
      tasks.forEach((task) => this.run(task, at));
      this.tell(tasks);
    }

    run(task, at) {
      const bar = this.bars.get(task.id);
      if (!bar) return;
      const { start, due, done } = this.spans.get(task.id);
      const state = zhihui.linkage.state(task);
      const until = done ?? (state === "waiting" ? start : at);
      const over = until > due && state !== "waiting" ? this.x(until) - this.x(due) : 0;
      bar.plan.dataset.state = bar.did.dataset.state = state;
      bar.did.setAttribute("width", Math.max(done === null ? 0 : zhihui.px(4), this.x(Math.min(until, due)) - this.x(start)));
      bar.late.setAttribute("width", over);
      const size = zhihui.px(6);
      const tip = this.x(until) + size * 1.2;
      bar.mark.setAttribute("d", state === "late" ? `M${tip} ${bar.middle - size}l${size} ${2 * size}h${-2 * size}z` : "");
    }

    /** How many are done, and what is late, in words; the counts of the phases. */
    tell(tasks) {
      const late = tasks.filter((task) => zhihui.linkage.state(task) === "late").sort(zhihui.linkage.mostUrgent);
      const done = tasks.filter((task) => task.properties.status === "done").length;
      const [, all, words] = this.head.children;
      zhihui.setText(all, zhihui.text("linkage.done_of", { done, all: tasks.length }));
      const named = late.map((task) => zhihui.text("linkage.late_one", { task: zhihui.linkage.title(task), office: zhihui.officeName(task.properties.owner), time: zhihui.clockTime(task.properties.deadline) }));
      zhihui.setText(words, late.length ? zhihui.text("linkage.late", { n: late.length, which: named.join(zhihui.text("linkage.and")) }) : zhihui.text("linkage.on_time"));
      words.classList.toggle("late", late.length > 0);
      this.phases.forEach((phase, n) => {
        const own = tasks.filter((task) => task.properties.phase === phase.code);
        const [, count] = this.names.children[n].children;
        const behind = own.filter((task) => late.includes(task)).length;
        zhihui.setText(count, (behind ? "▲" + behind + " · " : "") + own.filter((task) => task.properties.status === "done").length + "/" + own.length);
      });
    }

    leave() {
      lines.delete(this);
      this.watch.disconnect();
      this.element.classList.remove("linkage-time");
      this.element.replaceChildren();
    }
  }

  function nameRow(phase) {
    const row = zhihui.make("div", "time-phase");
    row.append(zhihui.make("span", "clip", phase.name), zhihui.make("span", "figure"));
    return row;
  }

  function soon() {
    if (due || !lines.size) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      lines.forEach((line) => line.update());
    });
  }

  zhihui.on("board", soon);
  zhihui.on("resized", soon);
  zhihui.on("patch", ({ upsert, remove }) => ((upsert || {}).tasks || (remove || {}).tasks || (upsert || {}).linkages) && soon());
  zhihui.on("second", () => lines.forEach((line) => line.count()));

  /** The time line of a response in an element, kept as the store has it until `leave()`. */
  zhihui.linkageTime = function (element, linkage) {
    const line = new Line(element, linkage);
    lines.add(line);
    return { leave: () => line.leave() };
  };
})(window.zhihui);
