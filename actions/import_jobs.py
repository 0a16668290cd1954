"""Importing by hand: a file is handed in, looked into, checked, and imported beside the request that asked.

A job's row tells how far it is to whoever asks, on any process and after a reload. Its work holds a lock that
goes with its process, so a job nobody works on any more is known as such at once; and since an import is one
transaction, nothing of it is there then, or all of it (`_settled` looks which).
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, BinaryIO

from ulid import ULID

from actions.import_preview import Preview, preview
from actions.imports import ImportOptions, ImportReport, check_whole_city, import_file, wanted_kind
from actions.services import Services
from core.errors import Forbidden, NotFound, Refusal
from core.permissions import Principal, may
from db import import_jobs as rows
from geo.problems import Problem

log = logging.getLogger(__name__)

FILE_BYTES = 256 * 2**20
"""The largest file that is taken in; a city's 47,000 cameras as GeoJSON are 12 MB."""
AT_ONCE = 3
"""Imports at work at the same time, in all processes together."""
KEPT = timedelta(days=1)
"""So long a file that was handed in waits to be imported."""
LISTED = 200
TELL_EVERY_S = 0.3
LOCK_WAIT_S = 5.0
MAIN = (".shp", ".tab", ".mif", ".gpkg", ".geojson", ".json", ".fgb", ".kml", ".csv", ".xlsx", ".pbf")
"""Of several files handed in together the one that is opened; the others belong to it (.dbf, .prj …)."""


class ImportsBusy(Refusal):
    """As many imports as may run at once do; params: most."""

    code = "imports_busy"


class ImportRunning(Refusal):
    """This file is being imported or checked already."""

    code = "import_running"


class FileNameUnfit(Refusal):
    """A handed-in file has no name that a file can have; params: name."""

    code = "file_name_unfit"


@dataclass(frozen=True, slots=True)
class Job:
    """A file under way. `status`: ready (handed in), running, ended (see `report`), interrupted (its process
    died, nothing was written), failed (our fault). `report`: the import's, problems as codes and values."""

    id: str
    file: str
    size: int
    status: str
    kind: str | None = None
    phase: str | None = None
    done: int = 0
    total: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] | None = None
    actor: str = ""
    created_at: datetime | None = None
    started_at: datetime | None = None

    @property
    def dry_run(self) -> bool:
        return bool(self.options.get("dry_run"))


def _check_right(principal: Principal) -> None:
    if not may(principal, "import"):
        raise Forbidden(verb="import", role=principal.role)
    check_whole_city(principal)


def check_joins(services: Services, principal: Principal, ident: str) -> None:
    """Whether one more file may come to a job. Raises Forbidden, NotFound, ImportRunning."""
    _check_right(principal)
    with services.engine.connect() as conn:
        row = rows.find(conn, ident)
        if row is None or row["principal"] != principal.id:
            raise NotFound(kind="import", id=ident[:40])
        if _at_work(conn, row):
            raise ImportRunning()


@contextmanager
def receiving(services: Services, principal: Principal, ident: str, name: str) -> Iterator[BinaryIO]:
    """Where the bytes of a file go; a job may have several (a Shapefile has).

    Raises Forbidden, FileNameUnfit, NotFound. What was half received is thrown away.
    """
    _check_right(principal)
    folder = _folder(services, ident)
    target = folder / _file_name(name)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with target.open("wb") as sink:
            yield sink
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _file_name(name: str) -> str:
    """A bare file name. Raises FileNameUnfit."""
    bare = name.strip()
    if not 0 < len(bare.encode()) <= 200 or set(bare) & set("/\\\0") or bare.startswith("."):
        raise FileNameUnfit(name=name[:60])
    return bare


def new_id() -> str:
    return str(ULID())


def _folder(services: Services, ident: str) -> Path:
    """Raises NotFound for what is no id of ours."""
    if not (len(ident) == 26 and ident.isalnum()):
        raise NotFound(kind="import", id=ident[:40])
    return services.uploads / ident


