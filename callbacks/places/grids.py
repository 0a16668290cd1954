"""网格: what the tab asks and does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson
import shapely
from dash import ClientsideFunction, Dash, Input, Output, State, no_update, set_props

from actions import grid_repair, grids
from callbacks.registrar import Ask, Registrar
from db.grids import FaultRow
from geo.repair import GAP_M
from pages import ids as common
from pages.messages import text
from pages.places import grids as tab
from pages.places import ids

FAULTS, REPAIR, SPECIAL, CHOSEN = "grids.faults", "grids.repair", "grids.special", "grids.chosen"
_GROUND = frozenset({"overlap", "duplicate", "sliver", "gap", "outside"})


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    overlay = Output(ids.OVERLAY, "data", allow_duplicate=True)
    registrar.add(
        view, [*(Output(tab.pane(name), "hidden") for name in tab.VIEWS), overlay], [Input(tab.VIEW, "value")]
    )
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction("zhihui_measures", "load"),
        Output(tab.LEGEND, "title"),
        Input(ids.TAB, "value"),
        Input(tab.PAINTED, "data"),
        prevent_initial_call=True,
    )
    registrar.add(
        show_faults,
        [Output(tab.FIGURES, "children"), Output(tab.FAULTS, "rowData"), overlay],
        [Input(tab.VIEW, "value"), Input(tab.CHANGED, "data")],
        prevent_initial_call="initial_duplicate",
    )
    registrar.add(fly_to_fault, [overlay], [Input(tab.FAULTS, "cellClicked")])
    registrar.add(choose, [Output(tab.PREVIEW, "disabled")], [Input(tab.FAULTS, "selectedRows")])
    registrar.add(
        preview,
        [Output(tab.DIALOG, "hidden"), Output(tab.DIALOG_BODY, "children"), Output(tab.CHANGES, "rowData"),
         Output(tab.PROPOSED, "data"), Output(tab.APPLY, "disabled"), overlay],
        [Input(tab.PREVIEW, "n_clicks")],
        [State(tab.FAULTS, "selectedRows"), State(tab.GAP, "value")],
    )  # fmt: skip
    closes = [Output(tab.DIALOG, "hidden", allow_duplicate=True), overlay]
    registrar.add(cancel, closes, [Input(tab.CANCEL, "n_clicks")])
    registrar.add(
        apply,
        [*closes, Output(tab.CHANGED, "data")],
        [Input(tab.APPLY, "n_clicks")],
        [State(tab.PROPOSED, "data")],
    )
    registrar.add(show_versions, [Output(tab.VERSIONS, "rowData")],
                  [Input(tab.VIEW, "value"), Input(tab.CHANGED, "data")])  # fmt: skip
    registrar.add(show_life, [Output(tab.LIFE, "children"), overlay], [Input(tab.CODE, "value")])
    registrar.add(
        pick_grid,
        [Output(tab.CODE, "value")],
        [Input(ids.ground("grids"), "data")],
        [State(tab.VIEW, "value")],
    )
    registrar.add(
        show_staff,
        [Output(tab.STAFF_FIGURES, "children"), Output(tab.STAFF_WRONG, "rowData"),
         Output(tab.STAFF_AREAS, "rowData")],
        [Input(tab.VIEW, "value")],
    )  # fmt: skip
    registrar.add(
        show_load,
        [Output(tab.LOAD_FIGURES, "children"), Output(tab.LOADS, "rowData"), Output(tab.PAINTED, "data")],
        [Input(tab.VIEW, "value"), Input(tab.PERIOD, "value"), Input(tab.LOAD_BY, "value")],
    )
    registrar.add(show_special, [Output(tab.SPECIAL, "rowData"), overlay], [Input(tab.VIEW, "value")])
    registrar.add(fly_to_special, [overlay], [Input(tab.SPECIAL, "cellClicked")])
    for listed in (tab.STAFF_WRONG, tab.STAFF_AREAS, tab.LOADS, tab.CHANGES):
        registrar.add(fly_to_grid, [overlay], [Input(listed, "cellClicked")])


def view(ask: Ask, chosen: str) -> tuple[Any, ...]:
    """One view of the tab; what another drew goes, but for the faults. The view of special grids may answer
    before this does."""
    hidden = [name != chosen for name in tab.VIEWS]
    drawn = {} if chosen == "special" else {SPECIAL: None}
    return *hidden, {**drawn, CHOSEN: None, REPAIR: None}


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def _feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    """`geometry`: GeoJSON text, or a shape."""
    said = geometry if isinstance(geometry, str) else shapely.to_geojson(geometry)
    return {"type": "Feature", "geometry": orjson.loads(said), "properties": properties}


# --- faults ----------------------------------------------------------------------------------------------


def show_faults(ask: Ask, chosen: str, _changed: Any) -> tuple[Any, ...]:
    """Figures, the list, and every fault of ground on the map."""
    if chosen != "faults":
        return no_update, no_update, no_update
    faults = grids.faults(ask.services, ask.principal)
    drawn = (_fault(ask, one) for one in faults.listed if one.kind in _GROUND)
    return (
        tab.figures(ask.lang, faults),
        tab.fault_rows(ask.lang, faults),
        {FAULTS: _collection(drawn), CHOSEN: None},
    )


def _fault(ask: Ask, fault: FaultRow) -> dict[str, Any]:
    gap = "gap" in (fault.kind, fault.detail)
    facts = {text(ask.lang, "grids.column.area_m2"): fault.area_m2}
    return _feature(
        fault.geometry, mark="gap" if gap else "fault", title=text(ask.lang, f"grids.fault.{fault.kind}"),
        detail="、".join(fault.codes), facts=facts,
    )  # fmt: skip


def fly_to_fault(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The fault that was pressed comes into view, also where it is a whole grid."""
    wanted = str((cell or {}).get("rowId"))
    listed = grids.faults(ask.services, ask.principal).listed
    fault = next((one for one in listed if str(one.id) == wanted), None)
    if fault is None:
        return no_update
    return {CHOSEN: _collection([_fault(ask, fault)]), "fit": _bounds(shapely.from_geojson(fault.geometry))}


