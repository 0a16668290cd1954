/* 我: who this is, on duty or off, and where the phone is while on duty. Off duty nothing leaves the phone. */
(function (zhihui) {
  "use strict";
  const { make, text, parts, boot } = zhihui;
  const EVERY_MS = 10000;
  const MOVED_M = 10;
  let watch = null;
  let last = null; // [lon, lat] that was sent, and when
  let told = "field.position.off";

  /** On duty as it will be when all is sent. */
  function onDuty() {
    const asked = zhihui.queue.pending().filter((row) => row.duty !== undefined).pop();
    if (asked) return asked.duty;
    return Boolean(zhihui.state && zhihui.state.unit && zhihui.state.unit.on_duty);
  }

  const metres = ([a, b], [c, d]) => Math.hypot((a - c) * 111320 * Math.cos((b * Math.PI) / 180), (b - d) * 110540);

  async function moved({ coords }) {
    const here = [coords.longitude, coords.latitude];
    if (!onDuty()) return;
    if (last && (Date.now() - last.at < EVERY_MS || metres(here, last.here) < MOVED_M)) return;
    last = { here, at: Date.now() };
    const fix = { unit: boot.user.id, lon: here[0], lat: here[1], at: zhihui.queue.now() };
    if (coords.speed !== null && coords.speed >= 0) fix.speed = Math.min(1000, coords.speed * 3.6);
    if (Number.isFinite(coords.heading)) fix.heading = coords.heading;
    try {
      const answer = await fetch(zhihui.address("/units/positions"), { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify([fix]) });
      say(answer.ok ? "field.position.sent" : "field.position.waits");
    } catch (error) {
      say("field.position.waits"); // the next place is worth more than this one
    }
  }

  function say(key) {
    told = key;
    const line = document.getElementById("position");
    if (line) line.textContent = text(told);
  }

  /** Watch only while on duty. */
  function follow() {
    const wanted = boot.user.kind === "unit" && onDuty();
    if (wanted && watch === null) {
      if (!navigator.geolocation || !window.isSecureContext) return say("field.position.insecure");
      say("field.position.waits");
      watch = navigator.geolocation.watchPosition(moved, () => say("field.position.refused"), { enableHighAccuracy: true, maximumAge: 5000 });
    } else if (!wanted) {
      if (watch !== null) navigator.geolocation.clearWatch(watch);
      watch = last = null;
      say("field.position.off");
    }
    return undefined;
  }
  zhihui.on("queue", follow);
  zhihui.on("state", follow);

  async function setDuty(duty) {
    const says = text(duty ? "field.duty.go_on" : "field.duty.go_off");
    await zhihui.queue.put([{ says, path: "/units/" + encodeURIComponent(boot.user.id) + "/duty", body: { on_duty: duty }, duty }]);
  }

  zhihui.screens.me = function (frame) {
    const { state } = zhihui;
    const unit = state && state.unit;
    const about = make("article", "me");
    about.append(make("h2", "", unit ? unit.name : boot.user.name), make("p", "where", text("role." + boot.user.role)));
    if (unit) {
      const duty = onDuty();
      about.append(make("p", "duty", text(duty ? "field.duty.on" : "field.duty.off")));
      const position = make("p", "hint", text(told));
      position.id = "position";
      about.append(position, parts.button(text(duty ? "field.duty.go_off" : "field.duty.go_on"), duty ? "plain wide" : "primary wide", () => setDuty(!duty)));
    }
    const dark = !document.documentElement.classList.contains("sun");
    const light = parts.button(text(dark ? "field.light.sun" : "field.light.night"), "plain wide", () => {
      zhihui.keep("zhihui.light", { night: !dark });
      location.reload();
    });
    light.disabled = !navigator.onLine; // the page is loaded anew
    const leave = make("form");
    Object.assign(leave, { method: "post", action: "/logout?" + new URLSearchParams({ lang: boot.lang, ...(boot.user.kind === "unit" ? { unit: "1" } : {}) }) });
    leave.append(make("button", "plain wide", text("field.leave")));
    leave.addEventListener("submit", (event) => {
      if (zhihui.queue.rows().length && !window.confirm(text("field.leave.unsent", { n: zhihui.queue.rows().length }))) event.preventDefault();
    });
    frame.replaceChildren(about, light, leave, make("p", "hint", text("field.offline_note")));
  };
})(window.zhihui);
