"""`status`: what runs, by which processes, how far the log has come."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from instance.state import is_running, read_run
from settings import Settings


def status(settings: Settings) -> dict[str, Any]:
    """`{running, url, pids: {web: […], postgres, redis}, versions, head, lag_s, walls}`; null = not known."""
    run = read_run(settings.data)
    running = is_running(run)
    health = _health(run["url"]) if running else {}
    return {
        "running": running,
        "ready": bool(running and run.get("ready")),
        "url": run.get("url") if running else None,
        "pid": run["pid"] if running else None,
        "pids": run.get("pids", {}) if running else {},
        "versions": {"zhihui": settings.version} | health.get("versions", {}),
        "head": health.get("head"),
        "lag_s": health.get("lag_s"),
        "walls": health.get("walls"),
    }


def _health(url: str) -> dict[str, Any]:
    """What /healthz says; {} when it is silent."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310 - our own http address
            said: dict[str, Any] = json.load(response)
    except (OSError, ValueError):  # URLError is an OSError
        return {}
    return said
