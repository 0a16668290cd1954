"""演练台账 of a year as a workbook: a line a town, then every drill with its kind, participants and score."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

from actions.drill_ledger import Ledger
from core.drill_ledger import Held
from pages.drills.ledger_views import rows, why_not
from pages.drills.views import level_words
from pages.messages import text

_TOWNS = ("name", "state", "done", "next_on", "planned", "held", "persons")
_DRILLS = ("held_name", "held_on", "towns", "content", "form", "tested", "persons", "level", "met", "counts")
_WIDE = 46
_MOST = 31  # letters of a sheet's name


def workbook(lang: str, of: Ledger) -> bytes:
    """XLSX; shares are numbers shown as percent."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False}) as book:
        _sheet(book, lang, "drills.ledger.sheet", _TOWNS, (
            [row[name] for name in _TOWNS] for row in rows(lang, of)
        ))  # fmt: skip
        _sheet(book, lang, "drills.ledger.sheet.held", _DRILLS, (_drill(lang, of, one) for one in _held(of)))
    return file.getvalue()


def _held(of: Ledger) -> list[Held]:
    """Each drill once, however many towns took part."""
    found = {one.realm: one for line in of.lines for one in line.held}
    return sorted(found.values(), key=lambda one: (one.on, one.realm))


def _drill(lang: str, of: Ledger, one: Held) -> list[Any]:
    towns = "、".join(of.names[town] for town in one.towns if town in of.names)
    return [
        one.name, one.on.isoformat(), towns, text(lang, f"drills.content.{one.content}"),
        text(lang, f"drills.form.{one.form}"), one.plan, one.participants,
        level_words(lang, of.levels.get(one.level), None), one.share,
        why_not(lang, one) or text(lang, "drills.ledger.yes"),
    ]  # fmt: skip


def _sheet(book: Any, lang: str, key: str, names: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(text(lang, key)[:_MOST])
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    body = book.add_format({"text_wrap": True, "valign": "top"})
    share = book.add_format({"num_format": "0%", "valign": "top"})
    for n, name in enumerate(names):
        sheet.write_string(0, n, text(lang, f"drills.ledger.{name}"), head)
        sheet.set_column(n, n, _WIDE if name in ("planned", "held", "towns", "held_name") else 14)
    for number, line in enumerate(lines, start=1):
        for n, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(number, n, value, body)
            elif value is not None:
                sheet.write_number(number, n, value, share if names[n] == "met" else body)
    sheet.freeze_panes(1, 1)
