"""What plans say: whose desk, what is needed, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pages.messages import DEFAULT, has, text
from pages.words import LEVELS

_UNITS = (("days", 1440), ("hours", 60), ("minutes", 1))
WHOLE = ""
"""The area that is the whole city."""


@dataclass(frozen=True, slots=True)
class City:
    """Names of the city's codes in the reader's language. Items: code → (name, unit of measure)."""

    lang: str
    departments: Mapping[str, str] = field(default_factory=dict)
    items: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    skills: Sequence[str] = ()
    kinds: Sequence[str] = ()

    def say(self, key: str, **params: object) -> str:
        return text(self.lang, key, **params)

    def coded(self, key: str, code: str) -> str:
        """A code's words in the catalogue; a city's own code is shown as it is."""
        return text(self.lang, key) if has(self.lang, key) else code


def owner(city: City, code: str) -> str:
    """`DEPT@PLACE` in words: a department with its level, or the desk of a place."""
    dept, _, place = code.partition("@")
    if not dept:
        return city.coded(f"plans.desk.{place}", place)
    return f"{city.departments.get(dept, dept)} · {city.coded(f'plans.place.{place}', place)}"


def skill(city: City, code: str) -> str:
    return city.coded(f"skill.{code}", code)


def kind(city: City, code: str) -> str:
    return city.coded(f"plans.kind.{code}", code)


def points(city: City, code: str) -> str:
    """The level of broadcast points."""
    return city.coded(f"plans.points.{code}", code)


def need(city: City, one: Mapping[str, Any]) -> str:
    """救援 3 队, 编织袋 500 条."""
    number = f"{one['number']:g}"
    if one["kind"] == "unit":
        return city.say("plans.need.unit", what=skill(city, one["what"]), number=number)
    name, unit = city.items.get(one["what"], (one["what"], ""))
    return city.say("plans.need.item", what=name, number=number, unit=unit)


def needs(city: City, found: Sequence[Mapping[str, Any]]) -> str:
    return "；".join(need(city, one) for one in found)


def class_words(city: City, code: str) -> str:
    """A class, or how many begin so."""
    if code in city.classes:
        return f"{city.classes[code]} {code}"
    within = [one for one in city.classes if one.startswith(code)]
    if len(within) == 1:
        return f"{city.classes[within[0]]} {code}"
    return city.say("plans.classes", code=code, n=len(within)) if within else code


def minutes(city: City, number: float) -> str:
    """In the largest unit that it is whole in: 45 分, 2 小时, 2 天."""
    unit, each = next((u, each) for u, each in _UNITS if number % each == 0 or each == 1)
    return city.say(f"plans.lasts.{unit}", n=f"{number / each:g}")


def area_words(city: City, codes: Sequence[str]) -> str:
    return "、".join(city.areas.get(one, one) if one else city.say("plans.whole") for one in codes)


def name_of(city: City, one: Mapping[str, Any], field_: str = "name") -> str:
    return str(one[field_] if city.lang == DEFAULT else one[f"{field_}_en"] or one[field_])


def level(one: object) -> str:
    return LEVELS.get(int(str(one)), str(one))


def column(city: City, name: str) -> str:
    """A field as its table's heading calls it."""
    return city.coded(f"plans.column.{name}", name)


def wrong(city: City, fault: Mapping[str, Any]) -> str:
    """A fault with its remedy: of the checks before approval, or of the form of a field."""
    params = {**fault.get("params", {})}
    if "level" in params:
        params["level"] = level(params["level"])
    if fault["code"] == "class_unknown":
        params["code"] = params["class"]
    for key in (f"plans.fault.{fault['code']}", f"plans.wrong.{fault['code']}"):
        if has(city.lang, key):
            return city.say(key, **params)
    return city.say("plans.wrong.other", detail=fault.get("detail", fault["code"]))


@dataclass(frozen=True, slots=True)
class Where:
    """A pointer into a plan taken apart; `row` from 0, -1 = none."""

    section: str
    row: int
    name: str


def where(pointer: str) -> Where:
    parts = [*pointer.strip("/").split("/"), "", ""]
    row = int(parts[1]) if parts[1].isdigit() else -1
    return Where(parts[0], row, parts[2] if row >= 0 else "")


def place(city: City, pointer: str) -> str:
    """任务 第 3 行 责任单位"""
    at = where(pointer)
    section = city.coded(f"plans.section.{at.section}", at.section)
    if at.section and section == at.section:
        section = column(city, at.section)
    row = city.say("plans.row", n=at.row + 1) if at.row >= 0 else ""
    return " ".join(one for one in (section, row, column(city, at.name) if at.name else "") if one)
