"""图层: what the tab asks and does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import shapely
from dash import ALL, Dash, Input, Output, State, ctx, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import covering, hazards, patrols, reading, sensors
from actions.covering import CameraReport, ReachReport
from actions.hazards import HazardFilter
from actions.patrols import Wanted
from actions.reach import feature
from actions.site_commands import HazardCommand, PeriodCommand, VisitCommand
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.clock import day_of
from core.permissions import prefixes
from geo.plane import Plane
from pages import ids as common
from pages.messages import text
from pages.places import hazard_views, ids, layer_views, patrol_views
from pages.places import layers as page
from pages.places.figures import percent

GAPS, REACH, PICK = "layers.gaps", "layers.reach", "layers.picked"
DRAWN = 400
"""Areas drawn as GeoJSON at most: more would hold up zooming."""
_MARGIN = 0.006
"""Degrees around a place that is shown: some streets."""
Rows = list[dict[str, Any]]


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the tab."""
    overlay = Output(ids.OVERLAY, "data", allow_duplicate=True)
    content = [Output(page.CONTENT, "children"), Output(page.TIER_PANE, "hidden"), overlay]
    chosen = [Input(page.VIEW, "value"), Input(page.TIER, "value"), Input(page.CHANGED, "data")]
    registrar.add(show, content, chosen, prevent_initial_call="initial_duplicate")
    registrar.add(go, [overlay], [Input({"type": page.LIST, "of": ALL}, "selectedRows")])
    _register_hazards(registrar)
    _register_patrols(registrar)


def _register_hazards(registrar: Registrar) -> None:
    tables = page.listed(hazard_views.LIST)
    registrar.add(
        hazards_shown, [Output(hazard_views.BODY, "children")], [Input(hazard_views.SHOWN, "value")]
    )
    registrar.add(
        pick_hazard,
        [Output(hazard_views.PANE, "children"), Output(hazard_views.PICKED, "data")],
        [Input(tables, "selectedRows")],
    )
    registrar.add(suit, [Output(hazard_views.LEVEL, "disabled")], [Input(hazard_views.VERB, "value")])
    registrar.add(
        step,
        [Output(hazard_views.BODY, "children", allow_duplicate=True)],
        [Input(hazard_views.GO, "n_clicks")],
        [State(hazard_views.PICKED, "data"), State(hazard_views.SHOWN, "value")]
        + [
            State(name, "value")
            for name in (
                hazard_views.VERB,
                hazard_views.TEXT,
                hazard_views.OWNER,
                hazard_views.DUE,
                hazard_views.LEVEL,
            )
        ],
    )


def _register_patrols(registrar: Registrar) -> None:
    again = [Output(patrol_views.BODY, "children", allow_duplicate=True)]
    registrar.add(span, [Output(patrol_views.BODY, "children")], [Input(patrol_views.SPAN, "value")])
    registrar.add(
        pick_round,
        [
            Output(patrol_views.PICKED, "data"),
            Output(patrol_views.GO, "disabled"),
            Output(patrol_views.TO_VISIT, "children"),
        ],
        [Input(page.listed(patrol_views.DUE), "selectedRows")],
    )
    registrar.add(
        visit,
        again,
        [Input(patrol_views.GO, "n_clicks")],
        [State(patrol_views.PICKED, "data"), State(patrol_views.SPAN, "value")]
        + [State(name, "value") for name in (patrol_views.FINDING, patrol_views.CLASS)],
    )
    registrar.add(
        set_period,
        again,
        [Input(patrol_views.PERIOD_GO, "n_clicks")],
        [
            State(name, "value")
            for name in (patrol_views.SPAN, patrol_views.PERIOD_NAME, patrol_views.PERIOD_DAYS)
        ],
    )


def _names(ask: Ask) -> dict[str, str]:
    """Area → name; what lies above every area we have is the whole city."""
    rows = ask.services.reference.areas().by_code.values()
    above = {wide for row in rows if row.tier == 0 for wide in prefixes(row.code)}
    return {
        **dict.fromkeys(above, text(ask.lang, "sites.whole_city")),
        **{row.code: row.name for row in rows},
    }


def _done(ask: Ask, key: str, **params: Any) -> None:
    set_props(common.NOTICE, {"data": {"kind": "done", "text": text(ask.lang, key, **params)}})


# --- views -----------------------------------------------------------------------------------------------


def show(ask: Ask, view: str, tier: str, _changed: Any) -> tuple[Any, bool, dict[str, Any]]:
    """The content of a view, whether tiers are of no use there, and what it draws."""
    built, drawn = _VIEWS[view](ask, int(tier))
    return built, view not in page.TIERED, {GAPS: None, REACH: None, PICK: None, **drawn}


def _cameras(ask: Ask, tier: int) -> tuple[Any, dict[str, Any]]:
    report = covering.cameras(ask.services, ask.principal, tier=tier)
    drawn = {GAPS: _coverage(ask, report)}
    return layer_views.cameras(ask.lang, report, _names(ask)), drawn


