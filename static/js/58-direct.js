/* Directing walls (大屏调度) from any page: one order to a wall, the words of a scene, and what each wall says. */
(function (zhihui) {
  "use strict";
  if (!zhihui.hands) return;
  const PATIENCE = 10000;
  const query = () => "?" + new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang });

  async function asked(path, options) {
    const answer = await fetch("/api/v1/walls" + path + query(), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE), ...options });
    const told = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(told.code), { told });
    return told;
  }

  zhihui.direct = {
    /** Every wall of this desk's area, as `GET /walls` tells it. */
    list: async () => (await asked("")).items.filter((wall) => wall.open),

    /** One order; done and refused are said as toasts. Gives whether it was done. */
    async order(wall, verb, body, done) {
      try {
        const headers = { "Content-Type": "application/json" };
        await asked(`/${encodeURIComponent(wall)}/${verb}`, { method: "POST", headers, body: JSON.stringify(body || {}) });
        zhihui.notice({ kind: "done", text: zhihui.text(done, { wall }) });
        return true;
      } catch (error) {
        const { told } = error;
        const said = told && told.title ? { kind: "refusal", text: `${told.title}：${told.detail}`, remedy: told.remedy } : { kind: "fault", text: zhihui.text("walls.unsent", { wall }) };
        zhihui.notice(said);
        return false;
      }
    },

    /** What a scene shows, in a few words. */
    words(scene) {
      const kind = zhihui.text("scene." + scene.kind);
      if (scene.panes) return `${kind} ${scene.panes.map((pane) => zhihui.direct.words(pane)).join(" | ")}`;
      const linkage = scene.linkage && zhihui.store.get("linkages", scene.linkage);
      const incident = scene.incident && zhihui.store.get("incidents", scene.incident);
      const about = linkage ? zhihui.planName(linkage.properties) : incident ? `${zhihui.level(incident.properties.severity)} ${zhihui.title(incident.properties.title)}` : "";
      return about ? `${kind} · ${about}` : kind;
    },

    /** confirmed, waiting, offline or never: whether the wall itself says that it shows what it was told. */
    state(wall, feature) {
      if (wall.state === "never" || wall.state === "offline" || !feature) return wall.state;
      const { seq, blank } = feature.properties;
      return wall.display.scene_seq === seq && Boolean(wall.display.blank) === blank ? "confirmed" : "waiting";
    },

    stateWords: (state, wall) => zhihui.text("walls.state." + state, { age: zhihui.age_text(wall.age_s || 0) }),
  };
})(window.zhihui);
