/* Districts, towns and bounds of an open page follow the grids: after an import they are asked for anew. */
(function (zhihui) {
  "use strict";
  const AGAIN = 5000; // ms until the next try where the server does not answer

  async function follow() {
    const wall = zhihui.boot.wall ? { wall: zhihui.boot.wall } : {};
    const query = new URLSearchParams(Object.assign({ realm: zhihui.realm }, wall));
    try {
      const answer = await fetch("/api/v1/city?" + query, { cache: "no-store", signal: AbortSignal.timeout(20000) });
      if (answer.status === 401 || answer.status === 403) return;
      if (!answer.ok) throw new Error("city " + answer.status);
      take(await answer.json());
    } catch (error) {
      setTimeout(follow, AGAIN);
    }
  }

  function take({ city, areas }) {
    const bare = !zhihui.boot.city.bounds;
    Object.assign(zhihui.boot, { city, areas });
    if (bare && zhihui.showCity) zhihui.showCity(false); // the first grids of a new city
    zhihui.emit("city", null);
  }

  zhihui.on("imported", follow);
})(window.zhihui);
