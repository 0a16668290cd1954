"""The tables of a plan: which columns each part has, rows for them, and a plan's parts out of rows.

A row holds what its table shows and what is written in it; `key` names the row, `fault` says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.plans import PLACES
from pages.messages import DEFAULT
from pages.places.table import Column
from pages.plans import words
from pages.plans.words import City
from pages.words import LEVELS

Kind = Literal["text", "number", "level", "owner", "phase", "points", "grade", "list", "flag", "told"]
"""How a cell is written in; `told` is words alone, written in elsewhere."""
Row = dict[str, Any]
_LISTED = re.compile(r"[、,，;；\s]+")
POINTS, GRADES = ("city", "county", "town", "village"), ("", "I", "II", "III")


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of a part. `edit`: only those who write see it."""

    name: str
    kind: Kind
    least: int
    edit: bool = False


_CODE, _PHASE, _FROM = (
    Cell("code", "text", 126, edit=True),
    Cell("phase", "phase", 96),
    Cell("from_level", "level", 64),
)
_RADIUS = Cell("radius_m", "number", 84)

SECTIONS: Mapping[str, tuple[Cell, ...]] = {
    "stages": (Cell("level", "level", 56), Cell("when", "text", 380), Cell("commander", "owner", 130)),
    "triggers": (
        Cell("level", "level", 64), Cell("severity", "level", 72), Cell("classes", "list", 200),
        Cell("warnings", "list", 140), Cell("areas", "list", 120),
    ),
    "phases": (_CODE, Cell("name", "text", 200), Cell("name_en", "text", 200)),
    "tasks": (
        _CODE, _PHASE, Cell("title", "text", 230), Cell("title_en", "text", 205), Cell("owner", "owner", 150),
        Cell("ack_min", "number", 64), Cell("due_min", "number", 64), _FROM, Cell("after", "told", 170),
        Cell("needs", "told", 170), Cell("reports", "flag", 56),
    ),
    "broadcasts": (
        _CODE, _PHASE, Cell("points", "points", 76), _RADIUS, Cell("text", "text", 300),
        Cell("text_en", "text", 300), _FROM,
    ),
    "shelters": (_CODE, _PHASE, Cell("grade", "grade", 90), _RADIUS, Cell("persons", "number", 84), _FROM),
    "cordons": (_CODE, _PHASE, _RADIUS, Cell("reason", "text", 260), _FROM),
    "contacts": (Cell("role", "text", 200), Cell("owner", "owner", 200)),
    "sources": (Cell("text", "text", 400),),
}  # fmt: skip
FIELDS = ("name", "name_en", "kind", "code", "areas", "summary")
"""Of the plan itself, in the order of the form."""


# --- columns ---------------------------------------------------------------------------------------------


def columns(city: City, section: str, plan: Mapping[str, Any], *, edit: bool, faulty: bool) -> list[Column]:
    """`plan` has the phases and owners that may be chosen."""
    made = [Column("no", city.say("plans.column.no"), least=44, options={**_FIXED, **_NUMBERED})]
    for cell in SECTIONS[section]:
        if _shown(city, section, cell, edit=edit):
            made += _columns(city, cell, plan, edit=edit)
    if faulty or edit:
        made.append(Column("fault", city.say("plans.column.fault"), least=200, wrap=True,
                           options={"cellClass": "plans-fault"}))  # fmt: skip
    return made


_FIXED = {"resizable": False, "tooltipField": None}
_NUMBERED = {"valueGetter": {"function": "params.node.rowIndex + 1"}, "cellClass": "plans-no"}


def _shown(city: City, section: str, cell: Cell, *, edit: bool) -> bool:
    """Readers see their own language alone."""
    if edit or cell.kind == "told":
        return True
    if cell.edit:
        return False
    twins = {one.name for one in SECTIONS[section]}
    if cell.name.endswith("_en"):
        return city.lang != DEFAULT
    return f"{cell.name}_en" not in twins or city.lang == DEFAULT


