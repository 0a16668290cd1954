"""Reference data and incidents out of files: one transaction, all or nothing, every mistake named."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import core.events as e
from actions.import_writers import WRITERS
from actions.services import Services
from actions.suspicions import suspicions
from actions.table_writers import TABLE_WRITERS
from actions.unit_of_work import Answer, Call, Transaction, perform
from core.envelope import Draft
from core.errors import Forbidden, Refusal
from core.permissions import Principal, is_whole_city, may
from db import places_write
from db.history import NOTHING, Counts, Revision
from geo import grid_values
from geo.datum import UnknownDatum
from geo.files import Reading, Source, read, read_table
from geo.finishing import finish
from geo.kinds import KINDS, Kind
from geo.problems import FileRefused, Problem, has_errors
from geo.shapes import check
from geo.table import Row, make_rows
from geo.table_kinds import TABLES

#: Problems of one code that are listed; the rest are counted.
LISTED = 100
Render = Callable[..., str]
"""render(key, **params) → the sentence of a catalogue key."""
ALL_KINDS = {**KINDS, **TABLES}
ROSTERS = ("roster", "contacts")
OnProgress = Callable[[str, int, int], None]
"""on_progress(phase, done, total): phase is read, check or write; rows done and in all (0 = not known)."""


class UnknownKind(Refusal):
    """params: kind, kinds."""

    code = "unknown_kind"


class WholeCityNeeded(Refusal):
    """A file changes the whole city's layers; an area's or a department's desk does not; params: office."""

    code = "whole_city_needed"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read the file. `datum` None = what the file says; `fields` maps target to source names."""

    datum: str | None = None
    encoding: str | None = None
    layer: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    dry_run: bool = False
    replace: bool = False
    """What the city has of this kind and the file does not goes."""
    holds_from: str | None = None
    """From when grids hold (生效日期) whose rows do not say it; None = from now."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Rows read, written and refused (with an error of their own); `counts` tells what became of them, in a
    dry run what would. `version` 0 = nothing was written, also when nothing differed."""

    kind: str
    read: int
    written: int
    refused: int
    problems: tuple[Problem, ...]
    dry_run: bool = False
    version: int = 0
    counts: Counts = NOTHING

    @property
    def ok(self) -> bool:
        """Whether the file was taken (or, in a dry run, would be)."""
        return not has_errors(self.problems)

    def as_json(self, render: Render) -> dict[str, Any]:
        """The document of contract §1; `render` gives the sentences in the asker's language."""
        return {
            "kind": self.kind, "read": self.read, "written": self.written, "refused": self.refused,
            "dry_run": self.dry_run, "version": self.version, **asdict(self.counts),
            "problems": [_problem_json(problem, render) for problem in self.problems],
        }  # fmt: skip


def _problem_json(problem: Problem, render: Render) -> dict[str, Any]:
    values = {"row": problem.row, "field": problem.field, **problem.params}
    return {
        "row": problem.row, "field": problem.field, "code": problem.code, "level": problem.level,
        "message": render(f"error.{problem.code}", **values),
        "remedy": render(f"remedy.{problem.code}", **values),
    }  # fmt: skip


class _DryRun(Exception):
    """Undoes a transaction that went well."""


@dataclass(slots=True)
class _Job:
    """One import under way."""

    services: Services
    principal: Principal
    kind: Kind
    source: Source
    dry_run: bool
    on_progress: OnProgress
    replace: bool = False
    holds_from: str | None = None
    read: int = 0
    counts: Counts = NOTHING
    version: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def verb(self) -> str:
        return "import" if may(self.principal, "import") else _verb(self.kind.name)