def _coverage(ask: Ask, report: CameraReport) -> dict[str, Any]:
    """Each area coloured by the share of its base grids that has a camera of the first class."""
    by_code = ask.services.reference.areas().by_code
    words = text(ask.lang, "sites.coverage")
    return _collection([
        feature(
            by_code[row.code].geom, mark="choropleth", title=row.name, value=row.coverage,
            facts={words: percent(row.coverage), text(ask.lang, "sites.cameras"): row.cameras},
        )
        for row in report.rows[:DRAWN]
    ])  # fmt: skip


def _broadcasts(ask: Ask, tier: int) -> tuple[Any, dict[str, Any]]:
    report = covering.broadcasts(ask.services, ask.principal, tier=tier)
    return layer_views.broadcasts(ask.lang, report, _names(ask)), _reached(ask, report)


def _shelters(ask: Ask, tier: int) -> tuple[Any, dict[str, Any]]:
    report = covering.shelters(ask.services, ask.principal, tier=tier)
    return layer_views.shelters(ask.lang, report, _names(ask)), _reached(ask, report)


def _reached(ask: Ask, report: ReachReport) -> dict[str, Any]:
    """The ground within reach, and the base grids outside it with the most people."""
    by_code = ask.services.reference.areas().by_code
    words = text(ask.lang, "sites.people")
    gaps = [
        feature(by_code[one.code].geom, mark="uncovered", title=one.name, facts={words: one.people})
        for one in report.grids[:DRAWN]
    ]
    return {GAPS: _collection(gaps), REACH: _collection(_circles(report))}


def _circles(report: ReachReport) -> list[dict[str, Any]]:
    """One area: all circles joined, as the crow flies."""
    if not report.sites:
        return []
    spots = shapely.points([(site.lon, site.lat) for site in report.sites])
    plane = Plane(spots)
    around = shapely.buffer(plane.metres(spots), [site.reach_m for site in report.sites], quad_segs=8)
    return [feature(plane.degrees(shapely.simplify(shapely.union_all(around), 10)), mark="reach-15")]


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _keyplaces(ask: Ask, _tier: int) -> tuple[Any, dict[str, Any]]:
    found = covering.keyplaces(ask.services, ask.principal)
    return layer_views.keyplaces(ask.lang, found, _names(ask)), {}


def _sensors(ask: Ask, _tier: int) -> tuple[Any, dict[str, Any]]:
    found = sensors.list_sensors(ask.services, ask.call())
    rules = sensors.list_rules(ask.services, ask.call())
    return layer_views.sensors(ask.lang, found, rules, _names(ask)), {}


# --- hazards ---------------------------------------------------------------------------------------------


def _hazards(ask: Ask, _tier: int) -> tuple[Any, dict[str, Any]]:
    first = next(iter(hazard_views.FILTERS))
    return hazard_views.view(ask.lang, first, hazards_shown(ask, first)), {}


def hazards_shown(ask: Ask, shown: str) -> Any:
    """The list of what is chosen, with the figures of all."""
    status, overdue = hazard_views.FILTERS[shown]
    found = hazards.list_hazards(ask.services, ask.call(), HazardFilter(status, overdue))
    now = ask.services.now_in(ask.realm)
    rows = hazard_views.rows(ask.lang, ask.services.zone, now, found.items, _names(ask))
    return hazard_views.body(ask.lang, hazards.counts(ask.services, ask.call()), rows, hazards.MOST)


def pick_hazard(ask: Ask, rows: Rows | None) -> tuple[Any, Any]:
    """The one that is picked, with its version, so that two do not take the same step."""
    if not rows:
        raise PreventUpdate
    told = hazards.read_hazard(ask.services, ask.call(), rows[0]["code"])
    pane = hazard_views.pane(ask.lang, ask.services.zone, told)
    return pane, {"code": told["code"], "version": told["version"], "name": told["name"]}


def suit(ask: Ask, verb: str) -> bool:
    """A level of risk is what an assessment gives."""
    return verb != "assess"


def step(
    ask: Ask, pressed: int | None, picked: dict[str, Any] | None, shown: str, verb: str,
    said: str | None, owner: str | None, due: str | None, level: str | None,
) -> Any:  # fmt: skip
    """One step of the hazard that is picked."""
    if not pressed or not picked:
        raise PreventUpdate
    if verb in _WANT_WORDS and not (said or "").strip():
        raise FormIncomplete(field=text(ask.lang, "sites.words"), focus=hazard_views.TEXT)
    command = HazardCommand(
        text=said or "", owner=owner or None, due_at=_end_of(ask, due),
        level=int(level) if level and verb == "assess" else None,
    )  # fmt: skip
    call = ask.call()
    held = type(call)(call.principal, call.realm, if_match=picked["version"] or None)
    hazards.act(ask.services, held, picked["code"], verb, command)
    _done(ask, "sites.hazards.done", name=picked["name"], step=text(ask.lang, f"sites.verb.{verb}"))
    return hazards_shown(ask, shown)


