"""Officers that never give up, and a screen that reconnects for ever."""

from __future__ import annotations

import json
import random
import threading
import time
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from tests.screen import Screen

AWAY = (502, 503, 504)


class Officer(threading.Thread):
    """Dispatches and releases over HTTP; each request has a key and is sent until it is answered."""

    def __init__(self, name: str, url: str, token: str, incidents: list[str], units: list[str]) -> None:
        super().__init__(name=name, daemon=True)
        self.incidents, self.units = incidents, units
        self.acknowledged: list[str] = []
        self.released: set[str] = set()
        self.refused = self.retried = 0
        self.faults: list[str] = []
        self.wanted = threading.Event()
        self.wanted.set()
        self._chance, self._sent = random.Random(name), 0
        self._client = httpx.Client(
            base_url=url + "/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=8
        )

    def run(self) -> None:
        while self.wanted.is_set():
            incident, unit = self._chance.choice(self.incidents), self._chance.choice(self.units)
            sent = self._insist(f"/incidents/{incident}/dispatch", {"units": [unit]})
            if sent is None:
                self.refused += 1
                continue
            (assignment,) = sent["assignments"]
            self.acknowledged.append(assignment["id"])
            if self._insist(f"/assignments/{assignment['id']}/release", {}) is not None:
                self.released.add(assignment["id"])

    def _insist(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """The answer; None when it was refused for a reason."""
        self._sent += 1
        key = {"idempotency-key": f"{self.name}-{self._sent}"}
        while True:
            try:
                answer = self._client.post(path, json=body, headers=key)
            except httpx.TransportError:
                self._wait()
                continue
            if answer.status_code in AWAY:
                self._wait()
            elif answer.status_code == 200:
                given: dict[str, Any] = answer.json()
                return given
            else:
                if answer.json().get("code") != "unit_busy":
                    self.faults.append(f"{path} {answer.status_code} {answer.text[:300]}")
                return None

    def _wait(self) -> None:
        self.retried += 1
        time.sleep(0.02 + 0.1 * self._chance.random())


class Wall(threading.Thread):
    """A screen that holds on: fetches the state when told to, else goes on from where it was."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(name="wall", daemon=True)
        self.screen = Screen()
        self.connected = self.resets = self.patches = 0
        self.disorder: list[str] = []
        self.wanted = True
        self._url, self._headers = url, {"authorization": f"Bearer {token}"}

    def run(self) -> None:
        while self.wanted:
            try:
                if self.screen.seq == 0:
                    self._fetch()
                self._listen()
            except (OSError, WebSocketException, httpx.HTTPError, TimeoutError):
                time.sleep(0.05 + random.random() * 0.1)

    def _fetch(self) -> None:
        answer = httpx.get(self._url + "/api/v1/state", headers=self._headers, timeout=8)
        answer.raise_for_status()
        self.screen = Screen()
        self.screen.apply(answer.json())

    def _listen(self) -> None:
        address = f"{self._url.replace('http', 'ws')}/api/v1/stream?after={self.screen.seq}"
        with connect(address, additional_headers=self._headers, open_timeout=5) as socket:
            self.connected += 1
            last = self.screen.seq
            while self.wanted:
                said = json.loads(socket.recv(timeout=6))
                if "reset" in said:
                    self.resets += 1
                    self._fetch()
                    return
                if "seq" in said:
                    if said["seq"] <= last:
                        self.disorder.append(f"{said['seq']} after {last}")
                    last = said["seq"]
                    self.patches += 1
                    self.screen.apply(said)
