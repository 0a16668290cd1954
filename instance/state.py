"""DATA/run.json: who serves a data folder, at which address, by which processes."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from core.errors import Refusal


class NotRunning(Refusal):
    """This needs a running instance; params: data."""

    code = "not_running"


def read_run(data: Path) -> dict[str, Any]:
    """DATA/run.json, or {}; it stays after the end, with `pids` emptied."""
    with suppress(FileNotFoundError, json.JSONDecodeError):
        run: dict[str, Any] = json.loads((data / "run.json").read_text())
        return run
    return {}


def write_run(data: Path, run: dict[str, Any]) -> None:
    """Readable by us alone: it holds the wall's token."""
    fresh = data / "run.json.new"
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(run, ensure_ascii=False, indent=1))
    fresh.replace(data / "run.json")


def born(pid: int) -> int | None:
    """When process `pid` was started (clock ticks since boot), or None: tells a number's holders apart."""
    with suppress(FileNotFoundError, ProcessLookupError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] == "Z" else int(fields[19])
    return None


def is_running(run: dict[str, Any]) -> bool:
    return bool(run) and born(run["pid"]) == run["born"]


def address(data: Path) -> str:
    """Where the running instance serves. Raises NotRunning."""
    run = read_run(data)
    if not (is_running(run) and run.get("ready")):
        raise NotRunning(data=str(data))
    url: str = run["url"]
    return url


@contextmanager
def exclusive(data: Path) -> Iterator[bool]:
    """Whether this process is the only one that runs `data`; holds it so while the block lasts."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def answers(url: str) -> bool:
    """Whether /healthz answers 200."""
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as response:  # noqa: S310 - our own http address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def ensure_secret(file: Path) -> None:
    """The secret file, made where there is none: 32 random bytes, readable by us alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as secret:
            secret.write(secrets.token_hex(32))