def received(services: Services, principal: Principal, ident: str) -> Job:
    """The file, or one more of its files, has come. Raises Forbidden, NotFound."""
    _check_right(principal)
    with services.engine.begin() as conn:
        _forget_old(services, conn)
        known = rows.find(conn, ident)
        if known is not None and known["principal"] != principal.id:
            raise NotFound(kind="import", id=ident)
        main = _main_file(_folder(services, ident))
        size = sum(file.stat().st_size for file in main.parent.iterdir())
        values = {"file": main.name, "size": size}
        if known is None:
            values |= {"id": ident, "status": "ready", "principal": principal.id, "actor": principal.name}
            rows.add(conn, {**values, "created_at": services.now()})
        else:
            rows.change(conn, ident, **values)
    return job_of(services, principal, ident)


def _main_file(folder: Path) -> Path:
    files = sorted(folder.iterdir())
    order = {suffix: rank for rank, suffix in enumerate(MAIN)}
    return min(files, key=lambda file: order.get(file.suffix.lower(), len(order)))


def sweep(services: Services) -> int:
    """Delete folders of files that nobody handed in to the end, and those of jobs of old; how many."""
    if not services.uploads.is_dir():
        return 0
    with services.engine.begin() as conn:
        _forget_old(services, conn)
        known = rows.idents(conn)
    until = (services.now() - KEPT).timestamp()
    left = [
        folder
        for folder in services.uploads.iterdir()
        if folder.name not in known and folder.stat().st_mtime < until
    ]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _forget_old(services: Services, conn: Any) -> None:
    old = rows.older_than(conn, services.now() - KEPT)
    for ident in old:
        shutil.rmtree(services.uploads / ident, ignore_errors=True)
    rows.forget(conn, old)


def job_of(services: Services, principal: Principal, ident: str) -> Job:
    """How far it is. Only who handed the file in sees it. Raises Forbidden, NotFound."""
    _check_right(principal)
    with services.engine.connect() as conn:
        row = rows.find(conn, ident)
        if row is None or row["principal"] != principal.id:
            raise NotFound(kind="import", id=ident[:40])
        lives = row["status"] != "running" or rows.lives(conn, row["number"])
        values = {name: row[name] for name in Job.__slots__ if row[name] is not None}
        return Job(**values) if lives else _settled(services, conn, Job(**values))


def _settled(services: Services, conn: Any, job: Job) -> Job:
    """A job whose process died: written as a whole just before, or not at all."""
    row = rows.find(conn, job.id)
    if row is not None and row["status"] != "running":  # it ended while we looked
        return Job(**{name: row[name] for name in Job.__slots__ if row[name] is not None})
    path = _path(services, job)
    written = None
    if not job.dry_run and job.kind and job.started_at and path.exists():
        written = rows.version_of(conn, job.kind, _digest(path), job.started_at)
    if written is None:
        return _with(job, status="interrupted", phase=None)
    report = {"kind": job.kind, "version": written["version"], "read": written["read"], "problems": []}
    report |= {"written": written["written"], "refused": 0, "dry_run": False, **written["counts"]}
    return _with(job, status="ended", report=report)


def _with(job: Job, **changed: Any) -> Job:
    return Job(**{**{name: getattr(job, name) for name in Job.__slots__}, **changed})


