"""A city's own workflow table out of a file: it holds at once, or nothing of it and the row is named."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from actions.services import Services
from tests.actions.test_table_imports import bring, codes

SHIPPED = Path("db/data/workflow.csv")
Rows = list[dict[str, str]]


def rows() -> Rows:
    with SHIPPED.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def table(path: Path, given: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(given[0]))
        writer.writeheader()
        writer.writerows(given)
    return path


def changed(verb: str, **cells: Any) -> Rows:
    return [{**row, **cells} if row["verb"] == verb else row for row in rows()]


def test_a_city_asks_for_more_and_that_holds_at_once(city: Services, tmp_path: Path) -> None:
    report = bring(
        city, "workflow", table(tmp_path / "w.csv", changed("handle", needs="text photo", most="3"))
    )
    assert report.ok, report.problems
    move = city.reference.rules().flow.moves["handle"]
    assert (move.needs, move.most) == ({"text", "photo"}, 3)


def test_a_row_that_cannot_be_is_named_and_the_table_that_holds_stays(city: Services, tmp_path: Path) -> None:
    before = city.reference.rules().flow.moves
    number = {row["verb"]: n for n, row in enumerate(rows(), start=1)}
    wrong: dict[str, tuple[Rows, tuple[str, int | None]]] = {
        "state": (changed("handle", **{"from": "flying"}), ("flow_broken", number["handle"])),
        "who": (changed("accept", who="mayor"), ("flow_broken", number["accept"])),
        "step": (changed("handle", starts="lunch"), ("field_not_a_choice", number["handle"])),
        "lost": ([row for row in rows() if row["verb"] != "close"], ("flow_broken", None)),
        "twice": ([*rows(), rows()[0]], ("line_twice", len(rows()) + 1)),
    }
    for name, (given, told) in wrong.items():
        assert codes(bring(city, "workflow", table(tmp_path / f"{name}.csv", given))) == [told], name
    assert city.reference.rules().flow.moves == before
