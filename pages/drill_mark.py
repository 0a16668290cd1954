"""演练 on what leaves the screen: paper, workbooks, names of files. `drill` is its name, "" in live."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from pages.messages import text
from pages.paper import Block, document


def mark(lang: str, drill: str) -> str:
    """As on the screens; "" in live."""
    return text(lang, "realm.mark", name=drill) if drill else ""


def paper(lang: str, drill: str, title: str, blocks: Sequence[Block], foot: str) -> bytes:
    """A document, of a drill with 演练 behind every page and at its foot. Raises FontMissing."""
    if not drill:
        return document(title, blocks, foot)
    return document(title, blocks, f"{mark(lang, drill)} · {foot}", text(lang, "realm.badge"))


def disposition(name: str, drill: str, kind: str = "attachment") -> str:
    """The header that names a file (ASCII), of a drill with 演练 before it."""
    if not drill:
        return f'{kind}; filename="{name}"'
    return f"{kind}; filename=\"drill-{name}\"; filename*=UTF-8''{quote(f'演练-{name}')}"
