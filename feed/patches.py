"""Patches: what a screen must draw anew, for one area. Live, catch-up and the whole board have one shape:

`{seq, at, upsert: {layer: [Feature]}, remove: {layer: [id]}, panels: {kpi, units, ticker}}`
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from core.board import Board, Change, drawn
from core.digest import Digest
from core.features import feature, lent
from core.model import Entity, TickerLine
from core.permissions import Scope, visible

LAYERS = ("closures", "links", "units", "linkages", "tasks", "incidents")
Patch = dict[str, Any]


def held(board: Board, layer: str) -> Iterable[Entity]:
    """The entities of a live layer."""
    layers: dict[str, Iterable[Entity]] = {
        "closures": board.closures.values(),
        "links": board.links.values(),
        "units": board.units.values(),
        "linkages": board.linkages.values(),
        "tasks": board.tasks.values(),
        "incidents": board.incidents.values(),
    }
    return layers[layer]


def _sees(scope: Scope, entity: Entity | None) -> bool:
    return entity is not None and visible(scope, entity.area, entity.offices)


class Frame:
    """One folded event, as each area's screens get it; each feature and each patch serialised once."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self._features: dict[tuple[str, str, bool], orjson.Fragment] = {}
        self._payloads: dict[Scope, bytes | None] = {}

    @property
    def seq(self) -> int:
        return self.change.seq

    def payload(self, board: Board, scope: Scope) -> bytes | None:
        """The patch for an area as JSON; None when nothing of it concerns that area."""
        if scope not in self._payloads:
            self._payloads[scope] = self._build(board, scope)
        return self._payloads[scope]

    def _build(self, board: Board, scope: Scope) -> bytes | None:
        upsert: dict[str, list[Any]] = {}
        remove: dict[str, list[str]] = {}
        for (layer, ident), (old, new) in self.change.touched.items():
            if (shown := drawn(new)) and _sees(scope, shown):
                upsert.setdefault(layer, []).append(self._feature(layer, shown, scope))
            elif _sees(scope, drawn(old)):
                remove.setdefault(layer, []).append(ident)
        line = self.change.line
        lines = [line] if line and visible(scope, line.area, line.offices) else []
        if not (upsert or remove or lines or self.change.new_day):
            return None
        panels = board.counters.figures(scope) | ({"ticker": _said(lines)} if lines else {})
        return _message(self.change.seq, self.change.at, upsert, remove, panels)

    def _feature(self, layer: str, entity: Entity, scope: Scope) -> orjson.Fragment:
        key = (layer, entity.id, lent(entity, scope))
        if key not in self._features:
            self._features[key] = orjson.Fragment(orjson.dumps(feature(entity, scope)))
        return self._features[key]


def _message(seq: int, at: Any, upsert: Any, remove: Any, panels: Any, **more: Any) -> bytes:
    patch = {"seq": seq, "at": at, "upsert": upsert, "remove": remove, "panels": panels, **more}
    return orjson.dumps(patch)


def _said(lines: Iterable[TickerLine]) -> list[dict[str, Any]]:
    return [{"seq": x.seq, "at": x.at, "kind": x.kind, "args": x.args} for x in lines]


def whole(board: Board, scope: Scope) -> bytes:
    """Every feature an area sees, with the digest over them: a patch from nothing."""
    upsert = {
        layer: [feature(entity, scope) for entity in held(board, layer) if _sees(scope, entity)]
        for layer in LAYERS
    }
    lines = [line for line in board.ticker if visible(scope, line.area, line.offices)]
    panels = board.counters.figures(scope) | {"ticker": _said(lines)}
    more = {"realm": board.realm, "day": board.day, "hash": digest_of(board, scope).hex()}
    return _message(board.seq, board.at, upsert, {}, panels, **more)


def since(board: Board, scope: Scope, after: int, most: int) -> bytes | None:
    """One patch of what changed after a position; None when that is not known any more, or too much."""
    if after < board.departures_floor:
        return None
    upsert = {
        layer: [feature(x, scope) for x in held(board, layer) if x.version > after and _sees(scope, x)]
        for layer in LAYERS
    }
    if sum(map(len, upsert.values())) > most:
        return None
    present = {layer: {x.id for x in held(board, layer) if _sees(scope, x)} for layer in LAYERS}
    remove: dict[str, list[str]] = {}
    for departure in board.departures:
        gone = departure.id not in present[departure.layer]
        if departure.seq > after and gone and visible(scope, departure.area, departure.offices):
            remove.setdefault(departure.layer, []).append(departure.id)
    lines = [line for line in board.ticker if line.seq > after and visible(scope, line.area, line.offices)]
    panels = board.counters.figures(scope) | {"ticker": _said(lines)}
    return _message(board.seq, board.at, upsert, remove, panels)


def digest_of(board: Board, scope: Scope) -> Digest:
    """The digest over everything an area draws."""
    digest = Digest()
    for layer in LAYERS:
        for entity in held(board, layer):
            if _sees(scope, entity):
                digest.add(layer, entity.id, entity.version)
    return digest


def update_digest(digest: Digest, change: Change, scope: Scope) -> None:
    """Carry a digest over one change."""
    for (layer, ident), (old, new) in change.touched.items():
        before, after = drawn(old), drawn(new)
        if before is not None and visible(scope, before.area, before.offices):
            digest.remove(layer, ident, before.version)
        if after is not None and visible(scope, after.area, after.offices):
            digest.add(layer, ident, after.version)
