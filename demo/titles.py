"""What streets are called: great ones by names of their own, lanes by the street they open from."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np

from demo.geometry import Ints
from demo.names import Names, chinese_number, road_name
from demo.streets import CLASSES
from demo.strokes import Net

_LANE, _TRUNK = CLASSES.index("lane"), CLASSES.index("trunk")
_LANES_A_STREET = 40


def titles(net: Net, street: Ints, group_names: list[str], names: Names) -> list[str]:
    """The name of each street; `street` numbers the streets edge by edge. No name is given twice."""
    count = int(street.max()) + 1
    rank, group = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    rank[street], group[street] = net.rank, net.group
    title = [group_names[g] for g in group.tolist()]
    own = [s for s in np.lexsort((np.arange(count), rank)).tolist() if not title[s] and rank[s] < _LANE]
    for i, s in enumerate(own):
        title[s] = road_name(CLASSES[int(rank[s])], names.take(), i)
    _name_lanes(net, street, rank, title, names)
    return title


def _name_lanes(net: Net, street: Ints, rank: Ints, title: list[str], names: Names) -> None:
    """云海路三巷: lanes are counted along the street they open from; others have names of their own."""
    opens_from = _opens_from(net, street, rank)
    counted: Counter[str] = Counter()
    for s in range(len(title)):
        if title[s]:
            continue
        parents = [title[p] for p in opens_from[s] if counted[title[p]] < _LANES_A_STREET]
        if parents:
            counted[parents[0]] += 1
            title[s] = f"{parents[0]}{chinese_number(counted[parents[0]])}巷"
        else:
            title[s] = road_name("lane", names.take(), s)


def _opens_from(net: Net, street: Ints, rank: Ints) -> dict[int, list[int]]:
    """The streets each lane meets that are no lanes nor great roads, the smallest first."""
    at: dict[int, set[int]] = defaultdict(set)
    for edge, (a, b) in enumerate(zip(net.a.tolist(), net.b.tolist(), strict=True)):
        at[a].add(int(street[edge]))
        at[b].add(int(street[edge]))
    met: dict[int, set[int]] = defaultdict(set)
    for streets in at.values():
        parents = {s for s in streets if _TRUNK < rank[s] < _LANE}
        for s in streets:
            if rank[s] == _LANE:
                met[s] |= parents
    return defaultdict(list, {s: sorted(found, key=lambda p: (-int(rank[p]), p)) for s, found in met.items()})
