"""Warnings by hand and at random."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

import core.events_warnings as w
from core import warnings
from core.warning_model import Bulletin, Order
from core.warning_words import EventWords, LevelWords, WarningWords
from core.warnings import Sender, Target, Words
from tests.cast import AREA_A, START, TOWN_A

SHANGHAI = ZoneInfo("Asia/Shanghai")
SENDER = Sender("yunyu.zhihui", "云屿市应急指挥中心", SHANGHAI)
RING = ((118.1, 24.48), (118.11, 24.48), (118.11, 24.49), (118.1, 24.48))
COLOURS = (("Red", "红色", "Extreme"), ("Orange", "橙色", "Severe"), ("Yellow", "黄色", "Moderate"),
           ("Blue", "蓝色", "Minor"))  # fmt: skip
TABLE = WarningWords(
    [
        EventWords("", "Other", "突发事件", "emergency", "Immediate", "Observed", "Monitor"),
        EventWords("12", "Met", "暴雨", "rainstorm", "Expected", "Likely", "Prepare"),
        EventWords("211", "Fire", "高层建筑火灾", "high-rise fire", "Immediate", "Observed", "Evacuate"),
    ],
    [LevelWords(n, *words, 24) for n, words in enumerate(COLOURS, start=1)],
)
WORDS = Words("12000", 1, "请立即进入室内", "Go indoors now")
ORDERS = (Order("village", ("B1", "B2"), (AREA_A,)), Order("town", ("B3",), (TOWN_A,)))


def target(orders: tuple[Order, ...] = ORDERS, **changed: object) -> Target:
    values = {
        "rings": (RING,), "area": TOWN_A, "area_desc": "东门", "areas": (TOWN_A,), "offices": (f"@{TOWN_A}",),
        "orders": orders, "silent": 0, "people": 900, "reach": 700,
    }  # fmt: skip
    return Target(**{**values, **changed})  # type: ignore[arg-type]


def bulletin(ident: str = "W1", number: int = 1) -> Bulletin:
    return warnings.bulletin(ident, number, START, SENDER, TABLE, WORDS, target())


def issued(ident: str = "W1", **changed: object) -> w.WarningIssued:
    values = {
        "bulletin": bulletin(ident), "incident": "I1", "linkage": "", "code": "", "offices": (f"@{TOWN_A}",),
        "orders": ORDERS, "people": 900, "reach": 700,
    }  # fmt: skip
    return w.WarningIssued.model_validate({**values, **changed})


# --- at random --------------------------------------------------------------------------------------------

_NO_WORDS = ("Cc", "Cs", "Zs", "Zl", "Zp", "Cn")
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=_NO_WORDS), min_size=1, max_size=40)
_LON, _LAT = st.floats(-179, 179), st.floats(-89, 89)


@st.composite
def _rings(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    corners = draw(st.lists(st.tuples(_LON, _LAT), min_size=3, max_size=8, unique=True))
    rounded = tuple((round(lon, 6), round(lat, 6)) for lon, lat in corners)
    return (*rounded, rounded[0])


targets = st.builds(
    lambda rings, desc: target(rings=tuple(rings), area_desc=desc),
    st.lists(_rings(), min_size=1, max_size=4), _TEXT,
)  # fmt: skip
zones = st.sampled_from(["Asia/Shanghai", "UTC", "America/St_Johns", "Asia/Kathmandu"]).map(ZoneInfo)
words = st.builds(
    Words, st.sampled_from(["12000", "21100", "99999"]), st.integers(1, 4), _TEXT, _TEXT,
    st.just("") | _TEXT, st.just("") | _TEXT, st.none() | st.floats(0.1, 700),
)  # fmt: skip
moments = st.integers(0, 10**8).map(lambda s: START + timedelta(seconds=s))


@st.composite
def bulletins(draw: st.DrawFn) -> Bulletin:
    sender = Sender("yunyu.zhihui", draw(_TEXT), draw(zones))
    number = draw(st.integers(1, 99))
    return warnings.bulletin("W1", number, draw(moments), sender, TABLE, draw(words), draw(targets))