def _digest(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _path(services: Services, job: Job) -> Path:
    return _folder(services, job.id) / job.file


def look(
    services: Services, principal: Principal, ident: str, kind: str, options: ImportOptions, limit: int = 500
) -> Preview:
    """What the file holds. Raises Forbidden, NotFound, UnknownKind."""
    job = job_of(services, principal, ident)
    return preview(services, principal, kind, _path(services, job), options, limit)


def start(services: Services, principal: Principal, ident: str, kind: str, options: ImportOptions) -> Job:
    """Check or import the file on a thread of its own. Raises Forbidden, NotFound, UnknownKind, ImportsBusy,
    ImportRunning."""
    wanted_kind(principal, kind)
    job = job_of(services, principal, ident)
    if not _path(services, job).exists():
        raise NotFound(kind="import", id=ident)
    with services.engine.begin() as conn:
        row = rows.find(conn, ident, lock=True)
        if row is None or _at_work(conn, row):
            raise ImportRunning()
        if rows.living(conn) >= AT_ONCE:
            raise ImportsBusy(most=AT_ONCE)
        given = {**asdict(options), "fields": dict(options.fields)}
        begun = {"status": "running", "phase": "read", "done": 0, "total": 0, "report": None}
        rows.change(conn, ident, kind=kind, options=_plain(given), started_at=services.now(), **begun)
        # Begun before the row is let go: whoever waits for it finds somebody at work.
        _Work(services, principal, ident, int(row["number"]), kind, options).begin()
    return job_of(services, principal, ident)


def _at_work(conn: Any, row: Any) -> bool:
    return bool(row["status"] == "running" and rows.lives(conn, int(row["number"])))


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) if isinstance(value, datetime) else value for name, value in options.items()}


@dataclass(slots=True)
class _Work:
    """One run of a job, on its own thread with its own connection."""

    services: Services
    principal: Principal
    ident: str
    number: int
    kind: str
    options: ImportOptions
    told_at: float = 0.0
    tell: Callable[..., None] = lambda **_: None

    def begin(self) -> None:
        """Returns when the job's lock is held, so that whoever asks next finds it alive."""
        held = Event()
        Thread(target=self._run, args=(held,), name=f"import-{self.number}", daemon=True).start()
        held.wait(LOCK_WAIT_S)

    def _run(self, held: Event) -> None:
        with rows.working(self.services.engine, self.number) as conn:
            self.tell = lambda **values: rows.change(conn, self.ident, **values)
            held.set()
            try:
                report = self._import()
            except Refusal as refusal:
                report = _refused(self.kind, refusal)
            except Exception:
                log.exception("import %s", self.ident)
                self.tell(status="failed", phase=None)
                return
            self.tell(status="ended", phase=None, report=report)

    def _import(self) -> dict[str, Any]:
        job = job_of(self.services, self.principal, self.ident)
        path = _path(self.services, job)
        return _report(
            import_file(self.services, self.principal, self.kind, path, self.options, self._progress)
        )

    def _progress(self, phase: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.told_at > TELL_EVERY_S or done >= total:
            self.told_at = now
            self.tell(phase=phase, done=done, total=total)


def _report(report: ImportReport) -> dict[str, Any]:
    """The report with its problems as they are, to be said in the language of whoever reads it."""
    said: dict[str, Any] = report.as_json(lambda key, **params: "")
    return {**said, "problems": [plain(problem) for problem in report.problems], "ok": report.ok}


def plain(problem: Problem) -> dict[str, Any]:
    """A problem as JSON, to be said later (pages.places.problems)."""
    return {
        "row": problem.row, "field": problem.field, "code": problem.code, "level": problem.level,
        "params": {name: _value(value) for name, value in problem.params.items()},
    }  # fmt: skip


def _value(value: Any) -> Any:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def _refused(kind: str, refusal: Refusal) -> dict[str, Any]:
    """What a verb refused in the end, as a report with one problem."""
    problem = {"row": None, "field": None, "code": refusal.code, "level": "error"}
    params = {name: _value(value) for name, value in refusal.params.items()}
    counts = {"kind": kind, "read": 0, "written": 0, "refused": 0, "version": 0, "ok": False}
    return {**counts, "problems": [{**problem, "params": params}]}


def history(services: Services, principal: Principal) -> Sequence[Mapping[str, Any]]:
    """The newest imports of all kinds: kind, version, file, read, written, counts, actor, imported_at."""
    if not may(principal, "read"):
        raise Forbidden(verb="read", role=principal.role)
    with services.engine.connect() as conn:
        return [{str(name): row[name] for name in row} for row in rows.history(conn, LISTED)]
