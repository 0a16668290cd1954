"""警务室: what the tab asks."""

from __future__ import annotations

from typing import Any

import shapely
from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from actions import posts as acts
from actions.areas import Areas
from actions.posts import PostsReport, Station
from actions.reach import feature
from callbacks.registrar import Ask, Registrar
from pages.messages import text
from pages.places import ids
from pages.places import posts as page

UNCOVERED, WARD = "posts.uncovered", "posts.ward"


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    registrar.add(
        show,
        [
            Output(page.FIGURES, "children"),
            Output(page.COMMUNITIES, "rowData"),
            Output(page.STATIONS, "rowData"),
            Output(page.NOTE, "children"),
            Output(ids.OVERLAY, "data", allow_duplicate=True),
        ],
        [Input(page.FILTER, "value")],
        prevent_initial_call="initial_duplicate",
    )
    overlay = [Output(ids.OVERLAY, "data", allow_duplicate=True)]
    registrar.add(fly, overlay, [Input(page.COMMUNITIES, "cellClicked")])
    registrar.add(ward, overlay, [Input(page.STATIONS, "cellClicked")])
    registrar.add(wards, overlay, [Input(page.WARDS, "checked")])


def show(ask: Ask, shown: str) -> tuple[Any, ...]:
    """Figures, both tables, and the communities without a post on the map."""
    report = acts.report(ask.services, ask.principal)
    areas = ask.services.reference.areas()
    names = {row.code: row.name for row in areas.by_code.values()}
    return (
        page.figures(ask.lang, report),
        page.community_rows(ask.lang, report, names, shown),
        page.station_rows(ask.lang, report, names),
        text(ask.lang, "posts.rules", source="；".join(rule.source for rule in report.rules)),
        {UNCOVERED: _collection([_uncovered(ask.lang, areas, one.code) for one in report.uncovered])},
    )


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _uncovered(lang: str, areas: Areas, code: str) -> dict[str, Any]:
    row = areas.by_code[code]
    return feature(
        row.geom, mark="uncovered", title=row.name, detail=text(lang, "posts.state.missing"),
        facts={text(lang, "fact.code"): row.code},
    )  # fmt: skip


def fly(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The community that was pressed comes into view."""
    row = ask.services.reference.areas().by_code.get(str((cell or {}).get("rowId")))
    if row is None:
        raise PreventUpdate
    return {"fit": list(row.geom.bounds)}


def ward(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The ward of the station that was pressed, drawn and brought into view."""
    if not cell:
        raise PreventUpdate
    report = acts.report(ask.services, ask.principal)
    chosen = next((one for one in report.stations if one.code == str((cell or {}).get("rowId"))), None)
    drawn = _wards(ask, [chosen] if chosen else [])
    if not drawn:
        return {WARD: None}
    return {WARD: _collection(drawn), "fit": _bounds(drawn)}


def _bounds(features: list[dict[str, Any]]) -> list[float]:
    shapes = [shapely.geometry.shape(one["geometry"]) for one in features]
    return [float(edge) for edge in shapely.total_bounds(shapes)]


def wards(ask: Ask, on: bool | None) -> Any:
    """All wards, or none."""
    if on is None:
        raise PreventUpdate  # the tab has just been built; another answer may be drawing at this moment
    report: PostsReport = acts.report(ask.services, ask.principal)
    return {WARD: _collection(_wards(ask, report.stations)) if on else None}


def _wards(ask: Ask, stations: Any) -> list[dict[str, Any]]:
    areas = ask.services.reference.areas()
    return [_ward(ask.lang, areas, one) for one in stations if one.communities]


def _ward(lang: str, areas: Areas, station: Station) -> dict[str, Any]:
    shape = shapely.union_all([areas.by_code[code].geom for code in station.communities])
    facts = {
        text(lang, "posts.column.communities"): len(station.communities),
        text(lang, "posts.column.strength"): station.strength,
        text(lang, "posts.column.police"): station.community_police,
    }
    told = {"title": station.name, "detail": page.station_state(lang, station), "facts": facts}
    return feature(shape, mark="preview", label=station.name, **told)
