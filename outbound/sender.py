"""Sending what is queued: one message a transaction, so that whatever dies, dies before its receipt is kept.

A process killed between the gateway's answer and the commit leaves the message queued: it is sent again, with
the same id (at least once).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, RowMapping

from core.outbound import Receipt, SendingFailed, address_for, next_try
from db import outbound as queue
from outbound.gateway import FileGateway, Gateway, HttpGateway


@dataclass(frozen=True, slots=True)
class Sender:
    """`folder` is where the file gateway writes; `http` makes a gateway of an address."""

    engine: Engine
    folder: Path
    now: Callable[[], datetime]
    http: Callable[[str], Gateway] = HttpGateway

    def send_due(self) -> int:
        """Send what is due; how many were taken. A channel that fails rests for this round, so that a dead
        gateway holds up nobody else and is not stormed."""
        sent, resting = 0, set[str]()
        while (outcome := self._send_next(resting)) is not None:
            channel, taken = outcome
            sent += taken
            if not taken:
                resting.add(channel)
        return sent

    def _send_next(self, resting: set[str]) -> tuple[str, bool] | None:
        with self.engine.begin() as conn:
            row = queue.claim(conn, self.now(), resting)
            if row is None:
                return None
            try:
                receipt = self._gateway(conn, row).send(queue.message_of(row))
            except SendingFailed as failure:
                self._failed(conn, row, failure)
                return row["channel"], False
            self._sent(conn, row, receipt)
            return row["channel"], True

    def _gateway(self, conn: Connection, row: RowMapping) -> Gateway:
        channel = queue.channels(conn).get(row["channel"])
        if channel is None or not channel["enabled"]:
            raise SendingFailed("channel_off", final=True)
        url = address_for(row["realm"], channel["url"])
        return self.http(url) if url else FileGateway(self.folder)

    def _sent(self, conn: Connection, row: RowMapping, receipt: Receipt) -> None:
        done = {"state": "sent", "sent_at": self.now(), "receipt": asdict(receipt), "error": None}
        queue.change(conn, row["id"], attempts=row["attempts"] + 1, **done)

    def _failed(self, conn: Connection, row: RowMapping, failure: SendingFailed) -> None:
        attempts = row["attempts"] + 1
        again = None if failure.final else next_try(attempts, self.now())
        state = {"state": "queued", "next_at": again} if again else {"state": "dead"}
        queue.change(conn, row["id"], attempts=attempts, error=failure.reason[:200], **state)
