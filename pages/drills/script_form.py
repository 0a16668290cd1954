"""All of one inject as a form: when it comes, what it does, what is timed; and the inject out of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from pages.drills import script_ids as ids
from pages.drills import script_words as words
from pages.drills.script_tables import STEADY, select
from pages.drills.script_words import City
from pages.messages import text
from pages.places.parts import heading
from pages.places.table import Column, table
from pages.words import LEVELS

Inject = Mapping[str, Any]
_WHEN = ("inject", "fact", "after_min", "latest_min")


def form(city: City, inject: Inject, numbers: Sequence[Any], *, edit: bool) -> list[Any]:
    """`numbers` are those of all injects, of which it may wait for one and be about one."""
    others = {"": "—"} | {str(one): str(one) for one in numbers if one != inject.get("number")}
    kind = str((inject.get("act") or {}).get("kind"))
    choice: dict[str, Any] = {"disabled": not edit}
    how: Any = dmc.SegmentedControl(
        id=ids.part("how"), value="when" if inject.get("when") else "at", size="sm", disabled=not edit,
        data=[{"value": one, "label": city.say(f"drills.form_when.{one}")} for one in ("at", "when")],
    )  # fmt: skip
    kinds = select(
        {"id": ids.part("kind"), "label": city.say("drills.field.kind"), "value": kind, **choice},
        city.choices("drills.kind", tuple(words.KINDS)),
    )
    title = city.say("drills.form_of", n=inject.get("number") or "?")
    return [
        heading(title, how),
        html.Div(_timing(city, inject, others, edit), className="script-parts"),
        html.Div([kinds, *_act(city, inject, kind, others, edit)], className="script-parts"),
        *([_finder(city)] if edit and "lon" in words.KINDS.get(kind, ()) else []),
        *_indicators(city, inject, edit),
    ]


def _timing(city: City, inject: Inject, others: Mapping[str, str], edit: bool) -> list[Any]:
    when = inject.get("when")
    if not when:
        return [_number(city, "at_min", inject.get("at_min"), edit)]
    facts = {"": "—"} | city.choices("drills.fact", words.FACTS)
    about = {"disabled": not edit}
    origin = {"id": ids.part("when.inject"), "label": city.say("drills.form_when.inject"), **about}
    fact = {"id": ids.part("when.fact"), "label": city.say("drills.form_when.fact"), **about}
    return [
        select({**origin, "value": _code(when.get("inject"))}, others),
        select({**fact, "value": when.get("fact") or ""}, facts),
        _number(city, "when.after_min", when.get("after_min"), edit),
        _number(city, "when.latest_min", when.get("latest_min"), edit),
    ]


def _act(city: City, inject: Inject, kind: str, others: Mapping[str, str], edit: bool) -> list[Any]:
    """Whatever this kind of act has."""
    act = inject.get("act") or {}
    choices: Mapping[str, Mapping[str, str]] = {
        "class": city.classes, "skill": city.skills, "inject": others,
        "severity": {**({} if kind == "report" else {"": "—"}), **{str(n): LEVELS[n] for n in LEVELS}},
    }  # fmt: skip
    made = []
    for name in words.KINDS.get(kind, ()):
        about = {"id": ids.part(f"act.{name}"), "label": city.say(f"drills.field.act.{name}"),
                 "disabled": not edit}  # fmt: skip
        if name in choices:
            value = _code(act.get(name))
            offered = (
                choices[name] if value in choices[name] or not value else {**choices[name], value: value}
            )
            made.append(select({**about, "value": value}, offered))
        elif name in ("lon", "lat", "radius_m"):
            made.append(_number(city, f"act.{name}", act.get(name), edit))
        elif name == "text":
            made.append(
                dmc.Textarea(**about, value=act.get(name) or "", autosize=True, minRows=3, debounce=400)
            )
        else:
            made.append(dmc.TextInput(**about, value=act.get(name) or "", debounce=400))
    return made


def _code(value: object) -> str:
    return "" if value is None else str(value)


def _number(city: City, name: str, value: object, edit: bool) -> Any:
    about: dict[str, Any] = {"decimalScale": 6} if name in ("act.lon", "act.lat") else {"min": 0}
    return dmc.NumberInput(
        id=ids.part(name), label=city.say(f"drills.field.{name}"), value="" if value is None else value,
        disabled=not edit, debounce=400, **about,
    )  # fmt: skip


def _finder(city: City) -> html.Div:
    """A place by its name or address, instead of figures."""
    found: Any = dmc.Select(
        id=ids.FOUND, data=[], placeholder=city.say("drills.new.point"),
        nothingFoundMessage=text(city.lang, "measures.nothing"),
    )  # fmt: skip
    sought: Any = dmc.TextInput(id=ids.FIND, placeholder=city.say("drills.new.place.hint"), debounce=400)
    return html.Div([sought, found], className="drills-two")


def _indicators(city: City, inject: Inject, edit: bool) -> list[Any]:
    acts = [
        html.Button(city.say(f"plans.rows.{act}"), id=ids.row_act("indicators", act), className="reports-act")
        for act in ("add", "remove") if edit
    ]  # fmt: skip
    measures = city.choices("drills.measure", words.MEASURES)
    tasks = {"": "—", **city.tasks}
    stages = city.choices("drills.stage", words.STAGES)
    columns = [
        _column(city, "name", 150, edit), _column(city, "measure", 90, edit, measures),
        _column(city, "limit_s", 70, edit, number=True), _column(city, "task", 110, edit, tasks),
        _column(city, "report", 70, edit, stages), _column(city, "weight", 56, edit, number=True),
        _column(city, "code", 100, edit),
    ]  # fmt: skip
    rows = [{"key": str(n), **one} for n, one in enumerate(inject.get("indicators") or ())]
    listed = table(
        city.lang, ids.measured("form"), columns, rows, key="key", select="one", height=None,
        options={**STEADY, "singleClickEdit": True, "stopEditingWhenCellsLoseFocus": True},
    )  # fmt: skip
    return [heading(city.say("drills.field.indicators"), *acts), listed]


def _column(
    city: City, name: str, least: int, edit: bool, choices: Mapping[str, str] | None = None, *,
    number: bool = False,
) -> Column:  # fmt: skip
    options: dict[str, Any] = {"editable": edit}
    if choices is not None:
        editor = {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": list(choices)}}
        options |= {**editor, "refData": dict(choices)}
    if number:
        options |= {"cellEditor": "agNumberCellEditor"}
    return Column(name, city.say(f"drills.field.{name}"), number=number, wrap=not number, least=least,
                  options=options)  # fmt: skip


# --- back ------------------------------------------------------------------------------------------------


def inject_of(
    inject: Inject, fields: Mapping[str, Any], indicators: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The inject as its form says. What a kind of act has not is dropped; what it has and nobody wrote yet is
    missed when the script is saved."""
    act = {name: fields.get(f"act.{name}", (inject.get("act") or {}).get(name))
           for name in words.KINDS.get(fields["kind"], ())}  # fmt: skip
    for name in ("inject", "severity"):
        if name in act:
            act[name] = int(act[name]) if act[name] else None
    kept = {name: value for name, value in act.items() if value not in (None, "")}
    measured = [{name: value for name, value in one.items() if name != "key"} for one in indicators]
    return {
        **inject,
        **_timed(inject, fields),
        "act": {"kind": fields["kind"], **kept},
        "indicators": measured,
    }


