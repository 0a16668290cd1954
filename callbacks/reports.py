"""The ways in of `/reports`: what is asked, what stands behind a figure, and the check against the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, callback_context, no_update

from actions import kpi, kpi_audit, kpi_choices
from actions.kpi_view import Asked, Report
from callbacks.registrar import Ask, Registrar
from core.kpi import COUNT, INTERVAL
from core.periods import Period, midnight
from core.permissions import may
from pages.messages import text
from pages.reports import charts, ids, shell, views, words

_SCRIPTS = "zhihui_reports"
_FILTERS = (ids.PERIOD, ids.DATES, ids.AREA, ids.DEPT, ids.CLASS, ids.CHANNEL, ids.BY)
_CLASSES = 9
_RANKED = ("area", "department")
Filters = tuple[Any, ...]


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the page."""
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "scale"), Output(ids.SCALE, "data"), Input(ids.SPAN, "id")
    )
    filters = [Input(name, "value") for name in _FILTERS]
    states = [State(name, "value") for name in _FILTERS]
    registrar.add(
        choices, [Output(name, "data") for name in (ids.AREA, ids.DEPT, ids.CLASS, ids.CHANNEL)],
        [Input(ids.SCALE, "data")],
    )  # fmt: skip
    registrar.add(show, [*map(_output, _SHOWN)], [Input(ids.SCALE, "data"), *filters])
    registrar.add(own_dates, [Output(ids.DATES, "disabled")], [Input(ids.PERIOD, "value")])
    registrar.add(
        descend, [Output(ids.AREA, "value")],
        [Input(ids.TABLE, "cellClicked"), Input(ids.crumb(ALL), "n_clicks")],
        [State(ids.TABLE, "rowData"), State(ids.BY, "value")],
    )  # fmt: skip
    registrar.add(
        behind,
        [Output(ids.DRAWER, "opened"), Output(ids.HEAD, "children"), Output(ids.BEHIND, "rowData"),
         Output(ids.ASKED, "data"), Output(ids.MORE, "disabled")],
        [Input(ids.figure(ALL), "n_clicks"), Input(ids.TABLE, "cellClicked"),
         Input(ids.INTERVALS, "cellClicked"), Input(ids.CLASSES, "clickData"), Input(ids.MORE, "n_clicks")],
        [State(ids.ASKED, "data"), State(ids.BEHIND, "rowData"), State(ids.HEAD, "children"), *states],
    )  # fmt: skip
    registrar.add(
        verify, [Output(ids.VERIFIED, "children")], [Input(ids.VERIFY, "n_clicks")], states,
        running=[(Output(ids.VERIFY, "disabled"), True, False)],
    )  # fmt: skip
    screens.clientside_callback(
        ClientsideFunction(_SCRIPTS, "open"), Output(ids.BEHIND, "selectedRows"),
        Input(ids.BEHIND, "cellClicked"), prevent_initial_call=True,
    )  # fmt: skip


_SHOWN = (
    (ids.SPAN, "children"), (ids.FIGURES, "children"), (ids.WAY, "children"), (ids.TABLE, "columnDefs"),
    (ids.TABLE, "rowData"), (ids.INTERVALS, "rowData"), (ids.TREND, "figure"), (ids.CLASSES, "figure"),
    (ids.LEVELS, "children"), (ids.NOTE, "children"), (ids.EXPORT, "href"), (ids.EXPORT, "hidden"),
    (ids.WEEKLY, "href"), (ids.WEEKLY, "hidden"), (ids.VERIFY, "hidden"), (ids.VERIFIED, "children"),
)  # fmt: skip


def _output(pair: tuple[str, str]) -> Output:
    return Output(*pair, allow_duplicate=pair[0] == ids.VERIFIED)


def choices(ask: Ask, _scale: float) -> list[Any]:
    """What areas, departments, classes and sources there are to choose from."""
    found = kpi_choices.read_choices(ask.services, ask.principal)
    areas = [{"value": one.code, "label": one.name} for one in found.areas]
    depts = [{"value": one.code, "label": words.name_of(ask.lang, one)} for one in found.departments]
    classes = [{"value": one.code, "label": words.name_of(ask.lang, one)} for one in found.classes]
    channels = [{"value": one, "label": words.channel(ask.lang, one)} for one in words.channels(ask.lang)]
    return [areas, depts, classes, channels]


