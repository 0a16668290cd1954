"""Imported histories: realms `replay:NAME`, filled from a table of past calls. They may be another city's."""

from __future__ import annotations

PREFIX = "replay:"


def is_history(realm: str) -> bool:
    """Its places may lie anywhere: nobody is sent by them."""
    return realm.startswith(PREFIX)
