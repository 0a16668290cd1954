"""`status`: what runs, by which processes, how far the log has come, what the walls show."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from actions.services import Services
from actions.walls import list_walls
from core.permissions import SYSTEM
from db import log
from instance.services import services
from instance.state import is_running, read_run
from settings import Settings


def status(settings: Settings) -> dict[str, Any]:
    """`{running, url, pids: {web: […], postgres, redis, chores}, versions, head, lag_s, walls}`; null = not
    known."""
    run = read_run(settings.data)
    running = is_running(run)
    found: dict[str, Any] = {"running": running, "ready": bool(running and run.get("ready"))}
    found |= {key: run.get(key) if running else None for key in ("url", "pid")}
    found["pids"] = run.get("pids", {}) if running else {}
    return found | (_inside(settings, run["url"]) if running else _UNKNOWN | {"versions": _version(settings)})


_UNKNOWN: dict[str, Any] = {"head": None, "lag_s": None, "walls": None}


def _version(settings: Settings) -> dict[str, Any]:
    return {"zhihui": settings.version}


def _inside(settings: Settings, url: str) -> dict[str, Any]:
    """What the database and the web processes know."""
    served = _health(url).get("head")
    try:
        with services(settings) as parts:
            versions = _version(settings) | _server_versions(parts)
            walls = list_walls(parts, SYSTEM, "live")
            return {"versions": versions, "head": _head(parts), "lag_s": _lag(parts, served), "walls": walls}
    except SQLAlchemyError:
        return _UNKNOWN | {"versions": _version(settings)}


def _server_versions(parts: Services) -> dict[str, str]:
    query = text(
        "SELECT current_setting('server_version'), extversion FROM pg_extension WHERE extname = 'postgis'"
    )
    with parts.engine.connect() as connection:
        postgres, postgis = connection.execute(query).one()
    return {"postgres": postgres.split()[0], "postgis": postgis}


def _head(parts: Services) -> int:
    with parts.engine.connect() as connection:
        return log.head(connection, "live")


def _lag(parts: Services, served: int | None) -> float | None:
    """Age in s of the oldest fact that the web process asked has not shown yet; 0 when it has shown all."""
    if served is None:
        return None
    with parts.engine.connect() as connection:
        waiting = log.read(connection, "live", after=served, limit=1)
    if not waiting:
        return 0.0
    return round((parts.now() - log.to_event(waiting[0]).recorded_at).total_seconds(), 3)


def _health(url: str) -> dict[str, Any]:
    """What /healthz says; {} when it is silent."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310 - our own http address
            said: dict[str, Any] = json.load(response)
    except (OSError, ValueError):  # URLError is an OSError
        return {}
    return said
