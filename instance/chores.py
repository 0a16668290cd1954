"""The process that does what nobody asks for (`actions.background`), beside the web processes."""

from __future__ import annotations

import logging.config
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from db.local import bound_command, end, spawn
from instance import logs
from settings import ROOT, Settings

PATIENCE_S = 8


class ChoresProcess:
    """As the supervisor sees it."""

    name = "chores"

    def __init__(self, data: Path) -> None:
        self._environment = os.environ | {"ZHIHUI_DATA": str(data)}
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child and self._child.poll() is None else None

    def start(self) -> None:
        command = bound_command([sys.executable, "-m", "instance.chores"], "TERM")
        self._child = spawn(command, cwd=ROOT, env=self._environment)

    def stop(self) -> None:
        if self._child and self.pid:
            end(self._child.pid, signal.SIGTERM, patience_s=PATIENCE_S)
            self._child.wait()


def main() -> None:
    """Until SIGTERM."""
    # Not above: the supervisor imports this module and keeps no database library in memory.
    from actions.background import Chores
    from instance.services import services

    settings = Settings.from_env(Path(os.environ["ZHIHUI_DATA"]))
    logging.config.dictConfig(logs.configuration(settings.log_format))
    over = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    with services(settings) as parts:
        chores = Chores(parts, tracing=False)
        chores.start()
        over.wait()
        chores.stop()


if __name__ == "__main__":
    main()
