"""A script as rows of tables and back. A row holds what its table shows; `key` names it, `fault` says what is
wrong with it, `held` is the whole inject as JSON, of which the table shows and changes a part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.drill_script import Script
from pages.drills import faults as told
from pages.drills import script_words as words
from pages.drills.faults import Faults
from pages.drills.script_words import City

Row = dict[str, Any]
WRITTEN = ("number", "at_min", "channel", "target", "synopsis", "expected", "evaluator", "objective")
"""Fields of an inject that are written in the table itself."""
FIELDS = ("name", "name_en", "content", "form", "plan", "hazard", "scenario_at", "minutes", "scenario")
"""Of the script itself, in the order of the form."""
SECTIONS = ("injects", "seats", "objectives", "sources")
_OPTIONAL = ("evaluator", "objective")


def rows_of(city: City, script: Script, faults: Faults, done: frozenset[int]) -> dict[str, list[Row]]:
    """Section → its rows, each with what is wrong in it."""
    data = script.model_dump(mode="json", by_alias=True)
    made = {
        "injects": [inject_row(city, one, str(n), done=one["number"] in done)
                    for n, one in enumerate(data["injects"])],
        "seats": [_seat_row(one, str(n)) for n, one in enumerate(data["seats"])],
        "objectives": [{"key": str(n), **one} for n, one in enumerate(data["objectives"])],
        "sources": [{"key": str(n), "text": one} for n, one in enumerate(data["sources"])],
    }  # fmt: skip
    return {name: marked(city.lang, name, rows, faults) for name, rows in made.items()}


def marked(lang: str, section: str, rows: Sequence[Row], faults: Faults) -> list[Row]:
    """The rows with the faults that are theirs, and no older ones."""
    found: dict[int, list[str]] = {}
    for one in faults:
        of, row, name = told.where(one["pointer"])
        if of == section and row >= 0:
            head = f"{told.field(lang, name)}：" if name else ""
            found.setdefault(row, []).append(head + told.wrong(lang, one))
    return [{**one, "fault": "\n".join(found.get(n, ()))} for n, one in enumerate(rows)]


def inject_row(city: City, inject: Mapping[str, Any], key: str, *, done: bool = False) -> Row:
    return {
        "key": key, "done": done, "fault": "", "held": dict(inject),
        **{name: inject.get(name) for name in WRITTEN},
        **{name: inject.get(name) or "" for name in _OPTIONAL},
        "when": words.when(city, inject), "act": words.act(city, inject),
        "indicators": words.indicators(city, inject),
    }  # fmt: skip


def _seat_row(seat: Mapping[str, Any], key: str) -> Row:
    dept, _, area = str(seat["office"]).partition("@")
    return {"key": key, **seat, "dept": dept, "area": area}


# --- back ------------------------------------------------------------------------------------------------


def inject_of(row: Row) -> dict[str, Any]:
    """What is written in its row, over the rest of it. A minute that is written takes the place of a
    condition."""
    held = dict(row["held"])
    written = {name: row.get(name) for name in WRITTEN}
    if written["at_min"] is not None and written["at_min"] != held.get("at_min"):
        held["when"] = None
    return {**held, **written, **{name: written[name] or None for name in _OPTIONAL}}


def later(inject: Mapping[str, Any], minutes: float) -> dict[str, Any]:
    """Moved by so many minutes, not before the start, nor before what it waits for."""
    when = inject.get("when")
    if when:
        return {**inject, "when": {**when, "after_min": max(0, (when.get("after_min") or 0) + minutes)}}
    return {**inject, "at_min": max(0, (inject.get("at_min") or 0) + minutes)}


def script_of(
    tables: Mapping[str, Sequence[Row]], fields: Mapping[str, Any], division: str
) -> dict[str, Any]:  # fmt: skip
    """A script as JSON out of what was written; whether it is one is for `core.drill_text` to tell."""
    written = {name: fields.get(name) for name in FIELDS}
    return {
        **{name: "" if value is None else value for name, value in written.items()}, "division": division,
        "injects": [inject_of(row) for row in tables["injects"]],
        "seats": [_seat_of(row) for row in tables["seats"]],
        "objectives": [{name: _text(row, name) for name in ("code", "name")} for row in tables["objectives"]],
        "sources": [text for row in tables["sources"] if (text := _text(row, "text"))],
    }  # fmt: skip


def _seat_of(row: Row) -> dict[str, Any]:
    dept, area = _text(row, "dept"), _text(row, "area")
    return {
        **{name: _text(row, name) for name in ("code", "name", "role")},
        "office": f"{dept}@{area}" if dept or area else "", "simulated": bool(row.get("simulated")),
        "delay_s": row.get("delay_s") or 0,
    }  # fmt: skip


def _text(row: Row, name: str) -> str:
    return str(row.get(name) or "").strip()


# --- new rows --------------------------------------------------------------------------------------------


def fresh(city: City, section: str, tables: Mapping[str, Sequence[Row]]) -> Row:
    """A new row, with a number or code that none there has."""
    held = tables[section]
    key = f"new-{1 + max((int(row['key'].removeprefix('new-')) for row in held), default=0)}"
    if section == "injects":
        return inject_row(city, _inject(city, tables), key)
    if section == "sources":
        return {"key": key, "text": "", "fault": ""}
    stem = section.removesuffix("s")
    taken = {row.get("code") for row in held}
    code = next(f"{stem}_{n}" for n in range(1, len(held) + 2) if f"{stem}_{n}" not in taken)
    seat = {"dept": "", "area": "", "role": "player", "simulated": True} if section == "seats" else {}
    return {"key": key, "code": code, "name": "", "fault": "", **seat}


def _inject(city: City, tables: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """A text to the first player, after all that come by the minute."""
    injects = tables["injects"]
    minutes = [row["at_min"] for row in injects if isinstance(row.get("at_min"), int | float)]
    player = next((row["code"] for row in tables["seats"] if row.get("role") == "player"), "")
    return {
        "number": 1 + max((int(row.get("number") or 0) for row in injects), default=0),
        "at_min": max(minutes, default=0), "channel": city.say("drills.draft.channel"), "target": player,
        "synopsis": "", "expected": "", "act": {"kind": "message", "text": ""}, "indicators": [],
    }  # fmt: skip
