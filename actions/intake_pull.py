"""Tables that are fetched (定时拉取): a folder's files or an address, read by a mapping, new rows only.

What was seen is kept beside the source, so that an unchanged file costs a look and no reading; rows that were
reported or refused before are not tried again.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from actions.intake_messages import Message
from actions.intake_taking import Taken, find_source, take_record
from actions.services import Services
from actions.unit_of_work import Answer, Call
from core.errors import Refusal
from core.errors_intake import MappingWrong, PullFailed, SourceUnknown
from core.intake import Pull, Record, SourceMapping, mapping_of, read
from core.intake_bodies import table_rows
from core.permissions import SYSTEM
from db import intake as db
from geo.encodings import decode
from geo.problems import FileRefused

log = logging.getLogger(__name__)

FILE_BYTES = 64 * 2**20
FETCH_S = 30.0
FILES = 200
_AT_ONCE = 500
"""Rows that are asked after together."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One table: its name, what tells that it has changed, its bytes."""

    name: str
    mark: str
    data: bytes


def set_pull(services: Services, code: str, pull: Pull | None) -> None:
    """Fetch a source's tables from now on; None: no more. Raises SourceUnknown, MappingWrong."""
    mapping = find_source(services, code)
    if pull is not None and ("csv" not in mapping.media or bool(pull.folder) == bool(pull.url)):
        raise MappingWrong(field="pull", detail="csv; folder | url", pointer="/pull")
    kept = None if pull is None else pull.model_dump()
    with services.engine.begin() as conn:
        db.put_pull(conn, code, kept, None if pull is None else services.now())


def set_mapping(services: Services, data: Any) -> SourceMapping:
    """Put a city's own mapping in place of the shipped one, or beside it. Raises MappingWrong."""
    mapping = mapping_of(data)
    with services.engine.begin() as conn:
        db.put_source(conn, mapping.source, data)
    return mapping


def list_sources(services: Services) -> list[dict[str, Any]]:
    """Each with what it follows, where it is fetched, and how the last time went."""
    with services.engine.connect() as conn:
        rows = db.list_sources(conn)
    return [_source(row) for row in rows]


def _source(row: Any) -> dict[str, Any]:
    same = ("name", "name_en", "channel", "basis", "generic", "kind", "media", "datum")
    mapping = mapping_of(row.mapping).model_dump()
    state = {name: value for name, value in (row.pulled or {}).items() if name != "seen"}
    about = {name: mapping[name] for name in same}
    pull = row.pull and {**row.pull, "url": row.pull.get("url") and _bare(row.pull["url"])}
    return {"source": row.code, **about, "pull": pull, "pulled": state or None}


def _bare(url: str) -> str:
    """The address without what may be a key."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def pull_due(services: Services) -> int:
    """Fetch what is due; how many rows were new. What fails is told beside the source, and in the log."""
    with services.engine.begin() as conn:
        due = db.claim_pulls(conn, services.now())
    return sum(_pulled(services, row)["reported"] for row in due)


def pull_now(services: Services, code: str) -> Answer:
    """Fetch one source's tables. Raises SourceUnknown, PullFailed."""
    with services.engine.begin() as conn:
        rows = db.claim_pulls(conn, services.now(), code)
        known = ", ".join(row.code for row in db.list_sources(conn) if row.pull)
    if not rows:
        raise SourceUnknown(source=code, known=known)
    state = _pulled(services, rows[0])
    if state["error"]:
        raise PullFailed(source=code, detail=state["error"])
    return {name: state[name] for name in ("files", "reported", "known", "refused")}


