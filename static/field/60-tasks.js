/* 我的任务: what this unit is sent to, or what this desk answers for, with what is still to be sent taken as done. */
(function (zhihui) {
  "use strict";
  const { make, text, parts } = zhihui;
  const AFTER = { ack: "acknowledged", enroute: "enroute", arrive: "on_scene" };
  const ALLOWED = {
    dispatched: ["ack", "decline"], acknowledged: ["enroute", "decline"], enroute: ["arrive"], on_scene: ["release"],
  };
  const STEPS = new Set(["ack", "enroute", "arrive", "release", "accept", "report_in", "reply", "handle"]);
  /** Verbs that ask for words: [words are needed, photos may go with it]. */
  const ASKS = { decline: [true, false], handle: [true, true], reply: [true, false], backup: [true, false], note: [true, false], attach: [false, true], report_in: [false, false], release: [false, false] };

  /** Verbs on this task that the server has not told of yet. */
  const waiting = (task) => zhihui.queue.pending().filter((row) => row.task === task.id).map((row) => row.what);

  /** The task as it will be when all is sent; null when it is over for this phone. */
  function ahead(task) {
    const made = waiting(task);
    const bound = task.assignment;
    if (made.includes("release") || made.includes("decline")) return null;
    const last = made.filter((what) => AFTER[what]).pop();
    const status = bound ? AFTER[last] || bound.status : made.includes("handle") ? "handled" : made.includes("accept") ? "accepted" : task.status;
    const verbs = made.includes("accept") ? ["handle", "reply", "note", "attach"] : task.verbs;
    return { ...task, status, verbs: verbs.filter((verb) => !(verb === "handle" && (made.includes("handle") || ["handled"].includes(task.status)))), moves: bound ? ALLOWED[status] || [] : [], unsent: zhihui.queue.waiting().filter((row) => row.task === task.id).length };
  }

  /** What is said on a button: on a phone something attached is a photo. */
  const said = (what) => text(what === "attach" ? "field.report.photo" : "verb." + what);

  const act = (task, what, body) => {
    const path = ALLOWED.dispatched.concat("enroute", "arrive", "release").includes(what) ? "/assignments/" + task.assignment.id : "/incidents/" + task.id;
    return { says: text("field.says.act", { verb: text("verb." + what), title: zhihui.title(task.title) }), path: path + "/" + what, body: body || {}, task: task.id, what };
  };

  async function press(task, what) {
    if (!ASKS[what] || what === "release" || what === "report_in") {
      await zhihui.queue.put([act(task, what)]);
      return parts.sayKept();
    }
    return ask(task, what);
  }

  function ask(task, what) {
    const [needed, pictures] = ASKS[what];
    const words = parts.area(text("field.ask." + what));
    const photos = parts.photos();
    const send = parts.button(said(what), "primary wide", async () => {
      const written = words.value.trim();
      if (needed && !written) return parts.say(text("field.ask.empty"));
      if (what === "attach" && !photos.taken().length) return parts.say(text("field.photo.none"));
      // Photos first: the city may ask for one before something counts as handled.
      const acts = pictures ? parts.photoActs(photos.taken(), "/incidents/" + task.id + "/attach", what) : [];
      if (what !== "attach") acts.push(act(task, what, what === "decline" ? { reason: written } : { text: written }));
      else if (written) acts.push(act(task, "note", { text: written }));
      await zhihui.queue.put(acts.map((one) => ({ task: task.id, ...one })));
      close();
      return parts.sayKept();
    });
    send.classList.add("send");
    const { close } = parts.sheet(said(what) + " · " + zhihui.title(task.title), words, ...(pictures ? [photos.element] : []), send);
    words.focus();
  }

  function clock(task) {
    const { deadline } = task;
    if (!deadline) return null;
    const left = (new Date(deadline.due_at).getTime() - new Date(zhihui.queue.now()).getTime()) / 1000;
    const step = zhihui.hasText("step." + deadline.step) ? text("step." + deadline.step) : deadline.step;
    if (deadline.state === "paused") return make("p", "due", text("field.due.paused", { step }));
    return make("p", left < 0 ? "due over" : "due", text(left < 0 ? "field.due.over" : "field.due.left", { step, time: zhihui.duration(Math.abs(left)) }));
  }

  function card(task) {
    const made = make("article", "task level-" + task.severity);
    made.dataset.task = task.id;
    const head = made.appendChild(make("header"));
    head.append(make("span", "level", zhihui.level(task.severity)), make("h2", "", zhihui.title(task.title)), make("span", "status", text("status." + task.status)));
    made.append(make("p", "where", task.address || task.place), make("p", "said", task.text));
    const due = clock(task);
    if (due) made.append(due);
    made.append(make("p", "number", task.number + (task.photos.length ? " · " + text("field.photos", { n: task.photos.length }) : "")));
    const acts = made.appendChild(make("div", "acts"));
    const all = order(task);
    const next = STEPS.has(all[0]) ? all[0] : null;
    const others = next ? all.slice(1) : all;
    if (next) acts.append(parts.button(said(next), "primary wide", () => press(task, next)));
    const rest = acts.appendChild(make("div", "rest"));
    others.forEach((what) => rest.append(parts.button(said(what), what === "backup" ? "plain urgent" : "plain", () => press(task, what))));
    rest.append(parts.button(text("field.where"), "plain", () => where(task)));
    if (task.unsent) made.append(make("p", "unsent", text("field.unsent", { n: task.unsent })));
    return made;
  }

  /** The one next step, then whatever else may be done. */
  function order(task) {
    const { moves, verbs } = task;
    if (task.assignment && task.status === "on_scene" && verbs.includes("handle")) return ["handle", ...moves, ...verbs.filter((verb) => verb !== "handle")];
    if (moves.length) return [...moves, ...verbs.filter((verb) => verb !== "handle" || task.status === "on_scene")];
    return verbs;
  }

  function where(task) {
    const frame = make("div", "map tall");
    parts.sheet(task.address || task.place || zhihui.title(task.title), frame);
    zhihui.smallMap(frame, [task.lon, task.lat], () => null).show([task.lon, task.lat], true);
  }

  zhihui.screens.tasks = function (frame) {
    const { state } = zhihui;
    if (!state) return frame.replaceChildren(make("p", "empty", text("field.loading")));
    const tasks = state.tasks.map(ahead).filter(Boolean);
    if (!tasks.length) return frame.replaceChildren(make("p", "empty", text(state.unit ? "field.tasks.none_unit" : "field.tasks.none")));
    return frame.replaceChildren(...tasks.map(card));
  };
})(window.zhihui);
