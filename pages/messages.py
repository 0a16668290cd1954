"""The message catalogue: one flat file a language, the same keys in each (locale/*.json)."""

from __future__ import annotations

import json
import logging
import re
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES = ("zh-CN", "en")
DEFAULT = "zh-CN"
_PLACE = re.compile(r"\{(\w+)\}")
_log = logging.getLogger(__name__)


class MissingText(KeyError):
    """A key that no catalogue has; raised only where `strict` says so (tests)."""


strict = False
"""Tests set this: an unknown key then raises instead of showing itself."""


def language(wanted: object) -> str:
    """The nearest language we have; zh-CN for whatever is unknown."""
    tag = str(wanted or "")
    if tag in LANGUAGES:
        return tag
    return "en" if tag.lower().startswith("en") else DEFAULT


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(lang: str) -> dict[str, str]:
    """All sentences of one language."""
    file = FOLDER / f"{language(lang)}.json"
    found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return found


def has(lang: str, key: str) -> bool:
    return key in catalogue(language(lang))


def text(lang: str, key: str, /, **params: object) -> str:
    """The sentence of a key with its {places} filled; a place without a value is left out."""
    sentence = catalogue(language(lang)).get(key)
    if sentence is None:
        if strict:
            raise MissingText(key)
        _log.error("no text for %s in %s", key, lang)
        return key
    return _PLACE.sub(lambda place: _filled(params.get(place.group(1))), sentence)


def _filled(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
