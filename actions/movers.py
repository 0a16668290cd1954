"""Whose positions are taken: the units of each realm, known for a moment, so that a fix costs no question."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping

from sqlalchemy import Engine

from core.fixes import Mover
from db.positions import read_movers

_KNOWN_S = 1.0
_NOBODY = Mover("", on_duty=False)


class Movers:
    """The units of each realm as they were a second ago at most; nobody is turned away by what was."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, dict[str, Mover]]] = {}

    def of(self, engine: Engine, realm: str, wanted: Collection[str]) -> Mapping[str, Mover]:
        """The units of a realm, by code; those of `wanted` that seem unknown or off duty, asked anew."""
        read_at, known = self._known.get(realm, (float("-inf"), {}))
        if time.monotonic() - read_at >= _KNOWN_S:
            with engine.connect() as conn:
                known = read_movers(conn, realm)
            self._known[realm] = time.monotonic(), known
            return known
        doubtful = {unit for unit in wanted if not known.get(unit, _NOBODY).on_duty}
        if not doubtful:
            return known
        with engine.connect() as conn:
            return {**known, **read_movers(conn, realm, doubtful)}
