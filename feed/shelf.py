"""Finished answers kept for a while: in this process up to so many bytes, and in Redis for all processes.

Losing any of it costs the making again, never an answer. Values are found by a key that names all they depend
on, so nothing is ever outdated; what is not asked for any more makes room.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

OWN_BYTES = 48 * 2**20
KEPT_S = 24 * 3600
_PAUSE_S = 5.0
"""After a failure Redis is left alone this long."""


class Shelf:
    """Bytes by key, from all threads."""

    def __init__(self, redis_url: str, prefix: str, own_bytes: int = OWN_BYTES) -> None:
        self._redis = Redis.from_url(
            redis_url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=Retry(NoBackoff(), 0)
        )
        self._prefix, self._room = prefix, own_bytes
        self._held: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()
        self._quiet_until = 0.0

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        found = self._fetch(key)
        if found is not None:
            self._keep(key, found)
        return found

    def put(self, key: str, value: bytes) -> None:
        self._keep(key, value)
        if time.monotonic() >= self._quiet_until:
            try:
                self._redis.set(self._prefix + key, value, ex=KEPT_S)
            except (RedisError, OSError) as error:
                self._rest(error)

    def _fetch(self, key: str) -> bytes | None:
        if time.monotonic() < self._quiet_until:
            return None
        try:
            found = self._redis.get(self._prefix + key)
        except (RedisError, OSError) as error:
            self._rest(error)
            return None
        return found if isinstance(found, bytes) else None

    def _rest(self, error: Exception) -> None:
        self._quiet_until = time.monotonic() + _PAUSE_S
        log.warning("nothing is kept in redis for now: %s", error)

    def _keep(self, key: str, value: bytes) -> None:
        """The ones asked for longest ago make room."""
        with self._lock:
            self._size += len(value) - len(self._held.pop(key, b""))
            self._held[key] = value
            while self._size > self._room:
                self._size -= len(self._held.popitem(last=False)[1])
