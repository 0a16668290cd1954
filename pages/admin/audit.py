"""审计: who did what to accounts, access and what left the building."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core import events_system
from core.envelope import Body
from pages.admin import ids
from pages.messages import has, text
from pages.places.table import Column, table

DAYS = ("1", "7", "30", "180")
KINDS = tuple(
    kind.__name__
    for kind in vars(events_system).values()
    if isinstance(kind, type) and issubclass(kind, Body) and kind is not Body
)
"""The facts of the realm `system`, in the order of the module."""


def tab(lang: str) -> list[Any]:
    """What is looked for, the facts, and a way further back."""
    columns = [
        Column("at", text(lang, "admin.audit.at"), least=150),
        Column("actor", text(lang, "admin.audit.actor"), least=130),
        Column("seat", text(lang, "admin.audit.seat"), least=110),
        Column("kind", text(lang, "admin.audit.kind"), least=130),
        Column("said", text(lang, "admin.audit.said"), least=420, wrap=True),
    ]
    days = [{"value": one, "label": text(lang, "admin.audit.days", n=one)} for one in DAYS]
    kinds = [{"value": one, "label": text(lang, f"audit.kind.{one}")} for one in KINDS]
    asked = [
        dmc.Select(
            id=ids.AUDIT_DAYS, data=days, value="7", label=text(lang, "admin.audit.since"),
            allowDeselect=False,
        ),
        dmc.TextInput(id=ids.AUDIT_WHO, label=text(lang, "admin.audit.actor")),
        dmc.MultiSelect(
            id=ids.AUDIT_KINDS, data=kinds, label=text(lang, "admin.audit.kind"), searchable=True,
            clearable=True, placeholder=text(lang, "admin.audit.all"),
        ),
        dmc.Button(text(lang, "admin.audit.find"), id=ids.AUDIT_FIND),
        dmc.Button(text(lang, "admin.audit.older"), id=ids.AUDIT_OLDER, variant="default"),
    ]  # fmt: skip
    return [
        html.P(text(lang, "admin.audit.how"), className="tab-note"),
        html.Div(html.Div(asked, className="letter-fields"), className="letter"),
        html.P(id=ids.AUDIT_SPAN, className="tab-note"),
        table(lang, ids.AUDIT, columns, key="seq", height="100%"),
    ]


def rows(lang: str, facts: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[dict[str, Any]]:
    """Facts in words."""
    return [
        {
            "seq": one["seq"], "at": one["at"].astimezone(zone).strftime("%Y-%m-%d %H:%M:%S"),
            "actor": one["actor"], "seat": one["seat"], "kind": _kind(lang, one["kind"]),
            "said": _said(lang, one["kind"], one["body"]),
        }
        for one in facts
    ]  # fmt: skip


def span(lang: str, facts: Sequence[Mapping[str, Any]], zone: ZoneInfo, *, more: bool) -> str:
    """What is shown: how many, from when to when, and whether there are older ones."""
    if not facts:
        return text(lang, "admin.audit.none")
    first, last = (one["at"].astimezone(zone).strftime("%m-%d %H:%M") for one in (facts[-1], facts[0]))
    key = "admin.audit.more" if more else "admin.audit.whole"
    return text(lang, key, n=len(facts), first=first, last=last)


def _kind(lang: str, kind: str) -> str:
    key = f"audit.kind.{kind}"
    return text(lang, key) if has(lang, key) else kind


def _said(lang: str, kind: str, body: Mapping[str, Any]) -> str:
    """What the fact says, by its own sentence; one without is told field by field."""
    values = {name: _value(lang, name, value) for name, value in body.items()}
    key = f"audit.said.{kind}"
    if has(lang, key):
        return text(lang, key, **values)
    return " · ".join(value for value in values.values() if value != "—")


def _value(lang: str, name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return text(lang, "audit.yes" if value else "audit.no")
    if isinstance(value, list):
        return str(len(value))
    worded = {
        "role": f"role.{value}", "reason": f"audit.reason.{value}", "token_kind": f"admin.token.{value}",
        "what": f"audit.what.{value}",
    }  # fmt: skip
    key = worded.get(name, "")
    return text(lang, key) if has(lang, key) else str(value)
