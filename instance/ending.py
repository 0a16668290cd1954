"""`down`: the end of an instance, and of what a killed one left behind."""

from __future__ import annotations

import signal
from typing import Any

from db.cluster import Cluster
from db.local import end
from feed.broker import Broker
from instance.state import born, is_running, read_run
from settings import Settings

STOP_PATIENCE_S = 45.0


def down(settings: Settings) -> bool:
    """Stops the instance of this data folder and whatever a killed one left; False if nothing ran."""
    run = read_run(settings.data)
    was_running = is_running(run)
    if was_running:
        end(run["pid"], signal.SIGTERM, patience_s=STOP_PATIENCE_S)
    end_leftovers(read_run(settings.data))
    for server in (Broker(settings.data), Cluster(settings.data)):
        was_running = was_running or server.pid is not None
        server.stop()
    return was_running


def end_leftovers(run: dict[str, Any]) -> None:
    """Web processes of an instance that was killed end by themselves; this waits for it."""
    for pid, ticks in run.get("webs", []):
        if born(pid) == ticks:
            end(pid, signal.SIGTERM, patience_s=8)