def own_dates(_ask: Ask, period: str) -> bool:
    """Days are chosen by hand only where that is the period."""
    return period != shell.OWN


def asked_of(ask: Ask, filters: Filters) -> Asked:
    """Raises InvalidInput, RealmUnknown."""
    period, dates, area, dept, kind, channel, by = filters
    return Asked(
        ask.realm, _period(ask, period, dates), area or "", dept or None, kind or None, channel or None, by=by
    )


def _period(ask: Ask, name: str, dates: Sequence[str | None] | None) -> Period:
    """By name; the days chosen by hand, the last among them, or the usual while they are not both there."""
    first, last = (*(dates or ()), None, None)[:2]
    if name == shell.OWN and first and last:
        zone = ask.services.zone
        since, until = (date.fromisoformat(day[:10]) for day in (first, last))
        return Period(midnight(since, zone), midnight(until + timedelta(days=1), zone))
    return kpi.period_of(ask.services, ask.realm, None, None, None if name == shell.OWN else name)


def show(ask: Ask, scale: float | None, *filters: Any) -> Any:
    """The whole page, as asked."""
    if not scale:
        return no_update
    asked = asked_of(ask, filters)
    page = kpi.read_page(ask.services, ask.principal, asked)
    report = page.report
    weights = kpi.weights_for(asked.by, kpi.read_weights(ask.services)) if asked.by in _RANKED else {}
    places = words.place_of(kpi.assess(report, weights)) if weights else {}
    lang, zone = ask.lang, ask.services.zone
    span = text(lang, "kpi.span", now=words.days(asked.period, zone), before=words.days(report.before, zone))
    hidden = not may(ask.principal, "export")
    return [
        _nothing(lang, report) or span, views.tiles(lang, report),
        views.way(lang, kpi_choices.way_to(ask.services, ask.principal, asked.area, lang_whole(lang))),
        views.columns(lang, str(asked.by), ranked=bool(weights)), views.rows(lang, report, places),
        views.interval_rows(lang, report.total), *_charts(ask, page, scale),
        views.levels(lang, report.total),
        views.rank_note(lang, weights) if weights else "", _address(ask, asked, "export"), hidden,
        f"/api/v1/kpis/weekly?{urlencode({'lang': lang, 'realm': ask.realm})}", hidden, hidden, "",
    ]  # fmt: skip


def lang_whole(lang: str) -> str:
    return text(lang, "reports.whole")


def _nothing(lang: str, report: Report) -> str:
    """Why the page is empty, in a sentence."""
    if report.asked.by == "area" and report.tier is None:
        return text(lang, "reports.empty_city")
    return "" if report.total.counts else text(lang, "reports.nothing")


def _address(ask: Ask, asked: Asked, what: str) -> str:
    """The same question to the API."""
    given = {
        "from": asked.period.since.isoformat(), "to": asked.period.until.isoformat(), "area": asked.area,
        "dept": asked.dept, "class": asked.class_code, "channel": asked.channel, "by": asked.by,
        "compare": asked.period.unit, "lang": ask.lang, "realm": ask.realm,
    }  # fmt: skip
    return f"/api/v1/kpis/{what}?{urlencode({name: value for name, value in given.items() if value})}"


def _charts(ask: Ask, page: kpi.Page, scale: float) -> list[charts.Figure]:
    return [charts.scaled(one, scale) for one in (_trend(ask, page), _by_class(ask, page))]


def _trend(ask: Ask, page: kpi.Page) -> charts.Figure:
    labels = [f"{day:%m-%d}" if page.unit != "month" else f"{day:%Y-%m}" for day, _ in page.parts]
    now, before = ([one.count("valid") for _, one in held] for held in (page.parts, page.parts_before))
    said = {name: text(ask.lang, f"kpi.{name}") for name in ("now", "before")}
    return charts.trend(said, labels, now, before[: len(now)])


