/* 巡查: what is to be walked in this area today; a check-in with what was found, reported with it if need be. */
(function (zhihui) {
  "use strict";
  const { make, text, parts, boot } = zhihui;
  const SHOWN = 60;
  let words = "";

  const walked = () => new Set(zhihui.queue.pending().filter((row) => row.round).map((row) => row.round));
  const idOf = (round) => round.target + "/" + round.code;

  function checkIn(round) {
    const finding = parts.area(text("field.round.hint"));
    const kinds = make("select");
    kinds.append(new Option(text("field.round.no_incident"), ""), ...boot.classes.map((row) => new Option(boot.lang === "en" ? row.name_en : row.name, row.code)));
    const photos = parts.photos();
    const send = parts.button(text("field.round.send"), "primary wide send", async () => {
      const said = finding.value.trim();
      if (kinds.value && !said) return parts.say(text("field.round.no_finding"));
      const body = { target: round.target, code: round.code, finding: said || null, ...(kinds.value ? { incident: { class: kinds.value, severity: 4 } } : {}) };
      const key = zhihui.queue.newKey();
      const visit = { key, says: text("field.says.round", { name: round.name }), path: "/patrols/visits", body, list: true, round: idOf(round) };
      const onto = kinds.value ? "/incidents/{id}/attach" : "/patrols/visits/{visit}/attach";
      await zhihui.queue.put([visit, ...parts.photoActs(photos.taken(), onto, "patrol", key)]);
      close();
      return parts.sayKept();
    });
    const { close } = parts.sheet(text("field.round.at", { name: round.name }), finding, parts.label(text("field.round.incident"), kinds), photos.element, send);
  }

  function row(round) {
    const made = make("article", "round");
    const about = made.appendChild(make("div"));
    about.append(make("h2", "", round.name), make("p", "where", text("field.round.until", { kind: text("field.target." + round.target), day: round.last })));
    made.append(parts.button(text("field.round.check_in"), "plain", () => checkIn(round)));
    return made;
  }

  zhihui.screens.rounds = function (frame) {
    const { rounds } = zhihui;
    if (!rounds) return frame.replaceChildren(make("p", "empty", text("field.loading")));
    const done = walked();
    const open = rounds.items.filter((round) => !done.has(idOf(round)));
    if (!open.length) return frame.replaceChildren(make("p", "empty", text("field.round.none")));
    const find = make("input");
    Object.assign(find, { type: "search", value: words, placeholder: text("field.round.find") });
    const list = make("div");
    const fill = () => list.replaceChildren(...open.filter((round) => round.name.includes(words)).slice(0, SHOWN).map(row));
    find.addEventListener("input", () => {
      words = find.value.trim();
      fill();
    });
    fill();
    return frame.replaceChildren(make("p", "hint", text("field.round.count", { n: rounds.count - done.size })), find, list);
  };
})(window.zhihui);
