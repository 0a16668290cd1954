"""Thinned positions on their way into `track`: gathered by requests, written in batches."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from db import track

log = logging.getLogger(__name__)


class Trace:
    """Rows of [unit, lon, lat, at_ms, speed, heading] by realm, until `flush` writes them."""

    def __init__(self) -> None:
        self._rows: dict[str, list[list[Any]]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(self, realm: str, rows: Sequence[list[Any]]) -> None:
        with self._lock:
            self._rows[realm].extend(rows)

    def flush(self, engine: Engine) -> int:
        """Write what has gathered; dropped if the database refuses it, for positions are not facts."""
        with self._lock:
            taken, self._rows = self._rows, defaultdict(list)
        if not taken:
            return 0
        try:
            with engine.begin() as conn:
                for realm, rows in taken.items():
                    track.write(conn, realm, rows)
        except SQLAlchemyError as error:
            log.warning("positions not traced: %s", error)
        return sum(map(len, taken.values()))
