"""Offices in people's words: the area's name and the department's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from actions.reference import Reference
from core.offices import parse


@dataclass(frozen=True, slots=True)
class OfficeName:
    """`area` None = the whole city; `department` (in Chinese and English) None = the area's own desk."""

    area: str | None
    department: tuple[str, str] | None


def names_of(reference: Reference, offices: Iterable[str]) -> dict[str, OfficeName]:
    """Each office's name; what the city does not know keeps its code."""
    return {office: _name(reference, office) for office in dict.fromkeys(offices)}


def _name(reference: Reference, text: str) -> OfficeName:
    office = parse(text)
    row = reference.areas().by_code.get(office.area)
    area = None if not office.area else (row.name if row else office.area)
    known = reference.departments().get(office.dept)
    department = (known.name, known.name_en) if known else (office.dept, office.dept)
    return OfficeName(area, department if office.dept else None)
