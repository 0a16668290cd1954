"""Layers: their colours are tokens, their legend has words, their icons are drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path

from layers.registry import LAYERS, legend, places
from pages.messages import has

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_every_colour_of_a_layer_is_a_token():
    tokens = set(re.findall(r"--([a-z0-9-]+):", (STATIC / "css" / "00-tokens.css").read_text()))
    styles = [style for layer in LAYERS for style in layer.styles.values()]
    assert {colour for style in styles for colour in (style.stroke, style.fill) if colour} <= tokens


def test_every_mark_of_the_legend_has_words():
    assert [entry for entry in legend() if not has("zh-CN", f"legend.{entry}")] == []


def test_every_icon_is_drawn():
    script = (STATIC / "js" / "31-glyphs.js").read_text()
    icons = {style.icon for layer in LAYERS for style in layer.styles.values() if style.icon}
    assert all(f"    {icon}: " in script for icon in icons)


def test_the_browser_gets_plain_values():
    assert json.loads(json.dumps([layer.for_browser() for layer in places()]))[0]["name"] == "basemap"


def test_tiers_follow_the_zoom():
    grids = next(layer for layer in LAYERS if layer.name == "grids")
    begins = [grids.styles[tier].zooms[0] for tier in "0123"]
    assert begins == sorted(begins) and begins[-1] == 14
