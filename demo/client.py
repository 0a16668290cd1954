"""The public API as the simulator calls it: a token, idempotency keys, patience while the server is away."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.errors import Unauthorized

log = logging.getLogger(__name__)

_AWAY = frozenset({429, 502, 503, 504})
_FAULTS = 5
"""How often a call is repeated that the server itself failed at (500)."""
_FIRST_WAIT_S = 0.2
_LONGEST_WAIT_S = 10.0


class Denied(Unauthorized):
    """The token is not good for this: no use going on (401, 403)."""


@dataclass
class ApiRefusal(Exception):
    """The server said no to one call, and will again: status, code and the problem document."""

    status: int
    code: str
    problem: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.status} {self.code}"


class Client:
    """One realm through one token. Calls are repeated until answered: the key makes that safe."""

    def __init__(self, http: httpx.AsyncClient, token: str, realm: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}
        self._params = {"realm": realm}
        self._jitter = random.Random()
        self.retries = 0

    async def get(self, path: str, **params: Any) -> Any:
        """JSON of a GET under /api/v1. Raises ApiRefusal, Denied."""
        return await self._ask("GET", path, params=params)

    async def post(self, path: str, body: Mapping[str, Any], key: str) -> Any:
        """JSON of a POST that happens once whatever befalls the connection. Raises ApiRefusal, Denied."""
        return await self._ask("POST", path, json=body, headers={"Idempotency-Key": key})

    async def put_once(self, path: str, body: Any, **params: Any) -> bool:
        """A PUT not worth repeating: a second later there is a newer one. False if the server is away."""
        try:
            return (await self._send("PUT", path, params=params, json=body)).is_success
        except httpx.TransportError:
            return False

    async def _ask(self, method: str, path: str, **how: Any) -> Any:
        wait, faults = _FIRST_WAIT_S, 0
        while True:
            try:
                answer = await self._send(method, path, **how)
                faults += answer.status_code == 500
                if answer.status_code not in _AWAY and not 0 < faults <= _FAULTS:
                    return _read(answer)
            except httpx.TransportError as error:
                if wait == _FIRST_WAIT_S:
                    log.warning("the server is away (%s): trying again", type(error).__name__)
            self.retries += 1
            await asyncio.sleep(wait * self._jitter.uniform(0.5, 1.0))
            wait = min(wait * 2, _LONGEST_WAIT_S)

    async def _send(
        self, method: str, path: str, params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None, json: Any = None,
    ) -> httpx.Response:  # fmt: skip
        return await self._http.request(
            method,
            f"/api/v1{path}",
            params={**self._params, **(params or {})},
            headers={**self._headers, **(headers or {})},
            json=json,
        )


def _read(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json()
    problem = _problem(answer)
    code = str(problem.get("code", "unknown"))
    if answer.status_code in {401, 403}:
        raise Denied(detail=f"{answer.status_code} {code}: {problem.get('detail', '')}")
    raise ApiRefusal(answer.status_code, code, problem)


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
