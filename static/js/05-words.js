/* Words and numbers as people read them, from the catalogue of the page's language. */
(function (zhihui) {
  "use strict";
  const messages = zhihui.boot.messages;

  /** The sentence of a key with its {places} filled; an unknown key shows itself, so that it is seen. */
  zhihui.text = function (key, params) {
    const sentence = messages[key];
    if (sentence === undefined) return key;
    if (!params) return sentence;
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => (params[name] === undefined || params[name] === null ? "" : String(params[name])));
  };

  zhihui.hasText = (key) => messages[key] !== undefined;

  /** A length of time in at most two units: "18 秒", "4 分 10 秒", "3 小时 5 分", "2 天 4 小时". */
  zhihui.duration = function (seconds) {
    const s = Math.max(0, Math.round(seconds));
    if (s < 60) return zhihui.text("duration.s", { s });
    if (s < 3600) return zhihui.text("duration.ms", { m: Math.floor(s / 60), s: s % 60 });
    if (s < 86400) return zhihui.text("duration.hm", { h: Math.floor(s / 3600), m: Math.floor((s % 3600) / 60) });
    return zhihui.text("duration.dh", { d: Math.floor(s / 86400), h: Math.floor((s % 86400) / 3600) });
  };

  /** An age in its largest unit only, for places where room is short. */
  zhihui.age_text = function (seconds) {
    const s = Math.max(0, Math.floor(seconds));
    if (s < 60) return zhihui.text("duration.s", { s });
    if (s < 3600) return zhihui.text("duration.m", { m: Math.floor(s / 60) });
    if (s < 86400) return zhihui.text("duration.h", { h: Math.floor(s / 3600) });
    return zhihui.text("duration.d", { d: Math.floor(s / 86400) });
  };

  /** m:ss or h:mm:ss, for a running count. */
  zhihui.stopwatch = function (seconds) {
    const s = Math.max(0, Math.floor(seconds));
    const two = (n) => String(n).padStart(2, "0");
    if (s >= 86400) return zhihui.age_text(s);
    return s < 3600 ? two(Math.floor(s / 60)) + ":" + two(s % 60) : Math.floor(s / 3600) + ":" + two(Math.floor((s % 3600) / 60)) + ":" + two(s % 60);
  };

  const format = new Intl.DateTimeFormat("zh-CN", {
    timeZone: zhihui.boot.zone || "Asia/Shanghai",
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  /** HH:MM:SS of the city, whatever zone the screen's machine is set to. */
  zhihui.timeOfDay = (ms) => format.format(new Date(ms));

  const days = [{ month: "long", day: "numeric" }, { weekday: "short" }].map((parts) =>
    new Intl.DateTimeFormat(zhihui.boot.lang === "en" ? "en-GB" : "zh-CN", { timeZone: zhihui.boot.zone || "Asia/Shanghai", ...parts }));
  /** Day and weekday of the city: "11月22日 周日". */
  zhihui.dayOf = (ms) => days.map((format) => format.format(new Date(ms))).join(" ");

  /** Full-width roman numerals stand in one column of the grid of characters. */
  zhihui.level = (severity) => ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"][severity] || "";

  /** A title that is only the class's name is shown in the page's language; words of people are left as they are. */
  zhihui.title = (title) => (zhihui.boot.lang === "en" ? english.get(title) || title : title);

  /** What the plan of a response (its properties) is called in the page's language. */
  zhihui.planName = (p) => (zhihui.boot.lang === "en" && p.plan_name_en) || p.plan_name;

  /** The city's name in the page's language, where it has one. */
  zhihui.cityName = () => (zhihui.boot.lang === "en" && zhihui.boot.city.name_en) || zhihui.boot.city.name || "";

  const COMMUNITY = 12; // digits of its code
  const departments = new Map((zhihui.boot.departments || []).map((row) => [row.code, row]));

  const communities = new Map(); // code → its name, once an incident there has told it
  /** A community's name, as the place of an incident there says it: district, town, community, grid. */
  function communityName(code) {
    if (code.length !== COMMUNITY || !zhihui.store) return "";
    for (const { properties: p } of communities.has(code) ? [] : zhihui.store.layer("incidents").values()) {
      const name = p.area.startsWith(code) && (p.place || "").split(" ")[2];
      if (name) communities.set(code, name);
    }
    return communities.get(code) || "";
  }

  /** An area's name; of one that the page does not know, that of the area it lies in. */
  function areaName(code) {
    const own = communityName(code);
    if (own) return own;
    const around = (zhihui.boot.areas || []).filter((area) => code.startsWith(area.code));
    const nearest = around.sort((a, b) => b.code.length - a.code.length)[0];
    if (!nearest) return code;
    return nearest.code === code ? nearest.name : zhihui.text("office.within", { area: nearest.name });
  }

  /** An office (DEPT@AREA) as people say it: "公安局", "思明区 · 城市管理局"; the whole city's desk is its command
   * centre. */
  zhihui.officeName = function (office) {
    const [dept, area] = office.split("@");
    const row = departments.get(dept) || { name: dept, name_en: dept };
    const department = zhihui.boot.lang === "en" ? row.name_en : row.name;
    return [area && areaName(area), department].filter(Boolean).join(" · ") || zhihui.text("office.centre");
  };

  const english = new Map((zhihui.boot.classes || []).map((row) => [row.name, row.name_en]));
  const classes = new Map((zhihui.boot.classes || []).map((row) => [row.code, row]));
  zhihui.classOf = (code) => classes.get(code) || { code, name: code, name_en: code, glyph: "", group: "" };
})(window.zhihui);
