"""The list's order: gravest first, then the longest waiting, whatever comes and goes."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.static.conftest import Bench

pytestmark = pytest.mark.browser
OPEN = ("reported", "dispatched", "verified")


def incident(ident: str, seq: int, dice: random.Random) -> dict[str, Any]:
    at = f"2026-03-02T01:{dice.randrange(60):02d}:00Z"
    status = dice.choice((*OPEN, "closed"))
    properties = {"seq": seq, "severity": dice.randrange(1, 5), "reported_at": at, "status": status}
    return {"id": ident, "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": properties}


def test_the_order_stays_right_through_any_changes(bench: Bench):
    dice, held = random.Random(4), {}
    patches = []
    for seq in range(1, 300):
        touched = [incident(str(dice.randrange(40)), seq, dice) for _ in range(dice.randrange(3))]
        gone = [str(dice.randrange(40))] if seq % 7 == 0 else []
        held |= {one["id"]: one for one in touched}
        for ident in gone:
            held.pop(ident, None)
        upsert = {"incidents": [one for one in touched if one["id"] not in gone]}
        patches.append({"seq": seq, "upsert": upsert, "remove": {"incidents": gone}, "panels": {}})
    page = bench("11-digest", "12-store", "52-order")
    page.evaluate("all => all.forEach(p => zhihui.store.fold(p))", patches)

    def place(one: dict[str, Any]) -> tuple[int, str, str]:
        return one["properties"]["severity"], one["properties"]["reported_at"], one["id"]

    still = sorted((one for one in held.values() if one["properties"]["status"] != "closed"), key=place)
    assert page.evaluate("zhihui.order.ids()") == [one["id"] for one in still]
