"""`up` over the stand-in application: `run_instance.py DATA PORT WORKERS [detach]`; the answer on stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from instance.background import up_detached
from instance.serving import Wanted, up
from settings import Settings


def main() -> None:
    data, port, workers, *detach = sys.argv[1:]
    settings = Settings.from_env(Path(data), {})
    wanted = Wanted(port=int(port), workers=int(workers), sample="none", app="tests.setup.standin:serve")

    def say(line: str) -> None:
        print(line, file=sys.stderr)

    if detach:
        print(json.dumps(up_detached(settings, wanted, say)))
    else:
        up(settings, wanted, say, lambda started: print(json.dumps(started), flush=True))


if __name__ == "__main__":
    main()
