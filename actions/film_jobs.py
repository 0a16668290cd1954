"""Films asked for by those who sit before a screen (导出影片): made beside the requests, fetched when done.

A film is a file of state and, when it is done, one of pictures, so that any process of the server can tell
how far it is. One is made at a time: it takes a core of the machine for minutes. Whoever makes one holds a
lock that goes with its process, so what a dead process left is known as such.
"""

from __future__ import annotations

import fcntl
import logging
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from threading import Thread
from typing import IO, Annotated, Any, Literal

import orjson
from pydantic import Field
from ulid import ULID

from actions.commands import Command
from actions.filming import Film, Pass, check_tools, record
from actions.replay import Moment, read_span
from actions.services import Services
from actions.system_log import ledger
from core.errors import Forbidden, NotFound, Refusal
from core.errors_replay import FilmsBusy
from core.events_system import Exported
from core.permissions import Principal

log = logging.getLogger(__name__)

KEPT_S = 86_400.0
"""So long a film waits to be fetched."""
TELL_EVERY_S = 0.5
Status = Literal["making", "done", "failed"]


class FilmCommand(Command):
    """The span is that of the page; `wall` and `trail` as in its address."""

    seconds: Annotated[float, Field(ge=1, le=600, allow_inf_nan=False)] = 60.0
    width: Annotated[int, Field(ge=320, le=3840)] = 1920
    height: Annotated[int, Field(ge=180, le=2160)] = 1080
    lang: Literal["zh-CN", "en"] = "zh-CN"
    wall: Annotated[str, Field(max_length=64)] = ""
    trail: Annotated[str, Field(pattern=r"^\d{0,3}$")] = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A film: how many pictures of how many are done; `problem` the code of what went wrong."""

    id: str
    by: str
    realm: str
    of: int
    done: int = 0
    status: Status = "making"
    problem: str = ""

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if name != "by"}


def begin(
    services: Services, principal: Principal, film: Film, ends: tuple[Moment | None, Moment | None],
    url: str, known: Pass,
) -> Job:  # fmt: skip
    """Begin to make a film as the asker sees it; the audit knows it first. Raises as `read_span`, Forbidden
    also of walls, FilmToolsMissing, FilmsBusy."""
    if principal.kind == "wall":
        raise Forbidden(verb="read", role=principal.role)
    read_span(services, principal, film.realm, *ends)
    check_tools()
    folder = _folder(services)
    lock = _lock(folder)
    if lock is None:
        raise FilmsBusy
    try:
        _tidy(folder)
        job = Job(str(ULID()).lower(), principal.id, film.realm, film.frames)
        _tell(folder, job)
        with ledger(services, principal) as book:
            fact = Exported(what=f"film {film.realm}", format="mp4", rows=film.frames, of_area=principal.area)
            book.record(fact, f"export:{job.id}", principal.area)
        Thread(target=_make, args=(folder, job, film, url, known, lock), name="film", daemon=True).start()
    except BaseException:
        lock.close()
        raise
    return job


def _make(folder: Path, job: Job, film: Film, url: str, known: Pass, lock: IO[bytes]) -> None:
    told = time.monotonic()

    def say(done: int, _of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY_S:
            told = time.monotonic()
            _tell(folder, replace(job, done=done))

    with lock:
        try:
            record(url, known, film, folder / f"{job.id}.mp4", say)
            _tell(folder, replace(job, done=job.of, status="done"))
        except Refusal as refusal:
            _tell(folder, replace(job, status="failed", problem=refusal.code))
        except Exception:
            log.exception("film %s", job.id)
            _tell(folder, replace(job, status="failed", problem="internal"))


def read(services: Services, principal: Principal, ident: str) -> Job:
    """How far one's own film is. Raises NotFound."""
    folder = _folder(services)
    found = _told(folder, ident)
    if found is None or found.by != principal.id:
        raise NotFound(kind="film", id=ident)
    if found.status == "making" and (lock := _lock(folder)):
        lock.close()  # nobody makes it: ended this moment, or its process died
        found = _told(folder, ident) or found
        return found if found.status != "making" else replace(found, status="failed", problem="film_not_made")
    return found


def file(services: Services, principal: Principal, ident: str) -> Path:
    """One's own film, done. Raises NotFound."""
    if read(services, principal, ident).status != "done":
        raise NotFound(kind="film", id=ident)
    return _folder(services) / f"{ident}.mp4"


def _folder(services: Services) -> Path:
    folder = services.uploads / "films"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _lock(folder: Path) -> IO[bytes] | None:
    """Held until it is closed; None where another process or thread holds it."""
    held = (folder / "lock").open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        return None
    return held


def _tell(folder: Path, job: Job) -> None:
    fresh = folder / f"{job.id}.new"
    fresh.write_bytes(orjson.dumps(asdict(job)))
    fresh.replace(folder / f"{job.id}.json")


def _told(folder: Path, ident: str) -> Job | None:
    if not ident.isalnum():
        return None
    try:
        return Job(**orjson.loads((folder / f"{ident}.json").read_bytes()))
    except FileNotFoundError:
        return None


def _tidy(folder: Path) -> None:
    """What was not fetched for a day goes."""
    for old in folder.iterdir():
        if old.name != "lock" and time.time() - old.stat().st_mtime > KEPT_S:
            old.unlink(missing_ok=True)
