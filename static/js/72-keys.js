/* Keys of the desk. The letters of verbs stand on their buttons (pages/keys.py); a key presses its button. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;

  const typing = (target) => target.matches("input, textarea, select, [contenteditable], [role='combobox']");
  const sheet = () => document.getElementById("key-sheet");

  let left = -0.5; // between the rows where the selection stood before it went out of the list

  function go(place) {
    const ids = zhihui.list.shown();
    if (!ids.length) return;
    const at = ids.indexOf(zhihui.selected);
    const next = Math.max(0, Math.min(ids.length - 1, place(at < 0 ? left : at, ids.length)));
    left = next - 0.5;
    zhihui.desk.open(ids[next], true);
    document.getElementById("incident-list").focus({ preventScroll: true });
  }

  const STEPS = {
    ArrowDown: (at) => Math.floor(at + 1),
    ArrowUp: (at) => Math.ceil(at - 1),
    Home: () => 0,
    End: (_, all) => all - 1,
    PageDown: (at) => Math.floor(at + zhihui.list.page()),
    PageUp: (at) => Math.ceil(at - zhihui.list.page()),
  };

  /** To be seen, not switched off, and not on the card of another incident that is still on its way. */
  const pressable = (button) => !button.disabled && button.offsetParent && !button.closest("[inert]");

  /** Press the first button that can be pressed; returns whether there was one. */
  function press(selector, index) {
    const there = Array.from(document.querySelectorAll(selector)).filter(pressable);
    const button = there[index || 0];
    if (button) button.click();
    return Boolean(button);
  }

  /** A verb by its letter; one that needs words first goes to the field that takes them. */
  function verb(letter) {
    const button = document.querySelector(`#incident-card [data-key="${letter}"]`);
    if (!button || !pressable(button)) return false;
    if (button.dataset.words === "needed" && !zhihui.card.words()) return zhihui.card.askWords(button);
    button.click();
    return true;
  }

  /** Ctrl+Enter ends what the hand is at: the form, the words of a verb, or the dispatch. */
  function commit(target) {
    if (zhihui.activation.isOpen()) return press("#activate");
    if (zhihui.draft.isOpen()) return press("#report-submit");
    if (zhihui.amending.isOpen()) return press("#amend-submit");
    if (zhihui.zoneTool.give() || zhihui.linkageForms.submit()) return true;
    if (target.closest("#word, .word")) return zhihui.card.sendWords();
    if (target.closest(".list-pane, .command-field") && typing(target)) return undefined; // searching is not sending
    return press("#commit-dispatch");
  }

  /** Out of a field, to where the next key has its plain meaning. */
  function leave(target) {
    const form = target.closest(".report-form, .amend-form");
    const next = form ? form.querySelector("[data-step-back]") : document.getElementById("incident-list");
    next.focus({ preventScroll: true });
  }

  /** One step back: out of a field, a panel, a mode, a form, and at last of the selection. */
  function escape(target) {
    if (zhihui.search.close() || zhihui.filters.close() || zhihui.moving.close()) return;
    if (zhihui.zoneTool.leave() || zhihui.linkageForms.close()) return;
    if (typing(target)) leave(target);
    else if (zhihui.draft.close() || zhihui.amending.close() || zhihui.linkageDesk.close() || zhihui.search.unpin() || zhihui.board.close()) return;
    else zhihui.select(null);
  }

  function draft() {
    const place = zhihui.search.pinned();
    if (place) return zhihui.search.draft();
    return zhihui.draft.open(zhihui.map.getCenter());
  }

  const ACTS = {
    "/": () => zhihui.search.focus(),
    "?": () => sheet().showModal(),
    "[": () => zhihui.queues.turn(-1),
    "]": () => zhihui.queues.turn(1),
    "0": () => zhihui.queues.clear(),
    f: () => zhihui.filters.toggle(),
    n: draft,
    u: () => zhihui.undo(),
    w: () => zhihui.board.toggle(),
    q: () => zhihui.sound.toggle(),
    ":": () => zhihui.command.focus(),
    ";": () => zhihui.command.focus(),
    "：": () => zhihui.command.focus(),
    "；": () => zhihui.command.focus(),
  };

  function plain(event) {
    const { key, target } = event;
    if (STEPS[key]) {
      if (target.closest("#map")) return false; // the map has these keys for itself
      go(STEPS[key]);
      return true;
    }
    if (key === "Backspace" && zhihui.zoneTool.undo()) return true;
    if (/^[1-9]$/.test(key)) return press("#advice-list .advice", Number(key) - 1);
    if (key === "Enter" && target.closest("#incident-list, body") && !target.closest("button, a, #map")) {
      if (zhihui.selected) zhihui.desk.locate(zhihui.selected);
      else go(STEPS.Home);
      return true;
    }
    const act = ACTS[key.toLowerCase()];
    if (act) {
      act();
      return true;
    }
    return /^[a-z]$/i.test(key) && verb(key.toUpperCase());
  }

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.isComposing || event.defaultPrevented) return; // an input method ends its word, nothing else
    if (!sheet() || sheet().open) return; // not drawn yet; or open, with Esc and Enter of its own
    if (event.key === "Escape") return zhihui.activation.isOpen() ? undefined : escape(target); // a dialog closes itself
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      return void (event.repeat || commit(target));
    }
    if (typing(target) || event.ctrlKey || event.metaKey || event.altKey || zhihui.activation.isOpen()) return;
    if (zhihui.draft.isOpen() || zhihui.amending.isOpen()) return; // a form is left by Esc, not by the way
    if (event.repeat && !STEPS[event.key]) return; // a key that is held down acts once
    if (plain(event)) event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-keys]")) sheet().showModal();
    else if (event.target === sheet()) sheet().close(); // beside it
  });
})(window.zhihui);
