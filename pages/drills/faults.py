"""What is wrong with a script, in words: each fault with its place and remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html

from pages.messages import has, text
from pages.parts import marked

Faults = Sequence[Mapping[str, Any]]


def fault_list(lang: str, faults: Faults) -> list[Any]:
    """All of them; a press leads to the row (static/js/6d-script.js)."""
    if not faults:
        return []
    lines = [html.Li([_place(lang, one), html.Span(wrong(lang, one))]) for one in faults]
    head = html.Summary(text(lang, "drills.faults", n=len(faults)))
    return [html.Details([head, html.Ol(lines)], open=True, className="plans-faults")]


def wrong(lang: str, fault: Mapping[str, Any]) -> str:
    """With its remedy: of the checks before a drill may start, or of the form of a field."""
    key = f"drills.fault.{fault['code']}"
    if has(lang, key):
        return text(lang, key, **fault.get("params", {}))
    return text(lang, "drills.fault.other", detail=fault.get("detail", fault["code"]))


def _place(lang: str, fault: Mapping[str, Any]) -> html.Button:
    section, row, _ = where(fault["pointer"])
    spot = marked(data_section=section, data_row=str(row))
    return html.Button(place(lang, fault), className="plain", type="button", **spot)


def place(lang: str, fault: Mapping[str, Any]) -> str:
    """第 12 行 · 情景注入 第 3 条 情况; in a workbook 注入 4 时刻（分钟）."""
    if fault.get("sheet"):
        return f"{fault['sheet']} {fault['row']} {fault['column']}".strip()
    line = [text(lang, "plans.line", n=fault["line"])] if fault.get("line") else []
    return " · ".join([*line, _part(lang, fault["pointer"])])


def _part(lang: str, pointer: str) -> str:
    section, row, name = where(pointer)
    part = f"drills.part.{section}"
    said = [text(lang, part) if has(lang, part) else field(lang, section)]
    if row >= 0:
        said.append(text(lang, "plans.row", n=row + 1))
    return " ".join(one for one in (*said, field(lang, name)) if one)


def field(lang: str, path: str) -> str:
    """A field as its table or form calls it; 考核指标 第 2 条 时限."""
    said = []
    for name in filter(None, path.split("/")):
        key = f"drills.field.{name}"
        number = text(lang, "plans.row", n=int(name) + 1) if name.isdigit() else name
        said.append(text(lang, key) if has(lang, key) else number)
    return " ".join(said)


def where(pointer: str) -> tuple[str, int, str]:
    """Section, row (from 0, -1 = none) and field of a pointer into a script."""
    section, _, rest = pointer.strip("/").partition("/")
    row, _, name = rest.partition("/")
    return (section, int(row), name) if row.isdigit() else (section, -1, rest)
