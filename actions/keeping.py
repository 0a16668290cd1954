"""What is not kept for ever: units' traces, sensors' readings, files handed in, the
answers idempotency keys stand for."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from actions import import_jobs
from actions.services import Services
from db import intake, readings, track
from db.tables import answer

ANSWERS_KEPT = timedelta(days=7)
"""Nobody retries a request for longer."""


def forget_old(services: Services) -> int:
    """Delete what has been kept long enough, and files that nobody imported; how many rows. A drill's traces
    belong to the drill."""
    now = services.now()
    import_jobs.sweep(services)
    with services.engine.begin() as conn:
        traced = intake.forget_messages(conn, now)
        traced += track.forget(conn, "live", now) + readings.forget(conn, "live", now)
        answers = delete(answer).where(answer.c.created_at < now - ANSWERS_KEPT)
        return traced + conn.execute(answers).rowcount
