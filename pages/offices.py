"""An office as people say it: 思明区 · 城市管理局."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from actions.offices import OfficeName
from pages.messages import DEFAULT, text

Names = Mapping[str, OfficeName]


def office(lang: str, names: Names, code: str) -> str:
    """Its area and department; the desk of the whole city is its command centre."""
    name = names.get(code, OfficeName(code, None))
    parts = [name.area] if name.area else []
    if name.department:
        parts.append(name.department[0 if lang == DEFAULT else 1])
    return " · ".join(parts) or text(lang, "office.centre")


def offices(lang: str, names: Names, codes: Iterable[str]) -> str:
    return "、".join(office(lang, names, code) for code in codes)
