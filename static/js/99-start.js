/* Begin: panels when their elements stand, the stream at once. */
(function (zhihui) {
  "use strict";
  if (!zhihui.hands && zhihui.boot.page !== "wall") return;
  if (zhihui.boot.page === "admin") return void zhihui.whenThere("admin-body", says); // nothing there moves by itself
  zhihui.whenThere("clock", () => {
    zhihui.panels.start();
    zhihui.freshness.start();
    zhihui.ticker.start();
    legend();
    says();
  });
  if (zhihui.boot.page !== "places") zhihui.whenThere("incident-list", (element) => zhihui.list.start(element));
  if (zhihui.boot.page !== "replay") zhihui.stream.start(); // what was is not heard but asked for

  /** What only the server knows: the city's name, who sits here, whether the data is invented. */
  function says() {
    const { city, user, lang } = zhihui.boot;
    document.querySelectorAll("[data-city]").forEach((place) => zhihui.setText(place, zhihui.text(place.dataset.city, { city: zhihui.cityName() })));
    document.querySelectorAll("[data-sample]").forEach((note) => (note.hidden = !city.sample));
    document.querySelectorAll("[data-who]").forEach((place) => {
      if (!user) return;
      const seat = user.seat ? zhihui.text("session.seat", { seat: user.seat }) + " · " : "";
      zhihui.setText(place, seat + zhihui.text("session.who", { name: user.name, role: zhihui.text("role." + user.role) }));
    });
    if (lang === "en") document.documentElement.classList.add("latin");
  }

  /** The marks of the legend are drawn by what draws the map. */
  function legend() {
    document.querySelectorAll("[data-legend]").forEach((item) => {
      const [kind, value] = item.dataset.legend.split(":");
      const sprite = kind === "level" ? zhihui.incidentSprite(Number(value), "", true)
        : kind === "unit" ? zhihui.unitSprite("fire", value, false) : zhihui.placeSprite(value);
      item.prepend(zhihui.spriteElement(sprite));
    });
  }
  zhihui.on("resized", () => {
    document.querySelectorAll("[data-legend] canvas").forEach((old) => old.remove());
    legend();
  });
})(window.zhihui);
