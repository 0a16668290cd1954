"""Layers: their colours are tokens, their legend has words, their icons are drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path

from layers.names import NAMES
from layers.registry import LAYERS, for_browser, legend
from pages.messages import has

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_every_colour_of_a_layer_is_a_token():
    tokens = set(re.findall(r"--([a-z0-9-]+):", (STATIC / "css" / "00-tokens.css").read_text()))
    styles = [style for layer in LAYERS for style in layer.styles.values()]
    used = {colour for style in styles for colour in (style.stroke, style.fill, style.casing) if colour}
    assert used | {name.colour for name in NAMES.values()} <= tokens


def test_every_mark_of_the_legend_has_words():
    assert [entry for _, entry in legend() if not has("zh-CN", f"legend.{entry}")] == []


def test_every_icon_is_drawn():
    script = (STATIC / "js" / "31-glyphs.js").read_text()
    icons = {style.icon for layer in LAYERS for style in layer.styles.values() if style.icon}
    assert all(f"    {icon}: " in script for icon in icons)


def test_every_layer_that_can_be_switched_has_words():
    assert [layer.name for layer in LAYERS if layer.switch and not has("zh-CN", f"layer.{layer.name}")] == []


def test_every_fact_of_a_place_has_words():
    facts = {fact for layer in LAYERS for fact in layer.facts}
    assert [fact for fact in sorted(facts) if not has("zh-CN", f"fact.{fact}")] == []


def test_the_browser_gets_plain_values():
    told = json.loads(json.dumps(for_browser()))
    assert told["layers"][0]["name"] == "land"
    assert told["names"]["district"]["order"] == 0


def test_tiers_follow_the_zoom():
    grids = next(layer for layer in LAYERS if layer.name == "grids")
    begins = [grids.styles[tier].zooms[0] for tier in "0123"]
    assert begins == sorted(begins) and begins[-1] == 14


def test_wider_zooms_have_thinner_lines():
    for layer in LAYERS:
        for style in layer.styles.values():
            zooms, widths = zip(*style.width, strict=True)
            assert list(zooms) == sorted(zooms) and list(widths) == sorted(widths), layer.name
