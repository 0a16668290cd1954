"""Keeps a handful of server processes alive: what dies is started again, the rest is left alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from db.local import wait_for_death

log = logging.getLogger("zhihui.supervisor")

ROUND_S = 1.0  # a death is noticed at once; this is for processes that were not there to be watched
QUIET_S = 10.0  # a server that lived longer than this is started again without waiting
LONGEST_PAUSE_S = 5.0


class Server(Protocol):
    """What can be kept alive; `pid` is None while it is dead."""

    name: str

    @property
    def pid(self) -> int | None: ...

    def start(self) -> object: ...

    def stop(self) -> None: ...


class Supervisor:
    """Starts `servers` in order, stops them in the opposite one; `changed` hears of every new process."""

    def __init__(self, servers: Sequence[Server], changed: Callable[[], None]) -> None:
        self.servers = list(servers)
        self._changed = changed
        self._lives: dict[Server, _Life] = {}

    def start(self, server: Server) -> None:
        server.start()
        self._lives[server] = _Life(time.monotonic())
        self._changed()

    def keep(self) -> None:
        """Watches for ever; left by the exception of a signal handler."""
        while True:
            alive = [server.pid for server in self.servers]
            wait_for_death([pid for pid in alive if pid], ROUND_S)
            self.revive()

    def revive(self) -> None:
        for server in self.servers:
            if server.pid is None and self._lives[server].may_start(time.monotonic()):
                self._start_again(server)

    def _start_again(self, server: Server) -> None:
        log.warning("%s died, starting it again", server.name)
        try:
            server.start()
        except Exception:
            log.exception("%s did not start", server.name)
        self._changed()

    def stop(self) -> None:
        for server in reversed(self.servers):
            server.stop()


class _Life:
    """When a server was last started, and how soon it may be again: at once, then 0.25 s, 0.5 s … 5 s."""

    def __init__(self, started: float) -> None:
        self._started = started
        self._quick_deaths = 0

    def may_start(self, now: float) -> bool:
        """Asked of a dead server; says yes once and takes note of it."""
        lived = now - self._started
        if lived >= QUIET_S:
            self._quick_deaths = 0
        pause = min(LONGEST_PAUSE_S, 0.25 * 2**self._quick_deaths) if self._quick_deaths else 0.0
        if lived < pause:
            return False
        self._quick_deaths += 1
        self._started = now
        return True
