"""After the commit: tell the hubs over Redis. Losing a message costs a second, never a fact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import orjson

from feed.spare import SpareRedis


def events_channel(city: str, realm: str) -> str:
    return f"zhihui:{city}:{realm}:events"


def positions_channel(city: str, realm: str) -> str:
    return f"zhihui:{city}:{realm}:positions"


def notices_channel(city: str, realm: str) -> str:
    return f"zhihui:{city}:{realm}:notices"


class Announcer:
    """Publishes what was committed; never raises."""

    def __init__(self, redis_url: str, city: str) -> None:
        self._redis = SpareRedis(redis_url, "screens follow by polling")
        self._city = city

    def events(self, realm: str, wires: Sequence[dict[str, Any]]) -> None:
        """Announce committed events of one realm, in order."""
        if wires:
            message = orjson.dumps({"seq": wires[0]["seq"], "events": wires})
            self._publish(events_channel(self._city, realm), message)

    def positions(self, realm: str, rows: Sequence[Sequence[Any]]) -> None:
        """Announce unit positions: [unit, lon, lat, at_ms, speed, heading] each."""
        self._publish(positions_channel(self._city, realm), orjson.dumps(rows))

    def notices(self, realm: str, offices: Collection[str]) -> None:
        """Tell the screens of these offices that what they are told has changed."""
        if offices:
            self._publish(notices_channel(self._city, realm), orjson.dumps(sorted(offices)))

    def _publish(self, channel: str, message: bytes) -> None:
        self._redis.ask(lambda redis: redis.publish(channel, message))

    def close(self) -> None:
        self._redis.close()
