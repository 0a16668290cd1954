"""Chinese names that sound like a coastal city's and are given once only."""

from __future__ import annotations

import numpy as np

CITY = "云屿市"
_FIRST = (
    "云海潮松枫榕兰桂银金石清长新古白青碧龙凤鹭鹤梅竹莲荷玉锦和安宁福泰兴永文武德仁义礼信"
    "春秋霞月星晴岚澄沧湖前后上下大小东西南北中乌赤紫翠芦苇柳桐桃杏梨茶橘渔帆舟盐"
)
_LAST = "山湾桥溪岭浦塘屿坪林峰泉江港洲滨园亭台楼阁寨堡店埔坑洋沙滩岩洞井渡埠坂厝寮坡门口头田村里庄"
_AVOID = frozenset(
    # Real places one would take for the real one, and pairs that read badly.
    ("金门", "泰山", "海口", "白山", "长沙", "龙岩", "南海", "东江", "长江", "清江", "北海", "西江", "北江",
     "金山", "松江", "武江", "龙山", "乌江", "中山", "东山", "安溪", "金沙", "南江", "兰溪", "桐庐", "长田",
     "大洋", "大口", "小口", "大头", "小头", "龙头", "白头", "下门", "上门", "后门", "前门")
)  # fmt: skip
_THIRD = "一二三四五六七八九十"
DISTRICTS = ("云港", "望海", "屿东", "清溪", "松岭", "南屏", "银湾", "鹤洲", "龙浦")


class Names:
    """A pool of two-character (later three-character) roots in a seeded order; each is taken once."""

    def __init__(self, rng: np.random.Generator) -> None:
        pairs = [a + b for a in dict.fromkeys(_FIRST) for b in dict.fromkeys(_LAST) if a != b]
        roots = [p for p in pairs if p not in _AVOID and p not in DISTRICTS]
        self._roots = [roots[i] for i in rng.permutation(len(roots))]
        self._next = 0

    def take(self) -> str:
        """The next root; beyond the pool the roots come again with a numeral."""
        lap, index = divmod(self._next, len(self._roots))
        self._next += 1
        root: str = self._roots[index]
        return root if lap == 0 else root + _THIRD[(lap - 1) % 10] * ((lap - 1) // 10 + 1)


_ROAD_SUFFIX = {
    "motorway": ("高速",),
    "trunk": ("大道",),
    "primary": ("大道", "路"),
    "secondary": ("路",),
    "tertiary": ("路", "街"),
    "residential": ("街", "路"),
    "lane": ("巷", "里"),
}


def road_name(kind: str, root: str, pick: int) -> str:
    """云海 + trunk → 云海大道."""
    suffixes = _ROAD_SUFFIX[kind]
    return root + suffixes[pick % len(suffixes)]
