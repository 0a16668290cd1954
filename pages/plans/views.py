"""What the parts of `/plans` show: values in, rows and components out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core.plans import Plan
from pages.messages import text
from pages.parts import marked
from pages.places.table import Column
from pages.plans import flow, ids, words
from pages.plans.forces import forces
from pages.plans.shown import TABS, Fault, Faults, Shown, approved, day, person
from pages.plans.tables import fields, tables, task_form
from pages.plans.versions import versions
from pages.plans.words import City

# --- the list --------------------------------------------------------------------------------------------


def list_columns(lang: str) -> list[Column]:
    def column(name: str, least: int, **options: Any) -> Column:
        return Column(name, text(lang, f"plans.list.{name}"), least=least, **options)

    return [
        column("name", 250), column("kind", 130), column("in_force", 100), column("draft", 100),
        column("made_by", 110), column("approved", 210), column("tasks", 70, number=True),
        column("sources", 70, number=True), column("ran", 190), column("drilled", 150),
    ]  # fmt: skip


def list_rows(city: City, found: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    return [
        {
            "plan": one["plan"], "name": words.name_of(city, one), "kind": words.kind(city, one["kind"]),
            "in_force": _version(city, one["in_force"]), "draft": _version(city, one["draft"]),
            "made_by": person(city, one["made_by"]), "approved": approved(city, one, zone),
            "tasks": one["tasks"], "sources": one["sources"],
            "ran": city.say("plans.ran", n=one["runs"], at=day(one["ran_at"], zone)) if one["runs"] else "—",
            "drilled": day(one["drilled_at"], zone),
        }
        for one in found
    ]  # fmt: skip


def _version(city: City, number: int | None) -> str:
    return city.say("plans.version", n=number) if number else "—"


def rail(city: City, found: Sequence[Mapping[str, Any]], opened: str) -> list[Any]:
    """The list beside an open plan: names, and where a draft waits."""
    back = html.Button(city.say("plans.all"), className="plans-all", **marked(data_plan=""))
    return [back, *(_rail_button(city, one, one["plan"] == opened) for one in found)]


def _rail_button(city: City, one: Mapping[str, Any], chosen: bool) -> html.Button:
    state = "plans.rail.draft" if one["draft"] else "plans.rail.retired" if not one["in_force"] else ""
    said = [html.Span(words.name_of(city, one))] + ([html.Small(city.say(state))] if state else [])
    marks = marked(data_plan=one["plan"], aria_pressed="true" if chosen else "false")
    return html.Button(said, **marks)


# --- one plan --------------------------------------------------------------------------------------------


def view(city: City, zone: ZoneInfo, shown: Shown, plan: Plan) -> list[Any]:
    """A plan from top to bottom."""
    panes: dict[str, Callable[[], list[Any]]] = {
        "overview": lambda: [fields(city, shown), *tables(city, shown, "overview")],
        "tasks": lambda: [*tables(city, shown, "tasks"), *([task_form(city, shown)] if shown.edit else [])],
        "chart": lambda: [chart_pane(city, plan)],
        "means": lambda: tables(city, shown, "means"),
        "forces": lambda: forces(city, plan, shown.slots),
        "versions": lambda: versions(city, zone, shown),
    }
    heads = [dmc.TabsTab(_tab_head(city, name, shown.faults), value=name) for name in TABS]
    bodies = [dmc.TabsPanel(panes[name](), value=name) for name in TABS]
    tabs = dmc.Tabs(
        [dmc.TabsList(heads), *bodies], id=ids.TABS, value=next(iter(TABS)), keepMounted=True,
        persistence=True, persistence_type="memory", className="plans-tabs",
    )  # fmt: skip
    return [
        head(city, zone, shown),
        html.Div(id=ids.MOVED, className="plans-moved", role="alert", hidden=True),
        html.Div(fault_list(city, shown.faults), id=ids.FAULTS),
        tabs,
    ]


def _tab_head(city: City, name: str, faults: Faults) -> list[Any]:
    return [
        city.say(f"plans.tab.{name}"),
        html.B(mark(faults, name), id=ids.mark(name), className="plans-mark"),
    ]


def mark(faults: Faults, tab: str) -> str:
    """How many faults a tab has, "" = none; those of no table are the overview's."""
    of = {section: name for name, inner in TABS.items() for section in inner}
    n = sum(of.get(words.where(one["pointer"]).section, "overview") == tab for one in faults)
    return str(n) if n else ""


