"""The ways out: a file that anything may pick up, or an HTTP gateway (短信, 企业微信, 语音, 回写).

The channels SMS, WeCom and voice speak to whatever gateway the city has, by one JSON document a message.
"""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import orjson

from core.outbound import Message, Receipt, SendingFailed

TIMEOUT_S = 10.0
_AGAIN = frozenset({408, 425, 429})
"""Refusals of the moment; every other 4xx is for good."""


class Gateway(Protocol):
    """Takes a message once or several times; the receiver tells repetitions by `Message.id`."""

    def send(self, message: Message) -> Receipt:
        """Raises SendingFailed."""
        ...


def document(message: Message) -> dict[str, Any]:
    """A message as every gateway gets it."""
    return {
        "id": message.id, "channel": message.channel, "to": message.addressee, "drill": message.drill,
        "created_at": message.created_at, **message.body,
    }  # fmt: skip


class FileGateway:
    """JSON lines under a folder, a file a UTC day; drills have files of their own, 演练 in their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message) -> Receipt:
        """On the disk when it returns. A line is one write, so that lines of several processes never mix."""
        path = self._folder / self._name(message)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
            try:
                os.write(handle, orjson.dumps(document(message)) + b"\n")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise SendingFailed(str(error)) from error
        return Receipt("file", path.name)

    def _name(self, message: Message) -> str:
        day = message.created_at.strftime("%Y-%m-%d")
        return f"演练-{day}.jsonl" if message.drill else f"{day}.jsonl"


class HttpGateway:
    """POST of the document to an address; any 2xx is a receipt. Certificates are verified, redirects are not
    followed."""

    def __init__(self, url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url, self._timeout_s = url, timeout_s

    def send(self, message: Message) -> Receipt:
        if message.drill:
            raise SendingFailed("a drill does not leave the building", final=True)
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        body = orjson.dumps(document(message))
        try:
            answer = httpx.post(self._url, content=body, headers=headers, timeout=self._timeout_s)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SendingFailed(f"{type(error).__name__}: {error}"[:200]) from error
        if not answer.is_success:
            final = answer.is_client_error and answer.status_code not in _AGAIN
            raise SendingFailed(f"HTTP {answer.status_code}", final=final)
        return Receipt("http", answer.headers.get("x-message-id", "")[:200])


def is_fit(url: str) -> bool:
    """Whether an address may be a gateway's: https, or http on this very machine."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        return bool(parts.hostname)
    return parts.scheme == "http" and _is_here(parts.hostname or "")


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
