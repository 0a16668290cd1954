"""数据导入: choose a kind, drop a file, see what it holds, check, import; what was imported before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from actions.import_jobs import FILE_BYTES, Job
from actions.import_preview import Column as Source
from actions.import_preview import Preview
from actions.imports import ALL_KINDS
from core.permissions import Principal, may
from geo.kinds import KINDS, Field
from geo.table_kinds import TABLES
from pages.messages import has, text
from pages.parts import marked
from pages.places import parts
from pages.places.problems import on_the_page, said
from pages.places.table import Column, table

JOB = "import-job"
TICK = "import-tick"
KIND = "import-kind"
DROP = "import-drop"
DATUM = "import-datum"
ENCODING = "import-encoding"
LAYER = "import-layer"
REPLACE = "import-replace"
HOLDS_FROM = "import-holds-from"
FORM = "import-form"
FOUND = "import-found"
MAPPING = "import-mapping"
CHECK = "import-check"
RUN = "import-run"
PROGRESS = "import-progress"
PROBLEMS = "import-problems"
PROBLEMS_PANE = "import-problems-pane"
HISTORY = "import-history"

TICK_MS = 500
SAMPLES = 3
SHORTEST = 2
"""Letters of a word by which a column is recognised."""
COORDINATES = (Field("lon"), Field("lat"))
"""Asked for where a table does not say which of its columns they are."""
DATUMS = {"WGS84": "wgs84", "CGCS2000": "EPSG:4490", "GCJ-02": "gcj02", "BD-09": "bd09"}
"""What is offered by name → what the reader takes; anything else is taken as typed (EPSG:4548)."""
OFFERED = (*DATUMS, "EPSG:4547", "EPSG:4548", "EPSG:4549", "EPSG:3857")
ENCODINGS = ("utf-8", "gb18030", "big5")
PHASES = ("read", "check", "write")


def mapped(field: Any) -> dict[str, Any]:
    """The choice of the column that fills a field; may be a wildcard."""
    return {"type": "import-mapped", "field": field}


def layout(lang: str, principal: Principal) -> html.Div:
    """The tab: the form for those who may import, the history for all."""
    form = _form(lang) if may(principal, "import") else [parts.empty(lang, "import.not_yours")]
    head = parts.heading(text(lang, "import.history"))
    return html.Div([*form, head, _history(lang)], className="import-tab")


def _form(lang: str) -> list[Any]:
    return [
        dcc.Store(id=JOB, storage_type="session"),
        dcc.Interval(id=TICK, interval=TICK_MS, disabled=True),
        parts.heading(text(lang, "import.title"), html.Span(text(lang, "import.promise"))),
        html.Div([_kind(lang), _drop(lang)], className="import-first"),
        html.Div([_reading(lang), html.Div(id=FOUND), html.Div(id=MAPPING)], id=FORM, hidden=True),
        html.Div(_buttons(lang), className="import-acts"),
        html.Div(id=PROGRESS, role="status"),
        html.Div(_problems(lang), id=PROBLEMS_PANE, hidden=True),
    ]


def _kind(lang: str) -> dmc.Select:
    return dmc.Select(
        id=KIND,
        label=text(lang, "import.kind"),
        placeholder=text(lang, "import.choose"),
        data=[_group(lang, "on_map", KINDS), _group(lang, "lists", TABLES)],
        allowDeselect=False,
        maxDropdownHeight=420,
    )


def _group(lang: str, name: str, kinds: Iterable[str]) -> dict[str, Any]:
    items = [{"value": kind, "label": kind_words(lang, kind)} for kind in kinds]
    return {"group": text(lang, f"import.{name}"), "items": items}


def kind_words(lang: str, kind: str) -> str:
    return text(lang, f"import.kind.{kind}")


def _drop(lang: str) -> html.Div:
    """Where files are dropped; the field and the sending are static/js/62-upload.js."""
    limit = FILE_BYTES // 2**20
    return html.Div(id=DROP, className="drop", **marked(data_most=str(FILE_BYTES), data_most_mb=str(limit)))


def _reading(lang: str) -> html.Div:
    """How the file is read: what nobody says is taken from the file itself."""
    by_file = text(lang, "import.by_file")
    encodings = [{"value": name, "label": text(lang, f"import.encoding.{name}")} for name in ENCODINGS]
    chosen: dict[str, Any] = {"placeholder": by_file, "clearable": True}
    return html.Div(
        [
            dmc.Autocomplete(id=DATUM, label=text(lang, "import.datum"), data=list(OFFERED), **chosen),
            dmc.Select(id=ENCODING, label=text(lang, "import.encoding"), data=encodings, **chosen),
            dmc.Select(id=LAYER, label=text(lang, "import.layer"), data=[], **chosen),
            dmc.TextInput(id=HOLDS_FROM, label=text(lang, "import.holds_from"), placeholder="2026-03-01"),
        ],
        className="import-reading",
    )


def _buttons(lang: str) -> list[Any]:
    return [
        dmc.Button(text(lang, "import.check"), id=CHECK, variant="default", disabled=True),
        dmc.Button(text(lang, "import.run"), id=RUN, disabled=True),
        dmc.Checkbox(id=REPLACE, label=text(lang, "import.replace"), checked=False),
    ]


def _problems(lang: str) -> list[Any]:
    columns = (
        Column("row", text(lang, "import.problem.row"), number=True, least=70),
        Column("field", text(lang, "import.problem.field"), least=80),
        Column("message", text(lang, "import.problem.message"), least=180, wrap=True),
        Column("remedy", text(lang, "import.problem.remedy"), least=160, wrap=True),
    )
    bad = {"rowClassRules": {"row-bad": "params.data.level === 'error'"}}
    return [
        parts.heading(text(lang, "import.problems"), html.Span(text(lang, "import.problems.hint"))),
        table(lang, PROBLEMS, columns, key="id", height=None, page=20, options=bad),
    ]


def _history(lang: str) -> Any:
    columns = (
        Column("at", text(lang, "import.history.at"), least=144),
        Column("kind", text(lang, "import.kind"), least=104, wrap=True),
        Column("file", text(lang, "import.history.file"), least=130, wrap=True),
        Column("version", text(lang, "import.history.version"), number=True, least=80),
        Column("changed", text(lang, "import.history.changed"), least=150, wrap=True),
        Column("actor", text(lang, "import.history.actor"), least=80),
    )
    return table(lang, HISTORY, columns, key="id", height=None, page=12)


def history_rows(lang: str, zone: ZoneInfo, found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{row['kind']}:{row['version']}",
            "at": row["imported_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "kind": kind_words(lang, row["kind"]),
            "file": row["file"],
            "version": row["version"],
            "changed": changed(lang, row["counts"], row["written"]),
            "actor": text(lang, "role.system") if row["actor"] == "system" else row["actor"],
        }
        for row in found
    ]


def changed(lang: str, counts: Mapping[str, Any], written: int) -> str:
    """What an import did: added, changed, removed; of old imports only how many rows."""
    said_ = [
        text(lang, f"import.count.{name}", n=f"{counts[name]:,}")
        for name in ("added", "changed", "removed")
        if counts.get(name)
    ]
    return " · ".join(said_) or text(lang, "import.count.written", n=f"{written:,}")


def found(lang: str, preview: Preview) -> html.Div:
    """What the file says of itself, and what is doubtful about it."""
    facts = [text(lang, "import.found.rows", n=f"{preview.rows:,}")] if preview.rows else []
    facts += [fact for fact in (preview.encoding, preview.crs) if fact]
    shown = len(preview.features["features"])
    if shown and shown < preview.rows:
        facts.append(text(lang, "import.found.shown", n=f"{shown:,}"))
    return html.Div(" · ".join(facts), className="import-facts")


def mapping(lang: str, kind: str, preview: Preview) -> list[Any]:
    """One row a field of the kind: its name, the column that fills it, the first values of that column."""
    columns = preview.columns or _listed(preview)
    if not columns:
        return []
    data = [{"value": column.name, "label": column.name} for column in columns]
    samples = {column.name: "、".join(column.samples[:SAMPLES]) for column in columns}
    fields = [*ALL_KINDS[kind].fields, *(() if preview.columns else COORDINATES)]
    known = {**likely(lang, fields, list(samples), preview.mapping), **preview.mapping}
    rows = [_mapped(lang, field, data, known.get(field.name), samples) for field in fields]
    return [parts.heading(text(lang, "import.mapping")), html.Div(rows, className="import-mapping")]


def _listed(preview: Preview) -> tuple[Source, ...]:
    """Columns of a table in which no coordinates were found: they are to be chosen."""
    said_ = next((one for one in preview.problems if one.code == "geometry_missing_all"), None)
    return tuple(Source(name, ()) for name in str(said_.params["columns"]).split(", ")) if said_ else ()


def likely(
    lang: str, fields: Sequence[Field], columns: Sequence[str], known: Mapping[str, str]
) -> dict[str, str]:
    """Columns whose name holds the usual word of a field (民警数 for 民警): offered, for the eye to judge."""
    free = [column for column in columns if column not in known.values()]
    found: dict[str, str] = {}
    for field in (field for field in fields if field.name not in known):
        words = [word for word in (*field.also, field_words(lang, field.name)) if len(word) >= SHORTEST]
        column = next((column for column in free if any(word in column for word in words)), None)
        if column is not None:
            found[field.name] = column
            free.remove(column)
    return found


def field_words(lang: str, field: str) -> str:
    return text(lang, f"import.field.{field}") if has(lang, f"import.field.{field}") else field


def _mapped(
    lang: str, field: Field, data: list[dict[str, str]], source: str | None, samples: Mapping[str, str]
) -> html.Div:
    words = (
        text(lang, f"import.field.{field.name}") if has(lang, f"import.field.{field.name}") else field.name
    )
    value = source if source in samples else None
    return html.Div(
        [
            html.Label([words, html.I("*")] if field.required else words),
            dmc.Select(
                id=mapped(field.name),
                data=data,
                value=value,
                searchable=True,
                clearable=True,
                placeholder=text(lang, "import.not_mapped"),
                nothingFoundMessage=text(lang, "import.no_column"),
                **marked(aria_label=words),
            ),
            html.Div(
                samples.get(value or "", ""), className="clip secondary", title=samples.get(value or "", "")
            ),
        ],
        className="import-map-row",
    )


def progress(lang: str, job: Job) -> list[Any]:
    """How far it is, or what came of it."""
    if job.status == "running":
        return _running(lang, job)
    if job.status == "ended" and job.report:
        return [_ended(lang, job.report)]
    if job.status in ("interrupted", "failed"):
        return [dmc.Alert(text(lang, f"import.{job.status}"), color="dark", variant="outline")]
    return []


def _running(lang: str, job: Job) -> list[Any]:
    phase = job.phase or PHASES[0]
    share = job.done / job.total if job.total else 0.0
    whole = 100 * (PHASES.index(phase) + share) / len(PHASES)
    counts = text(lang, "import.counted", done=f"{job.done:,}", total=f"{job.total:,}") if job.total else ""
    words = text(lang, "import.checking" if job.dry_run else "import.importing")
    said_ = html.Div(f"{words} · {text(lang, f'import.phase.{phase}')} {counts}", className="import-phase")
    return [said_, dmc.Progress(value=whole, size="lg", transitionDuration=200)]


def _ended(lang: str, report: Mapping[str, Any]) -> Any:
    """The outcome in one sentence: refused, checked, imported, or nothing new."""
    counts = {name: f"{report.get(name, 0):,}" for name in ("read", "written", "refused")}
    if not report.get("ok", True):
        return dmc.Alert(text(lang, "import.refused", **counts), color="dark", variant="outline")
    what = "checked" if report.get("dry_run") else "done" if report.get("version") else "nothing_new"
    if report.get("kind") == "incidents" and not report.get("dry_run"):
        what = "done"
    words = changed(lang, report, int(report.get("written", 0)))
    done = text(lang, f"import.{what}", version=report.get("version"), changed=words, **counts)
    return dmc.Alert(done, color="accent", variant="outline")


def problem_rows(lang: str, problems: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the table; each carries where it is, if the problem says so."""
    return [
        {
            **_worded(lang, problem),
            "id": str(number),
            "lon": problem["params"].get("lon"),
            "lat": problem["params"].get("lat"),
        }
        for number, problem in enumerate(problems)
    ]


def _worded(lang: str, problem: Mapping[str, Any]) -> dict[str, Any]:
    row = said(lang, problem)
    field = row["field"] and field_words(lang, row["field"])
    return {**row, "field": field, "remedy": on_the_page(lang, row["remedy"])}
