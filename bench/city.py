"""The little that benches ask of the public API: incidents to send units to, and units to send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from bench.instance import Target


@dataclass(frozen=True, slots=True)
class Pair:
    """A unit and the incident it is sent to, again and again."""

    unit: str
    incident: str


class City:
    """A client of one instance."""

    def __init__(self, target: Target) -> None:
        headers = {"Authorization": f"Bearer {target.token}"}
        self._http = httpx.Client(base_url=target.url, headers=headers, timeout=30)

    def __enter__(self) -> City:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, path: str, body: Any) -> Any:
        answer = self._http.post(f"/api/v1{path}", json=body)
        if not answer.is_success:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json()

    def put(self, path: str, body: Any) -> Any:
        return self._http.put(f"/api/v1{path}", json=body).raise_for_status().json()

    def get(self, path: str, query: dict[str, str] | None = None) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def download(self, path: str, query: dict[str, str]) -> bytes:
        return self._http.get(path, params=query).raise_for_status().content

    @property
    def head(self) -> int:
        return int(self.get("/api/v1/state/hash")["seq"])

    def pairs(self, wanted: int) -> list[Pair]:
        """Reports an incident near the home of each of some free units, each for a unit from farther off."""
        free = [unit for unit in self.get("/api/v1/units")["items"] if unit["status"] == "available"][:wanted]
        homes = [(unit["home"][0] + 0.001, unit["home"][1] + 0.001) for unit in free]
        spots = homes[len(homes) // 2 :] + homes[: len(homes) // 2]
        code = self.get("/api/v1/classes")["items"][0]["code"]
        return [
            Pair(str(unit["id"]), self._report(code, spot)) for unit, spot in zip(free, spots, strict=True)
        ]

    def new_incident(self, number: int) -> str:
        """Reports one near the home of a unit, another unit's each time."""
        units = self.get("/api/v1/units")["items"]
        home = units[number * 7 % len(units)]["home"]
        code = self.get("/api/v1/classes")["items"][0]["code"]
        return self._report(code, (home[0], home[1]))

    def _report(self, code: str, spot: tuple[float, float]) -> str:
        location = {"lon": spot[0], "lat": spot[1]}
        body = {"class": code, "text": "bench", "location": location, "channel": "bench"}
        return str(self.post("/incidents", body)["id"])

    def dispatch(self, pair: Pair) -> tuple[int, str]:
        """The seq of the fact and the assignment it made."""
        answer = self.post(f"/incidents/{pair.incident}/dispatch", {"units": [pair.unit]})
        return int(answer["seq"]), str(answer["assignments"][0]["id"])

    def release(self, assignment: str) -> None:
        self.post(f"/assignments/{assignment}/release", {})
