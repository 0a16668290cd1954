/* Toasts: done things for five seconds, ten where they can be undone; refusals and faults stay until read. */
(function (zhihui) {
  "use strict";
  const STAY = 5000;
  const UNDO_STAY = 10000;
  const MOST = 4;

  /** notice: {kind: "done" | "refusal" | "fault", text, remedy?, undo?: what undoes it} */
  zhihui.notice = function (notice) {
    const box = document.getElementById("toast");
    if (!box || !notice) return;
    const same = Array.from(box.children).filter((old) => old.dataset.said === notice.kind + notice.text && !old.querySelector(".undo"));
    same.forEach((old) => old.remove());
    const toast = zhihui.make("div", "toast " + notice.kind);
    toast.dataset.said = notice.kind + notice.text; // the same said twice stands once
    toast.setAttribute("role", notice.kind === "done" ? "status" : "alert");
    toast.append(zhihui.make("div", "said", notice.text));
    if (notice.undo) offer(toast, notice.undo);
    toast.append(closing(toast));
    if (notice.remedy) toast.append(zhihui.make("div", "remedy", notice.remedy));
    box.append(toast);
    makeRoom(box);
    if (notice.kind === "done") setTimeout(() => leave(toast), notice.undo ? UNDO_STAY : STAY);
  };

  function closing(toast) {
    const close = zhihui.make("button", "close", "✕");
    close.title = zhihui.text("toast.close");
    close.setAttribute("aria-label", close.title);
    close.onclick = () => leave(toast);
    return close;
  }

  /** What is over goes first: an error that nobody has read yet stays as long as it can. The newest is kept. */
  function makeRoom(box) {
    while (box.children.length > MOST) (box.querySelector(".toast.done:not(:last-child)") || box.firstChild).remove();
  }

  /** A toast with the focus hands it back to the page. */
  function leave(toast) {
    const focused = toast.contains(document.activeElement);
    toast.remove();
    if (focused) zhihui.emit("focuslost", null);
  }

  /** The button that takes it back, and a bar of the time that is left for it. */
  function offer(toast, undo) {
    const button = zhihui.make("button", "act undo", zhihui.text("undo.button"));
    button.append(zhihui.make("kbd", "", "U"));
    button.onclick = () => {
      window.dash_clientside.set_props("undo", { data: undo });
      leave(toast);
    };
    const bar = zhihui.make("i", "left");
    bar.style.animationDuration = UNDO_STAY + "ms";
    toast.append(button, bar);
  }

  /** Take back the last thing that can be; returns whether there was one. */
  zhihui.undo = function () {
    const buttons = document.querySelectorAll("#toast .undo");
    if (!buttons.length) return false;
    buttons[buttons.length - 1].click();
    return true;
  };
})(window.zhihui);
