"""One web process: uvicorn on a socket that the instance opened.

The listening socket belongs to the instance, so that callers wait, and are not refused, while a web
process that died is replaced; and every web process is a child of the instance, none of another.
"""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import uvicorn

from db.local import bound_command, end, spawn
from instance import logs
from settings import ROOT, Settings

APP = "app:serve"  # a factory; it reads ZHIHUI_DATA
WEBSOCKETS = "websockets-sansio"  # the implementation of uvicorn that waits for slow readers
GRACE_S = 3  # open streams are cut after this
SWITCH_S = 0.0005
"""How long a thread may keep the interpreter from another: at Python's own 5 ms a verb waits out whole
fan-outs to hundreds of screens (p95 of a dispatch 67 → 40 ms on a busy machine)."""
YOUNG_OBJECTS = (50_000, 20, 100)
"""When the garbage collector looks: Python's own 700 stops every thread many times a second for nothing."""


class Web:
    """The `number`th web process of an instance, as the supervisor sees it."""

    name = "web"

    def __init__(self, listener: socket.socket, data: Path, app: str = APP) -> None:
        self._listener = listener
        self._environment = os.environ | {"ZHIHUI_DATA": str(data), "ZHIHUI_APP": app}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        descriptor = self._listener.fileno()
        command = bound_command([sys.executable, "-m", "instance.web", str(descriptor)], "TERM")
        self._child = spawn(command, cwd=ROOT, env=self._environment, pass_fds=[descriptor])

    def stop(self) -> None:
        if self._child and self.pid:
            end(self._child.pid, signal.SIGTERM, patience_s=GRACE_S + 4)
            self._child.wait()


def configuration(app: str, log_format: str) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=True,
        lifespan="on",
        ws=WEBSOCKETS,
        ws_per_message_deflate=False,  # costs more than it saves on a LAN
        timeout_graceful_shutdown=GRACE_S,
        log_config=logs.configuration(log_format),
        access_log=False,
        server_header=False,
    )


def main() -> None:
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*YOUNG_OBJECTS)
    listener = socket.socket(fileno=int(sys.argv[1]))
    log_format = Settings.from_env(Path(os.environ["ZHIHUI_DATA"])).log_format
    uvicorn.Server(configuration(os.environ["ZHIHUI_APP"], log_format)).run(sockets=[listener])


if __name__ == "__main__":
    main()
