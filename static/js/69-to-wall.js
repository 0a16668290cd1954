/* 上大屏: the desk's card puts its incident, or the response to it, on a wall that is picked from a short list. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  let open = null;

  function close(focus) {
    if (!open) return;
    const { list, button } = open;
    open = null;
    list.remove();
    if (focus) button.focus();
  }

  async function offer(button) {
    close();
    const list = zhihui.make("div", "to-wall-list");
    list.append(zhihui.make("div", "list-note", zhihui.text("walls.loading")));
    button.parentElement.append(list);
    open = { list, button };
    const items = await zhihui.direct.list().catch(() => null);
    if (!open || open.list !== list) return;
    const rows = (items || []).map((wall) => row(wall, button.dataset.toWall));
    list.replaceChildren(...(rows.length ? rows : [zhihui.make("div", "list-note", zhihui.text(items ? "walls.none" : "walls.failed"))]));
    if (rows.length) rows[0].focus();
  }

  function row(wall, incident) {
    const made = zhihui.make("button");
    made.type = "button";
    const state = zhihui.direct.stateWords(zhihui.direct.state(wall, zhihui.store.get("walls", wall.name)), wall);
    made.append(zhihui.make("span", "clip", wall.title || wall.name), zhihui.make("small", "", state));
    made.onclick = () => send(wall.name, incident);
    return made;
  }

  function send(wall, incident) {
    const { linkage } = (zhihui.store.get("incidents", incident) || { properties: {} }).properties;
    close(true);
    zhihui.direct.order(wall, "scene", linkage ? { scene: "linkage", linkage } : { scene: "incident", incident }, "walls.done.scene");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-to-wall]");
    if (button) return open && open.button === button ? close(true) : offer(button);
    return event.target.closest(".to-wall-list") || close();
  });
  document.addEventListener("keydown", (event) => {
    if (!open) return;
    const rows = Array.from(open.list.querySelectorAll("button"));
    const at = rows.indexOf(document.activeElement);
    if (event.key === "Escape") close(true);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") (rows[at + (event.key === "ArrowDown" ? 1 : -1)] || rows[at] || open.button).focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);
})(window.zhihui);
