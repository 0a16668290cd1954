"""新建演练: which script, from which moment of which world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from actions.search import Hit
from core.drill_script import Script
from core.drill_text import MOST_CHARS
from db.places import way_names
from pages.drills import ids
from pages.drills.faults import fault_list
from pages.drills.views import name_of
from pages.messages import text
from pages.places.theme import DATES
from pages.words import LEVELS

ORIGINS = ("shipped", "file", "plan")
FILE_BYTES = 8 * MOST_CHARS
"""Of a workbook or a JSON text, whose letters have three bytes at most."""


def form(lang: str) -> Any:
    """Closed at first; what may be chosen comes when it is opened."""
    origin: Any = dmc.SegmentedControl(
        id=ids.ORIGIN, value=ORIGINS[0], size="sm", fullWidth=True,
        data=[{"value": one, "label": text(lang, f"drills.new.{one}")} for one in ORIGINS],
    )  # fmt: skip
    panes = [
        html.Div(_select(lang, ids.SHIPPED, "script", searchable=True), id=ids.SHIPPED_PANE),
        html.Div(_file(lang), id=ids.FILE_PANE, hidden=True),
        html.Div(_plan(lang), id=ids.PLAN_PANE, hidden=True),
    ]
    button = dmc.Button(text(lang, "drills.new.open"), id=ids.OPEN)
    shown = [origin, *panes, *_begins(lang), html.Div(button, className="cases-form-foot")]
    return dmc.Modal(
        shown, id=ids.NEW_FORM, opened=False, title=text(lang, "drills.new"), size="46rem",
        withinPortal=False, centered=True, closeButtonProps={"aria-label": text(lang, "kpi.close")},
    )  # fmt: skip


def _select(lang: str, ident: str, name: str, **more: Any) -> Any:
    return dmc.Select(
        id=ident, label=text(lang, f"drills.new.{name}"), data=[],
        nothingFoundMessage=text(lang, "measures.nothing"), **more,
    )  # fmt: skip


def _file(lang: str) -> list[Any]:
    words: list[Any] = [text(lang, "drills.new.drop"), html.Small(text(lang, "drills.new.drop.what"))]
    drop: Any = dcc.Upload(
        html.Div(words, className="drop-words"), id=ids.UPLOAD, accept=".json,.xlsx", max_size=FILE_BYTES,
        className="drop",
    )  # fmt: skip
    return [drop, html.Div(id=ids.BROUGHT, role="status")]


def _plan(lang: str) -> list[Any]:
    """按预案生成."""
    levels = [{"value": str(n), "label": LEVELS[n]} for n in LEVELS]
    sought: Any = dmc.TextInput(
        id=ids.PLACE, label=text(lang, "drills.new.place"), placeholder=text(lang, "drills.new.place.hint"),
        debounce=400,
    )  # fmt: skip
    return [
        html.Div(
            [_select(lang, ids.PLAN, "which", searchable=True),
             dmc.Select(id=ids.LEVEL, label=text(lang, "drills.new.level"), data=levels, value="3",
                        allowDeselect=False),
             dmc.NumberInput(id=ids.MINUTES, label=text(lang, "drills.new.minutes"), value=120, min=10,
                             max=7 * 24 * 60, step=10)],
            className="drills-three",
        ),
        html.Div([sought, _select(lang, ids.POINT, "point", allowDeselect=False)], className="drills-two"),
    ]  # fmt: skip


def _begins(lang: str) -> list[Any]:
    """The moment of which world is copied; now, where none is given."""
    source = _select(lang, ids.SOURCE, "source", value="live", allowDeselect=False)
    day: Any = dmc.DatePickerInput(
        id=ids.AT_DAY, label=text(lang, "drills.new.at_day"), valueFormat="YYYY-MM-DD", clearable=True,
        placeholder=text(lang, "drills.new.now"), **DATES,
    )  # fmt: skip
    hour = dmc.TextInput(
        id=ids.AT_TIME, label=text(lang, "drills.new.at_time"), placeholder="HH:MM", value=""
    )
    rehearsal = dmc.Checkbox(id=ids.REHEARSAL, label=text(lang, "drills.new.rehearsal"), checked=False)
    return [html.Div([source, day, hour], className="drills-three"), rehearsal]


def places(found: Sequence[Hit]) -> list[dict[str, str]]:
    """Finds of the search, as `lon lat name`."""
    return [
        {"value": f"{hit.found.lon:.6f} {hit.found.lat:.6f} {hit.found.name}",
         "label": " · ".join([hit.found.name, *way_names(hit.way)])}
        for hit in found
    ]  # fmt: skip


def scripts(lang: str, shipped: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]]) -> Any:
    """What may be chosen: the scripts that ship, and those of earlier drills."""
    groups = (("ships", shipped, "code"), ("earlier", earlier, "realm"))
    return [
        {"group": text(lang, f"drills.new.{name}"),
         "items": [{"value": one[key], "label": name_of(lang, one)} for one in found]}
        for name, found, key in groups if found
    ]  # fmt: skip


def brought(lang: str, file: str, script: Script, faults: Sequence[Mapping[str, Any]]) -> list[Any]:
    """A file that is a script; what would keep it from being run."""
    name = name_of(lang, {"name": script.name, "name_en": script.name_en})
    said = text(lang, "drills.new.brought", file=file, name=name, n=len(script.injects))
    return [html.P(said, className="tab-note"), *fault_list(lang, faults)]


def refused(lang: str, file: str, faults: Sequence[Mapping[str, Any]]) -> list[Any]:
    """A file that is none: every fault with its place."""
    said = html.P(text(lang, "drills.new.refused", file=file), className="tab-note")
    return [said, *fault_list(lang, faults)]
