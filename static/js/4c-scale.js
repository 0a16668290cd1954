/* The scale bar: a round length at the middle of the view, in metres or kilometres. */
(function (zhihui) {
  "use strict";
  const L = window.L;
  if (!L) return;
  const LONGEST = 130; // pixels at 1080 lines
  let bar = null;

  /** The largest of 1, 2, 5 × 10ⁿ metres that is not more than this. */
  function round(metres) {
    const tens = 10 ** Math.floor(Math.log10(metres));
    return [5, 2, 1].map((n) => n * tens).find((n) => n <= metres);
  }

  function update() {
    const map = zhihui.map;
    const middle = map.getSize().divideBy(2);
    const width = zhihui.px(LONGEST);
    const metres = map.containerPointToLatLng(middle).distanceTo(map.containerPointToLatLng(middle.add([width, 0])));
    const length = round(metres);
    bar.style.width = (width * length) / metres + "px";
    zhihui.setText(bar, length < 1000 ? zhihui.text("scale.m", { n: length }) : zhihui.text("scale.km", { n: length / 1000 }));
  }

  zhihui.on("map", (map) => {
    bar = zhihui.make("div", "scale-bar");
    (document.querySelector(".map-note.legend") || map.getContainer().parentElement).append(bar);
    map.on("zoomend moveend", update);
    update();
  });
  zhihui.on("resized", () => zhihui.map && update());
})(window.zhihui);
