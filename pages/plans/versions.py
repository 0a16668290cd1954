"""The versions of a plan, and two of them compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core.drill import PREFIX
from pages.places.parts import heading
from pages.places.table import Column, table
from pages.plans import ids, words
from pages.plans.shown import STEADY, Shown, approved, day, person
from pages.plans.words import City


def versions(city: City, zone: ZoneInfo, shown: Shown) -> list[Any]:
    """All there were, and two of them compared."""
    if shown.newest < 1:
        return [html.Div(html.P(city.say("plans.versions.none")), className="tab-empty")]
    listed = [
        Column("version", city.say("plans.versions.version"), least=90),
        Column("state", city.say("plans.versions.state"), least=90),
        Column("made", city.say("plans.versions.made"), least=220),
        Column("approved", city.say("plans.versions.approved"), least=220),
        Column("open", "", least=70, options={"cellClass": "pressable"}),
    ]
    numbers = [one["version"] for one in reversed(shown.versions)]
    data = [{"value": str(n), "label": city.say("plans.version", n=n)} for n in numbers]
    old = next((n for n in numbers if n < shown.version), numbers[-1])
    choice: dict[str, Any] = {"data": data, "allowDeselect": False, "comboboxProps": {"withinPortal": False}}
    chosen = html.Div(
        [dmc.Select(id=ids.OLD, label=city.say("plans.compare.old"), value=str(old), **choice),
         dmc.Select(id=ids.NEW, label=city.say("plans.compare.new"), value=str(shown.version), **choice)],
        className="plans-compare",
    )  # fmt: skip
    rows = [_version_row(city, zone, one) for one in reversed(shown.versions)]
    return [
        heading(city.say("plans.tab.versions")),
        table(city.lang, ids.VERSIONS, listed, rows, key="n", height=None, options=STEADY),
        heading(city.say("plans.compare")),
        chosen,
        html.Div(id=ids.DIFFERENCES, className="plans-differences"),
        *_findings(city, shown),
    ]


def _findings(city: City, shown: Shown) -> list[Any]:
    """What drills showed to be amiss with it, and the version that answers each."""
    lines = [
        html.Li(
            [html.A(f"{one['drill_name']}：{one['name']}", href=_drill(city, one)), " ",
             html.Span(" · ".join([city.say(f"drills.finding_state.{one['state']}"), *_answers(city, one)]))]
        )
        for one in shown.findings
    ]  # fmt: skip
    return [heading(city.say("plans.findings")), html.Ul(lines)] if lines else []


def _drill(city: City, one: Mapping[str, Any]) -> str:
    return f"/drills/{one['drill'].removeprefix(PREFIX)}?{urlencode({'lang': city.lang})}"


def _answers(city: City, one: Mapping[str, Any]) -> list[str]:
    return [city.say("plans.version", n=one["revision"])] if one["revision"] else []


def _version_row(city: City, zone: ZoneInfo, one: Mapping[str, Any]) -> dict[str, Any]:
    made = f"{person(city, one['made_by'])} · {day(one['made_at'], zone)}"
    return {
        "n": str(one["version"]), "version": city.say("plans.version", n=one["version"]),
        "state": city.say(f"plans.state.{one['state']}"), "made": made,
        "approved": approved(city, one, zone), "open": city.say("plans.versions.open"),
    }  # fmt: skip


def differences(
    city: City, found: Sequence[Mapping[str, Any]], old: Mapping[str, Any], new: Mapping[str, Any]
) -> Any:
    """What is not as it was: a line a field, old beside new."""
    if not found:
        return html.P(city.say("plans.compare.same"), className="tab-note")
    columns = [
        Column("section", city.say("plans.compare.section"), least=100),
        Column("part", city.say("plans.compare.part"), least=200, wrap=True),
        Column("field", city.say("plans.compare.field"), least=110),
        Column("old", city.say("plans.compare.was"), least=280, wrap=True),
        Column("new", city.say("plans.compare.is"), least=280, wrap=True),
    ]
    rows = [row for one in found for row in _difference(city, one, old, new)]
    return table(city.lang, ids.COMPARED, columns, rows, height=None, options=STEADY)


def _difference(
    city: City, one: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
) -> list[dict[str, Any]]:
    section, key = one["section"], one["key"]
    head = {"section": _section(city, section), "part": _part(city, section, key, new, old)}
    if one["how"] == "changed":
        return [
            {**head, "field": words.column(city, name), "old": said(city, name, was, old),
             "new": said(city, name, now, new)}
            for name, (was, now) in one["fields"].items()
        ]  # fmt: skip
    whole = _part(city, section, key, new if one["how"] == "added" else old)
    told = {"old": "", "new": whole} if one["how"] == "added" else {"old": whole, "new": ""}
    return [{**head, "field": city.say(f"plans.compare.{one['how']}"), **told}]


def _section(city: City, section: str) -> str:
    named = city.coded(f"plans.section.{section}", section)
    return words.column(city, section) if named == section else named


def _part(city: City, section: str, key: str, *plans: Mapping[str, Any]) -> str:
    """A part by the name it goes by in the first plan that has it."""
    if not key:
        return ""
    if section == "stages":
        return words.level(key)
    for plan in plans:
        for one in plan[section]:
            if key in (one.get("code"), one.get("role")):
                return next(
                    (str(one[name]) for name in ("title", "name", "text", "reason") if name in one), key
                )
    return key


def said(city: City, name: str, value: Any, plan: Mapping[str, Any]) -> str:
    """A value of a field in words."""
    if name in ("owner", "commander"):
        return words.owner(city, value)
    if name in ("level", "from_level", "severity"):
        return words.level(value)
    if name == "after":
        titles = {one["code"]: words.name_of(city, one, "title") for one in plan["tasks"]}
        return "；".join(titles.get(one, one) for one in value)
    if name == "needs":
        return words.needs(city, value)
    if name == "areas":
        return words.area_words(city, value)
    if name == "triggers":
        return "\n".join(_trigger(city, one) for one in value)
    if name == "phase":
        return next((words.name_of(city, one) for one in plan["phases"] if one["code"] == value), str(value))
    if isinstance(value, bool):
        return city.say("plans.yes") if value else city.say("plans.no")
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _trigger(city: City, one: Mapping[str, Any]) -> str:
    named = [*(words.class_words(city, code) for code in one["classes"]), *one["warnings"]]
    heads = f"{words.level(one['level'])} ← {words.level(one['severity'])}"
    return f"{heads} {'、'.join(named)} {words.area_words(city, one['areas'])}"
