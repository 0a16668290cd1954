"""定额与标准: what the city demands of its grids, posts, stores, rounds and sensors; who set it, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html

from actions.norms import Norm
from core.permissions import Principal, may
from pages.messages import DEFAULT, has, text
from pages.places import parts
from pages.places.layer_views import value_words
from pages.places.table import Column, table
from pages.reports.words import figure_name

VIEW = "norms-view"
TABLE = "norms-table"
PICKED = "norms-picked"
"""Store: id of the figure that is being set, and the value that the asker saw: {id, was}."""
CHANGED = "norms-changed"
FORM = "norms-form"
HEAD = "norms-head"
VALUE = "norms-value"
SOURCE = "norms-source"
SAVE = "norms-save"

GRID_SITES = ("staff_managers", "staff_least", "staff_most", "households_least", "households_most")
VIEWS = ("stock", "posts", "grids", "sensors", "patrols", "reach", "kpis", "drill_levels")
SHARES = frozenset({"share"})
"""Fields that are shares of one and are told in percent."""
NEVER: Mapping[str, frozenset[str]] = {"station": frozenset({"officers", "auxiliaries"})}
"""Figures that a rule of posts does not have: a station's is a share, those of communities are people."""


def layout(lang: str, principal: Principal) -> html.Div:
    """The table for all, the form for those who may set a norm."""
    views = [{"value": name, "label": text(lang, f"norms.view.{name}")} for name in VIEWS]
    mine = may(principal, "norms") and not principal.area
    return html.Div(
        [
            dcc.Store(id=PICKED),
            dcc.Store(id=CHANGED),
            parts.heading(text(lang, "norms.title"), html.Span(text(lang, "norms.pick")) if mine else None),
            dmc.SegmentedControl(id=VIEW, data=views, value=VIEWS[0], fullWidth=True),
            html.Div(_table(lang, mine), className="norms-list"),
            html.P(text(lang, "norms.note" if mine else "norms.not_yours"), className="tab-note"),
            html.Div(_form(lang), id=FORM, hidden=True),
        ]
    )


def _table(lang: str, mine: bool) -> Any:
    columns = (
        Column("name", text(lang, "norms.column.name"), least=150, wrap=True),
        Column("shown", text(lang, "norms.column.value"), least=120, options={"type": "rightAligned"}),
        Column("source", text(lang, "norms.column.source"), least=210, wrap=True),
        Column("set", text(lang, "norms.column.set"), least=140, wrap=True),
    )
    return table(lang, TABLE, columns, key="id", select="one" if mine else None, height="30rem")


def _form(lang: str) -> list[Any]:
    fields = [
        dmc.NumberInput(id=VALUE, label=text(lang, "norms.column.value"), thousandSeparator=",",
                        decimalScale=3, hideControls=True),
        dmc.TextInput(id=SOURCE, label=text(lang, "norms.basis"), className="wide",
                      placeholder=text(lang, "norms.basis.hint")),
        dmc.Button(text(lang, "norms.save"), id=SAVE),
    ]  # fmt: skip
    return [html.Div(id=HEAD, role="status"), html.Div(fields, className="stores-form")]


def of_view(norm: Norm, view: str) -> bool:
    """Whether a figure belongs to a view."""
    if norm.table == "sites":
        return view == ("grids" if norm.row["name"] in GRID_SITES else "reach")
    return view == norm.table and norm.field not in _never(norm)


def _never(norm: Norm) -> frozenset[str]:
    if norm.table != "posts":
        return frozenset()
    return NEVER.get(str(norm.row["type"]), SHARES)


def ident(norm: Norm) -> str:
    return "|".join((norm.table, norm.field, *norm.key))


def factor(norm: Norm) -> float:
    """Times its value is what people read and write."""
    return 100.0 if norm.field in SHARES else 1.0


def rows(lang: str, zone: ZoneInfo, norms: Sequence[Norm], view: str) -> list[dict[str, Any]]:
    return [
        {
            "id": ident(norm), "name": name(lang, norm), "shown": shown(lang, norm),
            "source": norm.row["source"], "set": _set(lang, zone, norm),
        }
        for norm in norms
        if of_view(norm, view)
    ]  # fmt: skip


def shown(lang: str, norm: Norm) -> str:
    """40 箱/万人; a sensor's edge says on which side."""
    if norm.value is None:
        return "–"
    value = f"{norm.value * factor(norm):,.3f}".rstrip("0").rstrip(".")
    return f"{_sign(norm)}{value} {unit(lang, norm)}".rstrip()


def _sign(norm: Norm) -> str:
    if norm.field == "limit":
        return "≥ " if norm.row["above"] else "≤ "
    if norm.field == "clear":
        return "< " if norm.row["above"] else "> "
    return ""


def unit(lang: str, norm: Norm) -> str:
    """In what a figure is counted."""
    if norm.table == "stock":
        return text(lang, f"norms.unit.{norm.row['basis']}", unit=norm.row["unit"])
    if norm.table == "sensors" and norm.field in ("limit", "clear"):
        return str(norm.row["unit"])
    if norm.table == "sites":
        known = f"norms.unit.{norm.row['unit']}"
        return text(lang, known) if has(lang, known) else str(norm.row["unit"])
    return text(lang, f"norms.unit.{norm.field}")


def name(lang: str, norm: Norm) -> str:
    """What is demanded, in words: 城市社区 · 民警."""
    whose = _whose(lang, norm)
    if norm.table in ("stock", "sites", "kpis"):
        return whose
    own = f"norms.field.{norm.table}.{norm.field}"
    field = text(lang, own) if has(lang, own) else text(lang, f"norms.field.{norm.field}")
    return f"{whose} · {field}"


def _whose(lang: str, norm: Norm) -> str:
    row = norm.row
    if norm.table in ("stock", "posts", "drill_levels"):
        return str(row["name"] if lang == DEFAULT else row["name_en"])
    if norm.table == "sensors":
        category = value_words(lang, "sensors", "category", row["category"])
        return f"{category} {row['sensor']}".strip()
    if norm.table == "patrols":
        target = text(lang, f"sites.target.{row['target']}")
        category = row["category"] and value_words(lang, row["target"], "category", row["category"])
        return f"{target} {category}".strip()
    if norm.table == "kpis":
        return figure_name(lang, str(row["kpi"]))
    return _site(lang, str(row["name"]))


def _site(lang: str, code: str) -> str:
    """Names of distances end with the level or class of what they are about: broadcast_reach_市."""
    if has(lang, f"norms.site.{code}"):
        return text(lang, f"norms.site.{code}")
    sort, _, level = code.rpartition("_")
    layer, field = ("shelters", "class") if sort.startswith("shelter") else ("broadcasts", "level")
    return text(lang, f"norms.site.{sort}", level=value_words(lang, layer, field, level))


def _set(lang: str, zone: ZoneInfo, norm: Norm) -> str:
    if norm.at is None:
        return text(lang, "norms.shipped")
    return f"{norm.at.astimezone(zone):%Y-%m-%d %H:%M} · {norm.actor}"


def head(lang: str, norm: Norm) -> html.Div:
    """The figure that is being set, and in what it is counted."""
    return parts.heading(name(lang, norm), html.Span(text(lang, "norms.now", value=shown(lang, norm))))
