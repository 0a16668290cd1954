"""Finished answers kept for a while: in this process up to so many bytes, and in Redis for all processes.

Losing any of it costs the making again, never an answer. Values are found by a key that names all they depend
on, so nothing is ever outdated; what is not asked for any more makes room.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

from feed.spare import SpareRedis

OWN_BYTES = 48 * 2**20
KEPT_S = 24 * 3600
ENTRY_BYTES = 256
"""What an entry takes besides its value: its key, and its place among the others. Empty tiles are many."""


class Shelf:
    """Bytes by key, from all threads."""

    def __init__(self, redis_url: str, prefix: str, own_bytes: int = OWN_BYTES) -> None:
        self._redis = SpareRedis(redis_url, "finished answers are kept by each process for itself")
        self._prefix, self._room = prefix, own_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._sharing = ThreadPoolExecutor(1, "shelf")

    def own(self, key: str) -> bytes | None:
        """What this process itself holds: at once, and Redis is not asked."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def get(self, key: str) -> bytes | None:
        held = self.own(key)
        if held is not None:
            return held
        found = self._redis.ask(lambda redis: redis.get(self._prefix + key))
        if not isinstance(found, bytes):
            return None
        self._keep(key, found)
        return found

    def put(self, key: str, value: bytes) -> None:
        """Redis gets it a little later: whoever waits for the value does not wait for that."""
        self._keep(key, value)
        self._sharing.submit(self._share, key, value)

    def _share(self, key: str, value: bytes) -> None:
        self._redis.ask(lambda redis: redis.set(self._prefix + key, value, ex=KEPT_S))

    def _keep(self, key: str, value: bytes) -> None:
        """The ones asked for longest ago make room."""
        with self._lock:
            if key in self._held:
                self._size -= _size(self._held.pop(key))
            self._held[key] = value
            self._size += _size(value)
            while self._size > self._room:
                self._size -= _size(self._held.popitem(last=False)[1])


def _size(value: bytes) -> int:
    return len(value) + ENTRY_BYTES
