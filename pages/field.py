"""The document of the phone page: almost empty, for its scripts draw it, also without a network."""

from __future__ import annotations

from html import escape
from typing import Any

import orjson

from layers.registry import for_browser
from pages.messages import catalogue, text

_WORDS = ("field.", "duration.", "status.", "verb.", "role.", "severity.", "step.", "realm.")
"""Beginnings of the messages that a phone needs."""


def document(lang: str, facts: dict[str, Any], *, script: str, style: str) -> str:
    """The page with its facts; `script` and `style` are addresses."""
    messages = {key: words for key, words in catalogue(lang).items() if key.startswith(_WORDS)}
    boot = orjson.dumps({**facts, "messages": messages}).decode().replace("<", "\\u003c")
    ground = escape(orjson.dumps(for_browser()).decode(), quote=True)
    return _PAGE.format(
        lang=lang,
        title=escape(text(lang, "field.title")),
        style=style,
        script=script,
        boot=boot,
        ground=ground,
    )


_PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
<script id="boot" type="application/json">{boot}</script></head>
<body data-layers="{ground}"><div id="field"></div><script src="{script}"></script></body></html>"""
