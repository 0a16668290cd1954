"""What the lists of `/drills` show: values in, rows and columns out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from actions.drill_scores import Outcome, set_up_at
from core.drill_levels import Rule
from pages.messages import DEFAULT, text
from pages.places.table import Column
from pages.words import duration

Shown = Mapping[str, Any]
Drills = Sequence[tuple[Shown, Outcome | None]]
STATES: Mapping[str, frozenset[str]] = {
    "all": frozenset({"prepared", "running", "paused", "stopped"}), "prepared": frozenset({"prepared"}),
    "going": frozenset({"running", "paused"}), "over": frozenset({"stopped"}),
}  # fmt: skip
"""What may be listed → the drills that stand so."""


def _column(lang: str, name: str, least: int, **options: Any) -> Column:
    return Column(name, text(lang, f"drills.list.{name}"), least=least, **options)


def list_columns(lang: str) -> list[Column]:
    pressed = {"cellClass": "pressable"}
    return [
        _column(lang, "name", 280, wrap=True, options=pressed), _column(lang, "content", 110),
        _column(lang, "form", 90), _column(lang, "place", 110, wrap=True), _column(lang, "state", 110),
        _column(lang, "at", 140), _column(lang, "lasted", 110), _column(lang, "persons", 80, number=True),
        _column(lang, "level", 120), _column(lang, "replay", 80, options=pressed),
    ]  # fmt: skip


def list_rows(
    lang: str, zone: ZoneInfo, areas: Mapping[str, str], found: Drills, state: str, year: str | None
) -> list[dict[str, Any]]:
    """Those that stand so, of a year (None = of all)."""
    rows = [
        _row(lang, zone, areas, one, came) for one, came in found if one["status"] in STATES.get(state, ())
    ]
    return [row for row in rows if not year or row["at"].startswith(year)]


def years(zone: ZoneInfo, found: Drills) -> list[str]:
    """In which any was set up, the newest first."""
    return sorted({str(set_up_at(one["realm"]).astimezone(zone).year) for one, _ in found}, reverse=True)


def _row(
    lang: str, zone: ZoneInfo, areas: Mapping[str, str], one: Shown, came: Outcome | None
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": one["id"],
        "name": name_of(lang, one),
        "content": text(lang, f"drills.content.{one['content']}"),
        "form": text(lang, f"drills.form.{one['form']}"),
        "place": area_words(lang, areas, one["division"]),
        "state": state_words(lang, one),
        "at": set_up_at(one["realm"]).astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        "lasted": _lasted(lang, one["started_at"], one["stopped_at"]),
        "persons": came.persons if came else len({seat["taken_by"] for seat in one["seats"]} - {""}),
        "level": level_words(lang, came.rule, came.share) if came else "",
        "replay": text(lang, "drills.list.replay") if one["started_at"] else "",
    }


def _lasted(lang: str, begun: datetime | None, ended: datetime | None) -> str:
    """On the realm's clock."""
    return duration(lang, (ended - begun).total_seconds()) if begun and ended else ""


def name_of(lang: str, one: Shown) -> str:
    return str(one["name"] if lang == DEFAULT else one["name_en"] or one["name"])


def area_words(lang: str, areas: Mapping[str, str], code: str) -> str:
    return areas.get(code, code) if code else text(lang, "plans.whole")


def state_words(lang: str, one: Shown) -> str:
    state = text(lang, f"drills.status.{'aborted' if one['aborted'] else one['status']}")
    return f"{state} · {text(lang, 'drills.rehearsal')}" if one["rehearsal"] else state


def level_words(lang: str, rule: Rule | None, share: float | None) -> str:
    """良好 · 84%; of a drill that has no level the share alone, "" without any."""
    name = (rule.name if lang == DEFAULT else rule.name_en) if rule else ""
    return " · ".join(one for one in (name, "" if share is None else f"{share:.0%}") if one)


# --- scripts ----------------------------------------------------------------------------------------------


def script_columns(lang: str) -> list[Column]:
    pressed = {"cellClass": "pressable"}
    return [
        _column(lang, "name", 300, wrap=True), _column(lang, "content", 110), _column(lang, "form", 90),
        _column(lang, "plan", 200, wrap=True), _column(lang, "minutes", 90, number=True),
        _column(lang, "injects", 80, number=True),
        *(Column(name, words, least=80, options=pressed)
          for name, words in (("xlsx", "XLSX"), ("json", "JSON"), ("open", ""))),
    ]  # fmt: skip


def script_rows(lang: str, plans: Mapping[str, str], found: Sequence[Shown]) -> list[dict[str, Any]]:
    down = text(lang, "drills.scripts.down")
    return [
        {
            "code": one["code"], "name": name_of(lang, one),
            "content": text(lang, f"drills.content.{one['content']}"),
            "form": text(lang, f"drills.form.{one['form']}"), "plan": plans.get(one["plan"], one["plan"]),
            "minutes": one["minutes"], "injects": one["injects"], "xlsx": down, "json": down,
            "open": text(lang, "drills.scripts.open"),
        }
        for one in found
    ]  # fmt: skip