def _columns(city: City, cell: Cell, plan: Mapping[str, Any], *, edit: bool) -> list[Column]:
    head = words.column(city, cell.name if edit else cell.name.removesuffix("_en"))
    if not edit or cell.kind == "told":
        return [
            Column(
                cell.name, head, least=cell.least, wrap=cell.kind != "number", number=cell.kind == "number"
            )
        ]
    if cell.kind == "owner":
        return [
            _choice(f"{cell.name}_dept", head, cell.least, _departments(city, plan)),
            _choice(f"{cell.name}_place", city.say("plans.column.place"), 84,
                    {one: city.say(f"plans.place.{one}") for one in PLACES}),
        ]  # fmt: skip
    choices: dict[str, Callable[[], dict[str, str]]] = {
        "level": lambda: {str(n): LEVELS[n] for n in (4, 3, 2, 1)},
        "phase": lambda: {one["code"]: str(one["name"]) for one in plan["phases"]},
        "points": lambda: {one: city.say(f"plans.points.{one}") for one in POINTS},
        "grade": lambda: {one: _grade(city, one) for one in GRADES},
    }
    if cell.kind in choices:
        return [_choice(cell.name, head, cell.least, choices[cell.kind]())]
    return [Column(cell.name, head, least=cell.least, **_written(cell))]


def _written(cell: Cell) -> dict[str, Any]:
    if cell.kind == "number":
        return {"options": {"editable": True, "cellEditor": "agNumberCellEditor", "type": "rightAligned"}}
    if cell.kind == "flag":
        return {"options": {"editable": True, "cellDataType": "boolean", "tooltipField": None}}
    editor = {
        "cellEditor": "agLargeTextCellEditor",
        "cellEditorPopup": True,
        "cellEditorParams": {"maxLength": 400},
    }
    return {"wrap": True, "options": {"editable": True, **(editor if cell.least > 200 else {})}}


def _choice(name: str, head: str, least: int, choices: Mapping[str, str]) -> Column:
    params = {"values": list(choices)}
    options = {
        "editable": True,
        "cellEditor": "agSelectCellEditor",
        "cellEditorParams": params,
        "refData": choices,
    }
    return Column(name, head, least=least, wrap=True, options=options)


def _departments(city: City, plan: Mapping[str, Any]) -> dict[str, str]:
    """Those of the city and, as they are, those that the plan names beside them."""
    owners = [one["owner"] for part in ("tasks", "contacts") for one in plan[part]]
    named = {one.partition("@")[0] for one in (*owners, *(one["commander"] for one in plan["stages"]))}
    return {
        "": city.say("plans.desk"),
        **city.departments,
        **{one: one for one in named if one not in city.departments and one},
    }


def _grade(city: City, grade: str) -> str:
    return grade or city.say("plans.any_grade")


# --- rows ------------------------------------------------------------------------------------------------


def rows(
    city: City, section: str, plan: Mapping[str, Any], faults: Sequence[Mapping[str, Any]], *, edit: bool
) -> list[Row]:
    """The parts of a section, each with what is wrong in it."""
    parts = [{"text": one} for one in plan[section]] if section == "sources" else plan[section]
    made = [{"key": str(n), **_row(city, section, one, plan, edit=edit)} for n, one in enumerate(parts)]
    return marked(city, section, made, faults)


def marked(
    city: City, section: str, made: Sequence[Row], faults: Sequence[Mapping[str, Any]]
) -> list[Row]:  # fmt: skip
    """The rows with the faults that are theirs, and no older ones."""
    told: dict[int, list[str]] = {}
    for fault in faults:
        at = words.where(fault["pointer"])
        if at.section == section and at.row >= 0:
            head = f"{words.column(city, at.name)}：" if at.name else ""
            told.setdefault(at.row, []).append(head + words.wrong(city, fault))
    return [{**one, "fault": "\n".join(told.get(n, ()))} for n, one in enumerate(made)]


def _row(
    city: City, section: str, part: Mapping[str, Any], plan: Mapping[str, Any], *, edit: bool
) -> Row:  # fmt: skip
    made: Row = {}
    for cell in SECTIONS[section]:
        value = part.get(cell.name)
        made |= _edited(city, cell, value, plan) if edit else {cell.name: _said(city, cell, value, plan)}
    return made


def _edited(city: City, cell: Cell, value: Any, plan: Mapping[str, Any]) -> Row:
    """As it is written in; what is told in words keeps its codes beside them."""
    if cell.kind == "owner":
        dept, _, place = str(value).partition("@")
        return {f"{cell.name}_dept": dept, f"{cell.name}_place": place}
    if cell.kind == "level":
        return {cell.name: str(value)}
    if cell.kind == "list":
        return {cell.name: "、".join(one for one in value or () if one)}
    if cell.kind == "told":
        return {cell.name: _said(city, cell, value, plan), f"{cell.name}_held": value or []}
    return {cell.name: value}


