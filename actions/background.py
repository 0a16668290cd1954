"""What is done without anybody asking: fire timers, tell offices and others, write the trace, forget.

In threads. Each process with positions in its memory writes them itself; the rest is done by a process of its
own where an instance has one, so that no verb waits for the interpreter meanwhile (docs/decisions/0044).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from actions import crews, drills, intake_pull, keeping, kpi_packing, timers
from actions.services import Services
from db import outbound as queue
from db.waking import due_realms
from outbound.reader import PAGE, Reader
from outbound.sender import Sender

log = logging.getLogger(__name__)

TIMERS_EVERY_S = 0.5
GRIDS_EVERY_S = 1.0
TRACE_EVERY_S = 1.0
TELL_EVERY_S = 0.5
SEND_EVERY_S = 1.0
PULL_EVERY_S = 5.0
PACK_EVERY_S = 60.0
FREE_EVERY_S = 10.0
FORGET_EVERY_S = 3600.0


class Chores:
    """Threads that repeat a chore until stopped; a chore that fails is logged and tried again."""

    def __init__(self, services: Services, *, tracing: bool = True, shared: bool = True) -> None:
        """`tracing`: this process takes positions; `shared`: no other process does the rest."""
        self._services, self._tracing = services, tracing
        self._reader = Reader(services.engine, services.zone, services.now, services.announcer.notices)
        self._sender = Sender(services.engine, services.outbox, services.now)
        self._stop = threading.Event()
        self._came: datetime | None = services.now()
        own: list[tuple[Callable[[], None], float]] = [(self._trace, TRACE_EVERY_S)] if tracing else []
        rest = [
            (self._fire, TIMERS_EVERY_S),
            (self._regrid, GRIDS_EVERY_S),
            (self._tell, TELL_EVERY_S),
            (self._send, SEND_EVERY_S),
            (self._pull, PULL_EVERY_S),
            (self._pack, PACK_EVERY_S),
            (self._free, FREE_EVERY_S),
            (self._forget, FORGET_EVERY_S),
        ]
        self._threads = [
            threading.Thread(target=self._repeat, args=(chore, every), daemon=True, name=chore.__name__)
            for chore, every in own + (rest if shared else [])
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Waits for the running chores; what positions are left is written."""
        self._stop.set()
        for thread in self._threads:
            thread.join(5.0)
        if self._tracing:
            self._trace()

    def _repeat(self, chore: Callable[[], None], every_s: float) -> None:
        while not self._stop.wait(every_s):
            try:
                chore()
            except Exception as error:
                log.warning("%s: %s", chore.__name__, error)

    def _fire(self) -> None:
        """Before anything else drills that ran when the last one stopped are paused."""
        if self._came:
            drills.pause_interrupted(self._services, self._came)
            self._came = None
        drills.beat(self._services)
        with self._services.engine.connect() as conn:
            realms = due_realms(conn, self._services.now())
        for realm in realms:
            while timers.run_due(self._services, realm) >= timers.BATCH:
                pass

    def _tell(self) -> None:
        with self._services.engine.connect() as conn:
            realms = queue.behind(conn)
        for realm in realms:
            while self._reader.read(realm) == PAGE:
                pass

    def _send(self) -> None:
        self._sender.send_due()

    def _regrid(self) -> None:
        """Boundaries are those of the city, and change in its live realm alone."""
        timers.run_grids(self._services, "live")

    def _trace(self) -> None:
        self._services.trace.flush(self._services.engine)

    def _pull(self) -> None:
        """Tables of other systems; each is fetched by one process, when its time has come."""
        intake_pull.pull_due(self._services)

    def _pack(self) -> None:
        """Of the days that reports are of those in which much is new."""
        kpi_packing.pack(self._services, kpi_packing.MUCH)

    def _free(self) -> None:
        """Whoever ends a drill frees its real crews; here they are whose process died in between."""
        crews.release_ended(self._services)

    def _forget(self) -> None:
        keeping.forget_old(self._services)
        kpi_packing.pack(self._services)
