/* The dialog in which a plan is activated (启动应急响应); its content is the server's, pages/linkage.py. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const dialog = () => document.getElementById("activation");
  const isOpen = () => Boolean(dialog() && dialog().open);

  const set = (id, props) => window.dash_clientside.set_props(id, props);

  /** Nothing of another incident is shown, or may be pressed, until this one's is there. */
  function open(incident) {
    set("activation-body", { children: [] });
    set("activate", { disabled: true });
    set("activating", { data: { incident, at: Date.now() } });
    dialog().showModal();
  }

  function close() {
    if (isOpen()) dialog().close();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-activate]");
    if (button) open(button.dataset.activate);
    if (event.target.closest("[data-close-activation]")) close();
  });

  zhihui.activation = {
    isOpen,
    /** It was activated, here or by somebody else: the dialog gives way to the panel. */
    done(linkage) {
      close();
      zhihui.linkageDesk.await(linkage);
    },
  };
})(window.zhihui);
