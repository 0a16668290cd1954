"""Words as a font can draw them."""

from __future__ import annotations

import re

from fpdf import FPDF

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\ufeff]")


def plain(text: str) -> str:
    """Text without what has no shape: control characters, marks of direction."""
    return _CONTROL.sub("", text.replace("\t", " "))


def fitted(paper: FPDF, text: str, width: float) -> str:
    """As much of it as fits into so many millimetres."""
    words = plain(text)
    while len(words) > 1 and paper.get_string_width(words) > width:
        words = words[:-2] + "…" if len(words) > 2 else words[:1]
    return words