def _by_class(ask: Ask, page: kpi.Page) -> charts.Figure:
    ordered = sorted(((f.count("valid"), code) for code, f in page.classes.items()), reverse=True)[:_CLASSES]
    classes = ask.services.reference.classes()
    names = [words.name_of(ask.lang, classes[code]) if code in classes else code for _, code in ordered]
    return charts.bars(names, [n for n, _ in ordered], [code for _, code in ordered])


def descend(
    ask: Ask, pressed: Mapping[str, Any] | None, _crumbs: Sequence[int], rows: Sequence[Mapping[str, Any]],
    by: str,
) -> Any:  # fmt: skip
    """A press on an area looks into it; one on the way leads back up."""
    trigger = callback_context.triggered_id
    if isinstance(trigger, dict):
        return (trigger["area"] or None) if any(_crumbs) else no_update
    row = _row_of(pressed, rows)
    if by != "area" or row is None or pressed is None or pressed.get("colId") != "name" or not row["deeper"]:
        return no_update
    return row["code"]


def _row_of(pressed: Mapping[str, Any] | None, rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    ident = str((pressed or {}).get("rowId"))
    return next((row for row in rows if str(row["code"]) == ident), None)


def behind(
    ask: Ask, _tiles: Sequence[int], cell: Any, interval: Any, bar: Any, _more: int | None,
    known: Mapping[str, Any] | None, held: Sequence[Any], said: str, *filters: Any,
) -> Any:  # fmt: skip
    """What stands behind the figure that was pressed, in the list that slides in."""
    asked, trigger = asked_of(ask, filters), callback_context.triggered_id
    if trigger == ids.MORE:
        if not known:
            return no_update
        return _listed(ask, asked, {**known}, said, held)
    question = _question(ask, trigger, cell, interval, bar, str(asked.by))
    return _listed(ask, asked, question, None, []) if question else no_update


def _question(ask: Ask, trigger: Any, cell: Any, interval: Any, bar: Any, by: str) -> dict[str, Any] | None:
    """figure, by and key of what was pressed; None where it leads nowhere."""
    if isinstance(trigger, dict):
        pressed = any(entry["value"] for entry in callback_context.triggered)
        code = trigger["code"]
        return {"figure": views.BEHIND.get(code, code)} if pressed else None
    if trigger == ids.INTERVALS and interval:
        return {"figure": interval["rowId"]}
    if trigger == ids.CLASSES and bar:
        return {"figure": "valid", "by": "class", "key": bar["points"][0]["customdata"]}
    if trigger == ids.TABLE and cell:
        column = cell.get("colId")
        figure = {"median": "whole", "p90": "whole"}.get(column, views.BEHIND.get(column, column))
        if figure in COUNT or figure in INTERVAL:
            return {"figure": figure, "by": by, "key": cell["rowId"]}
    return None


def _listed(ask: Ask, asked: Asked, question: dict[str, Any], said: str | None, held: Sequence[Any]) -> Any:
    if question.get("by"):
        asked = kpi.narrowed(asked, question["by"], question["key"], ask.services.zone)
    page = kpi.read_behind(ask.services, ask.principal, asked, question["figure"], question.get("cursor"))
    classes, zone = ask.services.reference.classes(), ask.services.zone
    rows = [*held, *(words.incident_row(ask.lang, one, classes, zone) for one in page.items)]
    head = said or text(
        ask.lang, "reports.behind", what=words.figure_name(ask.lang, question["figure"]),
        span=words.days(asked.period, zone), n=f"{page.number:,}",
    )  # fmt: skip
    return [True, head, rows, {**question, "cursor": page.cursor}, page.cursor is None]


def verify(ask: Ask, presses: int | None, *filters: Any) -> Any:
    """The same figures out of the log, compared."""
    if not presses:
        return no_update
    found = kpi_audit.verify(ask.services, ask.principal, asked_of(ask, filters))
    if found.same:
        return text(ask.lang, "reports.verified", seq=f"{found.seq:,}", n=f"{found.incidents:,}")
    first = found.differences[0]
    told = f"{first.key} {first.figure}: {first.table} / {first.log}".strip()
    return text(ask.lang, "reports.differs", n=len(found.differences), first=told)
