"""An instance for one bench: the demo city in a folder of its own, on a free port, gone afterwards.

`python -m bench.instance DATA APP SCALE` serves until SIGTERM; its answer is one JSON line on stdout.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.local import bound_command, end
from demo.city import SMALL
from instance.serving import Wanted, up
from settings import ROOT, Settings

PLAIN, MARKED = "app:serve", "bench.probe:serve"
"""The product as it is, and the same with marks on it (`bench.marks`)."""
END_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Target:
    """What a bench runs against. `data` is None where the instance is another's: then its database and its
    Redis are out of reach, there are no marks and no floor."""

    url: str
    token: str
    wall_url: str | None
    data: Path | None = None

    @property
    def settings(self) -> Settings | None:
        return None if self.data is None else self.own_settings

    @property
    def own_settings(self) -> Settings:
        """Of an instance of our own."""
        assert self.data is not None
        return Settings.from_env(self.data, {})

    @property
    def web_pid(self) -> int | None:
        return None if self.data is None else int(self._run()["pids"]["web"][0])

    @property
    def redis_pid(self) -> int | None:
        return None if self.data is None else int(self._run()["pids"]["redis"])

    @property
    def pids(self) -> dict[str, Any]:
        """Of an instance of our own: web (several), postgres, redis."""
        found: dict[str, Any] = self._run()["pids"]
        return found

    def _run(self) -> dict[str, Any]:
        assert self.data is not None
        run: dict[str, Any] = json.loads((self.data / "run.json").read_text())
        return run


@contextmanager
def own_instance(app: str, scale: float = SMALL) -> Iterator[Target]:
    """A fresh one with a city of this scale; ends with the block, or with this process."""
    data = Path(tempfile.mkdtemp(prefix="zhihui-bench-"))
    data.chmod(0o755)  # PostgreSQL runs as another user where we are root
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ZHIHUI_")}
    command = bound_command([sys.executable, "-m", "bench.instance", str(data), app, str(scale)], "TERM")
    log = data / "bench.log"
    with log.open("w") as words:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=words,
            text=True,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        if not said:
            raise RuntimeError(f"the bench's instance did not start:\n{log.read_text()}")
        started = json.loads(said)
        yield Target(started["url"], started["api_token"], started["wall_url"], data)
    finally:
        end(process.pid, signal.SIGTERM, END_PATIENCE_S)
        process.wait()
        shutil.rmtree(data, ignore_errors=True)


def main() -> None:
    data, app, scale = sys.argv[1:]
    up(
        Settings.from_env(Path(data), {}),
        Wanted(port=0, scale=float(scale), app=app),
        lambda line: print(f"· {line}", file=sys.stderr, flush=True),
        lambda started: print(json.dumps(started), flush=True),
    )


if __name__ == "__main__":
    main()
