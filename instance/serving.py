"""`up`: everything is started in order, watched, and stopped in the opposite order."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import Refusal
from db.cluster import Cluster
from db.local import bound_command, wait_for_death
from feed.broker import Broker
from instance.chores import ChoresProcess
from instance.ending import end_leftovers
from instance.state import answers, born, ensure_secret, exclusive, is_running, read_run, write_run
from instance.supervisor import Server, Supervisor
from instance.web import APP, Web
from settings import ROOT, Settings

READY_PATIENCE_S = 120.0
SPACE_NEEDED_BYTES = 300_000_000
AFTER_OPENING = ("web", "chores")
"""What needs the database prepared."""

Say = Callable[[str], None]
Report = Callable[[dict[str, Any]], None]


class PortInUse(Refusal):
    code = "port_in_use"


class AddressUnusable(Refusal):
    code = "address_unusable"


class DiskFull(Refusal):
    code = "disk_full"


class NotReady(RuntimeError):
    """The web processes did not come to answer /healthz with 200."""


class Stopped(BaseException):
    """Ctrl-C, SIGTERM or `down`: the way out of everything, hence no Exception."""


@dataclass(frozen=True)
class Wanted:
    """What `up` was asked for."""

    host: str = "127.0.0.1"
    port: int = 8050
    workers: int = 1
    sample: str = "yunyu"
    scale: float | None = None  # None: the demo city's own
    app: str = APP


def up(settings: Settings, wanted: Wanted, say: Say, report: Report) -> None:
    """Serves until stopped; `report` gets the answer once, when /healthz says ready."""
    with exclusive(settings.data) as ours:
        if ours:
            with _listen(settings, wanted) as listener:
                _serve(settings, wanted, listener, say, report)
            return
    report(_of_the_running_one(settings.data))


def _of_the_running_one(data: Path) -> dict[str, Any]:
    deadline = time.monotonic() + READY_PATIENCE_S
    while time.monotonic() < deadline:
        run = read_run(data)
        if is_running(run) and run.get("ready"):
            return {key: run[key] for key in ("url", "wall_url", "pid") if run.get(key)} | {"already": True}
        time.sleep(0.2)
    raise NotReady(f"another process holds {data} but does not become ready")


@contextmanager
def _listen(settings: Settings, wanted: Wanted) -> Iterator[socket.socket]:
    """The listening socket, opened before anything is started: a taken port is said at once."""
    if shutil.disk_usage(settings.data).free < SPACE_NEEDED_BYTES:
        raise DiskFull(path=str(settings.data))
    end_leftovers(read_run(settings.data))
    family = socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((wanted.host, wanted.port))
        except PermissionError as error:
            raise AddressUnusable(host=wanted.host, port=wanted.port, detail=str(error)) from error
        except OSError as error:
            kind = PortInUse if error.errno == errno.EADDRINUSE else AddressUnusable
            raise kind(host=wanted.host, port=wanted.port, detail=str(error)) from error
        listener.listen(2048)
        yield listener


def _serve(settings: Settings, wanted: Wanted, listener: socket.socket, say: Say, report: Report) -> None:
    url = f"http://{_shown(wanted.host)}:{listener.getsockname()[1]}"
    run = {"pid": os.getpid(), "born": born(os.getpid()), "url": url, "ready": False}
    run["wall_url"] = read_run(settings.data).get("wall_url")
    servers = _servers(settings, wanted, listener)
    supervisor = Supervisor(servers, lambda: _note_pids(settings.data, run, servers))
    write_run(settings.data, run)
    try:
        with _signals_raise():
            answer = _begin(settings, wanted, run, supervisor, say)
            report(answer)
            supervisor.keep()
    except Stopped:
        say("正在停止 Stopping")
    finally:
        supervisor.stop()
        write_run(settings.data, {**run, "ready": False, "pids": {}, "webs": []})


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - every address: name one that can be opened here
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _servers(settings: Settings, wanted: Wanted, listener: socket.socket) -> list[Server]:
    """In the order of starting."""
    stores: list[Server] = []
    if settings.owns_database:
        stores.append(Cluster(settings.data))
    if settings.owns_redis:
        stores.append(Broker(settings.data))
    webs = (Web(listener, settings.data, wanted.app) for _ in range(wanted.workers))
    return [*stores, *webs, ChoresProcess(settings.data)]


def _note_pids(data: Path, run: dict[str, Any], servers: list[Server]) -> None:
    webs = [server.pid for server in servers if server.name == "web" and server.pid]
    ours = [server.pid for server in servers if server.name in AFTER_OPENING and server.pid]
    run["webs"] = [[pid, born(pid)] for pid in ours]
    run["pids"] = {server.name: server.pid for server in servers if server.name != "web"} | {"web": webs}
    write_run(data, run)


@contextmanager
def _signals_raise() -> Iterator[None]:
    """SIGTERM and SIGINT raise Stopped here, and are ignored afterwards, while everything is stopped."""

    def stop(*_: object) -> None:
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, stop)
    yield


def _begin(
    settings: Settings, wanted: Wanted, run: dict[str, Any], supervisor: Supervisor, say: Say
) -> dict[str, Any]:
    """Stores, opening, web: in this order; the answer of `up`."""
    ensure_secret(settings.secret_file)
    for server in supervisor.servers:
        if server.name not in AFTER_OPENING:
            say(f"启动 Starting {server.name}")
            supervisor.start(server)
    if not settings.owns_database:
        _check_given_database(settings)
    opened = _open(settings, wanted, run, say)
    try:
        say("启动网页服务 Starting web")
        for server in supervisor.servers:
            if server.name in AFTER_OPENING:
                supervisor.start(server)
        _wait_until_ready(run["url"], supervisor)
    except BaseException:
        for account in opened.get("accounts", []):  # made and never shown again: not to be lost with us
            say(f"{account['role']}: {account['name']} / {account['password']}")
        raise
    run["ready"] = True
    write_run(settings.data, run)
    answer = {"url": run["url"], "wall_url": run["wall_url"], "pid": run["pid"]}
    return answer | {key: opened[key] for key in ("accounts", "api_token") if opened.get(key)}


def _check_given_database(settings: Settings) -> None:
    """Raises DatabaseUnreachable; beyond this check the supervisor needs no database library."""
    from instance.services import check_database

    check_database(settings)


def _open(settings: Settings, wanted: Wanted, run: dict[str, Any], say: Say) -> dict[str, Any]:
    """Runs opening.py beside us (it needs libraries we do not want to keep in memory); its answer."""
    say("准备数据库 Preparing the database")
    known_wall = ["--wall-known"] if run["wall_url"] else []
    scale = ["--scale", str(wanted.scale)] if wanted.scale else []
    arguments = ["--sample", wanted.sample, *scale, *known_wall]
    done = subprocess.run(
        bound_command([sys.executable, "-m", "instance.opening", str(settings.data), *arguments], "TERM"),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise NotReady("preparing the database failed; what stands above, or in DATA/logs, says why")
    opened: dict[str, Any] = json.loads(done.stdout)
    if opened.get("wall_token"):
        run["wall_url"] = f"{run['url']}/wall/main?token={opened['wall_token']}"
    return opened


def _wait_until_ready(url: str, supervisor: Supervisor) -> None:
    deadline = time.monotonic() + READY_PATIENCE_S
    while not answers(url):
        dead = [server.name for server in supervisor.servers if server.pid is None]
        if dead or time.monotonic() > deadline:
            raise NotReady(f"not ready: {', '.join(dead) or url}")
        pids = [server.pid for server in supervisor.servers if server.pid]
        wait_for_death(pids, 0.1)
