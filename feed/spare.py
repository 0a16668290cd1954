"""A Redis that we can do without: asked briefly, and left alone for a while once it has failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

_PATIENCE_S = 0.25
_PAUSE_S = 1.0
"""So long after a failure nothing is asked, so that its death does not slow down every verb."""
T = TypeVar("T")


class SpareRedis:
    """Never raises. `without` says in the log what its absence means."""

    def __init__(self, redis_url: str, without: str) -> None:
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=_PATIENCE_S,
            socket_connect_timeout=_PATIENCE_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._without = without
        self._quiet_until = 0.0

    def ask(self, command: Callable[[Redis], T]) -> T | None:
        """What the command gives, None while Redis is away."""
        if time.monotonic() < self._quiet_until:
            return None
        try:
            return command(self._redis)
        except (RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + _PAUSE_S
            log.warning("redis does not answer, %s: %s", self._without, error)
            return None

    def close(self) -> None:
        self._redis.close()
