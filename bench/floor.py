"""The least that could be done: one row inserted and committed, one message through Redis, nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import redis
from sqlalchemy.engine import make_url

from settings import Settings

CHANNEL = "zhihui:bench:floor"
_TABLE = "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, body text NOT NULL)"
_INSERT = "INSERT INTO bench_floor (body) VALUES (%s)"


class Floor:
    """Raw INSERT + COMMIT, then raw PUBLISH → receive, on connections of its own."""

    def __init__(self, connection: psycopg.Connection, client: redis.Redis, body: str) -> None:
        self._connection, self._client, self._body = connection, client, body
        self._heard: Any = client.pubsub(ignore_subscribe_messages=True)  # type: ignore[no-untyped-call]
        self._heard.subscribe(CHANNEL)
        while self._heard.get_message(timeout=1.0) is not None:
            pass
        self.commits: list[float] = []
        self.messages: list[float] = []

    def sample(self) -> None:
        """One of each, ms."""
        start = time.monotonic_ns()
        self._connection.execute(_INSERT, (self._body,))
        self._connection.commit()
        committed = time.monotonic_ns()
        self._client.publish(CHANNEL, self._body)
        while self._heard.get_message(timeout=1.0) is None:
            pass
        self.commits.append((committed - start) / 1e6)
        self.messages.append((time.monotonic_ns() - committed) / 1e6)

    @property
    def whole(self) -> list[float]:
        return [commit + message for commit, message in zip(self.commits, self.messages, strict=True)]


@contextmanager
def floor(settings: Settings, body: str) -> Iterator[Floor]:
    """In the database and the Redis of an instance."""
    url = make_url(settings.database_url).set(drivername="postgresql")
    with (
        psycopg.connect(url.render_as_string(hide_password=False)) as connection,
        redis.Redis.from_url(settings.redis_url) as client,
    ):
        connection.execute(_TABLE)
        connection.commit()
        yield Floor(connection, client, body)
