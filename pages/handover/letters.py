"""死信: messages that were not taken and messages that could not be delivered, what they say without persons,
and what can be done about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core.classes import IncidentClass
from pages.handover import ids
from pages.handover.views import column, moment
from pages.messages import DEFAULT, has, text
from pages.places.parts import heading
from pages.places.table import Column, table

WAYS = ("in", "out")


def pane(lang: str) -> list[Any]:
    """Which way, the list, and what is done about the one that was pressed."""
    ways = [{"value": way, "label": text(lang, f"letters.{way}")} for way in WAYS]
    listed = table(
        lang, ids.LETTERS, columns(lang), key="id", height="100%", select="one",
        options={"pagination": True},
    )  # fmt: skip
    head = [
        dmc.SegmentedControl(id=ids.LETTERS_WAY, data=ways, value=WAYS[0]),
        html.Span(id=ids.LETTERS_HEAD, className="tab-note", role="status"),
    ]
    return [html.Div(head, className="duty-tab-head"), listed, _form(lang)]


def columns(lang: str) -> list[Column]:
    return [
        column(lang, "at", 110), column(lang, "whence", 150, wrap=True), column(lang, "about", 170),
        column(lang, "why", 300, wrap=True), column(lang, "times", 70, number=True),
    ]  # fmt: skip


def _form(lang: str) -> html.Div:
    """Where a source left out what is needed, it can be said here."""
    kind: Any = dmc.Select(
        id=ids.LETTER_CLASS, data=[], label=text(lang, "letters.class"), searchable=True, clearable=True,
        nothingFoundMessage=text(lang, "measures.nothing"), comboboxProps={"position": "top"},
    )  # fmt: skip
    place: Any = dmc.TextInput(id=ids.LETTER_ADDRESS, label=text(lang, "letters.address"))
    corrections = html.Div([kind, place], id=ids.LETTER_CORRECTIONS, className="letter-fields")
    reason: Any = dmc.TextInput(
        id=ids.LETTER_REASON, label=text(lang, "letters.reason"),
        placeholder=text(lang, "letters.reason.hint"),
    )  # fmt: skip
    acts = [
        dmc.Button(text(lang, "letters.retry"), id=ids.LETTER_RETRY),
        dmc.Button(text(lang, "letters.give_up"), id=ids.LETTER_GIVE_UP, variant="default"),
        reason,
    ]
    said = html.Div(id=ids.LETTER_SAID, className="letter-said")
    return html.Div(
        [said, corrections, html.Div(acts, className="letter-fields")], id=ids.LETTER, hidden=True,
        className="letter",
    )  # fmt: skip


def class_choices(lang: str, classes: Mapping[str, IncidentClass]) -> list[dict[str, str]]:
    """Classes as the form offers them."""
    named = {code: one.name if lang == DEFAULT else one.name_en for code, one in classes.items()}
    return [{"value": code, "label": name} for code, name in named.items()]


def row_in(lang: str, letter: Mapping[str, Any], source: str, zone: ZoneInfo) -> dict[str, Any]:
    """A message that was not taken; `source` in words."""
    error = letter["error"] or {"code": "internal", "params": {}}
    return {
        "id": letter["id"], "at": moment(datetime.fromisoformat(letter["last_at"]), zone), "whence": source,
        "about": "", "why": text(lang, f"error.{error['code']}", **error["params"]), "times": letter["times"],
    }  # fmt: skip


def row_out(
    lang: str, letter: Mapping[str, Any], channel: str, office: str, zone: ZoneInfo
) -> dict[str, Any]:
    """A message that could not be delivered; channel and office in words."""
    number = letter["body"].get("number") or ""
    return {
        "id": letter["id"], "at": moment(letter["created_at"], zone), "whence": f"{channel} → {office}",
        "about": number, "why": _failure(lang, letter["error"] or ""), "times": letter["attempts"],
    }  # fmt: skip


def _failure(lang: str, error: str) -> str:
    """Of our own reasons the words; a gateway's answer as it came."""
    key = f"letters.error.{error}"
    return text(lang, key) if has(lang, key) else text(lang, "letters.error", error=error)


def said(lang: str, lines: Sequence[tuple[str, str]]) -> list[Any]:
    """What a letter says, field by field."""
    shown = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in lines]
    return [heading(text(lang, "letters.said")), html.Dl(shown)]


def lines_in(lang: str, content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of a message that was read as records, each field; of another the beginning of it."""
    records = content["records"]
    found = [
        (_field(lang, name), str(value))
        for record in records
        for name, value in {**record["values"], **record["extra"]}.items()
        if value not in (None, "")
    ]
    return found or [(text(lang, "letters.raw"), content.get("shown", "") or "—")]


def _field(lang: str, name: str) -> str:
    key = f"import.field.{name}"
    return text(lang, key) if has(lang, key) else name