def _said(city: City, cell: Cell, value: Any, plan: Mapping[str, Any]) -> Any:
    """In words."""
    said: dict[str, Callable[[], Any]] = {
        "owner": lambda: words.owner(city, value),
        "level": lambda: words.level(value),
        "phase": lambda: next(
            (words.name_of(city, one) for one in plan["phases"] if one["code"] == value), value
        ),
        "points": lambda: words.points(city, value),
        "grade": lambda: _grade(city, value),
        "flag": lambda: city.say("plans.yes") if value else "",
    }
    if cell.kind in said:
        return said[cell.kind]()
    if cell.name == "classes":
        return "、".join(words.class_words(city, one) for one in value or ())
    if cell.name == "areas":
        return words.area_words(city, value)
    if cell.name == "after":
        return after_words(city, value or (), plan["tasks"])
    if cell.name == "needs":
        return words.needs(city, value or ())
    return "、".join(value or ()) if cell.kind == "list" else value


def after_words(city: City, codes: Sequence[str], tasks: Sequence[Mapping[str, Any]]) -> str:
    """The tasks waited for, by title."""
    titles = {one["code"]: words.name_of(city, one, "title") for one in tasks}
    return "；".join(titles.get(one) or one for one in codes)


# --- back ------------------------------------------------------------------------------------------------


def plan_of_rows(tables: Mapping[str, Sequence[Row]], fields: Mapping[str, Any]) -> dict[str, Any]:
    """A plan as JSON out of what was written; whether it is one is for `core.plan_text.plan_of` to tell."""
    found: dict[str, Any] = {name: str(fields.get(name) or "").strip() for name in FIELDS}
    found["areas"] = split(fields.get("areas")) or [words.WHOLE]
    for section in SECTIONS:
        found[section] = [_part(section, row) for row in tables.get(section) or ()]
    return found


def _part(section: str, row: Row) -> Any:
    if section == "sources":
        return str(row.get("text") or "").strip()
    return {cell.name: _value(cell, row) for cell in SECTIONS[section]}


def _value(cell: Cell, row: Row) -> Any:
    value = row.get(cell.name)
    if cell.kind == "owner":
        return f"{row.get(f'{cell.name}_dept') or ''}@{row.get(f'{cell.name}_place') or ''}"
    if cell.kind == "level":
        return int(value) if value in ("1", "2", "3", "4") else None
    if cell.kind == "list":
        return split(value) or ([words.WHOLE] if cell.name == "areas" else [])
    if cell.kind == "told":
        return row.get(f"{cell.name}_held") or []
    if cell.kind == "flag":
        return bool(value)
    if cell.kind in ("text", "phase", "points", "grade"):
        return str(value or "").strip()
    return value


def split(value: object) -> list[str]:
    """What was written with commas, Chinese or not, or spaces between."""
    return [one for one in _LISTED.split(str(value or "")) if one]


def fresh(section: str, held: Sequence[Row], plan_phases: Sequence[Row]) -> Row:
    """A new row at the end of a table, with a code that none there has."""
    taken = {str(row.get("code")) for row in held}
    number = next(n for n in range(len(held) + 1, 10_000) if f"{section[:-1]}_{n}" not in taken)
    row: Row = {"key": f"new-{number}-{len(held)}", "fault": ""}
    for cell in SECTIONS[section]:
        row |= _blank(cell, f"{section[:-1]}_{number}", plan_phases)
    return row


def _blank(cell: Cell, code: str, phases: Sequence[Row]) -> Row:
    if cell.kind == "owner":
        return {f"{cell.name}_dept": "", f"{cell.name}_place": "town"}
    if cell.kind == "told":
        return {cell.name: "", f"{cell.name}_held": []}
    blank: dict[str, Any] = {
        "level": "4", "phase": phases[0].get("code") if phases else "", "points": "town", "grade": "",
        "number": None, "flag": False,
    }  # fmt: skip
    return {cell.name: code if cell.name == "code" else blank.get(cell.kind, "")}