_WANT_WORDS = frozenset({"close", "monitor", "reopen", "note"})
"""Steps that somebody will ask the reason of."""


def _end_of(ask: Ask, day: str | None) -> datetime | None:
    if not day:
        return None
    return datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), ask.services.zone)


# --- patrols ---------------------------------------------------------------------------------------------


def _patrol(ask: Ask, _tier: int) -> tuple[Any, dict[str, Any]]:
    first = patrol_views.SPANS[0]
    return patrol_views.view(ask.lang, first, span(ask, first)), {}


def span(ask: Ask, days: str) -> Any:
    """Rate, missed and due, looking back so many days."""
    today = day_of(ask.services.now_in(ask.realm), ask.services.zone)
    wanted = Wanted(since=today - timedelta(days=int(days)))
    told = {
        "rate": patrols.rate(ask.services, ask.call(), wanted),
        "missed": patrols.missed(ask.services, ask.call(), wanted),
        "due": patrols.due(ask.services, ask.call()),
        "periods": {"items": patrols.periods(ask.services, ask.call())},
    }
    return patrol_views.body(ask.lang, ask.principal, told, reading.classes(ask.services))


def pick_round(ask: Ask, rows: Rows | None) -> tuple[Any, bool, Any]:
    if not rows:
        raise PreventUpdate
    picked = {key: rows[0][key] for key in ("target", "code", "name")}
    return picked, False, text(ask.lang, "sites.patrol.to_visit", name=picked["name"])


def visit(
    ask: Ask, pressed: int | None, picked: dict[str, str] | None, days: str,
    finding: str | None, class_code: str | None,
) -> Any:  # fmt: skip
    """Note that somebody was there; what was found may become an incident."""
    if not pressed or not picked:
        raise PreventUpdate
    if class_code and not (finding or "").strip():
        raise FormIncomplete(field=text(ask.lang, "sites.patrol.finding"), focus=patrol_views.FINDING)
    incident = {"class": class_code} if class_code else None
    command = VisitCommand.model_validate({
        "target": picked["target"], "code": picked["code"], "finding": (finding or "").strip() or None,
        "incident": incident,
    })  # fmt: skip
    given = patrols.visit(ask.services, ask.call(), [command])
    key = "sites.patrol.reported" if given["incidents"] else "sites.patrol.done"
    _done(ask, key, name=picked["name"])
    return span(ask, days)


def set_period(
    ask: Ask, pressed: int | None, days: str, name: str | None, chosen: Sequence[str] | None
) -> Any:
    """Declare a sensitive period where the asker is in charge."""
    if not pressed:
        raise PreventUpdate
    if not (name or "").strip():
        raise FormIncomplete(field=text(ask.lang, "sites.period.name"), focus=patrol_views.PERIOD_NAME)
    first, last = [*(chosen or ()), None, None][:2]
    if not first or not last:
        raise FormIncomplete(field=text(ask.lang, "sites.period.days"), focus=patrol_views.PERIOD_DAYS)
    command = PeriodCommand(
        code=f"{first}{ask.principal.area}", name=name or "", scope=ask.principal.area,
        starts_on=date.fromisoformat(first), ends_on=date.fromisoformat(last),
    )  # fmt: skip
    patrols.set_period(ask.services, ask.call(), command)
    _done(ask, "sites.period.done", name=command.name)
    return span(ask, days)


# --- the map ---------------------------------------------------------------------------------------------


def go(ask: Ask, _all: Any) -> Any:
    """What was picked in a table comes into view: a place with a mark, an area with its bounds."""
    rows = ctx.triggered[0]["value"] if ctx.triggered else None
    if not rows:
        return no_update
    row = rows[0]
    area = ask.services.reference.areas().by_code.get(row["code"])
    spot = row.get("lon_lat") or _looked_up(ask, row)
    if spot is None:
        return {PICK: None, "fit": list(area.geom.bounds)} if area else no_update
    lon, lat = spot
    mark = feature(shapely.Point(lon, lat), mark="try", title=row["name"])
    return {PICK: _collection([mark]), "fit": [lon - _MARGIN, lat - _MARGIN, lon + _MARGIN, lat + _MARGIN]}


def _looked_up(ask: Ask, row: dict[str, Any]) -> tuple[float, float] | None:
    """A target of a round that is no grid."""
    if row.get("target") in (None, "grids"):
        return None
    return covering.spot_of(ask.services, ask.principal, row["target"], row["code"])


_VIEWS = {
    "cameras": _cameras,
    "broadcasts": _broadcasts,
    "shelters": _shelters,
    "hazards": _hazards,
    "keyplaces": _keyplaces,
    "sensors": _sensors,
    "patrol": _patrol,
}
