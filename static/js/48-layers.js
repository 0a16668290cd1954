/* Which layers are on: the switch on the desk's map, remembered by this browser; the legend says what is. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const KEY = "zhihui.layers";
  let chosen = zhihui.kept(KEY); // layer → true or false, only where somebody chose
  let panel = null;
  let opener = null;

  /** A wall has no hand to turn anything on: it shows what is shown at first. */
  zhihui.isShown = (layer) => !layer.switch || (zhihui.boot.page !== "wall" && chosen[layer.name] !== undefined ? chosen[layer.name] : layer.shown);
  const layerOf = (name) => zhihui.registry().layers.find((layer) => layer.name === name);
  zhihui.isOn = (name) => {
    const layer = layerOf(name);
    return !layer || zhihui.isShown(layer);
  };

  function choose(layer, on) {
    chosen = { ...chosen, [layer.name]: on };
    zhihui.keep(KEY, chosen);
    zhihui.emit("shown", layer.name);
  }

  /** Entries of the legend whose layer is on and drawn at this zoom. */
  function legend() {
    if (!zhihui.map) return;
    document.querySelectorAll("[data-legend][data-of]").forEach((item) => {
      const layer = layerOf(item.dataset.of);
      item.hidden = Boolean(layer) && !(zhihui.isShown(layer) && zhihui.within(layer.zooms, zhihui.zoom()));
    });
  }

  function row(layer) {
    const line = zhihui.make("label", "layer-row");
    const box = zhihui.make("input");
    box.type = "checkbox";
    box.checked = zhihui.isShown(layer);
    box.addEventListener("change", () => choose(layer, box.checked));
    const name = zhihui.make("span", "", zhihui.text("layer." + layer.name));
    const far = zhihui.make("small", "", zhihui.text("layers.nearer"));
    far.dataset.layer = layer.name;
    line.append(box, name, far);
    return line;
  }

  /** Beside layers that are on but only drawn nearer. */
  function hints() {
    if (!panel) return;
    panel.querySelectorAll("small[data-layer]").forEach((note) => {
      const layer = layerOf(note.dataset.layer);
      note.hidden = !zhihui.isShown(layer) || zhihui.within(layer.zooms, zhihui.zoom());
    });
  }

  function open(now) {
    panel.hidden = !now;
    opener.setAttribute("aria-expanded", String(now));
    if (now) panel.querySelector("input").focus();
  }

  function build(map) {
    const frame = map.getContainer().parentElement;
    opener = zhihui.make("button", "layers-open", zhihui.text("layers.title"));
    opener.type = "button";
    opener.addEventListener("click", () => open(panel.hidden));
    panel = zhihui.make("div", "layers-panel");
    panel.setAttribute("role", "group");
    panel.setAttribute("aria-label", zhihui.text("layers.title"));
    panel.append(...zhihui.registry().layers.filter((layer) => layer.switch).reverse().map(row));
    frame.append(opener, panel);
    open(false);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || panel.hidden) return;
      event.stopPropagation();
      open(false);
      opener.focus();
    }, true);
    document.addEventListener("pointerdown", (event) => {
      if (!panel.hidden && !panel.contains(event.target) && event.target !== opener) open(false);
    });
  }

  const refresh = () => {
    legend();
    hints();
  };
  zhihui.on("map", (map) => {
    if (zhihui.hands) build(map);
    map.on("zoomend", refresh);
    refresh();
  });
  zhihui.on("shown", refresh);
})(window.zhihui);
