/* What Dash leaves to us on the card: its mark, its running clock, long texts, the words of a verb, the focus. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const card = () => document.getElementById("incident-card");
  const pane = () => document.getElementById("card-pane");
  let pending = null; // the verb whose words are being written
  let focused = null; // the verb of the button that had the focus

  /* --- what is drawn when the server's card has come --- */

  function paint() {
    card().querySelectorAll("[data-mark]").forEach((place) => {
      if (place.dataset.painted === place.dataset.mark) return;
      place.dataset.painted = place.dataset.mark;
      const [severity, code] = place.dataset.mark.split(":");
      place.replaceChildren(zhihui.markElement(Number(severity), zhihui.classOf(code).glyph || "", true));
    });
    card().querySelectorAll("[data-long]").forEach(fold);
    tick();
    arrived();
    refocus();
  }

  /** A text of more than some lines is cut, and can be opened. */
  function fold(text) {
    const long = text.scrollHeight > text.clientHeight + 2;
    if (long === text.classList.contains("long") || text.classList.contains("whole")) return;
    text.classList.toggle("long", long);
    text.tabIndex = long ? 0 : -1;
    text.title = long ? zhihui.text("card.whole") : "";
  }

  function tick() {
    const now = zhihui.time.now();
    card().querySelectorAll("[data-since]").forEach((place) => {
      zhihui.setText(place, zhihui.text("card.since", { time: zhihui.duration((now - Date.parse(place.dataset.since)) / 1000) }));
    });
    card().querySelectorAll(".next-step[data-due]").forEach((step) => {
      const { step: name, due, near, total, state } = step.dataset;
      const clock = { step: name, due_at: due, near_at: near, total_s: Number(total), state };
      zhihui.countDown(step.querySelector(".due"), step.querySelector(".bar"), clock);
    });
  }

  /** Until the card of what is selected is there, nothing on the old one may be pressed. */
  function arrived() {
    const shown = card().querySelector("[data-incident]");
    const late = Boolean(zhihui.selected) && (!shown || shown.dataset.incident !== zhihui.selected);
    pane().classList.toggle("late", late);
    card().inert = late;
    if (!late) say("");
  }

  /** Over the bones, why there is no card yet. */
  const say = (text) => zhihui.setText(pane().querySelector(".card-skeleton p"), text);

  zhihui.on("cardlost", () => {
    arrived();
    if (pane().classList.contains("late")) say(zhihui.text("card.unreached"));
  });

  /* --- words of verbs --- */

  /** Dash may wrap its fields; the field itself is what takes the keys. */
  function field() {
    const found = document.getElementById("word");
    return found.matches("textarea") ? found : found.querySelector("textarea");
  }

  function ask(button) {
    pending = button ? button.dataset.verb : null;
    const name = button ? button.firstChild.textContent : "";
    field().placeholder = pending ? zhihui.text("card.words_for", { verb: name }) : zhihui.text("card.word");
    card().querySelectorAll(".act.pending").forEach((other) => other.classList.remove("pending"));
    if (button) button.classList.add("pending");
  }

  zhihui.card = {
    words: () => field().value.trim(),
    askWords(button) {
      ask(button);
      field().focus();
      return true;
    },
    /** Ctrl+Enter in the field: the verb that asked for words, or a note. */
    sendWords() {
      const button = card().querySelector(`[data-verb="${pending || "note"}"]`);
      if (button && !button.closest("[inert]")) button.click();
      return Boolean(button);
    },
  };

  zhihui.on("selected", () => {
    if (field()) ask(null);
    arrived();
  });
  zhihui.on("second", () => card() && tick());

  /* --- the focus is never lost: a button that went away hands it to its like, or to the card --- */

  function refocus() {
    if (focused === null || document.activeElement !== document.body) return;
    const again = card().querySelector(`button[data-verb="${focused}"]`);
    (again || card()).focus({ preventScroll: true });
  }

  document.addEventListener("focusin", (event) => {
    const button = event.target.closest("#incident-card button");
    focused = button ? button.dataset.verb || "" : null;
  });
  zhihui.on("focuslost", () => document.getElementById("incident-list").focus({ preventScroll: true }));

  document.addEventListener("click", (event) => {
    const text = event.target.closest("[data-long].long");
    if (text) text.classList.toggle("whole");
    const verb = event.target.closest("#incident-card [data-words='needed']");
    if (verb && !zhihui.card.words()) ask(verb);
  });

  zhihui.whenThere("incident-card", (element) => {
    new MutationObserver(paint).observe(element, { childList: true, subtree: true, attributeFilter: ["data-mark", "data-due", "data-incident"] });
  });
})(window.zhihui);
