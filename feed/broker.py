"""A private Redis: started and stopped by us, reached by a unix socket alone, keeping nothing on disk.

Nothing that must survive lives in it (the log is in PostgreSQL), so it has no persistence at all.
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import redis

from core.errors import Refusal
from db.local import (
    bound_command,
    end,
    is_alive,
    make_private,
    remove_sockets,
    socket_dir,
    spawn,
    wait_for_death,
)

START_PATIENCE_S = 15.0
# Debian 12's redis-tools carries the server inside redis-check-rdb; it obeys the name it is called by.
PROGRAMS = ("redis-server", "valkey-server", "redis-check-rdb", "valkey-check-rdb")


class RedisMissing(Refusal):
    """No Redis or Valkey server on this machine."""

    code = "redis_missing"


class RedisFailed(RuntimeError):
    """The server ended or stayed silent; carries the last lines of its log."""


def program() -> str:
    """Path of the first server program found."""
    for name in PROGRAMS:
        found = shutil.which(name)
        if found:
            return found
    raise RedisMissing()


class Broker:
    """The Redis of the data folder `data`."""

    name = "redis"

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.sockets = socket_dir(self.data, "redis")
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.sockets}/redis.sock"

    @property
    def pid(self) -> int | None:
        """The running server's process, whoever started it."""
        if self._child:
            self._child.poll()
        with suppress(FileNotFoundError, ValueError):
            pid = int((self.sockets / "redis.pid").read_text())
            return pid if is_alive(pid, "redis-server") else None
        return None

    def start(self) -> str:
        """Starts the server unless it runs; waits till it answers."""
        make_private(self.sockets)
        if self.pid is None:
            self._launch()
        deadline = time.monotonic() + START_PATIENCE_S
        while not self.answers():
            if time.monotonic() > deadline or self._has_ended():
                raise RedisFailed((self.sockets / "redis.log").read_text(errors="replace")[-600:])
        return self.url

    def stop(self) -> None:
        pid = self.pid or (self._child.pid if self._child else None)
        if pid:
            end(pid, signal.SIGTERM, patience_s=5)
        if self._child:
            self._child.wait()
            self._child = None
        remove_sockets(self.sockets)

    def answers(self) -> bool:
        """Whether the server takes a command now."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2, retry=None) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _launch(self) -> None:
        called = self.sockets / "redis-server"
        called.unlink(missing_ok=True)
        called.symlink_to(program())
        command = bound_command([str(called), *self._options()], "TERM")
        with (self.sockets / "redis.log").open("wb") as log:
            self._child = spawn(command, log, cwd=self.sockets)

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / "redis.sock"),
            "unixsocketperm": "700",
            "pidfile": str(self.sockets / "redis.pid"),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",  # messages and cached tiles; the oldest tiles go first
            "maxmemory-policy": "allkeys-lru",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

    def _has_ended(self) -> bool:
        """Also the pause between two questions."""
        return bool(self._child and wait_for_death([self._child.pid], 0.02))