def _bounds(shape: Any) -> list[float]:
    """West, south, east, north, and some ground around."""
    west, south, east, north = shape.bounds
    room = max(east - west, north - south, 0.0004)
    return [west - room, south - room, east + room, north + room]


def choose(ask: Ask, chosen: list[dict[str, Any]] | None) -> bool:
    """Whether there is nothing to mend."""
    return not chosen


def preview(ask: Ask, clicks: int | None, chosen: list[dict[str, Any]] | None, gap: Any) -> tuple[Any, ...]:
    """What would mend the chosen faults: in words, grid by grid, and on the map. A button also asks when it
    is drawn, without a click; so do the next two."""
    if not clicks:
        return (no_update,) * 6
    faults = [int(row["id"]) for row in chosen or []]
    width = float(gap or GAP_M)
    found = grid_repair.propose(ask.services, ask.principal, faults, width)
    drawn = [_feature(one.geometry, mark="preview", title=one.name, detail=one.code) for one in found.changes]
    laid: dict[str, Any] = {REPAIR: _collection(drawn)}
    if drawn:
        laid["fit"] = _bounds(
            shapely.union_all([shapely.from_geojson(one.geometry) for one in found.changes])
        )
    kept = {"faults": faults, "version": found.version, "gap": width}
    return (
        False, tab.proposal_words(ask.lang, found), tab.change_rows(found), kept, not found.changes, laid,
    )  # fmt: skip


def cancel(ask: Ask, clicks: int | None) -> tuple[Any, ...]:
    """Nothing is changed."""
    return (True, {REPAIR: None}) if clicks else (no_update, no_update)


