"""The way itself: the pieces of road from a point to the target of a tree, and their line."""

from __future__ import annotations

from geo.roadlines import substring
from geo.roadnet import Floats
from geo.snapping import Snapped, Snapper
from geo.streets import Streets, Tree

Leg = tuple[int, float, float]
"""Piece, share of it at the start, share at the stop; stop < start drives backwards."""


def legs(streets: Streets, own: Snapped, target: Snapped, tree: Tree) -> list[Leg]:
    """One after the other, from one point to the target."""
    ahead, behind = streets.exits(own, tree.seconds)
    piece = int(own.piece)
    if streets.along_one_piece(own, target) <= min(ahead, behind):
        return [(piece, float(own.share), float(target.share))]
    forward = bool(ahead <= behind)
    found = [(piece, float(own.share), 1.0 if forward else 0.0)]
    node = int(streets.net.ends[piece, 1 if forward else 0])
    while (following := int(tree.following[node])) != streets.net.nodes:
        found.append(_leg(streets, node, following))
        node = following
    return [*found, _last_leg(streets, node, target)]


def _leg(streets: Streets, node: int, following: int) -> Leg:
    piece = streets.piece_between(node, following)
    return (piece, 0.0, 1.0) if streets.net.ends[piece, 0] == node else (piece, 1.0, 0.0)


def _last_leg(streets: Streets, node: int, target: Snapped) -> Leg:
    """From a node at one end of the target's piece to the target; the cheaper end of a loop."""
    piece, share = int(target.piece), float(target.share)
    start, end = (int(number) for number in streets.net.ends[piece])
    if start != end and not streets.enters_forwards(piece, share):
        return (piece, 1.0, share)
    backwards = node == end and streets.enters_backwards(piece, share) and (start != end or share > 0.5)
    return (piece, 1.0, share) if backwards else (piece, 0.0, share)


def line(streets: Streets, snapper: Snapper, leg: Leg) -> Floats:
    """lon, lat of a leg in driving order."""
    net, (piece, start, stop) = streets.net, leg
    lonlat = net.lonlat[net.starts[piece] : net.stops[piece]]
    low, high = min(start, stop), max(start, stop)
    whole = (low, high) == (0.0, 1.0)  # all but the first and the last of a route
    part = lonlat if whole else substring(lonlat, snapper.plane(lonlat), low, high)
    return part if stop >= start else part[::-1]
