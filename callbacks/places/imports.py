"""数据导入: what a file holds, checking and importing it, how far that is, what is wrong and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ALL, Dash, Input, Output, State, ctx, no_update, set_props

from actions import import_jobs
from actions.import_jobs import Job, plain
from actions.import_preview import Preview
from actions.imports import ImportOptions
from callbacks.registrar import Ask, Registrar
from core.errors import NotFound
from pages.places import ids
from pages.places import imports as tab

SEEN = 500
"""Features of a file that are drawn before it is imported."""
SUSPECTS = 2000
"""Rows among which those with problems are looked up to be drawn."""
Held = dict[str, Any] | None
HOW = (tab.KIND, tab.DATUM, tab.ENCODING, tab.LAYER)


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    how = [State(name, "value") for name in HOW]
    fields = [State(tab.mapped(ALL), "value"), State(tab.mapped(ALL), "id")]
    overlay = Output(ids.OVERLAY, "data", allow_duplicate=True)
    registrar.add(
        look,
        [
            Output(tab.FORM, "hidden"),
            Output(tab.FOUND, "children"),
            Output(tab.MAPPING, "children"),
            Output(tab.LAYER, "data"),
            Output(tab.HOLDS_FROM, "disabled"),
            Output(tab.CHECK, "disabled"),
            Output(tab.RUN, "disabled"),
            Output(tab.PROBLEMS, "rowData", allow_duplicate=True),
            Output(tab.PROBLEMS_PANE, "hidden", allow_duplicate=True),
            Output(tab.PROGRESS, "children", allow_duplicate=True),
            overlay,
        ],
        [Input(tab.JOB, "data"), *(Input(name, "value") for name in HOW)],
    )
    registrar.add(
        place, [overlay], [Input(tab.mapped(ALL), "value")], [fields[1], State(tab.JOB, "data"), *how]
    )
    registrar.add(
        start,
        [
            Output(tab.TICK, "disabled", allow_duplicate=True),
            Output(tab.PROGRESS, "children", allow_duplicate=True),
        ],
        [Input(tab.CHECK, "n_clicks"), Input(tab.RUN, "n_clicks")],
        [
            State(tab.JOB, "data"),
            *how,
            State(tab.REPLACE, "checked"),
            State(tab.HOLDS_FROM, "value"),
            *fields,
        ],
    )
    registrar.add(
        tick,
        [
            Output(tab.TICK, "disabled"),
            Output(tab.PROGRESS, "children"),
            Output(tab.PROBLEMS, "rowData"),
            Output(tab.PROBLEMS_PANE, "hidden"),
            overlay,
        ],
        [Input(tab.TICK, "n_intervals"), Input(tab.JOB, "data")],
    )
    registrar.add(
        history,
        [Output(tab.HISTORY, "rowData")],
        [Input(tab.HISTORY, "id")],
        prevent_initial_call=False,
    )
    registrar.add(
        go,
        [overlay],
        [Input(tab.PROBLEMS, "cellClicked")],
        [State(tab.PROBLEMS, "rowData"), State(tab.JOB, "data"), *how],
    )


def _options(datum: str | None, encoding: str | None, layer: str | None, **more: Any) -> ImportOptions:
    wanted = tab.DATUMS.get((datum or "").strip(), (datum or "").strip()) or None
    return ImportOptions(datum=wanted, encoding=encoding or None, layer=layer or None, **more)


def look(
    ask: Ask, held: Held, kind: str | None, datum: str | None, encoding: str | None, layer: str | None
) -> tuple[Any, ...]:
    """What the file holds, read as chosen; what is wrong with it is listed at once.

    With a file of which nobody says what it is (the page was loaded anew), the list is `tick`'s alone: what
    came of the file. Read in another way than it was checked, the file has no outcome yet.
    """
    nothing = {"import.preview": None, "import.suspect": None}
    unread: tuple[Any, ...] = (True, [], [], [], True, True, True)
    if not held:
        return *unread, [], True, no_update, nothing
    if not kind:
        return *unread, no_update, no_update, no_update, {"import.preview": None}
    try:
        preview = import_jobs.look(
            ask.services, ask.principal, held["id"], kind, _options(datum, encoding, layer), SEEN
        )
    except NotFound:  # of a file that is gone by now
        set_props(tab.JOB, {"data": None})
        return (no_update,) * 11
    problems = tab.problem_rows(ask.lang, [plain(problem) for problem in preview.problems])
    mapping = tab.mapping(ask.lang, kind, preview)
    ready = bool(mapping or preview.features["features"])
    layers = list(preview.layers)
    return (
        False,
        tab.found(ask.lang, preview),
        mapping,
        layers,
        kind != "grids",
        not ready,
        not ready,
        problems,
        not problems,
        [] if ctx.triggered_id in HOW else no_update,
        {**nothing, "import.preview": preview.features, **_fit(preview)},
    )


def place(
    ask: Ask,
    sources: list[str | None],
    targets: list[dict[str, Any]],
    held: Held,
    kind: str | None,
    datum: str | None,
    encoding: str | None,
    layer: str | None,
) -> Any:
    """A table whose coordinates were chosen by hand is drawn as soon as both are."""
    fields = _fields(sources, targets)
    if not (held and kind and {"lon", "lat"} <= fields.keys()):
        return no_update
    options = _options(datum, encoding, layer, fields=fields)
    preview = import_jobs.look(ask.services, ask.principal, held["id"], kind, options, SEEN)
    return {"import.preview": preview.features, **_fit(preview)}


def _fields(sources: list[str | None], targets: list[dict[str, Any]]) -> dict[str, str]:
    """Target field → source column, of those that were chosen."""
    return {target["field"]: source for target, source in zip(targets, sources, strict=True) if source}


def _fit(preview: Preview) -> dict[str, Any]:
    """Where the features are, as the view of the map."""
    bounds = bounds_of(preview.features)
    return {"fit": bounds} if bounds else {}


def bounds_of(features: Mapping[str, Any]) -> list[float] | None:
    """[west, south, east, north] of a FeatureCollection; None of an empty one."""
    points = [point for feature in features["features"] for point in _points(feature["geometry"])]
    if not points:
        return None
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    return [min(lons), min(lats), max(lons), max(lats)]


def _points(geometry: Mapping[str, Any] | None) -> list[list[float]]:
    found: list[Any] = [geometry["coordinates"]] if geometry and geometry.get("coordinates") else []
    while found and not isinstance(found[0][0], int | float):
        found = [inner for outer in found for inner in outer]
    return found


def start(
    ask: Ask,
    checks: int | None,
    runs: int | None,
    held: Held,
    kind: str | None,
    datum: str | None,
    encoding: str | None,
    layer: str | None,
    replace: bool,
    holds_from: str | None,
    sources: list[str | None],
    targets: list[dict[str, Any]],
) -> tuple[Any, ...]:
    """校验 or 导入, beside this request; the tick tells how far it is."""
    if not (checks or runs) or not held or not kind:
        return no_update, no_update
    fields = _fields(sources, targets)
    how = {"dry_run": ctx.triggered_id == tab.CHECK, "replace": bool(replace)}
    dated = {"holds_from": holds_from or None} if kind == "grids" else {}
    options = _options(datum, encoding, layer, fields=fields, **how, **dated)
    job = import_jobs.start(ask.services, ask.principal, held["id"], kind, options)
    set_props(tab.CHECK, {"disabled": True})
    set_props(tab.RUN, {"disabled": True})
    return False, tab.progress(ask.lang, job)


def tick(ask: Ask, _n: int | None, held: Held) -> tuple[Any, ...]:
    """How far the job is; when it has ended, what came of it."""
    if not held:
        return True, [], no_update, no_update, no_update
    try:
        job = import_jobs.job_of(ask.services, ask.principal, held["id"])
    except NotFound:
        return True, [], no_update, no_update, no_update
    if job.status == "running":
        return False, tab.progress(ask.lang, job), no_update, no_update, no_update
    if ctx.triggered_id == tab.TICK:
        set_props(tab.CHECK, {"disabled": False})
        set_props(tab.RUN, {"disabled": False})
        set_props(tab.HISTORY, {"rowData": history(ask)})
    return _ended(ask, job)


def _ended(ask: Ask, job: Job) -> tuple[Any, ...]:
    said = tab.progress(ask.lang, job)
    if job.report is None:
        return True, said, no_update, no_update, no_update
    problems = job.report["problems"]
    rows = tab.problem_rows(ask.lang, problems)
    drawn = {"import.suspect": _suspects(ask, job, rows)}
    if job.report.get("ok", True) and not job.dry_run:
        drawn["import.preview"] = None  # the layers themselves show it now
    return True, said, rows, not rows, drawn


def _suspects(ask: Ask, job: Job, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Rows with problems, marked where they lie, read as the job read them."""
    wanted = {row["row"]: row for row in rows if row["row"]}
    spots = [_spot(row["lon"], row["lat"], row) for row in rows if row["lon"] is not None]
    if wanted and job.kind:
        options = ImportOptions(**job.options)
        found = import_jobs.look(ask.services, ask.principal, job.id, job.kind, options, SUSPECTS)
        spots += [
            _marked(one, wanted)
            for one in found.features["features"]
            if one["properties"].get("row") in wanted
        ]
    return {"type": "FeatureCollection", "features": spots} if spots else None


