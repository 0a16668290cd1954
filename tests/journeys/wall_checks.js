/* What a test asks of a wall's page; made known to it as `checks`. */
window.checks = {
    /** Every text that stands by itself: large enough, within safe margin and panel, whole or cut with dots. */
    faults() {
        const unit = innerHeight / 1080;
        const page = document.querySelector(".wall-page").getBoundingClientRect();
        const found = [];
        for (const one of document.querySelectorAll(".wall-page > .bar *, .left *, .right *, .response-panel-left *, .response-panel-right *, .map-band *, #ticker *, .map-note *")) {
            const said = Array.from(one.childNodes).filter(n => n.nodeType === 3).map(n => n.textContent.trim()).join("");
            const box = one.getBoundingClientRect();
            if (!said || !box.width) continue;
            const tell = what => found.push([what, said, one.className, Math.round(box.right), Math.round(box.bottom)]);
            const letter = parseFloat(getComputedStyle(one).fontSize);
            const spare = Math.max(0, (box.height - letter) / 2); // above and below the letters themselves
            const edges = [box.left - page.left, page.right - box.right,
                box.top + spare - page.top, page.bottom - box.bottom + spare];
            if (letter < 14 * unit - 0.1) tell("small");
            if (Math.min(...edges) < 12 * unit - 1) tell("edge");
            const panel = one.closest(".kpi, .incident-row, .left, .right, .scene-panel, #ticker, .map-frame, .bar").getBoundingClientRect();
            if (box.right > panel.right + 1 || box.bottom > panel.bottom + 1 || box.left < panel.left - 1) tell("outside");
            if (!one.closest(".clip, svg") && one.clientWidth && one.scrollWidth > one.clientWidth + 1) tell("cut");
        }
        const places = Array.from(document.querySelectorAll(".wall-page > .bar > *"), one => one.getBoundingClientRect())
            .filter(box => box.width);
        for (let i = 1; i < places.length; i++) if (places[i].left < places[i - 1].right - 1) found.push(["overlap", i]);
        return found;
    },
    /** Widths of the left and the right column. */
    columns: () => [".left", ".right"].map(one => Math.round(document.querySelector(one).getBoundingClientRect().width)),
    /** What lies across a seam in the middle of the height. */
    across: () => Array.from(document.querySelectorAll(".kpi, .unit-row, .count-row, .incident-row, .board-office, .response-row"))
        .filter(one => one.offsetHeight && one.checkVisibility({ visibilityProperty: true })).map(one => one.getBoundingClientRect())
        .filter(box => box.top < innerHeight / 2 && box.bottom > innerHeight / 2).length,
    /** The districts' rows: [code, open, waiting, over]. */
    districts: () => Array.from(document.querySelectorAll("[data-counts=areas] [data-key]"),
        ({ dataset }) => [dataset.key, ...["open", "waiting", "over"].map(part => Number(dataset[part]))]),
    /** Lines of the ticker: [seq, pixels cut off, right edge]. */
    ticker: () => Array.from(document.querySelectorAll("#ticker .line"),
        line => [Number(line.dataset.seq), line.scrollWidth - line.clientWidth, line.getBoundingClientRect().right]),
    /** Where the page stands in each step of a whole turn, at once, so that nothing else happens meanwhile. */
    orbit() {
        zhihui.map.on("resize", () => (window.resized = true));
        const page = document.querySelector(".wall-page");
        return Array.from({ length: 24 }, () => {
            zhihui.shift.next();
            const { left, top } = page.getBoundingClientRect();
            return [left, top];
        });
    },
    transforms() {
        const found = new Set();
        for (let one = document.getElementById("map"); one; one = one.parentElement) found.add(getComputedStyle(one).transform);
        return Array.from(found);
    },
    /** Draw a board without incidents; what the page says then. */
    async empty() {
        zhihui.store.load({ seq: zhihui.seq, at: new Date().toISOString(), remove: {},
            upsert: { units: zhihui.features("units") }, panels: { kpi: { open: 0 } } });
        await window.checks.frames();
        return [document.getElementById("list-note").textContent, document.querySelectorAll(".incident-row").length];
    },
    frames: () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))),
};
