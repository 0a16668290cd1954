"""A response (应急响应) in the file of its incident on paper: how it went, its tasks, its reports."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from actions.case_queries import Responded
from core.linkage_model import Linkage, Task
from pages.cases import words
from pages.messages import text
from pages.offices import Names, office
from pages.paper import Block, Heading, Paragraph, Table
from pages.words import LEVELS, plan_name

_TASKS = ("task", "owner", "state", "acknowledged", "done")
_REPORTS = ("report", "at", "who", "late")


def blocks(lang: str, zone: ZoneInfo, one: Responded, names: Names) -> list[Block]:
    of = one.reports.linkage
    title = text(lang, "cases.paper.response", plan=plan_name(lang, of), level=LEVELS[of.level])
    found: list[Block] = [
        Heading(title),
        Paragraph(_course(lang, zone, of, names)),
        _tasks(lang, zone, one, names),
    ]
    return [*found, _reports(lang, zone, one)] if one.reports.filed else found


def _course(lang: str, zone: ZoneInfo, of: Linkage, names: Names) -> str:
    until = words.date_time(of.ended_at, zone) if of.ended_at else text(lang, "briefing.running")
    begun = words.date_time(of.started_at, zone)
    by = f"{office(lang, names, of.commander)} {of.commander_name}"
    return text(lang, "cases.paper.course", since=begun, until=until, by=by)


def _tasks(lang: str, zone: ZoneInfo, one: Responded, names: Names) -> Table:
    """Of each when it was acknowledged and done, and whether a clock of it was missed."""
    rows = [
        (
            task.title, office(lang, names, task.owner),
            _state(lang, task),
            words.day_time(task.acknowledged_at, zone), words.day_time(task.done_at, zone),
        )
        for task in one.tasks
    ]  # fmt: skip
    heads = tuple(text(lang, f"cases.paper.tasks.{name}") for name in _TASKS)
    return Table(heads, rows, widths=(4, 2.4, 1.4, 1.2, 1.2), small=True)


def _state(lang: str, task: Task) -> str:
    late = f" · {text(lang, 'briefing.late')}" if task.late else ""
    return text(lang, f"linkage.state.{task.status}") + late


def _reports(lang: str, zone: ZoneInfo, one: Responded) -> Table:
    rows = [
        (
            f"{text(lang, f'situation.{filed.body.stage}')} {filed.body.number}",
            words.date_time(filed.at, zone), f"{filed.by} {filed.seat}".strip(),
            text(lang, "briefing.late") if filed.body.late else "",
        )
        for filed in one.reports.filed
    ]  # fmt: skip
    heads = tuple(text(lang, f"cases.paper.reports.{name}") for name in _REPORTS)
    return Table(heads, rows, widths=(2, 2, 2, 1), small=True)
