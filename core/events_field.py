"""The facts that only a phone in the field makes. The subject is the incident."""

from __future__ import annotations

from core.envelope import Body


class BackupCalled(Body):
    """请求支援: those on the scene need more hands or means; a desk decides what to send."""

    text: str
