"""Chinese names that sound like a coastal city's and are given once only."""

from __future__ import annotations

import numpy as np

CITY = "云屿市"
DISTRICTS = {
    "云港": (-0.1, 0.06), "鹤洲": (0.03, -0.27), "望海": (0.2, 0.02), "松岭": (-0.25, 0.35),
    "清溪": (0.2, 0.38), "银湾": (-0.25, -0.05), "屿东": (0.4, 0.05), "南屏": (-0.42, 0.1),
    "龙浦": (0.05, 0.2),
}  # fmt: skip
"""Names of districts, and where on the plan each fits: shares of the side from the river's mouth."""
_FIRST = (
    "云海潮松枫榕兰桂银金石清新古白青碧凤鹭鹤梅竹莲荷玉锦和安宁福泰兴永文武德仁义礼信"
    "春秋霞月星晴岚澄沧东西南北紫翠芦柳桐桃杏梨茶橘渔帆舟盐瑞嘉景华祥晓朝映望听"
)
_LAST = "山湾桥溪岭浦塘屿林峰泉江港洲滨园亭台阁寨堡店埔滩岩渡埠坡里汀渚矶浔澳角涧畔"
_BEFORE = "新上下大小前后内外老中"
"""What makes three characters of two when those have run out: 云溪, 上云溪."""
_AVOID = frozenset(
    # Real places one would take for the real one, names the plan gives itself, and pairs that read badly.
    ("金门", "泰山", "白山", "海滨", "北海", "西江", "北江", "东江", "金山", "松江", "武江", "东山", "安溪",
     "金沙", "南江", "兰溪", "东港", "金湾", "银滩", "鹭江", "嘉峪", "文山", "华山", "玉溪", "玉林", "德江",
     "永江", "西山", "南山", "北山", "青山", "青岩", "古里", "新江", "景山", "海林", "桂林", "榕江", "清江",
     "云岭", "海湾", "海港", "溪谷", "环山", "盘岭", "望江", "望潮", "云屿", "映山", "听山", "听店", "映店",
     "望店", "听里", "映里", "晓店", "石店", "东里", "西里", "南里", "北里", "朝山", "朝江", "春店", "瑞金")
)  # fmt: skip
_ROAD_SUFFIX = {
    "motorway": ("高速",),
    "trunk": ("大道",),
    "primary": ("大道", "路"),
    "secondary": ("路",),
    "tertiary": ("路", "路", "街"),
    "residential": ("街", "路"),
    "lane": ("里", "巷"),
}


class Names:
    """A pool of two-character (later three-character) roots in a seeded order; each is taken once."""

    def __init__(self, rng: np.random.Generator) -> None:
        pairs = [a + b for a in dict.fromkeys(_FIRST) for b in dict.fromkeys(_LAST) if a != b]
        roots = [p for p in pairs if p not in _AVOID and p not in DISTRICTS]
        self._roots = [roots[i] for i in rng.permutation(len(roots))]
        self._next = 0

    def take(self, ends: str = "") -> str:
        """The next root (of those that end so, if asked, while there are any).

        Beyond the pool the roots come again as 新…, 上…, 下…, then with a numeral.
        """
        left = range(self._next, len(self._roots))
        fitting = next((i for i in left if ends and self._roots[i][-1] in ends), self._next)
        if fitting != self._next:
            self._roots.insert(self._next, self._roots.pop(fitting))
        lap, index = divmod(self._next, len(self._roots))
        self._next += 1
        root: str = self._roots[index]
        again, turn = divmod(lap - 1, len(_BEFORE))
        if lap == 0:
            return root
        return _BEFORE[(index + turn) % len(_BEFORE)] + root + (chinese_number(again + 1) if again else "")


def road_name(kind: str, root: str, pick: int) -> str:
    """云海 + trunk → 云海大道."""
    suffixes = _ROAD_SUFFIX[kind]
    return root + suffixes[pick % len(suffixes)]


def chinese_number(number: int) -> str:
    """1 → 一, 12 → 十二, 35 → 三十五, 102 → 一百〇二 (below 1000)."""
    digits = "〇一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    if hundreds:
        joint = "〇" if 0 < rest < 10 else ("一" if tens == 1 else "")
        return digits[hundreds] + "百" + joint + (chinese_number(rest) if rest else "")
    if not tens:
        return digits[ones]
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")
