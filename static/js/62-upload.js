/*
 * Files for /places: dropped or chosen, sent one after another as they are (no copy in memory), told as they go.
 * Of several files (a Shapefile) all belong to one job; its id goes into the store `import-job`.
 */
(function (zhihui) {
  "use strict";
  if (zhihui.boot.page !== "places") return;
  let sending = null;

  function send(file, job, told) {
    return new Promise((done, failed) => {
      const request = (sending = new XMLHttpRequest());
      const query = new URLSearchParams({ file: file.name, lang: zhihui.boot.lang });
      if (job) query.set("job", job);
      request.open("POST", "/api/v1/imports?" + query);
      request.responseType = "json";
      request.upload.onprogress = (event) => event.lengthComputable && told(event.loaded);
      request.onload = () => (request.status === 201 ? done(request.response) : failed(request));
      request.onerror = request.onabort = () => failed(request);
      request.send(file);
    });
  }

  function refused(request) {
    const problem = request.response;
    if (request.status === 401) return zhihui.emit("forbidden", null);
    if (problem && problem.title) return zhihui.notice({ kind: "refusal", text: problem.title, remedy: problem.remedy });
    return zhihui.notice({ kind: "fault", text: zhihui.text("upload.failed"), remedy: zhihui.text("upload.remedy") });
  }

  const mb = (bytes) => (bytes / 2 ** 20).toFixed(bytes < 2 ** 20 ? 2 : 1);

  /** The place where files are dropped: a field that the keyboard reaches, and words that say how far it is. */
  function build(box) {
    const field = zhihui.make("input", "drop-field");
    field.type = "file";
    field.multiple = true;
    field.id = "import-file";
    const words = zhihui.make("label", "drop-words");
    words.htmlFor = field.id;
    const main = zhihui.make("span", "", zhihui.text("upload.drop"));
    const note = zhihui.make("small", "", zhihui.text("upload.formats", { mb: box.dataset.mostMb }));
    words.append(main, note);
    box.append(field, words);
    field.addEventListener("change", () => take(Array.from(field.files)));
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.classList.add("over");
    });
    box.addEventListener("dragleave", () => box.classList.remove("over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("over");
      take(Array.from(event.dataTransfer.files));
    });

    async function take(files) {
      field.value = ""; // the same file may be chosen again
      if (!files.length) return;
      const all = files.reduce((sum, file) => sum + file.size, 0);
      if (files.some((file) => file.size > Number(box.dataset.most))) {
        zhihui.notice({ kind: "refusal", text: zhihui.text("upload.too_large", { mb: box.dataset.mostMb }), remedy: zhihui.text("upload.too_large.remedy") });
        return;
      }
      if (sending) sending.abort();
      let before = 0;
      let job = null;
      try {
        for (const file of files) {
          job = await send(file, job && job.id, (loaded) => {
            const share = Math.floor((100 * (before + loaded)) / Math.max(1, all));
            zhihui.setText(main, zhihui.text("upload.sending", { share, file: file.name }));
          });
          before += file.size;
        }
        tell(job);
        window.dash_clientside.set_props("import-job", { data: { id: job.id, file: job.file, size: job.size } });
      } catch (request) {
        tell(null);
        if (request.status !== 0 || !request.replaced) refused(request);
      } finally {
        sending = null;
      }
    }

    function tell(job) {
      box.classList.toggle("held", Boolean(job));
      zhihui.setText(main, job ? zhihui.text("upload.held", { file: job.file, mb: mb(job.size) }) : zhihui.text("upload.drop"));
      zhihui.setText(note, job ? zhihui.text("upload.again") : zhihui.text("upload.formats", { mb: box.dataset.mostMb }));
    }
    zhihui.upload = { tell };
  }

  // A file dropped beside the place would make the browser leave the page.
  for (const name of ["dragover", "drop"]) window.addEventListener(name, (event) => event.preventDefault());
  zhihui.whenThere("import-drop", (box) => {
    build(box);
    const kept = JSON.parse(sessionStorage.getItem("import-job") || "null"); // dcc.Store keeps it under its id
    if (kept) zhihui.upload.tell(kept);
  });
})(window.zhihui);
