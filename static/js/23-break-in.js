/*
 * 实战警情 breaks into a drill: a Ⅰ or Ⅱ incident of live, or a response of such a level, is said on every screen of the
 * drill with the choice to have the drill paused, to go to live, or to go on; a wall goes to live by itself, and comes
 * back when what it went for has ended or the drill goes on. What was there when this window came into the drill, and
 * what somebody has chosen about here, is known and does not break in again; its count stands on the badge.
 */
(function (zhihui) {
  "use strict";
  const KEEP = "zhihui.live.known.";
  const SHOWN = 3;
  const ASK_MS = 10000;
  const WALL = zhihui.boot.page === "wall";
  if (zhihui.boot.page === "replay") return;
  let graves = []; // of live, the oldest first
  let away = null; // a wall that went to live: {realm, name, since, graves}

  const box = () => document.getElementById("live-break");
  const text = zhihui.text;

  /** What is known here: id → the gravest level it was known at; null before the first word of live. */
  function known() {
    return JSON.parse(sessionStorage.getItem(KEEP + zhihui.realm));
  }

  function know(those, realm = zhihui.realm) {
    const held = JSON.parse(sessionStorage.getItem(KEEP + realm)) || {};
    for (const { id, level } of those) held[id] = Math.min(level, held[id] || level);
    sessionStorage.setItem(KEEP + realm, JSON.stringify(held));
  }

  const isNews = ({ id, level }) => !(known()[id] <= level);

  function hear(told) {
    graves = told;
    if (!known()) know(graves);
    zhihui.liveCounts([1, 2].map((level) => [level, graves.filter((one) => one.level === level).length]));
    const news = graves.filter(isNews);
    if (WALL && news.length) return give(news);
    return draw(news);
  }

  /* --- a screen that somebody sits before --- */

  async function draw(news) {
    const of = JSON.stringify([news, runs()]);
    if (box() && box().dataset.of === of) return; // nothing moves under a hand
    if (box()) box().remove();
    if (!news.length) return;
    const made = notice(news);
    made.dataset.of = of;
    document.body.append(made);
    const drill = await drillNow();
    if (box() !== made || !drill || drill.status !== "running") return;
    const ask = () => order("ask", { about: named(news[news.length - 1]) });
    const pause = drill.control ? button("live.pause", () => order("pause", { why: "live" })) : button("live.ask", ask);
    made.querySelector(".acts").prepend(pause);
  }

  const named = (one) => text("live.what." + one.kind, { level: zhihui.level(one.level), title: zhihui.title(one.title) });

  function notice(news) {
    const made = zhihui.make("section");
    made.id = "live-break";
    made.setAttribute("role", "alertdialog");
    made.setAttribute("aria-label", text("live.head"));
    const sheet = made.appendChild(zhihui.make("div", "sheet"));
    sheet.append(zhihui.make("h2", "", text("live.head")));
    for (const one of news.slice(-SHOWN).reverse()) sheet.append(row(one));
    if (news.length > SHOWN) sheet.append(zhihui.make("p", "by", text("live.more", { n: news.length - SHOWN })));
    const acts = sheet.appendChild(zhihui.make("div", "acts"));
    acts.append(button("live.go", () => go(news)), button(runs() ? "live.on" : "realm.noted", () => done(news)));
    return made;
  }

  const runs = () => Boolean(zhihui.drill) && zhihui.drill.status === "running";

  function row(one) {
    const made = zhihui.make("div", "grave");
    const said = zhihui.make("div");
    const about = [one.number, one.place, text("live.since", { time: zhihui.timeOfDay(Date.parse(one.since)) })].filter(Boolean).join(" · ");
    said.append(zhihui.make("strong", "", named(one)), zhihui.make("p", "by", about));
    made.append(zhihui.spriteElement(zhihui.incidentSprite(one.level, "", true)), said);
    return made;
  }

  function button(key, press) {
    const made = zhihui.make("button", "act", text(key));
    made.type = "button";
    made.onclick = press;
    return made;
  }

  function done(news) {
    know(news);
    if (box()) box().remove();
  }

  function go(news) {
    const [latest] = news.slice(-1);
    done(news);
    sessionStorage.setItem("zhihui.selected.live", latest.incident);
    location.assign("/desk?realm=live&lang=" + zhihui.boot.lang);
  }

  /** What was chosen is known only once it is done. */
  async function order(verb, body) {
    const news = graves.filter(isNews);
    const answer = await fetch(address("/" + verb), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }).catch(() => null);
    if (answer && answer.ok) return done(news);
    const problem = answer ? await answer.json() : { detail: text("live.failed") };
    return zhihui.notice({ kind: "refusal", text: problem.detail, remedy: problem.remedy });
  }

  const address = (verb, realm = zhihui.realm) => "/api/v1/drills/" + realm.split(":")[1] + verb + "?lang=" + zhihui.boot.lang;

  async function drillNow(realm = zhihui.realm) {
    const answer = await fetch(address("", realm), { cache: "no-store" }).catch(() => null);
    return answer && answer.ok ? answer.json() : null;
  }

  /* --- a wall --- */

  function give(news) {
    away = { realm: zhihui.realm, name: zhihui.drillName(), since: zhihui.drill && zhihui.drill.since, graves: news };
    zhihui.enter("live");
    const strip = zhihui.make("div", "strip", text("live.wall", { name: away.name }));
    strip.id = "live-break";
    document.body.append(strip);
    setTimeout(look, ASK_MS);
  }

  /** Back once all of it has ended, or the drill goes on after it was paused. */
  async function look() {
    if (!away) return;
    const open = ({ id, kind }) => {
      const held = zhihui.store.get(kind === "incident" ? "incidents" : "linkages", id);
      return !zhihui.seq || (held && (kind !== "incident" || zhihui.isOpen(held.properties)));
    };
    const drill = await drillNow(away.realm);
    const resumed = drill && drill.status === "running" && drill.since !== away.since;
    if (!resumed && away.graves.some(open)) return void setTimeout(look, ASK_MS);
    const { realm, graves: those } = away;
    away = null;
    know(those, realm);
    if (box()) box().remove();
    zhihui.enter(realm);
  }

  zhihui.on("live", hear);
  /* --- what live asks of the drill: that it be paused, and its real crews --- */

  const asked = (drill) => ((drill && drill.asked) || []).join("\n");
  const recalled = (drill) => (drill && drill.recalled) || [];
  let before = zhihui.drill;

  zhihui.on("drill", (drill) => {
    if (!WALL && drill && before) {
      const [by, about] = drill.asked || [];
      if (by && asked(drill) !== asked(before)) zhihui.notice({ kind: "refusal", text: text("live.asked", { by, about }) });
      const names = recalled(drill).slice(recalled(before).length).join("、");
      if (names) zhihui.notice({ kind: "refusal", text: text("realm.recalled", { names }) });
    }
    before = drill;
    if (box() && !away && known()) draw(graves.filter(isNews));
  });
})(window.zhihui);
