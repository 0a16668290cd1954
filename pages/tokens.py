"""Colours of static/css/00-tokens.css by name, for what cannot read CSS variables (charts)."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "static" / "css" / "00-tokens.css"
_COLOUR = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;")


@lru_cache(maxsize=1)
def _colours() -> dict[str, str]:
    """Of the first block: those after it are for paper."""
    return dict(_COLOUR.findall(_FILE.read_text(encoding="utf-8").partition("}")[0]))


def colour(name: str) -> str:
    """#rrggbb. KeyError for a name that is none."""
    return _colours()[name]
