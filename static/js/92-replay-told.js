/* Chapters and events of /replay, in the words of the ticker; pressed, the film goes there. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay") return;
  const { film } = zhihui;
  const BEFORE = 60; // facts before the place that was gone to
  const PAGE = 1000; // facts asked for at once
  const MOST = 1200; // lines that stand
  const NOWHERE = /（）| ?\(\)/; // of an imported history the place may be unknown
  let next = null; // the position after which the next page begins
  let asking = false;
  let current = null; // the line that the film has come to
  let begun = 0; // counts the lists: an answer for an older one is left

  const box = (name) => document.querySelector(`[data-replay="${name}"]`);

  /** What happened, as the ticker said it; of drills and corrections in words of their own. */
  function words(line) {
    if (zhihui.hasText("event." + line.kind)) return zhihui.ticker.words(line).replace(NOWHERE, "");
    const level = zhihui.level(line.args.severity);
    return zhihui.text("replay.chapter." + line.kind, { ...line.args, level, title: zhihui.title(line.args.title || "") });
  }

  function row(line, sort) {
    const made = zhihui.make("button", "replay-line " + (sort || ""));
    const said = words(line);
    made.append(zhihui.make("time", "", zhihui.timeOfDay(Date.parse(line.at))), zhihui.make("span", "clip", said));
    made.title = said;
    made.dataset.seq = line.seq;
    return made;
  }

  function chapters(span) {
    const found = span.chapters.map((one) => row(one, one.chapter));
    box("chapters").replaceChildren(...(found.length ? found : [none("replay.no_chapters")]));
  }

  /** The list around a place in the film. */
  async function around(seq) {
    const mine = (begun += 1);
    const { from, to } = film.span();
    const lines = [];
    next = Math.max(from.seq, seq - BEFORE);
    while (next !== null && !lines.length) { // facts of which nothing is said, as of a city that is founded, are many
      const page = await film.ask("/lines", { after: next, until: to.seq, limit: PAGE });
      if (!page || mine !== begun) return;
      next = page.next;
      lines.push(...page.items.filter(sayable).map((line) => row(line)));
    }
    current = null;
    box("lines").replaceChildren(...(lines.length ? lines : [none("replay.no_events")]));
    follow();
  }

  const none = (key) => zhihui.make("p", "secondary", zhihui.text(key));

  const sayable = (line) => zhihui.hasText("event." + line.kind);

  /** The next page, when the film comes near the end of what stands. */
  async function more() {
    if (asking || next === null) return;
    asking = true;
    const mine = begun;
    const page = await film.ask("/lines", { after: next, until: film.span().to.seq, limit: PAGE });
    asking = false;
    if (!page || mine !== begun) return;
    next = page.next;
    const lines = box("lines");
    lines.append(...page.items.filter(sayable).map((line) => row(line)));
    while (lines.children.length > MOST && lines.firstChild !== current) lines.firstChild.remove();
  }

  /** Mark the last line that the film has passed, and keep it in sight. */
  function follow() {
    const lines = box("lines");
    if (!lines) return;
    const after = (line) => (line ? line.nextSibling : lines.querySelector(".replay-line"));
    let at = current;
    while (after(at) && Number(after(at).dataset.seq) <= zhihui.seq) at = after(at);
    if (at !== current) {
      if (current) current.removeAttribute("aria-current");
      current = at;
      current.setAttribute("aria-current", "true");
      if (!lines.matches(":hover")) lines.scrollTop = current.offsetTop - lines.offsetTop - lines.clientHeight / 2;
    }
    if (lines.lastChild && lines.lastChild.dataset.seq && Number(lines.lastChild.dataset.seq) - zhihui.seq < BEFORE) more();
  }

  document.addEventListener("click", (event) => {
    const line = event.target.closest(".replay-line");
    if (line) film.seek({ seq: Number(line.dataset.seq) });
  });

  zhihui.on("span", chapters);
  zhihui.on("sought", around);
  zhihui.on("film", follow);
})(window.zhihui);
