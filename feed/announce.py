"""After the commit: tell the hubs over Redis. Losing a message costs a second, never a fact."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Any

import orjson
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

_PAUSE_S = 1.0
"""After a failure Redis is left alone this long, so that its death does not slow down every verb."""


def events_channel(city: str, realm: str) -> str:
    return f"zhihui:{city}:{realm}:events"


def positions_channel(city: str, realm: str) -> str:
    return f"zhihui:{city}:{realm}:positions"


class Announcer:
    """Publishes what was committed; never raises."""

    def __init__(self, redis_url: str, city: str) -> None:
        self._redis = Redis.from_url(
            redis_url, socket_timeout=0.25, socket_connect_timeout=0.25, retry=Retry(NoBackoff(), 0)
        )
        self._city = city
        self._quiet_until = 0.0

    def events(self, realm: str, wires: Sequence[dict[str, Any]]) -> None:
        """Announce committed events of one realm, in order."""
        if wires:
            message = orjson.dumps({"seq": wires[0]["seq"], "events": wires})
            self._publish(events_channel(self._city, realm), message)

    def positions(self, realm: str, rows: Sequence[Sequence[Any]]) -> None:
        """Announce unit positions: [unit, lon, lat, at_ms, speed, heading] each."""
        self._publish(positions_channel(self._city, realm), orjson.dumps(rows))

    def _publish(self, channel: str, message: bytes) -> None:
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._redis.publish(channel, message)
        except (RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + _PAUSE_S
            log.warning("redis publish failed, screens follow by polling: %s", error)

    def close(self) -> None:
        self._redis.close()