def _spot(lon: float, lat: float, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {"mark": "suspect", "title": row["message"], "detail": row["remedy"]}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": told}


def _marked(feature: Mapping[str, Any], wanted: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    row = wanted[feature["properties"]["row"]]
    told = {**feature["properties"], "mark": "suspect", "title": row["message"], "detail": row["remedy"]}
    return {**feature, "properties": told}


def history(ask: Ask, _there: str | None = None) -> list[dict[str, Any]]:
    """What was imported, newest first."""
    rows = import_jobs.history(ask.services, ask.principal)
    return tab.history_rows(ask.lang, ask.services.zone, rows)


def go(
    ask: Ask,
    clicked: Mapping[str, Any] | None,
    rows: list[dict[str, Any]] | None,
    held: Held,
    kind: str | None,
    datum: str | None,
    encoding: str | None,
    layer: str | None,
) -> Any:
    """To the feature of the problem that was pressed."""
    row = next((row for row in rows or [] if clicked and row["id"] == clicked["rowId"]), None)
    if row is None:
        return no_update
    if row["lon"] is not None:
        return {"fit": [row["lon"], row["lat"], row["lon"], row["lat"]]}
    if not (row["row"] and held):
        return no_update
    options = _options(datum, encoding, layer)
    if not kind:  # the page was loaded anew: the list is that of the job
        job = import_jobs.job_of(ask.services, ask.principal, held["id"])
        kind, options = str(job.kind), ImportOptions(**job.options)
    found = import_jobs.look(ask.services, ask.principal, held["id"], kind, options, row["row"])
    mine = [one for one in found.features["features"] if one["properties"].get("row") == row["row"]]
    bounds = bounds_of({"features": mine})
    return {"fit": bounds} if bounds else no_update
