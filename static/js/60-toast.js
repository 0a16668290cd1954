/* Toasts: done things for five seconds; refusals and faults stay until read. */
(function (zhihui) {
  "use strict";
  const STAY = 5000;
  const MOST = 4;

  /** notice: {kind: "done" | "refusal" | "fault", text, remedy?} */
  zhihui.notice = function (notice) {
    const box = document.getElementById("toast");
    if (!box || !notice) return;
    const toast = zhihui.make("div", "toast " + notice.kind);
    toast.setAttribute("role", notice.kind === "done" ? "status" : "alert");
    const close = zhihui.make("button", "", "✕");
    close.title = zhihui.text("toast.close");
    close.onclick = () => toast.remove();
    toast.append(zhihui.make("div", "", notice.text), close);
    if (notice.remedy) toast.append(zhihui.make("div", "remedy", notice.remedy));
    box.append(toast);
    while (box.children.length > MOST) box.firstChild.remove();
    if (notice.kind === "done") setTimeout(() => toast.remove(), STAY);
  };
})(window.zhihui);
