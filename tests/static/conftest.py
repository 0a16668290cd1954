"""A page of the browser with our scripts and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

STATIC = Path(__file__).resolve().parents[2] / "static"
ORIGIN = "http://zhihui.test"
BOOT = {"page": "test", "lang": "zh-CN", "realm": "live", "messages": {"hello": "你好 {name}"}, "city": {}}

Bench = Callable[..., Page]


@pytest.fixture
def bench(browser: Browser) -> Iterator[Bench]:
    """Opens a blank page of our origin with the named scripts; no request leaves it."""
    context = browser.new_context()
    context.route("**/*", lambda route: route.fulfill(body=_html(), content_type="text/html"))

    def opened(*scripts: str, boot: dict[str, Any] | None = None, before: str = "") -> Page:
        page = context.new_page()
        page.goto(ORIGIN)
        page.evaluate(
            "boot => { document.getElementById('boot').textContent = boot }", json.dumps(BOOT | (boot or {}))
        )
        if before:
            page.evaluate(before)
        for name in ("00-boot", *scripts):
            page.add_script_tag(content=(STATIC / "js" / f"{name}.js").read_text(encoding="utf-8"))
        return page

    yield opened
    context.close()


def _html() -> str:
    return '<!doctype html><html><body><script id="boot" type="application/json">{}</script></body></html>'