def _pulled(services: Services, row: Any) -> dict[str, Any]:
    """How it went: counts, the error if there was one, what was seen."""
    seen = dict((row.pulled or {}).get("seen", {}))
    state: dict[str, Any] = {"at": services.now().isoformat(), "error": None, "files": 0}
    counts = {"reported": 0, "known": 0, "refused": 0}
    pull = Pull.model_validate(row.pull)
    try:
        mapping = mapping_of(row.mapping)
        for fetched in _fetched(pull, seen):
            _add(counts, _taken(services, mapping, fetched, pull.delimiter))
            seen[fetched.name] = fetched.mark
            state["files"] += 1
    except (Refusal, OSError, httpx.HTTPError, FileRefused) as error:
        said = str(error).replace(pull.url, _bare(pull.url)) if pull.url else str(error)
        state["error"] = f"{type(error).__name__}: {said}"[:300]
        log.warning("source %s cannot be fetched: %s", row.code, state["error"])
    state |= {**counts, "seen": dict(list(seen.items())[-FILES:])}
    with services.engine.begin() as conn:
        db.put_pulled(conn, row.code, state)
    return state


def _add(counts: dict[str, int], more: dict[str, int]) -> None:
    for name, count in more.items():
        counts[name] += count


def _fetched(pull: Pull, seen: dict[str, str]) -> Iterator[Fetched]:
    """The tables that changed since. Raises OSError, httpx.HTTPError."""
    if pull.url is not None:
        found = [_of_address(pull.url)]
    else:
        files = sorted(Path(pull.folder or "").iterdir())
        found = [_of_file(file) for file in files if file.suffix.lower() == ".csv"][-FILES:]
    for fetch in found:
        if (fetched := fetch(seen)) is not None:
            yield fetched


def _of_file(file: Path) -> Any:
    def fetch(seen: dict[str, str]) -> Fetched | None:
        about = file.stat()
        mark = f"{about.st_size}-{about.st_mtime_ns}"
        if seen.get(file.name) == mark:
            return None
        if about.st_size > FILE_BYTES:
            raise OSError(f"{file.name}: > {FILE_BYTES} bytes")
        return Fetched(file.name, mark, file.read_bytes())

    return fetch


def _of_address(url: str) -> Any:
    def fetch(seen: dict[str, str]) -> Fetched | None:
        data = b""
        with httpx.stream("GET", url, timeout=FETCH_S, follow_redirects=False) as answer:
            answer.raise_for_status()
            for part in answer.iter_bytes():
                data += part
                if len(data) > FILE_BYTES:
                    raise OSError(f"{url}: > {FILE_BYTES} bytes")
        mark = hashlib.sha256(data).hexdigest()
        return None if seen.get(url) == mark else Fetched(url, mark, data)

    return fetch


def _taken(services: Services, mapping: SourceMapping, fetched: Fetched, delimiter: str) -> dict[str, int]:
    text, _ = decode(fetched.data, mapping.encoding)
    call = Call(SYSTEM)
    counts = {"reported": 0, "known": 0, "refused": 0}
    rows = list(table_rows(text, delimiter))
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        news = _unknown(services, mapping, some)
        counts["known"] += len(some) - len(news)
        for record, message in news:
            taken = take_record(services, call, mapping, record, message)
            counts[_outcome(taken)] += 1
    return counts


def _outcome(taken: Taken) -> str:
    if taken.answer is None:
        return "refused"
    return "reported" if taken.answer["created"] else "known"


def _unknown(
    services: Services, mapping: SourceMapping, rows: Sequence[Record]
) -> list[tuple[Record, Message]]:
    """Rows that were neither reported nor refused before."""
    messages = [(row, Message.of_record(mapping.source, row)) for row in rows]
    ids = {message.digest: _source_id(services, mapping, row) for row, message in messages}
    with services.engine.connect() as conn:
        digests = db.known_digests(conn, "live", mapping.source, list(ids))
        known = db.known_sources(conn, "live", mapping.channel, [ident for ident in ids.values() if ident])
    return [
        (row, message)
        for row, message in messages
        if message.digest not in digests and ids[message.digest] not in known
    ]


def _source_id(services: Services, mapping: SourceMapping, row: Record) -> str | None:
    """None for a row that is refused, and then kept as a dead letter."""
    try:
        found: str | None = read(mapping, row, services.zone).get("source_id")
    except Refusal:
        return None
    return found
