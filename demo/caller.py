"""Calls as a control room hears them: class, words, place, severity, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from demo.rates import Moments, Rates

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""When a simulation begins unless it is told: a Monday, 09:00, read as local time."""

WORDS: dict[str, tuple[str, ...]] = {
    "11000": ("{road}积水约三十公分，车辆难以通行", "{road}下穿通道进水，有车熄火"),
    "12000": ("大风刮倒{road}行道树，压住非机动车道", "{road}广告牌被风吹松，随时可能掉落"),
    "14000": ("{road}旁边坡有碎石滚落", "{road}路面塌陷，直径约一米"),
    "15000": ("{road}后山冒烟，疑似山火",),
    "21000": ("{road}一处民房冒浓烟，有明火", "{road}沿街店铺起火，火势不大", "{road}路边垃圾桶着火"),
    "21100": ("{road}高层住宅十二楼冒烟，有人在窗口呼救",),
    "22000": ("{road}两车追尾，占用一条车道", "{road}电动车与小车相撞，一人倒地", "{road}口货车侧翻"),
    "23000": ("{road}一辆槽罐车渗漏，有刺激性气味",),
    "24000": ("{road}施工挖断燃气管，气味很大", "{road}住户闻到燃气味"),
    "25000": ("{road}一带停电", "{road}自来水管爆裂，水漫到路面"),
    "26000": ("{road}小区电梯困人，两名老人", "{road}有人被卡在车内"),
    "27000": ("{road}商场烟感报警，未见明火", "{road}厂房自动报警，待核实"),
    "31000": ("{road}学校多名学生发热，请派人了解",),
    "32000": ("{road}一家餐馆多人用餐后腹泻",),
    "33000": ("{road}有老人胸痛，需要救护车", "{road}工地一人摔伤，神志清醒", "{road}一名路人晕倒"),
    "41000": ("{road}有人打架，三四个人", "{road}店铺被盗", "{road}醉酒男子拦车闹事"),
    "42000": ("{road}广场人员聚集，约两百人", "{road}地铁口排队过长，有推挤"),
    "43000": ("{road}一名老人走失，穿灰色外套", "{road}小孩与家长走散"),
    "51010": ("{road}垃圾满溢无人清运", "{road}有人乱倒建筑垃圾"),
    "51020": ("{road}违规张贴小广告", "{road}灯箱广告破损"),
    "51030": ("{road}工地夜间施工扰民", "{road}渣土车带泥上路"),
    "51040": ("{road}井盖缺失，有行人险些踩空", "{road}路灯杆倾斜"),
    "51050": ("{road}占道经营，堵住人行道", "{road}共享单车乱停放"),
    "51060": ("{road}绿化带有树枝断落", "{road}公厕无水"),
    "61000": ("{road}邻里因停车争吵，请求调解", "{road}物业与业主起纠纷"),
}
_BY_GROUP = {
    "natural": "{road}发生险情，请派人查看", "accident": "{road}发生事故，请求处置",
    "health": "{road}有人需要救助", "security": "{road}有人报警求助", "city": "{road}有城市管理问题待处理",
    "dispute": "{road}有纠纷，请求调解",
}  # fmt: skip
_CHANNELS = {
    "city": ("grid", "12345", "grid", "public"),
    "dispute": ("grid", "12345"),
    "security": ("110", "110", "camera"),
    "health": ("120", "110"),
    "accident": ("110", "public", "camera"),
    "natural": ("grid", "sensor", "12345"),
}
_CHANNELS_OF_CLASS = {
    "21000": ("119",),
    "21100": ("119",),
    "15000": ("119", "camera"),
    "27000": ("119", "sensor"),
}
KINDS_FOR = {
    "accident": ("fire", "police", "micro_fire", "municipal", "medical"),
    "health": ("medical", "police"),
    "security": ("police", "patrol", "village_guard"),
    "city": ("urban", "municipal", "patrol"),
    "dispute": ("village_guard", "volunteer", "police"),
    "natural": ("municipal", "forest_fire", "fire"),
}
_KINDS_FOR_CLASS = {
    "22000": ("police", "medical", "fire"), "25000": ("municipal", "urban"), "15000": ("forest_fire", "fire"),
}  # fmt: skip


