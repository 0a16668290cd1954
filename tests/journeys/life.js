/* Facts in plenty, folded in the page: a city's weeks in a minute. {from, to}: numbers of the first and the last. */
async ({ from, to }) => {
    // Each incident lives eight facts long: reported, dispatched, on the way, there, released, closed, gone.
    const units = zhihui.features("units").map(f => f.id);
    const classes = zhihui.boot.classes.map(row => row.code);
    const area = zhihui.boot.areas.find(row => row.tier === 1).code;
    const [west, south, east, north] = zhihui.boot.city.bounds;
    const base = window.first = window.first || zhihui.seq;
    const at = n => [west + (east - west) * ((n * 37) % 101) / 101, south + (north - south) * ((n * 53) % 97) / 97];
    const incident = (n, seq, status, ids) => ({
        type: "Feature", id: "I" + n, geometry: { type: "Point", coordinates: at(n) },
        properties: { seq, number: "N" + n, class: classes[n % classes.length], title: "事件 " + n, text: "", area,
            severity: 1 + n % 4, status, status_since: stamp, reported_at: stamp, place: "地点 " + n, units: ids,
            next: "arrive", deadline: { step: "arrive", due_at: stamp, total_s: 300, state: "running" } },
    });
    const unit = (n, seq, status) => {
        const held = zhihui.store.get("units", units[n % units.length]);
        const bond = status === "available" ? null : "A" + n;
        return { ...held, properties: { ...held.properties, seq, status, assignment: bond, incident: bond && "I" + n } };
    };
    const link = (n, seq, status) => ({
        type: "Feature", id: "A" + n, geometry: { type: "LineString", coordinates: [at(n + 7), at(n + 3), at(n)] },
        properties: { seq, unit: units[n % units.length], unit_name: "力量", incident: "I" + n, status, eta_s: 200 },
    });
    const line = (n, seq) => ({ seq, at: stamp, kind: "IncidentReported", args: { title: "事件 " + n, severity: "1" } });
    const kpi = seq => ({ open: seq % 90, waiting: seq % 7, on_scene: seq % 5, closed_today: seq % 1000 });
    const STEPS = [
        (n, s) => [{ incidents: [incident(n, s, "reported", [])] }, {}],
        (n, s) => [{ incidents: [incident(n, s, "dispatched", [units[n % units.length]])],
            units: [unit(n, s, "dispatched")], links: [link(n, s, "dispatched")] }, {}],
        (n, s) => [{ units: [unit(n, s, "enroute")], links: [link(n, s, "enroute")] }, {}],
        (n, s) => [{ units: [unit(n, s, "on_scene")], links: [link(n, s, "on_scene")] }, {}],
        (n, s) => [{ units: [unit(n, s, "available")] }, { links: ["A" + n] }],
        (n, s) => [{ incidents: [incident(n, s, "closed", [])] }, {}],
        (n, s) => [{}, { incidents: ["I" + n] }],
    ];
    let stamp = "";
    for (let i = from; i < to; i++) {
        stamp = new Date(zhihui.time.now()).toISOString();
        // Forty incidents stand at once, each at a step of its own.
        const round = Math.floor(i / 280), seat = i % 40, step = Math.floor((i % 280) / 40);
        const [upsert, remove] = STEPS[step](round * 40 + seat, base + i + 1);
        const patch = { seq: base + i + 1, at: stamp, upsert, remove, panels: { kpi: kpi(i), ticker: [line(i, base + i + 1)] } };
        if (zhihui.store.fold(patch)) zhihui.emit("folded", patch);
        if (i % 4 === 0) {
            const [lon, lat] = at(i);
            zhihui.store.move([[units[i % units.length], lon, lat, Date.now(), 30, i % 360]]);
        }
        if (i % 120 === 119) await new Promise(requestAnimationFrame);
    }
}