def import_file(
    services: Services,
    principal: Principal,
    kind: str,
    path: Path,
    options: ImportOptions | None = None,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Import a file of one kind (ALL_KINDS) into the live realm.

    Whatever is wrong with the file comes back in the report, with nothing written. `on_progress` is called
    in this thread as the work goes on. Raises Forbidden when the principal may not import, UnknownKind.
    """
    wanted = wanted_kind(principal, kind)
    chosen = options or ImportOptions()
    job = _Job(
        services,
        principal,
        wanted,
        source_of(services, kind, path, chosen),
        chosen.dry_run,
        on_progress or _silent,
        chosen.replace,
        chosen.holds_from,
    )
    try:
        _run(job)
    except FileRefused as refused:
        job.problems.extend(refused.problems)
    except UnknownDatum as unknown:
        job.problems.append(Problem(unknown.code, field="datum", params=unknown.params))
    return _report(job)


def wanted_kind(principal: Principal, kind: str) -> Kind:
    """Raises Forbidden, WholeCityNeeded, UnknownKind."""
    if kind in ALL_KINDS and may(principal, _verb(kind)) and not may(principal, "import"):
        return ALL_KINDS[kind]
    if not may(principal, "import"):
        raise Forbidden(verb="import", role=principal.role)
    check_whole_city(principal)
    if kind not in ALL_KINDS:
        raise UnknownKind(kind=kind, kinds=", ".join(ALL_KINDS))
    return ALL_KINDS[kind]


def check_whole_city(principal: Principal) -> None:
    """Raises WholeCityNeeded."""
    if not is_whole_city(principal):
        raise WholeCityNeeded(office=str(principal.office))


def _verb(kind: str) -> str:
    """What one must be allowed: whoever keeps the roster of an area brings it, and the telephones."""
    return "roster" if kind in ROSTERS else "import"


def read_kind(source: Source, kind: Kind) -> Reading:
    """A layer with what is wrong in its shapes, or a list without places. Raises FileRefused."""
    if not kind.families:
        return read_table(source)
    reading = read(source)
    check(reading, kind.families, None if kind.name == "grids" else source.city)
    return reading


def source_of(services: Services, kind: str, path: Path, options: ImportOptions) -> Source:
    """What is to be read, and where the city lies, so that metres without a name can be guessed at."""
    city = services.reference.bounds()
    return Source(Path(path), options.datum, options.encoding, options.layer, options.fields, kind, city)


def _silent(phase: str, done: int, total: int) -> None:
    """Nobody watches."""


def _run(job: _Job) -> None:
    """Read, check, complete, write. Raises FileRefused."""
    job.on_progress("read", 0, 0)
    reading = read_kind(job.source, job.kind)
    job.read, job.problems = len(reading.frame), reading.problems
    job.on_progress("check", 0, job.read)
    rows = _checked(job, reading)
    if has_errors(job.problems):
        return
    job.on_progress("write", 0, len(rows))
    try:
        answer = perform(job.services, Call(job.principal), job.verb, lambda tx: _write(tx, job, rows))
        job.version = int(answer["version"])
    except _DryRun:
        pass
    job.on_progress("write", len(rows), len(rows))
    job.services.reference.forget()


def _checked(job: _Job, reading: Reading) -> list[Row]:
    """Rows with canonical fields and clean geometry; what is wrong is in the reading's problems."""
    rows = make_rows(reading, job.kind)
    if not job.kind.families:
        return rows
    finish(rows, job.kind, reading.problems)
    if not has_errors(reading.problems):
        reading.problems.extend(suspicions(job.services, job.kind, reading, rows, job.source.datum))
    if job.kind.name == "grids" and job.holds_from:
        _date(rows, job.holds_from, reading.problems)
    return rows


def _date(rows: list[Row], said: str, problems: list[Problem]) -> None:
    """The day that was chosen for the whole file goes to the rows that name none."""
    try:
        day = grid_values.holds_from(said)
    except ValueError:
        problems.append(Problem("field_invalid", field="holds_from", params={"value": said[:60]}))
        return
    for row in rows:
        row["holds_from"] = row["holds_from"] or day


def _write(tx: Transaction, job: _Job, rows: list[Row]) -> Answer:
    kind = job.kind.name
    revision = Revision(places_write.next_version(tx.conn, kind), job.replace)
    job.counts = (WRITERS | TABLE_WRITERS)[kind](tx, rows, job.problems, revision)
    told = job.counts.any_change and kind != "incidents"
    if told:
        _record(tx, job, revision.number)
    if job.dry_run:
        raise _DryRun
    return {"seq": tx.board.seq, "version": revision.number if told else 0}


def _record(tx: Transaction, job: _Job, version: int) -> None:
    """Tell this import in the log, and in the list of its kind's versions."""
    path, at, counts = job.source.path, tx.occurred_at(), asdict(job.counts)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    places_write.record_version(
        tx.conn, job.kind.name, version, path.name, digest, job.read, job.counts.written, at,
        job.principal.name, counts,
    )  # fmt: skip
    told = {"read": job.read, "written": job.counts.written, **counts}
    body = e.PlacesImported(places=job.kind.name, version=version, file=path.name, sha256=digest, counts=told)
    tx.append([Draft(body, f"places:{job.kind.name}", "", at)])


def _report(job: _Job) -> ImportReport:
    wrong = [problem for problem in job.problems if problem.level == "error"]
    rows = {problem.row for problem in wrong if problem.row is not None}
    refused = (len(rows) or job.read) if wrong else 0
    counts = NOTHING if wrong else job.counts
    return ImportReport(
        job.kind.name, job.read, 0 if job.dry_run else counts.written, refused,
        _shortened(job.problems), job.dry_run, 0 if wrong else job.version, counts,
    )  # fmt: skip


def _shortened(problems: list[Problem]) -> tuple[Problem, ...]:
    """The first LISTED of each code, and how many more there are; errors first, then by row."""
    counted = Counter((problem.code, problem.level) for problem in problems)
    seen: Counter[str] = Counter()
    listed: list[Problem] = []
    for problem in sorted(problems, key=lambda p: (p.level != "error", p.row or 0)):
        seen[problem.code] += 1
        if seen[problem.code] <= LISTED:
            listed.append(problem)
    for (code, level), total in counted.items():
        if total > LISTED:
            listed.append(Problem("more_alike", level=level, params={"of": code, "count": total - LISTED}))
    return tuple(listed)