def _timed(inject: Inject, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A minute, or a condition; of one that was just chosen what the other said."""
    if fields["how"] == "at":
        return {"at_min": _value(fields.get("at_min", _latest(inject))), "when": None}
    when = inject.get("when") or {"inject": None, "fact": None, "after_min": 0, "latest_min": None}
    found = {name: fields.get(f"when.{name}", when.get(name)) for name in _WHEN}
    origin = int(found["inject"]) if found["inject"] else None
    told = {"fact": found["fact"] or None, "after_min": _value(found["after_min"]) or 0}
    return {"at_min": None, "when": {"inject": origin, **told, "latest_min": _value(found["latest_min"])}}


def _latest(inject: Inject) -> object:
    return (inject.get("when") or {}).get("latest_min") or 0


def _value(one: object) -> object:
    return None if one == "" else one


def fresh(indicators: Sequence[Mapping[str, Any]], number: object, taken: set[str]) -> dict[str, Any]:
    """An indicator more, with a code that no other of the script has."""
    stem = f"i{int(str(number or 0)):02d}"
    code = next(f"{stem}_{n}" for n in range(1, len(taken) + 2) if f"{stem}_{n}" not in taken)
    key = f"new-{len(indicators) + 1}-{code}"
    return {"key": key, "code": code, "name": "", "measure": "dispatch", "limit_s": 300, "task": "",
            "report": "", "weight": 1}  # fmt: skip


def same(one: Inject, other: Inject) -> bool:
    """But for what is left out of an act or written as nothing."""
    return _bare(one) == _bare(other)


def _bare(inject: Inject) -> dict[str, Any]:
    act = {name: value for name, value in (inject.get("act") or {}).items() if value not in (None, "")}
    return {**inject, "act": act}
