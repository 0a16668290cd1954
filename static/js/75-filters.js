/* The small panel that narrows the queues: levels, group of classes, district, channel; and its line in words. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "desk") return;
  const groups = [...new Set(zhihui.boot.classes.map((row) => row.group))];
  const panel = () => document.getElementById("filter-panel");

  /** Districts (for a district's desk, its towns) and the channels on the board: value → words. */
  function known() {
    const areas = zhihui.boot.areas || [];
    const widest = Math.min(...areas.map((area) => area.tier));
    const districts = new Map(areas.filter((area) => area.tier === widest).map((area) => [area.code, area.name]));
    const channels = new Map();
    zhihui.store.layer("incidents").forEach(({ properties: p }) => channels.set(p.channel, channelName(p.channel)));
    return { districts, channels };
  }

  const channelName = (code) => (zhihui.hasText("channel." + code) ? zhihui.text("channel." + code) : code);

  function choice(label, name, options) {
    const field = zhihui.make("label", "field");
    const select = zhihui.make("select");
    select.dataset.narrowBy = name;
    const held = zhihui.queues.narrow()[name];
    if (held && !options.has(held)) options.set(held, held); // remembered, but nothing of it is open now
    select.append(option("", zhihui.text("filter.any")));
    [...options].sort(([a], [b]) => (a < b ? -1 : 1)).forEach(([value, words]) => select.append(option(value, words)));
    select.value = held;
    select.onchange = () => zhihui.queues.set({ [name]: select.value });
    field.append(zhihui.make("span", "", label), select);
    return field;
  }

  function option(value, words) {
    const made = zhihui.make("option", "", words);
    made.value = value;
    return made;
  }

  function levels() {
    const row = zhihui.make("div", "level-choice");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", zhihui.text("report.severity"));
    for (const level of [1, 2, 3, 4]) {
      const button = zhihui.make("button", "chip", zhihui.level(level));
      button.title = zhihui.text("severity." + level);
      button.setAttribute("aria-pressed", String(zhihui.queues.narrow().levels.includes(level)));
      button.onclick = () => toggle(level, button);
      button.prepend(zhihui.markElement(level, "", true));
      row.append(button);
    }
    return row;
  }

  function toggle(level, button) {
    const held = zhihui.queues.narrow().levels;
    const has = held.includes(level);
    button.setAttribute("aria-pressed", String(!has));
    zhihui.queues.set({ levels: has ? held.filter((other) => other !== level) : held.concat([level]).sort() });
  }

  function open() {
    const { districts, channels } = known();
    panel().replaceChildren(
      levels(),
      choice(zhihui.text("filter.group"), "group", new Map(groups.map((group) => [group, zhihui.text("group." + group)]))),
      choice(zhihui.text("filter.district"), "district", districts),
      choice(zhihui.text("filter.channel"), "channel", channels),
    );
    panel().hidden = false;
    panel().querySelector("button").focus();
  }

  /** Returns whether there was anything to close; the button that opened it has the focus again. */
  function close() {
    if (!panel() || panel().hidden) return false;
    const inside = panel().contains(document.activeElement);
    panel().hidden = true;
    if (inside) document.querySelector("[data-narrow]").focus();
    return true;
  }

  function line() {
    const place = document.getElementById("filter-line");
    if (!place) return;
    const on = zhihui.queues.narrowed();
    zhihui.setText(place.querySelector(".said"), on ? said() : zhihui.text("list.order"));
    place.querySelector(".said").title = on ? said() : "";
    place.querySelector("[data-clear]").hidden = !on;
    place.classList.toggle("on", on);
  }

  function said() {
    const narrow = zhihui.queues.narrow();
    const district = narrow.district && (known().districts.get(narrow.district) || narrow.district);
    const parts = [
      narrow.levels.map(zhihui.level).join(""), narrow.group && zhihui.text("group." + narrow.group), district,
      narrow.channel && channelName(narrow.channel), narrow.words && "“" + narrow.words + "”",
    ];
    return parts.filter(Boolean).join(" · ");
  }

  zhihui.filters = { toggle: () => (panel().hidden ? open() : close()), close };
  zhihui.on("narrowed", line);
  zhihui.on("board", line);
  zhihui.whenThere("filter-line", line);

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-narrow]")) return zhihui.filters.toggle();
    if (event.target.closest("[data-clear]")) {
      close();
      return zhihui.queues.clear();
    }
    return event.target.closest("#filter-panel") ? undefined : close();
  });
})(window.zhihui);
