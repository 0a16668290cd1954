/* Lists that follow data: one element an item, found again by the item's id, so that nothing is drawn anew. */
(function (zhihui) {
  "use strict";

  /** Children of `box` are those of `items` ({id}), in their order: `make(item)` once, `fill(element, item)` each time. */
  zhihui.keyed = function (box, items, make, fill) {
    const held = new Map(Array.from(box.children, (child) => [child.dataset.keyed, child]));
    items.forEach((item, place) => {
      const element = held.get(item.id) || make(item);
      held.delete(item.id);
      element.dataset.keyed = item.id;
      if (box.children[place] !== element) box.insertBefore(element, box.children[place] || null);
      fill(element, item);
    });
    held.forEach((element) => element.remove());
  };
})(window.zhihui);
