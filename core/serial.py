"""Entities and boards as JSON text, for guard tables, snapshots and restored incidents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from pydantic import BaseModel, TypeAdapter

from core.board import Board, Departure
from core.counters import Uncounted
from core.drill import Drill
from core.linkage_model import Linkage, Task
from core.model import Assignment, Closure, Entity, Incident, TickerLine, Unit
from core.stock import Lot
from core.wall_model import Wall
from core.warning_model import Alert

_INCIDENT = TypeAdapter(Incident)
_UNIT = TypeAdapter(Unit)
_ASSIGNMENT = TypeAdapter(Assignment)
_CLOSURE = TypeAdapter(Closure)
_LINKAGE = TypeAdapter(Linkage)
_TASK = TypeAdapter(Task)
_ALERT = TypeAdapter(Alert)
_WALL = TypeAdapter(Wall)
_DRILL = TypeAdapter(Drill)
_LOT = TypeAdapter(Lot)
_LINES = TypeAdapter(list[TickerLine])
_DEPARTURES = TypeAdapter(list[Departure])


class _Head(NamedTuple):
    realm: str
    seq: int
    at: datetime
    day: date | None
    day_seq: int


_HEAD = TypeAdapter(_Head)


def dump(entity: Entity | Lot) -> str:
    """The entity as JSON text; UTC times as RFC 3339."""
    return orjson.dumps(entity, default=_plain).decode()


def _plain(value: Any) -> Any:
    """A drill carries its script, which is a model."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    raise TypeError(type(value))


def load_incident(text: str | bytes) -> Incident:
    """Of a log from before incidents had owners, that of the desk of its grid, as its report is read."""
    doc = orjson.loads(text)
    doc.setdefault("owner", f"@{doc['grid'] or doc['area']}")
    return incident_of(doc)


def incident_of(doc: dict[str, Any]) -> Incident:
    return _INCIDENT.validate_python(doc)


def unit_of(doc: dict[str, Any]) -> Unit:
    return _UNIT.validate_python(doc)


def assignment_of(doc: dict[str, Any]) -> Assignment:
    return _ASSIGNMENT.validate_python(doc)


def closure_of(doc: dict[str, Any]) -> Closure:
    return _CLOSURE.validate_python(doc)


def linkage_of(doc: dict[str, Any]) -> Linkage:
    return _LINKAGE.validate_python(doc)


def task_of(doc: dict[str, Any]) -> Task:
    return _TASK.validate_python(doc)


def alert_of(doc: dict[str, Any]) -> Alert:
    return _ALERT.validate_python(doc)


def wall_of(doc: dict[str, Any]) -> Wall:
    return _WALL.validate_python(doc)


def drill_of(doc: dict[str, Any]) -> Drill:
    return _DRILL.validate_python(doc)


def lot_of(doc: dict[str, Any]) -> Lot:
    return _LOT.validate_python(doc)


def dump_board(board: Board) -> bytes:
    """A snapshot of the whole board without its counters, which are counted anew on loading."""
    return orjson.dumps(
        {
            "realm": board.realm,
            "seq": board.seq,
            "at": board.at,
            "day": board.day,
            "day_seq": board.day_seq,
            "incidents": list(board.incidents.values()),
            "units": list(board.units.values()),
            "links": list(board.links.values()),
            "closures": list(board.closures.values()),
            "linkages": list(board.linkages.values()),
            "tasks": list(board.tasks.values()),
            "walls": list(board.walls.values()),
            "drill": board.drill,
            "hidden": sorted(board.hidden),
            "hidden_seq": board.hidden_seq,
            "alerts": list(board.alerts.values()),
            "ticker": list(board.ticker),
            "departures": [list(departure) for departure in board.departures],
            "departures_floor": board.departures_floor,
        },
        default=_plain,
    )


def load_board(data: bytes, like: Board | None = None) -> Board:
    """The board of a snapshot; equal to the fold of the log up to its position. What has not changed since
    `like`, an earlier board of the same log, is taken from there: that costs neither time nor memory. With
    it, the board counts nothing until `count`."""
    raw = orjson.loads(data)
    head = _HEAD.validate_python([raw[name] for name in _Head._fields])
    board, known = Board(*head), like or Board(head.realm)
    for layer, of in _ENTITIES.items():
        held = getattr(known, layer)
        setattr(board, layer, {one["id"]: _known(held, one, known.seq) or of(one) for one in raw[layer]})
    board.drill = drill_of(raw["drill"]) if raw["drill"] else None
    board.hidden = set(raw["hidden"])
    board.hidden_seq = raw["hidden_seq"]
    board.ticker.extend(_LINES.validate_python(raw["ticker"]))
    board.departures_floor = raw["departures_floor"]
    board.departures.extend(one for one in known.departures if one.seq > board.departures_floor)
    board.departures.extend(
        _DEPARTURES.validate_python([one for one in raw["departures"] if one[0] > known.seq])
    )
    if like:
        board.counters = Uncounted()
    board.recount()
    return board


def _known(held: dict[str, Any], row: dict[str, Any], seq: int) -> Any:
    """The entity of a row that nothing has touched since."""
    return held.get(row["id"]) if row["version"] <= seq else None


_ENTITIES: dict[str, Callable[[dict[str, Any]], Entity]] = {
    "incidents": incident_of,
    "units": unit_of,
    "links": assignment_of,
    "closures": closure_of,
    "linkages": linkage_of,
    "tasks": task_of,
    "walls": wall_of,
    "alerts": alert_of,
}
