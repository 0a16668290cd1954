/*
 * 演练暂停, 演练中止 and 演练结束 reach every seat: across the whole screen, with who and why, until it is taken note of,
 * or the drill goes on. Nobody stands before a wall to press a button: there it gives way after a while, and the badge
 * in the bar goes on saying it.
 */
(function (zhihui) {
  "use strict";
  const ON_WALL = 30000; // ms
  const NOT_ON = new Set(["replay", "drills", "admin"]); // what was; and where the drill is run
  if (NOT_ON.has(zhihui.boot.page)) return;
  const KEEP = "zhihui.halt.";
  let timer = 0;

  const box = () => document.getElementById("drill-halt");
  /** Each pause and end is taken note of once, in this window. */
  const key = (drill) => drill.status + "@" + drill.since;
  const taken = (drill) => sessionStorage.getItem(KEEP + zhihui.realm) === key(drill);

  function look() {
    const { drill } = zhihui;
    const halted = drill && (drill.status === "paused" || drill.status === "stopped") && !taken(drill);
    if (box() && halted && box().dataset.of === key(drill)) return;
    clearTimeout(timer);
    if (box()) box().remove();
    if (!halted) return;
    document.body.append(notice(drill));
    if (zhihui.boot.page === "wall") timer = setTimeout(note, ON_WALL);
    else box().querySelector("button").focus();
  }

  function note() {
    if (zhihui.drill) sessionStorage.setItem(KEEP + zhihui.realm, key(zhihui.drill));
    if (box()) box().remove();
  }

  function why({ status, why: reason }) {
    if (status === "stopped") return reason || "";
    return zhihui.hasText("realm.why." + reason) ? zhihui.text("realm.why." + reason) : "";
  }

  function notice(drill) {
    const state = drill.aborted ? "aborted" : drill.status;
    const made = zhihui.make("div", state);
    made.id = "drill-halt";
    made.dataset.of = key(drill);
    made.setAttribute("role", "alertdialog");
    made.setAttribute("aria-modal", "true");
    const sheet = made.appendChild(zhihui.make("div", "sheet"));
    sheet.append(zhihui.make("h2", "", zhihui.text("realm.halt." + state)), zhihui.make("p", "name", zhihui.drillName()));
    if (why(drill)) sheet.append(zhihui.make("p", "why", zhihui.text("realm.halt.why", { why: why(drill) })));
    sheet.append(zhihui.make("p", "by", zhihui.text("realm.halt.by", { by: drill.by, time: zhihui.timeOfDay(Date.parse(drill.since)) })));
    sheet.append(zhihui.make("p", "then", zhihui.text("realm.then." + drill.status)));
    if (zhihui.boot.page !== "wall") sheet.append(acts());
    return made;
  }

  function acts() {
    const row = zhihui.make("div", "acts");
    const noted = zhihui.make("button", "act primary", zhihui.text("realm.noted"));
    noted.type = "button";
    noted.onclick = note;
    const live = zhihui.make("a", "act", zhihui.text("realm.to_live"));
    live.href = (zhihui.boot.page === "field" ? "/field" : "/desk") + "?realm=live&lang=" + zhihui.boot.lang;
    row.append(noted, live);
    return row;
  }

  zhihui.on("drill", look);
  zhihui.on("realm", look);
  look();
})(window.zhihui);
