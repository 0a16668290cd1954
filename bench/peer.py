"""tipg, the peer of our tiles: PostGIS tables as vector tiles, by a process of its own on our database."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from sqlalchemy.engine import make_url

from core.tiling import BUFFER, EXTENT
from db.local import end
from settings import Settings

PATIENCE_S = 60.0
_EVERYTHING = 1_000_000


@contextmanager
def tipg(settings: Settings, port: int) -> Iterator[str]:
    """Its address. It cuts tiles of the same size and margin, leaves no feature out, and looks for new tables
    only at its start."""
    environment = {
        **os.environ,
        "DATABASE_URL": _dsn(settings),
        "TIPG_DB_SCHEMAS": json.dumps([settings.schema]),
        "TIPG_TILE_RESOLUTION": str(EXTENT),
        "TIPG_TILE_BUFFER": str(BUFFER),
        "TIPG_MAX_FEATURES_PER_TILE": str(_EVERYTHING),
        "TIPG_CATALOG_TTL": "0",
    }
    command = [sys.executable, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    command += ["--timeout-keep-alive", "600"]
    process = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        yield _ready(f"http://127.0.0.1:{port}", process)
    finally:
        end(process.pid, signal.SIGTERM, PATIENCE_S)
        process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _dsn(settings: Settings) -> str:
    """As asyncpg takes it: a folder of sockets stands where the host does."""
    url = make_url(settings.database_url)
    host = str(url.query.get("host") or url.host or "localhost").replace("/", "%2F")
    port = f":{url.port}" if url.port else ""
    password = f":{url.password}" if url.password else ""
    return f"postgresql://{url.username}{password}@{host}{port}/{url.database}"


def _ready(url: str, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"tipg ended with {process.returncode}")
        try:
            if httpx.get(f"{url}/healthz", timeout=1).is_success:
                return url
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("tipg does not answer")