@dataclass(frozen=True)
class Spot:
    """A stretch of road where something may happen: its name, points (lon, lat) along it, and how often."""

    road: str
    points: tuple[tuple[float, float], ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Call:
    """One call: `after_s` simulated seconds after the one before; `body` is the report the API takes."""

    number: int
    after_s: float
    body: dict[str, Any]
    kinds: tuple[str, ...]
    """Kinds of unit that suit it, best first."""
    units: int
    refused: bool
    """A false report: the officer rejects it."""
    seed: str


class Caller:
    """Draws calls without end; the same seed, classes and spots give the same calls.

    `rate_per_min` is the mean over `minutes` from `start` (local time): how it changes with the hour, and
    which classes are called in when, stands in `demo.rates`. A spot is called from as often as it weighs.
    """

    def __init__(
        self, seed: int, rate_per_min: float, classes: Sequence[dict[str, Any]], spots: Sequence[Spot],
        start: datetime = MORNING, minutes: float = 60.0,
    ) -> None:  # fmt: skip
        self._rng = random.Random(f"calls-{seed}")
        self._seed, self._spots = seed, spots
        self._rates = Rates([(str(c["code"]), str(c.get("group", "city"))) for c in classes])
        span = timedelta(minutes=minutes)
        self._moments = Moments(self._rates, rate_per_min / 60.0, start, span, self._rng)
        self._up_to = list(accumulate(spot.weight for spot in spots))
        self._count = 0

    def draw(self) -> Call:
        """The next call."""
        self._count += 1
        rng, before = self._rng, self._moments.now
        now = self._moments.next()
        code, group = self._rates.pick(now, rng)
        grade = severity(group, rng)
        return Call(
            self._count,
            (now - before).total_seconds(),
            self._body(code, group, grade),
            _KINDS_FOR_CLASS.get(code, KINDS_FOR.get(group, ())),
            {1: 4, 2: 3, 3: 2}.get(grade, 2 if code == "21000" else 1),
            rng.random() < 0.03,
            f"{self._seed}-{self._count}",
        )

    def _body(self, code: str, group: str, severity: int) -> dict[str, Any]:
        rng = self._rng
        spot = rng.choices(self._spots, cum_weights=self._up_to)[0]
        lon, lat = _along(spot, rng)
        channels = _CHANNELS_OF_CLASS.get(code, _CHANNELS.get(group, ("12345",)))
        words = rng.choice(WORDS.get(code, (_BY_GROUP.get(group, _BY_GROUP["city"]),)))
        return {
            "class": code, "severity": severity, "text": words.format(road=spot.road),
            "location": {"lon": lon, "lat": lat}, "address": f"{spot.road} {rng.randint(1, 300)} 号附近",
            "channel": rng.choice(channels),
        }  # fmt: skip


def severity(group: str, rng: random.Random) -> int:
    """Mostly Ⅳ; Ⅰ and Ⅱ are rare, and never for a heap of rubbish."""
    if group in {"city", "dispute"}:
        return 4
    return rng.choices((1, 2, 3, 4), (0.5, 2.0, 10.0, 87.5))[0]


def _along(spot: Spot, rng: random.Random) -> tuple[float, float]:
    i = rng.randrange(len(spot.points) - 1) if len(spot.points) > 1 else 0
    (x0, y0), (x1, y1) = spot.points[i], spot.points[min(i + 1, len(spot.points) - 1)]
    share = rng.random()
    return round(x0 + (x1 - x0) * share, 6), round(y0 + (y1 - y0) * share, 6)
