/* 导出影片 on /replay: the server makes the span's film beside its work; it is told how far it is, then fetched. */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "replay") return;
  const { film } = zhihui;
  const EVERY_MS = 1000;
  const KEY = "replay-film"; // the film that was asked for last, so that it is found again after a reload
  const text = zhihui.text;
  const part = (name) => document.querySelector(`[data-film="${name}"]`);
  let asked = false; // whether its state is being followed

  const WORDS = { seconds: (value) => text("replay.film.long", { s: value }), size: (value) => value.replace("x", " × ") };
  const USUAL = { seconds: "60", size: "1920x1080" };

  function furnish() {
    for (const [name, words] of Object.entries(WORDS)) {
      const select = document.createElement("select");
      for (const value of part(name).dataset.values.split(" ")) select.append(new Option(words(value), value));
      select.value = USUAL[name];
      part(name).append(select);
    }
  }

  const value = (name) => part(name).querySelector("select").value;

  /** The server's answer, or null: then why is said. */
  async function ask(path, options) {
    try {
      const answer = await fetch("/api/v1/replay/film" + path, { cache: "no-store", headers: { "Content-Type": "application/json" }, ...options });
      const found = await answer.json();
      if (answer.ok) return found;
      say([found.detail, found.remedy].filter(Boolean).join(" "));
    } catch (error) {
      say(text("unreached.text"));
    }
    return null;
  }

  const say = (words) => part("said").replaceChildren(words);

  async function make() {
    const { from, to } = film.span();
    const [width, height] = value("size").split("x").map(Number);
    const chosen = Object.fromEntries(["wall", "trail"].map((name) => [name, document.getElementById("replay-" + name).value]));
    const body = JSON.stringify({ seconds: Number(value("seconds")), width, height, lang: zhihui.boot.lang, ...chosen });
    const query = new URLSearchParams({ realm: zhihui.realm, lang: zhihui.boot.lang, from: from.at, to: to.at });
    part("make").disabled = true;
    const job = await ask("?" + query, { method: "POST", body });
    if (!job) return void (part("make").disabled = false);
    zhihui.keep(KEY, { id: job.id });
    follow(job);
  }

  async function follow(job) {
    asked = job.status === "making";
    part("make").disabled = asked;
    tell(job);
    if (!asked) return;
    await new Promise((then) => setTimeout(then, EVERY_MS));
    const next = await ask("/" + job.id + "?lang=" + zhihui.boot.lang);
    if (next) return void follow(next);
    asked = false;
    part("make").disabled = false;
  }

  function tell({ id, status, done, of, problem }) {
    if (status === "making") return say(text("replay.film.making", { percent: Math.floor((100 * done) / of) }));
    if (status === "failed") return say(text("error." + problem, { detail: "" }));
    const link = Object.assign(zhihui.make("a", "", text("replay.film.done")), { href: `/api/v1/replay/film/${id}/mp4`, download: "" });
    return say(link);
  }

  zhihui.replayExport = async function () {
    if (!film.span()) return;
    film.pause();
    if (!part("seconds").querySelector("select")) furnish();
    part("dialog").showModal();
    const { id } = zhihui.kept(KEY);
    if (!id || asked) return;
    const answer = await fetch("/api/v1/replay/film/" + id, { cache: "no-store" }); // gone after a day: then nothing is said
    if (answer.ok) follow(await answer.json());
  };

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-film="make"]')) make();
    else if (event.target.closest('[data-film="close"]')) part("dialog").close();
  });
})(window.zhihui);
