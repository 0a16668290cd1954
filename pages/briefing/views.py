"""What the parts of `/briefing/ID` show: values in, components out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from actions.briefing import Losses, Reports
from core.linkage_model import Linkage
from core.losses import Field, Figures
from core.reports import Due, Filed
from pages.briefing import ids, words
from pages.cases.words import day_time
from pages.messages import text
from pages.offices import Names, office, offices
from pages.words import LEVELS, plan_name


def head(lang: str, zone: ZoneInfo, of: Linkage, names: Names) -> list[Any]:
    """Which response it is, how it stands, and the way back to its incident."""
    ended = day_time(of.ended_at, zone)
    state = text(lang, "briefing.ended", at=ended) if ended else text(lang, "briefing.running")
    since = text(lang, "briefing.since", at=day_time(of.started_at, zone))
    said = [
        f"{plan_name(lang, of)} · {LEVELS[of.level]}",
        f"{office(lang, names, of.commander)} · {of.commander_name}",
        f"{since} · {state}",
    ]
    back = html.A(of.number, href=f"/cases/{of.incident}?lang={lang}", className="figure")
    return [html.H2(of.title), html.P(back), *(html.P(one) for one in said)]


def filed(lang: str, zone: ZoneInfo, found: Reports, names: Names, realm: str) -> list[Any]:
    """The reports, newest first, each with its text and its paper."""
    if not found.filed:
        return [html.P(text(lang, "briefing.none"), className="tab-note")]
    return [_one(lang, zone, one, names, found.linkage.id, realm) for one in reversed(found.filed)]


def _one(lang: str, zone: ZoneInfo, one: Filed, names: Names, linkage: str, realm: str) -> html.Details:
    body = one.body
    stage = text(lang, f"situation.{body.stage}")
    late = [html.Span(text(lang, "briefing.late"), className="late")] if body.late else []
    line = html.Summary(
        [html.B(f"{stage} {body.number}"), html.Span(f"{day_time(one.at, zone)} {one.by}"), *late]
    )
    at = f"/api/v1/linkages/{linkage}/reports/{body.number}"
    files = [
        html.A(text(lang, key), href=f"{at}.{form}?lang={lang}&realm={realm}", className="reports-act")
        for form, key in (("pdf", "cases.print"), ("docx", "briefing.word"))
    ]
    to = html.P(text(lang, "briefing.sent_to", to=offices(lang, names, body.offices)))
    return html.Details([line, to, html.Pre(body.text), *files])


def writing(lang: str, zone: ZoneInfo, due: Due | None, now: datetime, *, own: bool) -> list[Any]:
    """Which report is next, until when, and that others write it where it is not one's own."""
    if due is None:
        return [html.H2(text(lang, "briefing.all_sent"))]
    said = [] if own else [text(lang, "briefing.others_write")]
    if due.at is not None:
        key = "briefing.overdue" if due.at < now else "briefing.until"
        said.append(text(lang, key, at=day_time(due.at, zone)))
    notes = [html.P(one, className="tab-note") for one in said]
    return [html.H2(text(lang, f"situation.{due.stage}")), *notes]


def losses(lang: str, zone: ZoneInfo, found: Losses) -> list[Any]:
    """A table by town with the sums of districts and of all; figures that nobody told are a dash."""
    if not found.areas:
        return [html.P(text(lang, "briefing.no_losses"), className="tab-note")]
    shown = [field for field in found.fields if field.code in found.total]
    heads = [html.Th(text(lang, "briefing.area"))] + [
        html.Th([words.name(lang, one), html.Small(words.unit(lang, one))]) for one in shown
    ]
    rows = [_sum(text(lang, "briefing.all_areas"), found.total, shown)]
    for code, figures in found.districts.items():
        rows.append(_sum(found.names[code], figures, shown))
        rows += [
            _row([one.name, html.Small(_told(lang, zone, one))], one.figures, shown)
            for one in found.areas
            if one.district == code
        ]
    return [html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)])]


def _told(lang: str, zone: ZoneInfo, one: Any) -> str:
    said = f"{day_time(one.at, zone)} {one.by}"
    return f"{said} · " + text(lang, "briefing.corrected", n=one.corrected) if one.corrected else said


def _sum(name: str, figures: Figures, shown: Sequence[Field]) -> html.Tr:
    return _row(name, figures, shown, "sum")


def _row(name: Any, figures: Figures, shown: Sequence[Field], kind: str = "") -> html.Tr:
    cells = [html.Td(words.number(figures[one.code]) if one.code in figures else "—") for one in shown]
    return html.Tr([html.Th(name), *cells], className=kind)


def figures(lang: str, fields: Sequence[Field], told: Figures) -> list[Any]:
    """A field for each loss, with what the town told before."""
    return [_figure(lang, one, told.get(one.code, "")) for one in fields]


def _figure(lang: str, one: Field, value: float | str) -> Any:
    return dmc.NumberInput(
        id=ids.figure(one.code), label=f"{words.name(lang, one)}（{words.unit(lang, one)}）", value=value,
        min=0, allowNegative=False, decimalScale=0 if one.whole else 2, hideControls=True, size="sm",
    )  # fmt: skip
