"""The small form of each act on a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from actions.case_queries import OfficeChoice
from core.classes import IncidentClass
from core.model import Incident
from core.offices import parse
from pages.cases import ids
from pages.messages import DEFAULT, text
from pages.offices import office
from pages.words import LEVELS

GROUPS: Mapping[str, tuple[str, ...]] = {
    "handle": ("accept", "reject", "report_in", "answer", "cancel", "handle", "reply", "verify", "close",
               "rate", "archive", "reopen"),
    "together": ("transfer", "return", "assist", "assist_end", "whistle", "escalate", "merge", "unmerge"),
    "clock": ("extend", "pause", "resume", "approve", "refuse", "supervise"),
    "record": ("note", "situation", "reclassify", "sensitive", "unsensitive"),
}  # fmt: skip
"""Which acts stand together, in this order: nothing moves under the pointer."""

FORMS: Mapping[str, tuple[str, ...]] = {
    "accept": (), "reject": ("reason",), "report_in": ("text?",), "answer": ("text",), "cancel": ("reason",),
    "handle": ("text?",),
    "reply": ("text",), "verify": ("text?",), "close": (), "rate": ("rating", "by", "text?"),
    "archive": ("text?",), "reopen": ("reason",), "transfer": ("office", "reason"), "return": ("reason",),
    "assist": ("offices", "reason?"), "assist_end": ("helpers", "reason?"),
    "whistle": ("offices", "text", "reason?"), "escalate": ("reason",),
    "merge": ("into",), "unmerge": ("reason",), "extend": ("amount", "reason"), "pause": ("reason",),
    "resume": (), "approve": (), "refuse": ("reason",), "supervise": ("text",), "note": ("text",),
    "situation": ("stage", "text"), "reclassify": ("class", "severity", "reason"),
    "sensitive": ("reason",), "unsensitive": ("reason",), "reveal": ("reason",),
}  # fmt: skip
"""The fields of each act; those with a question mark may stay empty. An act without any is done at once."""

ASKED_BY = ("callback", "sms", "visit", "app")
UNITS = ("minute", "hour", "work_hour", "day", "work_day")
STAGES = ("first", "follow", "final")
MOST_OFFERED = 80
"""Offices in the open list; typing finds the others."""


def form(
    lang: str, verb: str, incident: Incident, choices: Sequence[OfficeChoice],
    classes: Mapping[str, IncidentClass], alike: Sequence[Mapping[str, Any]],
) -> list[Any]:  # fmt: skip
    """The fields of an act."""
    made: list[Any] = []
    for name in FORMS[verb]:
        plain, needed = name.removesuffix("?"), not name.endswith("?")
        if plain in ("office", "offices"):
            made.append(_offices(lang, plain, _taken(verb, incident), choices))
        elif plain == "helpers":
            made.append(_helpers(lang, incident, choices))
        elif plain in ("text", "reason"):
            made.append(_text(lang, verb, plain, needed=needed))
        elif plain == "amount":
            made.append(_amount(lang))
        elif plain == "into":
            made += _into(lang, alike)
        else:
            made.append(_choice(lang, plain, incident, classes))
    return made


ENDING: Mapping[str, Mapping[str, str]] = {
    "release_units": {"yes": "cases.release.yes"},
    "settle": {"returned": "cases.settle.returned", "consumed": "cases.settle.consumed"},
}
"""What is asked of whoever closes an incident to which something is bound: field → choice → its words."""


def ending(lang: str, why: str) -> list[Any]:
    """The form of a closing that was refused for what is still bound: why, and what may be said of it."""
    fields = [
        dmc.Select(
            id=ids.field(name), label=text(lang, f"cases.field.{name}"), clearable=True,
            data=[_item(one, text(lang, words)) for one, words in choices.items()],
            comboboxProps={"withinPortal": False},
        )
        for name, choices in ENDING.items()
    ]  # fmt: skip
    return [html.P(why, className="tab-note", role="alert"), *fields]


def _text(lang: str, verb: str, name: str, *, needed: bool) -> Any:
    label = text(lang, f"cases.field.{name}")
    hint = "cases.off_list" if verb in ("assist", "whistle", "transfer") and name == "reason" else None
    return dmc.Textarea(
        id=ids.field(name), label=label, required=needed, autosize=True, minRows=3, maxRows=8,
        description=text(lang, hint) if hint else None,
    )  # fmt: skip


def _taken(verb: str, incident: Incident) -> set[str]:
    """Whom it would be pointless to ask."""
    return {incident.owner, *incident.helpers} if verb == "assist" else {incident.owner}


def _offices(lang: str, name: str, taken: set[str], choices: Sequence[OfficeChoice]) -> Any:
    """One field to find an office in: those whose affair it is come first."""
    groups = [
        {
            "group": text(lang, f"cases.office.{group}"),
            "items": [_office(lang, one) for one in choices if one.group == group and one.code not in taken],
        }
        for group in ("listed", "near", "other")
    ]
    kind: Any = dmc.MultiSelect if name == "offices" else dmc.Select
    return kind(
        id=ids.field(name), label=text(lang, "cases.field.office"), required=True, searchable=True,
        data=[one for one in groups if one["items"]], limit=MOST_OFFERED,
        filter={"function": "officeFilter"}, placeholder=text(lang, "cases.office.hint"),
        nothingFoundMessage=text(lang, "measures.nothing"), comboboxProps={"withinPortal": False},
    )  # fmt: skip


def _office(lang: str, one: OfficeChoice) -> dict[str, str]:
    """Its words; a desk's with the code of its area, for places share names."""
    named, whole, desk = office(lang, {one.code: one.name}, one.code), "reports.whole", "cases.own_desk"
    if one.name.department:
        return _item(one.code, named if one.name.area else f"{text(lang, whole)} · {named}")
    if one.name.area:
        return _item(one.code, f"{named} · {text(lang, desk)} {parse(one.code).area}")
    return _item(one.code, named)


