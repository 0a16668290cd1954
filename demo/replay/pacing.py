"""When the next act's moment has come: at once on a standing clock, or by waiting on a running one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Literal, Protocol

from actions.realms import set_clock
from actions.replaying import DrivenClock, drive
from actions.services import Services
from actions.timers import BATCH, run_due
from core.clock import RealmClock

Speed = float | Literal["max"]
_TIMERS_EVERY_S = 0.5


class Pace(Protocol):
    @property
    def services(self) -> Services:
        """What the verbs are to be called with."""

    def reach(self, at: datetime) -> None:
        """Come to this moment of the realm."""


class Standing:
    """From act to act, without waiting."""

    def __init__(self, clock: DrivenClock) -> None:
        self._clock = clock

    @property
    def services(self) -> Services:
        return self._clock.services

    def reach(self, at: datetime) -> None:
        self._clock.move_to(at)


class Running:
    """`speed` times as fast as real time. Timers fire as in a web process, half a second late at most."""

    def __init__(self, services: Services, realm: str, start: datetime, speed: float) -> None:
        self.services, self._realm = services, realm
        self._clock = RealmClock(services.now(), start, speed)
        self._waiting = threading.Event()
        set_clock(services, realm, self._clock)

    def reach(self, at: datetime) -> None:
        while True:
            while run_due(self.services, self._realm) >= BATCH:
                pass
            left_s = (at - self._clock.now(self.services.now())).total_seconds() / self._clock.rate
            if left_s <= 0:
                return
            self._waiting.wait(min(left_s, _TIMERS_EVERY_S))

    def stop(self) -> None:
        real = self.services.now()
        set_clock(self.services, self._realm, RealmClock(real, self._clock.now(real), 0.0))


@contextmanager
def pace(services: Services, realm: str, start: datetime, speed: Speed) -> Iterator[Pace]:
    """The clock begins at `start`; afterwards, also after Ctrl-C, it stands still where it came to."""
    if speed == "max":
        with drive(services, realm, start) as clock:
            yield Standing(clock)
        return
    running = Running(services, realm, start, speed)
    try:
        yield running
    finally:
        running.stop()
