/* Pieces of the screens: buttons, chips, sheets from below, photos that were chosen, what is said at the bottom. */
(function (zhihui) {
  "use strict";
  const { make, text } = zhihui;
  const parts = (zhihui.parts = {});

  parts.button = function (words, className, press) {
    const made = make("button", className, words);
    made.type = "button";
    made.addEventListener("click", () => press(made));
    return made;
  };

  parts.label = function (words, field) {
    const made = make("label", "field");
    made.append(make("span", "", words), field);
    return made;
  };

  parts.area = function (hint, rows) {
    const made = make("textarea");
    Object.assign(made, { rows: rows || 3, maxLength: 4000, placeholder: hint });
    return made;
  };

  /** Chips of which one is taken: {element, value(), set(value), offer([[value, words]])}. */
  parts.chips = function (choices, changed) {
    const element = make("div", "chips");
    let taken = null;
    function set(value) {
      taken = value;
      for (const chip of element.children) chip.setAttribute("aria-pressed", String(chip.dataset.value === String(value)));
    }
    function offer(list) {
      element.replaceChildren(...list.map(([value, words]) => {
        const chip = parts.button(words, "chip", () => {
          set(value);
          if (changed) changed(value);
        });
        chip.dataset.value = value;
        return chip;
      }));
      set(taken);
    }
    offer(choices);
    return { element, set, offer, value: () => taken };
  };

  /** Photos to go with an act: {element, taken(): Blobs}. */
  parts.photos = function () {
    const element = make("div", "photos");
    const input = make("input");
    Object.assign(input, { type: "file", accept: "image/*", multiple: true, hidden: true });
    const taken = [];
    const add = parts.button(text("field.photo.add"), "plain wide", () => input.click());
    input.addEventListener("change", async () => {
      for (const file of input.files) {
        try {
          keep(await zhihui.photo(file));
        } catch (error) {
          parts.say(text("field.photo.broken", { name: file.name }));
        }
      }
      input.value = "";
    });
    function keep(blob) {
      taken.push(blob);
      const shown = make("button", "photo");
      shown.type = "button";
      shown.setAttribute("aria-label", text("field.photo.drop"));
      const picture = shown.appendChild(make("img"));
      picture.src = URL.createObjectURL(blob);
      picture.alt = "";
      shown.addEventListener("click", () => {
        taken.splice(taken.indexOf(blob), 1);
        URL.revokeObjectURL(picture.src);
        shown.remove();
      });
      element.insertBefore(shown, add);
    }
    element.append(add, input);
    return { element, taken: () => taken };
  };

  /** A sheet from below with a title; `close` shuts it. */
  parts.sheet = function (title, ...content) {
    const back = make("div", "sheet-back");
    const sheet = back.appendChild(make("section", "sheet"));
    sheet.setAttribute("role", "dialog");
    const close = () => back.remove();
    const head = sheet.appendChild(make("header"));
    head.append(make("h2", "", title), parts.button(text("field.close"), "plain", close));
    sheet.append(...content);
    back.addEventListener("click", (event) => event.target === back && close());
    document.body.append(back);
    return { sheet, close };
  };

  let fading = 0;
  parts.say = function (words) {
    let line = document.getElementById("toast");
    if (!line) {
      line = document.body.appendChild(make("div"));
      line.id = "toast";
      line.setAttribute("role", "status");
    }
    line.textContent = words;
    line.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => (line.hidden = true), 4000);
  };

  /** After an act: it is kept, and on its way as soon as there is one. */
  parts.sayKept = () => parts.say(text(navigator.onLine ? "field.done.sent" : "field.done.kept"));

  /** Photos of an act, as acts of their own that follow `after` (a key) or go to a known incident. */
  parts.photoActs = (blobs, path, verb, after) => blobs.map((photo, i) => (
    { says: text("field.says.photo"), path, photo, name: text("field.photo.name", { n: i + 1 }) + ".jpg", verb, after }));
})(window.zhihui);
