"""activation: 33 departments and 60 tasks, with units, stock, closed roads, shelters, a warning: one click.

Each response is previewed, activated and ended through the API. The floor, in the same run: as many rows as
the activation wrote, inserted and committed at once by the driver alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from actions import plans
from actions.plans import ApproveCommand
from actions.services import Services
from actions.unit_of_work import Call
from bench.city import City
from bench.figures import Row, percentile, row
from bench.instance import Target
from core.permissions import SYSTEM, Principal
from core.plan_text import plan_of
from db.shipped import shipped
from instance.services import services
from settings import Settings

NAME = "activation"
SCALE = 1.0
AIM_MS = 500.0
TIMES = 30
DEPARTMENTS, TASKS = 33, 60
_UNITS, _GOODS = 8, 6
"""Tasks that want a unit, and goods."""
_ITEM = "1010101"
_PLAN = "bench_activation"
_SECOND = Principal("bench", "bench", "leader")
_TABLE = "CREATE TABLE IF NOT EXISTS bench_rows (id bigserial PRIMARY KEY, body text NOT NULL)"
_INSERT = "INSERT INTO bench_rows (body) VALUES (%s)"


@dataclass
class Taken:
    """Milliseconds of each call, and what the last activation came to."""

    preview: list[float] = field(default_factory=list)
    activate: list[float] = field(default_factory=list)
    end: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)


def bench(target: Target, times: int = TIMES) -> list[Row]:
    """A row for the preview, one for the click, one for the stand-down."""
    taken = Taken()
    with services(target.own_settings) as parts, City(target) as city, _floor(target.own_settings) as write:
        _put_plan(parts)
        for number in range(times + 1):
            _respond(city, number, taken, write)
    for figures in (taken.preview, taken.activate, taken.end, taken.floor):
        del figures[0]  # the first fills the caches
    detail = {
        **taken.detail,
        "aim": f"p95 <= {AIM_MS:.0f} ms",
        "met": percentile(taken.activate, 0.95) <= AIM_MS,
    }
    floor: dict[str, float | None] = {"floor": percentile(taken.floor, 0.5)}
    return [
        row(NAME, "ms", percentile(taken.activate, 0.5), floor, taken.activate, detail),
        row(f"{NAME}:preview", "ms", percentile(taken.preview, 0.5), {"floor": None}, taken.preview, {}),
        row(f"{NAME}:end", "ms", percentile(taken.end, 0.5), floor, taken.end, {}),
    ]


def _put_plan(parts: Services) -> None:
    """Into the library of the instance, in force."""
    departments = [one["code"] for one in shipped("departments.csv")][:DEPARTMENTS]
    given = plans.draft(parts, Call(SYSTEM), plan_of(body_of(departments)))
    plans.approve(parts, Call(_SECOND), _PLAN, ApproveCommand(version=given["version"]))


def body_of(departments: list[str]) -> dict[str, Any]:
    """A plan by which every department has a task, and some two; half of them wait for the first."""
    return {
        "code": _PLAN, "name": "量测预案", "name_en": "Bench", "kind": "bench", "summary": "量测",
        "stages": [{"level": 1, "when": "量测", "commander": "yingji@city"}],
        "phases": [{"code": "all", "name": "处置", "name_en": "All"}],
        "tasks": [_task(number, departments) for number in range(TASKS)],
        "broadcasts": [{"code": "call", "phase": "all", "points": "village", "radius_m": 1500,
                        "text": "请就近避险", "text_en": "Take shelter"}],
        "shelters": [{"code": "roof", "phase": "all", "radius_m": 5000, "persons": 200}],
        "cordons": [{"code": "close", "phase": "all", "radius_m": 200, "reason": "处置"}],
        "sources": ["量测用（u）"],
    }  # fmt: skip


def _task(number: int, departments: list[str]) -> dict[str, Any]:
    needs: list[dict[str, Any]] = []
    if number < _UNITS:
        needs = [{"kind": "unit", "what": "rescue", "number": 1}]
    elif number < _UNITS + _GOODS:
        needs = [{"kind": "item", "what": _ITEM, "number": 5}]
    return {
        "code": f"t{number}", "phase": "all", "title": f"任务{number}", "title_en": f"Task {number}",
        "owner": f"{departments[number % len(departments)]}@city", "ack_min": 10, "due_min": 120,
        "after": ["t0"] if number % 2 else [], "needs": needs,
    }  # fmt: skip


def _respond(city: City, number: int, taken: Taken, write: Callable[[int], None]) -> None:
    """One response from the preview to its end; then the floor."""
    incident = city.new_incident(number)
    path = f"/api/v1/incidents/{incident}/plans/{_PLAN}/preview"
    seen = _timed(taken.preview, lambda: city.get(path, {"level": "1"}))
    gaps = [{name: gap[name] for name in ("kind", "what", "missing")} for gap in seen["shortfalls"]]
    order = {"incident": incident, "level": 1, "accept_shortfalls": gaps}
    before = city.head
    given = _timed(taken.activate, lambda: city.post(f"/plans/{_PLAN}/activate", order))
    linkage = city.get(f"/api/v1/linkages/{given['linkage']}")
    means = {name: len(one) for name, one in linkage["properties"]["means"].items()}
    facts = city.head - before
    rows = facts + len(linkage["tasks"]) + 1 + 2 * means["units"] + sum(means.values())
    taken.detail = {
        "departments": DEPARTMENTS, "tasks": len(linkage["tasks"]), "facts": facts, "rows": rows, **means,
        "short": len(gaps),
    }  # fmt: skip
    _timed(taken.end, lambda: city.post(f"/linkages/{given['linkage']}/end", {"reason": "量测"}))
    _timed(taken.floor, lambda: write(rows))


def _timed(into: list[float], work: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    found = work()
    into.append((time.perf_counter() - began) * 1e3)
    return found


@contextmanager
def _floor(settings: Settings) -> Iterator[Callable[[int], None]]:
    """Inserts so many rows of a kilobyte in the database of an instance, and commits."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    body = "x" * 1024
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        connection.execute(_TABLE)
        connection.commit()

        def write(rows: int) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(_INSERT, [(body,)] * rows)
            connection.commit()

        yield write
