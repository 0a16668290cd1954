"""Reports in words: the sections of `core.briefing` as a text that whoever sends it may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.briefing import Drafted
from core.briefing_model import NAMES_MOST, Item
from core.losses import Field, Figures
from pages.cases.words import date_time
from pages.messages import DEFAULT, text
from pages.offices import Names, office
from pages.words import LEVELS, duration

NUMERALS = "一二三四五六七八九十"


def offices_of(drafted: Drafted) -> list[str]:
    """Every office that a draft names."""
    found: list[str] = []
    for section in drafted.sections:
        for item in section.items:
            found += [item.values["office"]] if "office" in item.values else []
            found += item.values.get("offices", ())
    return found


def title(lang: str, name: str, stage: str, number: int) -> str:
    return text(lang, "briefing.title", title=name, stage=text(lang, f"situation.{stage}"), number=number)


def as_text(lang: str, zone: ZoneInfo, drafted: Drafted, names: Names) -> str:
    """The whole draft: a heading for each section, a line for each sentence."""
    lines = []
    for number, section in enumerate(drafted.sections):
        head = {"n": NUMERALS[number] if lang == DEFAULT else number + 1}
        lines.append(text(lang, "briefing.heading", **head, name=_section(lang, section.code)))
        lines += [sentence(lang, zone, item, names, drafted.fields) for item in section.items]
    return "\n".join(lines)


def _section(lang: str, code: str) -> str:
    return text(lang, f"briefing.section.{code}")


def sentence(lang: str, zone: ZoneInfo, item: Item, names: Names, fields: Sequence[Field]) -> str:
    values = {key: _worded(lang, zone, key, value, names, fields) for key, value in item.values.items()}
    if "lasted_s" in item.values:
        values["lasted"] = duration(lang, item.values["lasted_s"])
    if lang != DEFAULT and item.values.get("plan_en"):
        values["plan"] = item.values["plan_en"]
    if item.code == "what":
        places = [str(item.values[name]) for name in ("place", "address") if item.values[name]]
        values["place"] = "，".join(places)
    return text(lang, f"briefing.item.{item.code}", **values)


def _worded(lang: str, zone: ZoneInfo, key: str, value: Any, names: Names, fields: Sequence[Field]) -> object:
    if isinstance(value, datetime):
        return date_time(value, zone)
    if key in ("level", "before"):
        return LEVELS[value]
    if key == "office":
        return office(lang, names, value)
    if key == "offices":
        return _few(lang, [office(lang, names, one) for one in value])
    if key == "names":
        return _few(lang, value)
    if key == "goods":
        return "、".join(f"{name} {number(quantity)} {unit}" for name, quantity, unit in value)
    if key == "figures":
        return figures(lang, value, fields)
    return number(value) if isinstance(value, float) else value


def number(value: float) -> str:
    """Whole as it is, in digits: a million persons are no 1e+06."""
    return f"{value:.15g}"


def _few(lang: str, names: Iterable[str]) -> str:
    """As many as a sentence holds; that there are more is told by its number."""
    named = list(names)
    joined = "、".join(named)
    return text(lang, "briefing.and_more", names=joined) if len(named) == NAMES_MOST else joined


def figures(lang: str, told: Figures, fields: Sequence[Field]) -> str:
    """Losses in one line, in the order of the table."""
    return "，".join(
        text(
            lang, "briefing.figure", name=name(lang, one), value=number(told[one.code]), unit=unit(lang, one)
        )
        for one in fields
        if one.code in told
    )


def name(lang: str, one: Field) -> str:
    return one.name if lang == DEFAULT else one.name_en


def unit(lang: str, one: Field) -> str:
    return one.unit if lang == DEFAULT else one.unit_en


def sections(lang: str, zone: ZoneInfo, drafted: Drafted, names: Names) -> list[Mapping[str, Any]]:
    """As other systems get them."""
    return [
        {
            "code": section.code, "title": _section(lang, section.code),
            "lines": [
                {"code": item.code, "text": sentence(lang, zone, item, names, drafted.fields)}
                for item in section.items
            ],
        }
        for section in drafted.sections
    ]  # fmt: skip
