"""Workers that fire what is due: `waker.py DATABASE REDIS SECRET SECONDS COUNT`, each a process of its own,
SECONDS after START.

Prints their process ids in a line, and when all have ended how each did (0 = found nothing more to do).
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from actions.timers import run_due
from db.engine import make_engine
from tests.cast import START
from tests.parts import Clock, make_services


def work() -> None:
    database, redis, secret, seconds = sys.argv[1:5]
    clock = Clock(START + timedelta(seconds=float(seconds)))
    services = make_services(make_engine(database, pool_size=2), redis, Path(secret), clock)
    while run_due(services, "live"):
        pass


def main() -> None:
    children = []
    for _ in range(int(sys.argv[5])):
        child = os.fork()
        if child == 0:
            try:
                work()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    print(json.dumps(children), flush=True)
    print(json.dumps([os.waitpid(child, 0)[1] for child in children]), flush=True)


if __name__ == "__main__":
    main()