def apply(ask: Ask, clicks: int | None, proposed: dict[str, Any] | None) -> tuple[Any, ...]:
    """The repair as it was shown becomes a version of the grids."""
    if not clicks or not proposed:
        return no_update, no_update, no_update
    done = grid_repair.apply(
        ask.services, ask.call(), proposed["faults"], int(proposed["version"]), float(proposed["gap"])
    )
    said = text(ask.lang, "grids.applied", grids=done["changed"], left=done["left"])
    set_props(common.NOTICE, {"data": {"kind": "done", "text": said}})
    return True, {REPAIR: None}, done["version"]


# --- versions --------------------------------------------------------------------------------------------


def show_versions(ask: Ask, chosen: str, _changed: Any) -> Any:
    if chosen != "versions":
        return no_update
    return tab.version_rows(ask.lang, grids.versions(ask.services, ask.principal), ask.services.zone)


def show_life(ask: Ask, code: str | None) -> Any:
    """The life of a grid that was named, drawn as it is."""
    if not code or not code.strip():
        return no_update, {CHOSEN: None}
    found = grids.history(ask.services, ask.principal, code.strip())
    last = found.stages[-1]
    drawn = _feature(last.geometry, mark="preview", title=last.name, detail=found.code)
    told = tab.life(ask.lang, found, ask.services.zone)
    return told, {CHOSEN: _collection([drawn]), "fit": _bounds(shapely.from_geojson(last.geometry))}


def pick_grid(ask: Ask, at: dict[str, Any] | None, chosen: str) -> Any:
    """The base grid under the pointer is named."""
    if chosen != "versions" or not at:
        return no_update
    return grids.grid_at(ask.services, ask.principal, at["lon"], at["lat"]) or no_update


# --- staff, load, special grids --------------------------------------------------------------------------


def show_staff(ask: Ask, chosen: str) -> Any:
    if chosen != "staff":
        return no_update, no_update, no_update
    staffing = grids.staffing(ask.services, ask.principal)
    return tab.staff_figures(ask.lang, staffing), *tab.staff_rows(ask.lang, staffing)


def show_load(ask: Ask, chosen: str, days: str, by: str) -> Any:
    """Figures and the heaviest grids; what is to be painted on all of them, nothing in another view."""
    if chosen != "load":
        return no_update, no_update, None
    until = ask.services.now_in(ask.realm)
    since = until - timedelta(days=int(days))
    balance = grids.load_balance(ask.services, ask.principal, since, until, ask.realm)
    painted = {"name": tab.LOAD_FIELDS[by], "tier": balance.tier, "since": since.isoformat()}
    return (
        tab.load_figures(ask.lang, balance), tab.load_rows(balance, by), painted if balance.loads else None,
    )  # fmt: skip


def fly_to_grid(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The grid that was pressed comes into view."""
    code = str((cell or {}).get("rowId"))
    found = grids.shapes(ask.services, ask.principal, [code]).get(code)
    if found is None:
        return no_update
    drawn = _feature(found.geom, mark="preview", title=found.name, detail=code)
    return {CHOSEN: _collection([drawn]), "fit": _bounds(found.geom)}


def show_special(ask: Ask, chosen: str) -> Any:
    """The list, and all of them on the map."""
    if chosen != "special":
        return no_update, no_update
    special = grids.special_grids(ask.services, ask.principal)
    bases = sorted({code for one in special for code in one.bases})
    names = {code: grid.name for code, grid in grids.shapes(ask.services, ask.principal, bases).items()}
    drawn = (_feature(one.geometry, mark="preview", title=one.name, label=one.name) for one in special)
    return tab.special_rows(ask.lang, special, names), {SPECIAL: _collection(drawn)}


def fly_to_special(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The special grid that was pressed comes into view."""
    code = str((cell or {}).get("rowId"))
    special = grids.special_grids(ask.services, ask.principal)
    shape = next((one.geometry for one in special if one.code == code), None)
    return {"fit": _bounds(shapely.from_geojson(shape))} if shape else no_update
