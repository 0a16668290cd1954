"""The shape of every fact in the log: an envelope (who, when, why) around a frozen body.

A body class registers itself under its own name. Bodies refuse unknown fields; a changed body gets
a new VERSION and an upgrade of the old JSON in `UPGRADES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict

BODIES: dict[str, type[Body]] = {}
UPGRADES: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


class Body(BaseModel):
    """What happened, in the past tense. Subclasses are named as the fact and register themselves."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    VERSION: ClassVar[int] = 1

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        BODIES[cls.__name__] = cls

    @property
    def kind(self) -> str:
        return type(self).__name__


@dataclass(frozen=True, slots=True)
class Draft:
    """A decided fact that is not yet in the log."""

    body: Body
    subject: str
    area: str
    occurred_at: datetime
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A fact in the log. `seq` is gapless within its realm; times are UTC on the realm's clock."""

    realm: str
    seq: int
    version: int
    subject: str
    area: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    seat: str
    cause: str | None
    body: Body

    @property
    def kind(self) -> str:
        return self.body.kind


def encode_body(body: Body) -> str:
    """The canonical text that the log keeps and hashes: sorted keys, no spaces, UTF-8."""
    return orjson.dumps(body.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS).decode()


def decode_body(kind: str, version: int, text: str | bytes) -> Body:
    """Read a stored body, upgraded to today's version. KeyError when the kind is not known."""
    cls = BODIES[kind]
    if version == cls.VERSION:
        return cls.model_validate_json(text)
    data = orjson.loads(text)
    for old in range(version, cls.VERSION):
        data = UPGRADES[kind, old](data)
    return cls.model_validate(data)
