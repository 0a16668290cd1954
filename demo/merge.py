"""Merging neighbouring cells into a wanted number of groups of about equal weight."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from demo.geometry import Floats, Ints


@dataclass(frozen=True)
class Neighbours:
    """Pairs of neighbouring cells and how strongly each pair wants to be one (metres of easy border)."""

    left: Ints
    right: Ints
    pull: Floats


def join(pairs: Neighbours, group: Ints) -> Neighbours:
    """The neighbourhood of the groups, from that of their members."""
    left, right = group[pairs.left], group[pairs.right]
    outer = left != right
    low, high = np.minimum(left, right)[outer], np.maximum(left, right)[outer]
    count = int(group.max(initial=0)) + 1
    keys, place = np.unique(low * count + high, return_inverse=True)
    pull = np.bincount(place, weights=pairs.pull[outer], minlength=len(keys))
    return Neighbours(keys // count, keys % count, pull.astype(np.float64))


def merge(weights: Floats, pairs: Neighbours, target: int) -> Ints:
    """Group number (0 … target-1) of each cell.

    Always the lightest group joins the neighbour that pulls it most for its weight; groups stay
    connected. Where the parts of the graph are more than `target`, there are as many groups as parts.
    O(n log n): the smaller set of neighbours is poured into the larger.
    """
    near = _adjacency(len(weights), join(pairs, np.arange(len(weights))))
    weight, parent = weights.tolist(), list(range(len(weights)))
    heap = [(w, i) for i, w in enumerate(weight)]
    heapq.heapify(heap)
    groups = len(weight)
    while groups > target and heap:
        w, small = heapq.heappop(heap)
        if parent[small] != small or w != weight[small] or not near[small]:
            continue
        best = max(near[small], key=lambda n: (near[small][n] / (weight[n] + w + 1e-9), -n))
        keep, gone = (small, best) if len(near[small]) > len(near[best]) else (best, small)
        _pour(near, keep, gone)
        parent[gone], weight[keep] = keep, weight[keep] + weight[gone]
        heapq.heappush(heap, (weight[keep], keep))
        groups -= 1
    return _numbered(parent)


def _adjacency(count: int, pairs: Neighbours) -> list[dict[int, float]]:
    near: list[dict[int, float]] = [{} for _ in range(count)]
    for a, b, pull in zip(pairs.left.tolist(), pairs.right.tolist(), pairs.pull.tolist(), strict=True):
        near[a][b] = near[b][a] = pull
    return near


def _pour(near: list[dict[int, float]], keep: int, gone: int) -> None:
    for other, pull in near[gone].items():
        del near[other][gone]
        if other != keep:
            near[keep][other] = near[other][keep] = near[keep].get(other, 0.0) + pull
    near[gone] = {}


def _numbered(parent: list[int]) -> Ints:
    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    roots = np.array([root(i) for i in range(len(parent))], dtype=np.int64)
    groups: Ints = np.unique(roots, return_inverse=True)[1].astype(np.int64)
    return groups
