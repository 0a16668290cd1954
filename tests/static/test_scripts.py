"""Rules for what we send to browsers: ours alone, small, and data only as text."""

from __future__ import annotations

import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
"""A name, which nobody asks for anything."""
FILES = sorted(file for file in STATIC.rglob("*") if file.suffix in (".js", ".css"))


def test_a_file_is_short():
    long = {file.name for file in FILES if len(file.read_text(encoding="utf-8").splitlines()) >= 300}
    assert long == set()


def test_no_other_host_is_named():
    foreign = re.compile(r"(?:https?:)?//[a-z0-9-]+\.[a-z]")
    said = {file.name: file.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "") for file in FILES}
    assert {name: found for name, text in said.items() if (found := foreign.findall(text))} == {}


def test_data_reaches_the_page_as_text_only():
    ways = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function")
    scripts = {file.name: file.read_text(encoding="utf-8") for file in FILES if file.suffix == ".js"}
    assert [(name, way) for name, source in scripts.items() for way in ways if way in source] == []


def test_no_letter_is_under_14_pixels():
    for file in FILES:
        if file.suffix == ".css":
            sizes = re.findall(r"font(?:-size)?:[^;]*?([0-9.]+)rem", file.read_text(encoding="utf-8"))
            assert all(float(size) >= 0.875 for size in sizes), file.name


def test_every_colour_stands_in_the_tokens():
    for file in FILES:
        if file.suffix == ".js":
            assert re.findall(r'"#[0-9a-fA-F]{3,8}"', file.read_text(encoding="utf-8")) == [], file.name
