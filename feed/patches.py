"""Patches: what a screen must draw anew, for one area. Live, catch-up and the whole board have one shape:

`{seq, at, upsert: {layer: [Feature]}, remove: {layer: [id]}, panels: {kpi, units, ticker}}`
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from core.board import Board, Change, Departure, drawn, sees
from core.digest import Digest
from core.features import feature, lent
from core.model import Entity, TickerLine
from core.permissions import Scope, visible

LAYERS = ("closures", "links", "units", "alerts", "linkages", "tasks", "incidents", "walls", "drills")
Patch = dict[str, Any]


def held(board: Board, layer: str) -> Iterable[Entity]:
    """The entities of a live layer."""
    layers: dict[str, Iterable[Entity]] = {
        "closures": board.closures.values(),
        "links": board.links.values(),
        "units": board.units.values(),
        "alerts": board.alerts.values(),
        "linkages": board.linkages.values(),
        "tasks": board.tasks.values(),
        "incidents": board.incidents.values(),
        "walls": board.walls.values(),
        "drills": (board.drill,) if board.drill else (),
    }
    return layers[layer]


def _hears(scope: Scope, line: TickerLine) -> bool:
    return visible(scope, line.area, line.offices, sensitive=line.sensitive)


def _saw(scope: Scope, gone: Departure) -> bool:
    return visible(scope, gone.area, gone.offices, sensitive=gone.sensitive)


class Frame:
    """One folded event, as each area's screens get it; each feature and each patch serialised once."""

    def __init__(self, change: Change) -> None:
        self.change = change
        self._features: dict[tuple[str, str, bool, bool], orjson.Fragment] = {}
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
            if (shown := drawn(new)) and sees(scope, shown):
                upsert.setdefault(layer, []).append(self._feature(layer, shown, scope))
            elif sees(scope, drawn(old)):
                remove.setdefault(layer, []).append(ident)
        lines = told(self.change, scope)
        if not (upsert or remove or lines or self.change.new_day):
            return None
        panels = board.counters.figures(scope) | ({"ticker": lines} if lines else {})
        return _message(self.change.seq, self.change.at, upsert, remove, panels)

    def _feature(self, layer: str, entity: Entity, scope: Scope) -> orjson.Fragment:
        key = (layer, entity.id, lent(entity, scope), bool(scope.visitors))
        if key not in self._features:
            self._features[key] = orjson.Fragment(orjson.dumps(feature(entity, scope)))
        return self._features[key]


def _message(seq: int, at: Any, upsert: Any, remove: Any, panels: Any, **more: Any) -> bytes:
    patch = {"seq": seq, "at": at, "upsert": upsert, "remove": remove, "panels": panels, **more}
    return orjson.dumps(patch)


def told(change: Change, scope: Scope) -> list[dict[str, Any]]:
    """The line of the ticker, if an area hears of it."""
    return _said([change.line]) if change.line and _hears(scope, change.line) else []


def _said(lines: Iterable[TickerLine]) -> list[dict[str, Any]]:
    return [{"seq": x.seq, "at": x.at, "kind": x.kind, "args": x.args} for x in lines]


def whole(board: Board, scope: Scope) -> bytes:
    """Every feature an area sees, with the digest over them: a patch from nothing."""
    upsert = {
        layer: [feature(entity, scope) for entity in held(board, layer) if sees(scope, entity)]
        for layer in LAYERS
    }
    lines = [line for line in board.ticker if _hears(scope, line)]
    panels = board.counters.figures(scope) | {"ticker": _said(lines)}
    more = {"realm": board.realm, "day": board.day, "hash": digest_of(board, scope).hex()}
    hidden = {"veiled": True} if scope.veiled else {}
    return _message(board.seq, board.at, upsert, {}, panels, **more, **hidden)


def since(board: Board, scope: Scope, after: int, most: int) -> bytes | None:
    """One patch of what changed after a position; None when that is not known any more, or too much."""
    if after < board.departures_floor or (scope.visitors and after < board.hidden_seq):
        return None
    upsert = {
        layer: [feature(x, scope) for x in held(board, layer) if x.version > after and sees(scope, x)]
        for layer in LAYERS
    }
    if sum(map(len, upsert.values())) > most:
        return None
    present = {layer: {x.id for x in held(board, layer) if sees(scope, x)} for layer in LAYERS}
    remove: dict[str, list[str]] = {}
    for departure in board.departures:
        gone = departure.id not in present[departure.layer]
        if departure.seq > after and gone and _saw(scope, departure):
            remove.setdefault(departure.layer, []).append(departure.id)
    lines = [line for line in board.ticker if line.seq > after and _hears(scope, line)]
    panels = board.counters.figures(scope) | {"ticker": _said(lines)}
    return _message(board.seq, board.at, upsert, remove, panels)


def digest_of(board: Board, scope: Scope) -> Digest:
    """The digest over everything an area draws."""
    digest = Digest()
    for layer in LAYERS:
        for entity in held(board, layer):
            if sees(scope, entity):
                digest.add(layer, entity.id, entity.version)
    return digest


def update_digest(digest: Digest, change: Change, scope: Scope) -> None:
    """Carry a digest over one change."""
    for (layer, ident), (old, new) in change.touched.items():
        before, after = drawn(old), drawn(new)
        if before is not None and sees(scope, before):
            digest.remove(layer, ident, before.version)
        if after is not None and sees(scope, after):
            digest.add(layer, ident, after.version)
