"""The facts of what visitors may not see (敏感). The subject is the incident."""

from __future__ import annotations

from core.envelope import Body


class IncidentMarkedSensitive(Body):
    """标记敏感: it leaves every wall that visitors stand before, and so does what hangs on it."""

    reason: str


class IncidentUnmarkedSensitive(Body):
    """解除敏感"""

    reason: str
