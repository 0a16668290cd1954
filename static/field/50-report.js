/* 上报: class, words, photo, place, level. */
(function (zhihui) {
  "use strict";
  const { make, text, parts, boot } = zhihui;
  const RESTS_MS = 600;
  const USUAL = 6;
  const english = boot.lang === "en";
  const classes = new Map(boot.classes.map((row) => [row.code, row]));
  const named = (code) => (english ? classes.get(code).name_en : classes.get(code).name);
  const daily = boot.classes.slice().sort((a, b) => a.emergency - b.emergency).map((row) => row.code);
  const places = (zhihui.places = {});

  /** Codes that this phone reported lately, then those of the table: what is met every day before disasters. */
  function usual() {
    const lately = (zhihui.kept("zhihui.lately").codes || []).filter((code) => classes.has(code));
    return Array.from(new Set([...lately, ...daily])).slice(0, USUAL);
  }

  function remember(code) {
    zhihui.keep("zhihui.lately", { codes: [code, ...usual().filter((one) => one !== code)].slice(0, USUAL) });
  }

  /** Where this phone is; null where it may not or cannot tell. */
  places.here = () => new Promise((resolve) => {
    if (!navigator.geolocation || !window.isSecureContext) return resolve(null);
    return navigator.geolocation.getCurrentPosition(({ coords }) => resolve([coords.longitude, coords.latitude]), () => resolve(null), { enableHighAccuracy: true, timeout: 8000, maximumAge: 10000 });
  });

  places.centre = function () {
    const { bounds } = boot.city;
    return (zhihui.state && zhihui.state.home) || (bounds ? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] : [118.1, 24.5]);
  };

  /** Place of a report: {element, value()}. */
  function placePart() {
    const element = make("div", "place");
    const words = element.appendChild(make("p", "hint", text("field.place.none")));
    const frame = make("div", "map");
    let point = null;
    const put = (found, said) => {
      point = found;
      words.textContent = text(said, { lon: found[0].toFixed(5), lat: found[1].toFixed(5) });
    };
    const locate = parts.button(text("field.place.locate"), "plain wide", async (button) => {
      button.disabled = true;
      const found = await places.here();
      button.disabled = false;
      if (!found) return (words.textContent = text(window.isSecureContext ? "field.place.refused" : "field.place.insecure"));
      put(found, "field.place.here");
      return map.show(found, true);
    });
    element.append(locate, frame);
    const map = zhihui.smallMap(frame, places.centre(), (tapped) => put(tapped, "field.place.tapped"));
    return { element, value: () => point };
  }

  zhihui.screens = { report };

  /** The form, drawn anew each time it is opened. */
  function report(frame) {
    const words = parts.area(text("field.report.hint"), 4);
    words.id = "report-text";
    const kinds = parts.chips(usual().map((code) => [code, named(code)]));
    const all = make("select");
    all.append(new Option(text("field.report.more"), ""), ...boot.classes.map((row) => new Option(named(row.code), row.code)));
    all.addEventListener("change", () => {
      if (!all.value) return;
      kinds.offer([[all.value, named(all.value)], ...usual().filter((code) => code !== all.value).map((code) => [code, named(code)])]);
      kinds.set(all.value);
    });
    const level = parts.chips([4, 3, 2, 1].map((n) => [n, zhihui.level(n) + " " + text("severity." + n)]));
    level.set(4);
    const photos = parts.photos();
    const place = placePart();
    let resting = 0;
    words.addEventListener("input", () => {
      clearTimeout(resting);
      resting = setTimeout(() => propose(words.value, kinds, level), RESTS_MS);
    });
    const send = parts.button(text("field.report.send"), "primary wide", async () => {
      const problem = !words.value.trim() ? "field.report.no_text" : !kinds.value() ? "field.report.no_class" : !place.value() ? "field.report.no_place" : null;
      if (problem) return parts.say(text(problem));
      const [lon, lat] = place.value();
      const key = zhihui.queue.newKey();
      const body = { class: kinds.value(), severity: Number(level.value()), text: words.value.trim(), location: { lon, lat }, channel: boot.user.kind === "unit" ? "unit" : "grid", source_id: "field:" + key };
      const says = text("field.says.report", { title: named(kinds.value()) });
      await zhihui.queue.put([{ key, says, path: "/incidents", body }, ...parts.photoActs(photos.taken(), "/incidents/{id}/attach", "report", key)]);
      remember(kinds.value());
      parts.sayKept();
      return report(frame);
    });
    send.id = "report-send";
    frame.replaceChildren(
      parts.label(text("field.report.text"), words),
      make("h3", "", text("field.report.class")), kinds.element, all,
      make("h3", "", text("field.report.photo")), photos.element,
      make("h3", "", text("field.report.place")), place.element,
      make("h3", "", text("field.report.level")), level.element,
      send,
    );
  }

  /** What the words suggest comes first; without a network the usual ones stay. */
  async function propose(words, kinds, level) {
    if (!words.trim()) return;
    try {
      const answer = await fetch(zhihui.address("/field/propose", { text: words }));
      if (!answer.ok) return;
      const found = await answer.json();
      const codes = Array.from(new Set([...found.classes.map((one) => one.code), ...(kinds.value() ? [kinds.value()] : []), ...usual()])).slice(0, USUAL);
      kinds.offer(codes.map((code) => [code, named(code)]));
      if (!kinds.value() && found.classes.length) kinds.set(codes[0]);
      if (found.severity) level.set(found.severity.level);
    } catch (error) {
      return; // offline
    }
  }
})(window.zhihui);