def _helpers(lang: str, incident: Incident, choices: Sequence[OfficeChoice]) -> Any:
    """Those that help now; a single one is meant."""
    known = {one.code: one for one in choices}
    data = [_office(lang, known[code]) if code in known else _item(code, code) for code in incident.helpers]
    return dmc.MultiSelect(
        id=ids.field("helpers"), label=text(lang, "cases.field.helpers"), required=True, data=data,
        value=list(incident.helpers) if len(incident.helpers) == 1 else [],
        comboboxProps={"withinPortal": False},
    )  # fmt: skip


def _item(code: str, name: str) -> dict[str, str]:
    return {"value": code, "label": name}


def _amount(lang: str) -> html.Div:
    number: Any = dmc.NumberInput(
        id=ids.field("amount"), label=text(lang, "cases.field.amount"), value=1, min=0.5, max=10_000, step=1
    )
    unit = dmc.Select(
        id=ids.field("unit"), label=text(lang, "cases.field.unit"), value="work_day", allowDeselect=False,
        data=[_item(unit, text(lang, f"cases.unit.{unit}")) for unit in UNITS],
        comboboxProps={"withinPortal": False},
    )  # fmt: skip
    return html.Div([number, unit], className="cases-pair")


def _into(lang: str, alike: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The number of the incident it is a duplicate of; likely ones are offered."""
    field = dmc.Autocomplete(
        id=ids.field("into"), label=text(lang, "cases.field.into"), required=True,
        data=[one["number"] for one in alike], comboboxProps={"withinPortal": False},
    )  # fmt: skip
    if not alike:
        return [field, html.P(text(lang, "cases.none_alike"), className="tab-note")]
    lines = [html.Li(f"{one['number']} · {one['title']} · {one['address'] or one['text']}") for one in alike]
    return [field, html.P(text(lang, "cases.alike"), className="tab-note"), html.Ul(lines)]


def _choice(lang: str, name: str, incident: Incident, classes: Mapping[str, IncidentClass]) -> Any:
    known = {
        "rating": ([(str(n), text(lang, f"rating.{n}")) for n in (3, 2, 1)], "3"),
        "by": ([(one, text(lang, f"cases.by.{one}")) for one in ASKED_BY], ASKED_BY[0]),
        "stage": ([(one, text(lang, f"situation.{one}")) for one in STAGES],
                  STAGES[min(incident.situations, 1)]),
        "severity": ([(str(n), f"{LEVELS[n]} {text(lang, f'severity.{n}')}") for n in LEVELS],
                     str(incident.severity)),
        "class": ([(one.code, one.name if lang == DEFAULT else one.name_en) for one in classes.values()],
                  incident.class_code),
    }  # fmt: skip
    choices, value = known[name]
    return dmc.Select(
        id=ids.field(name), label=text(lang, f"cases.field.{name}"), data=[_item(*one) for one in choices],
        value=value, allowDeselect=False, searchable=name == "class", comboboxProps={"withinPortal": False},
    )  # fmt: skip
