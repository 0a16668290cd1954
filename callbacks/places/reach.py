"""道路与可达: what the tab asks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import shapely
from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from actions import closures
from actions import reach as acts
from actions.closures import CloseCommand
from actions.reach import ReachReport, feature
from callbacks.registrar import Ask, Registrar
from core.errors import InvalidInput
from pages.messages import text
from pages.places import ids
from pages.places import reach as page

AREAS, BEYOND, TRIAL, ROAD = "reach.areas", "reach.beyond", "reach.trial", "reach.road"
OVERLAY = Output(ids.OVERLAY, "data", allow_duplicate=True)
FORM = f"{page.ROAD_PANEL}-form"
Collection = dict[str, Any]


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    registrar.add(
        show,
        [Output(page.FIGURES, "children"), Output(page.SHARES, "rowData"),
         Output(page.TRIAL, "children", allow_duplicate=True), OVERLAY],
        [Input(page.SOURCE, "value"), Input(page.CHANGED, "data")],
        [State(page.TRIED, "data")],
        prevent_initial_call="initial_duplicate",
    )  # fmt: skip
    registrar.add(
        standing,
        [Output(page.CLOSURES, "rowData")],
        [Input(page.CHANGED, "data")],
        prevent_initial_call=False,
    )
    registrar.add(
        pressed,
        [Output(page.TRIAL, "children"), Output(page.ROAD, "data"), Output(page.TRIED, "data"), OVERLAY],
        [Input(ids.ground("reach"), "data")],
        [State(page.PRESS, "value"), State(page.SOURCE, "value")],
    )
    registrar.add(
        changed_press,
        [Output(page.TRIAL, "children", allow_duplicate=True),
         Output(page.ROAD, "data", allow_duplicate=True),
         Output(page.TRIED, "data", allow_duplicate=True), OVERLAY],
        [Input(page.PRESS, "value")],
        [State(page.SOURCE, "value")],
    )  # fmt: skip
    _register_roads(registrar)
    registrar.add(fly, [OVERLAY], [Input(page.SHARES, "cellClicked")])


def _register_roads(registrar: Registrar) -> None:
    picked = Output(page.ROAD, "data", allow_duplicate=True)
    registrar.add(
        picked_road,
        [Output(FORM, "hidden"), Output(page.ROAD_PANEL, "children"), Output(page.CLOSE, "disabled"),
         Output(page.REOPEN, "disabled")],
        [Input(page.ROAD, "data")],
    )  # fmt: skip
    registrar.add(pick_closed, [picked, OVERLAY], [Input(page.CLOSURES, "cellClicked")])
    registrar.add(
        close,
        [picked, Output(page.REASON, "value"), Output(page.UNTIL, "value"), OVERLAY],
        [Input(page.CLOSE, "n_clicks")],
        [State(page.ROAD, "data"), State(page.REASON, "value"), State(page.UNTIL, "value")],
        running=[(Output(page.CLOSE, "loading"), True, False)],
    )
    registrar.add(
        reopen,
        [picked, OVERLAY],
        [Input(page.REOPEN, "n_clicks")],
        [State(page.ROAD, "data")],
        running=[(Output(page.REOPEN, "loading"), True, False)],
    )


def show(ask: Ask, source: str, _changed: int | None, tried: list[float] | None) -> tuple[Any, ...]:
    """Figures, shares and areas from this source, with the closures of now.

    A place that is being tried stays, counted anew: the areas of what there is would lie over its own.
    """
    found = acts.reach(ask.services, ask.principal, ask.realm, source)
    told = page.figures(ask.lang, found), page.share_rows(ask.lang, found)
    if not tried:
        return *told, no_update, _drawn(ask.lang, found)
    return *told, *_tried(ask, (tried[0], tried[1]), source)


def _drawn(lang: str, found: ReachReport) -> dict[str, Any]:
    """What is reached and what is not, for the map."""
    areas = [_area(lang, m, found.bands[m]) for m in reversed(found.minutes)]
    told = {"title": text(lang, "reach.beyond", n=found.minutes[-1])}
    beyond = [feature(found.beyond, mark="uncovered", **told)] if found.facilities and found.by_road else []
    return {AREAS: _collection(areas), BEYOND: _collection(beyond)}


def _collection(features: list[dict[str, Any]]) -> Collection:
    """Without those that have no extent."""
    some = [one for one in features if one["geometry"].get("coordinates")]
    return {"type": "FeatureCollection", "features": some}


def _area(lang: str, minutes: int, shape: Any) -> dict[str, Any]:
    return feature(shape, mark=f"reach-{minutes}", title=text(lang, "reach.area", n=minutes))


def standing(ask: Ask, _changed: int | None) -> list[dict[str, Any]]:
    """The closed roads of now."""
    found = closures.list_closures(ask.services, ask.principal, ask.realm)
    names = {row.code: row.name for row in ask.services.reference.areas().communities}
    return page.closure_rows(ask.lang, ask.services.zone, found, names)


def pressed(ask: Ask, click: dict[str, float] | None, press: str, source: str) -> tuple[Any, ...]:
    """A press on the map tries a place or picks a road, as was chosen."""
    if not click or press not in ("try", "road"):
        raise PreventUpdate
    at = (float(click["lon"]), float(click["lat"]))
    if press == "try":
        words, drawn = _tried(ask, at, source)
        return words, None, list(at), drawn
    road = closures.road_at(ask.services, ask.principal, ask.realm, *at)
    return None, road, None, {ROAD: _line(road), TRIAL: None}


def _tried(ask: Ask, at: tuple[float, float], source: str) -> tuple[Any, dict[str, Any]]:
    """What a place here would add, in words and for the map."""
    found = acts.try_place(ask.services, ask.principal, ask.realm, source, at)
    drawn = [_area(ask.lang, m, found.areas[m]) for m in reversed(found.minutes)]
    spot = feature(shapely.Point(at), mark="try", title=text(ask.lang, "reach.tried"))
    overlay = {TRIAL: _collection([*drawn, spot]), AREAS: None, BEYOND: None, ROAD: None}
    return page.trial(ask.lang, source, found), overlay


def _line(road: dict[str, Any]) -> Collection:
    title = road["name"] or road["road"]
    return _collection([feature(shapely.LineString(road["line"]), mark="preview", title=title)])


def changed_press(ask: Ask, _press: str, source: str) -> tuple[Any, ...]:
    """Another use of the press: what the last one left is cleared, and reach drawn again.

    When the tab has just been built this draws what `show` draws.
    """
    found = acts.reach(ask.services, ask.principal, ask.realm, source)
    return None, None, None, {TRIAL: None, ROAD: None, **_drawn(ask.lang, found)}


def picked_road(ask: Ask, road: dict[str, Any] | None) -> tuple[Any, ...]:
    """The form of the road that was picked: it can be closed, or reopened."""
    if not road:
        return True, no_update, no_update, no_update
    closed = road["closure"] is not None
    return False, page.road_words(ask.lang, road), closed, not closed


def pick_closed(ask: Ask, cell: dict[str, Any] | None) -> tuple[Any, ...]:
    """A closed road pressed in the table: brought into view, to be reopened."""
    found = closures.list_closures(ask.services, ask.principal, ask.realm)
    one = next((f for f in found if f["id"] == str((cell or {}).get("rowId"))), None)
    if one is None:
        raise PreventUpdate
    p, line = one["properties"], one["geometry"]["coordinates"]
    road = {"road": one["id"], "name": p["name"], "class": p["class"], "line": line, "closure": {**p}}
    return road, {ROAD: _line(road), "fit": list(shapely.LineString(line).bounds)}


def close(
    ask: Ask, clicks: int | None, road: dict[str, Any] | None, reason: str | None, until: str | None
) -> tuple[Any, ...]:
    """封路, until the time said in the city's zone."""
    if not clicks or not road:
        raise PreventUpdate
    if not (reason or "").strip():
        raise InvalidInput(pointer="/reason", detail=text(ask.lang, "reach.reason"))
    at = datetime.fromisoformat(until).replace(tzinfo=ask.services.zone) if until else None
    command = CloseCommand(reason=reason or "", until=at)
    closures.close(ask.services, ask.call(), str(road["road"]), command)
    return None, "", None, {ROAD: None}


def reopen(ask: Ask, clicks: int | None, road: dict[str, Any] | None) -> tuple[Any, ...]:
    """恢复通行."""
    if not clicks or not road:
        raise PreventUpdate
    closures.reopen(ask.services, ask.call(), str(road["road"]))
    return None, {ROAD: None}


def fly(ask: Ask, cell: dict[str, Any] | None) -> Any:
    """The area that was pressed comes into view."""
    row = ask.services.reference.areas().by_code.get(str((cell or {}).get("rowId")))
    if row is None:
        raise PreventUpdate
    return {"fit": list(row.geom.bounds)}