def head(city: City, zone: ZoneInfo, shown: Shown) -> html.Div:
    """Name, version and state, who wrote and approved it, what may be done."""
    version = next((one for one in shown.versions if one["version"] == shown.version), None)
    said = [city.say("plans.editing") if shown.edit else city.say(f"plans.state.{shown.state}")]
    if version:
        said.insert(0, city.say("plans.version", n=shown.version))
        said.append(
            city.say("plans.made", who=person(city, version["made_by"]), at=day(version["made_at"], zone))
        )
    if version and version["approved_by"]:
        who = person(city, version["approved_by"])
        said.append(city.say("plans.approved", who=who, at=day(version["approved_at"], zone)))
    title = html.Div([html.H2(words.name_of(city, shown.plan)), html.P(" · ".join(said))])
    acts = _edit_acts(city) if shown.edit else _acts(city, shown)
    return html.Div([title, html.Div(acts, className="plans-acts")], className="plans-head")


def _edit_acts(city: City) -> list[Any]:
    return [
        dmc.Button(city.say("plans.cancel"), id=ids.CANCEL, variant="default"),
        dmc.Button(city.say("plans.save"), id=ids.SAVE),
    ]


def _acts(city: City, shown: Shown) -> list[Any]:
    query = urlencode({"version": shown.version})
    code = shown.plan["code"]
    made: list[Any] = [
        html.A(words_, href=f"/api/v1/plans/{code}.{ending}?{query}", className="reports-act",
               download=f"{code}-{shown.version}.{ending}")
        for words_, ending in ((city.say("plans.yaml"), "yaml"), (city.say("plans.json"), "json"))
    ]  # fmt: skip
    if "write" in shown.rights:
        made.append(dmc.Button(city.say("plans.edit"), id=ids.EDIT, variant="default"))
    if "approve" in shown.rights and shown.state == "approved":
        made.append(dmc.Button(city.say("plans.retire"), id=ids.RETIRE, variant="default"))
    if shown.state == "draft":
        why = why_not(city, shown)
        button = dmc.Button(city.say("plans.approve"), id=ids.APPROVE, disabled=bool(why))
        made.append(html.Div([button, html.Small(why)] if why else button, className="plans-approve"))
    return made


def why_not(city: City, shown: Shown) -> str:
    """Why it cannot be approved by whoever looks; "" = it can."""
    if "approve" not in shown.rights:
        return city.say("plans.why.right")
    if shown.own:
        return city.say("plans.why.own")
    if shown.faults:
        return city.say("plans.why.faults", n=len(shown.faults))
    return ""


def fault_list(city: City, faults: Faults) -> list[Any]:
    """Everything wrong, each with its place and remedy; a press leads to the row (static/js/68-plans.js)."""
    if not faults:
        return []
    lines = [_fault_line(city, one) for one in faults]
    return [
        html.Details(
            [html.Summary(city.say("plans.faults", n=len(faults))), html.Ol(lines)],
            open=True, className="plans-faults",
        )
    ]  # fmt: skip


def _fault_line(city: City, fault: Fault) -> html.Li:
    at = words.where(fault["pointer"])
    tab = next((name for name, inner in TABS.items() if at.section in inner), "overview")
    spot = marked(data_tab=tab, data_section=at.section, data_row=str(at.row))
    line = [city.say("plans.line", n=fault["line"])] if fault.get("line") else []
    place = html.Button(" · ".join([*line, words.place(city, fault["pointer"])]), className="plain", **spot)
    return html.Li([place, html.Span(words.wrong(city, fault))])


def chart_pane(city: City, plan: Plan) -> html.Div:
    """The flow chart, the responses that run by this plan, and what the pressed box says."""
    said = html.Div(city.say("plans.chart.how"), id=ids.CHART_SAID, className="plans-chart-said")
    running = html.Div(id=ids.RUNNING, className="plans-running")
    return html.Div([running, html.Div(flow.picture(city, plan), className="plans-chart-frame"), said],
                    className="plans-chart-pane")  # fmt: skip


def lost(lang: str) -> list[Any]:
    """Instead of a plan that is not there."""
    return [
        html.Div(
            [html.P(text(lang, "plans.lost")), html.P(text(lang, "plans.lost.how"))], className="tab-empty"
        )
    ]


def moved(lang: str, newest: Mapping[str, Any]) -> list[Any]:
    """Somebody saved while this was written: nothing is lost, and what may be done."""
    return [
        html.P(text(lang, "plans.moved", who=newest["made_by"], n=newest["version"])),
        html.Div(
            [dmc.Button(text(lang, "plans.moved.open"), id=ids.MOVED_OPEN, variant="default"),
             dmc.Button(text(lang, "plans.moved.over"), id=ids.SAVE_OVER, variant="default")],
            className="plans-acts",
        ),
    ]  # fmt: skip


def file_faults(city: City, faults: Faults) -> html.Ol:
    """What is wrong with a file, each with its line."""
    return html.Ol([_fault_line(city, one) for one in faults])
