"""Emergency stores (应急物资储备库) and their lots.

Item codes are those of db/data/items.csv.
"""

from __future__ import annotations

import json

import numpy as np

from demo.feature import Feature
from demo.grids import Division
from demo.places import Layer, about
from demo.sites import Sites

ITEMS = (
    # code, name, unit, usual quantity, shelf life in years (0 = none)
    ("1010101", "瓶装饮用水", "箱", 800, 2),
    ("1010201", "方便食品", "箱", 500, 1),
    ("1020101", "棉被", "床", 600, 0),
    ("1020201", "折叠床", "张", 400, 0),
    ("1030101", "救灾帐篷", "顶", 120, 0),
    ("1040101", "急救包", "个", 300, 3),
    ("2010101", "防汛沙袋", "只", 5000, 0),
    ("2010201", "大功率排水泵", "台", 12, 0),
    ("2020101", "救生衣", "件", 240, 5),
    ("2020201", "冲锋舟", "艘", 6, 0),
    ("2030101", "应急照明灯组", "套", 30, 0),
    ("2030201", "发电机组", "台", 10, 0),
    ("2040101", "干粉灭火器", "具", 260, 5),
    ("2040201", "消防水带", "盘", 150, 6),
    ("2050101", "防护服", "套", 200, 3),
    ("2050201", "医用口罩", "盒", 1500, 2),
    ("3010101", "编织袋", "条", 8000, 0),
    ("3020101", "链锯", "台", 15, 0),
)


def make_stores(division: Division, sites: Sites, scale: float, rng: np.random.Generator) -> Layer:
    """The city's store, one a district, and more by town; some lots are below their minimum."""
    owners = [("9901", "云屿市中心"), *((g.code, g.name) for g in division.tier(0))]
    towns = sorted(division.tier(1), key=lambda g: -g.population)
    wanted = max(about(scale, 60, 0) - len(owners), 2)
    owners += [(g.code, g.name) for g in towns[:wanted]]
    return tuple(_store(i, code, name, sites, rng) for i, (code, name) in enumerate(owners))


def _store(i: int, area: str, name: str, sites: Sites, rng: np.random.Generator) -> Feature:
    block = sites.within(area)
    where = sites.spots(block[min(1 + i, len(block) - 1) :][:1], rng)[0]
    props = {
        "code": f"CK{i + 1:04d}", "name": f"{name}应急物资储备库", "area": area,
        "address": f"{name}储备路 {i * 7 + 3} 号", "lots": json.dumps(_lots(i, rng), ensure_ascii=False),
        "sample": True,
    }  # fmt: skip
    return Feature(props, where)


def _lots(i: int, rng: np.random.Generator) -> list[dict[str, object]]:
    share = 1.0 if i == 0 else 0.5 if i < 4 else 0.2
    lots: list[dict[str, object]] = []
    for code, name, unit, usual, life in ITEMS:
        if i and rng.random() < 0.25:
            continue
        minimum = max(int(usual * share * 0.4), 1)
        short = rng.random() < 0.06
        quantity = minimum // 2 if short else int(usual * share * rng.uniform(0.6, 1.2)) + 1
        lots.append(
            {"item": code, "name": name, "quantity": quantity, "unit": unit,
             "expiry": _expiry(life, rng), "minimum": minimum}
        )  # fmt: skip
    return lots


def _expiry(life: int, rng: np.random.Generator) -> str | None:
    """Month ends from the middle of 2026 on: the city is the same whatever the day."""
    if not life:
        return None
    month = int(rng.integers(6, 6 + 12 * life))
    return f"{2026 + month // 12}-{month % 12 + 1:02d}-28"
