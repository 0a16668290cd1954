"""Desks at work beside the measured one: their callbacks, as a browser posts them.

`python -m bench.desk URL TOKEN PER_SECOND INCIDENT…` opens one card after another until its standard input
is closed, then prints {"n": …, "failed": …, "ms": [each callback's time]}.
"""

from __future__ import annotations

import itertools
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx

from db.local import bound_command
from settings import ROOT

PER_SECOND = 4.0
_SHOWN = "card-top.children"


class Desk:
    """A running desk; `finish` ends it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def finish(self) -> dict[str, Any]:
        said, _ = self._process.communicate("")
        figures: dict[str, Any] = json.loads(said)
        return figures


@contextmanager
def desk(url: str, token: str, incidents: Sequence[str], per_second: float = PER_SECOND) -> Iterator[Desk]:
    """Opens cards at a steady rate while the block lasts."""
    arguments = [sys.executable, "-m", "bench.desk", url, token, str(per_second), *incidents]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    command = bound_command(arguments, "KILL")
    process = subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **pipes)
    try:
        yield Desk(process)
    finally:
        process.kill()
        process.wait()


def callback_body(dependencies: Sequence[dict[str, Any]], incident: str) -> dict[str, Any]:
    """What Dash's renderer posts when an incident is selected."""
    asked = next(entry for entry in dependencies if _SHOWN in entry["output"])
    outputs = [word.rpartition(".") for word in asked["output"].strip(".").split("...")]
    values = {"selection": {"incident": incident}, "lang": "zh-CN", "realm": "live"}
    return {
        "output": asked["output"],
        "outputs": [{"id": ident, "property": name} for ident, _, name in outputs],
        "inputs": [{**entry, "value": values["selection"]} for entry in asked["inputs"]],
        "state": [{**entry, "value": values.get(entry["id"])} for entry in asked["state"]],
        "changedPropIds": ["selection.data"],
    }


def _work(url: str, token: str, gap_s: float, incidents: Sequence[str]) -> dict[str, Any]:
    took: list[float] = []
    failed = 0
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        dependencies = http.get("/_dash-dependencies").raise_for_status().json()
        for ident in itertools.cycle(incidents):
            start = time.monotonic()
            answer = http.post("/_dash-update-component", json=callback_body(dependencies, ident))
            took.append((time.monotonic() - start) * 1e3)
            failed += answer.status_code != 200 or _SHOWN.partition(".")[0] not in answer.text
            if select.select([sys.stdin], [], [], max(0.0, start + gap_s - time.monotonic()))[0]:
                break
    return {"n": len(took), "failed": failed, "ms": took}


def main() -> None:
    url, token, per_second, *incidents = sys.argv[1:]
    json.dump(_work(url, token, 1 / float(per_second), incidents), sys.stdout)


if __name__ == "__main__":
    main()
