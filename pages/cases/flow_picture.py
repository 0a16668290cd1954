"""The city's workflow as a picture: states from top to bottom, each verb a line of its own, drawn as SVG.

A verb that leads to the next state is an arrow between them; others run in lanes, onward ones right of the
states and those that lead back left. Lengths are pixels of the picture.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from dash import html

from core.flow import Workflow
from core.flow_chart import STATES, edges
from pages.messages import text
from pages.tokens import colour

_ASIDE = {"rejected": 1, "merged": 4}
"""States beside the main road, and the row they stand in."""
_ROAD = tuple(state for state in STATES if state not in _ASIDE)
_BOX_W, _BOX_H, _ROW_H, _LANE_W, _EDGE = 132, 40, 78, 84, 36
_STUBS = (0, -11, 11, -6, 6, -16, 16)
"""Where lines meet a box, from its middle, so that those of two lanes do not run into one."""
_FONT = "'Source Han Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif"


@dataclass(frozen=True, slots=True)
class Line:
    """The lane of a verb from some states to one; `left`: it leads back."""

    verb: str
    sources: tuple[str, ...]
    to: str
    left: bool

    @property
    def span(self) -> tuple[int, int]:
        rows = [_row(state) for state in (*self.sources, self.to)]
        return min(rows), max(rows)


def picture(lang: str, flow: Workflow) -> html.Img:
    """For a page; what it shows stands in the table below it, too."""
    encoded = base64.b64encode(svg(lang, flow)).decode()
    return html.Img(src=f"data:image/svg+xml;base64,{encoded}", alt=text(lang, "cases.flow.title"))


def svg(lang: str, flow: Workflow) -> bytes:
    """Every state and every move of the table that leads from one to another."""
    steps, lines = _sorted(edges(flow))
    right, left = (_lanes([line for line in lines if line.left is side]) for side in (False, True))
    road_x = _EDGE + _LANE_W * len(left)
    aside_x = road_x + _BOX_W + _LANE_W * len(right) + _LANE_W // 2
    width, height = aside_x + _BOX_W + _EDGE, 2 * _EDGE + _ROW_H * len(_ROAD) - (_ROW_H - _BOX_H)
    root = Element(
        "svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {height}", width=str(width),
        height=str(height), attrib={"font-family": _FONT, "font-size": "15"},
    )  # fmt: skip
    for number, lane in enumerate(right, 1):
        for line in lane:
            _lane(root, lang, line, road_x + _BOX_W, road_x + _BOX_W + number * _LANE_W, aside_x, number)
    for number, lane in enumerate(left, 1):
        for line in lane:
            _lane(root, lang, line, road_x, road_x - number * _LANE_W, aside_x, number)
    for (start, _), verbs in steps.items():
        _step(root, road_x + _BOX_W // 2, _row(start), [text(lang, f"verb.{verb}") for verb in verbs])
    for state in STATES:
        _box(root, aside_x if state in _ASIDE else road_x, _row(state), text(lang, f"status.{state}"))
    found: bytes = tostring(root, encoding="utf-8")
    return found


def _row(state: str) -> int:
    return _ASIDE[state] if state in _ASIDE else _ROAD.index(state)


def _y(row: int) -> int:
    return _EDGE + row * _ROW_H + _BOX_H // 2


def _sorted(moves: Iterable[tuple[str, str, str]]) -> tuple[dict[tuple[str, str], list[str]], list[Line]]:
    """Verbs of each step to the next state, and the lines of the others by verb, target and side."""
    steps: dict[tuple[str, str], list[str]] = {}
    others: dict[tuple[str, str, bool], list[str]] = {}
    for start, verb, end in moves:
        if start in _ROAD and end in _ROAD and _row(end) == _row(start) + 1:
            steps.setdefault((start, end), []).append(verb)
        else:
            back = start in _ROAD and end in _ROAD and _row(end) < _row(start)
            others.setdefault((verb, end, back or False), []).append(start)
    return steps, [Line(verb, tuple(starts), to, left) for (verb, to, left), starts in others.items()]


def _lanes(lines: Sequence[Line]) -> list[list[Line]]:
    """As few lanes as their lengths allow, the shortest nearest to the states."""
    lanes: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.span[1] - one.span[0], one.span)):
        low, high = line.span
        free = (lane for lane in lanes if all(high < o.span[0] or o.span[1] < low for o in lane))
        lane = next(free, None)
        if lane is None:
            lanes.append([line])
        else:
            lane.append(line)
    return lanes


def _lane(root: Element, lang: str, line: Line, road: int, lane: int, aside: int, number: int) -> None:
    """From each source into the lane, along it, and by an arrow to where it leads."""
    shift = _STUBS[number % len(_STUBS)]
    stops = [_y(_row(state)) + shift for state in (*line.sources, line.to)]
    _path(root, f"M{lane} {min(stops)}V{max(stops)}")
    for state, y in zip(line.sources, stops, strict=False):
        _path(root, f"M{aside if state in _ASIDE else road} {y}H{lane}")
    end = aside if line.to in _ASIDE else road
    _path(root, f"M{lane} {stops[-1]}H{end}")
    towards = 1 if end < lane else -1
    _arrow(root, (end, stops[-1]), (towards * 9, -5), (towards * 9, 5))
    nearest = min((y for y in stops[:-1]), key=lambda y: abs(y - stops[-1]))
    middle = (nearest + stops[-1]) // 2 if nearest != stops[-1] else stops[-1] - 12
    _words(root, lane, middle, text(lang, f"verb.{line.verb}"))


def _step(root: Element, x: int, row: int, verbs: Sequence[str]) -> None:
    top, foot = _y(row) + _BOX_H // 2, _y(row + 1) - _BOX_H // 2
    _path(root, f"M{x} {top}V{foot}", own=True)
    _arrow(root, (x, foot), (-5, -9), (5, -9), own=True)
    _words(root, x, (top + foot) // 2 - 2, " / ".join(verbs))


def _path(root: Element, way: str, *, own: bool = False) -> None:
    stroke = colour("accent" if own else "faint")
    SubElement(root, "path", d=way, fill="none", stroke=stroke, attrib={"stroke-width": "1.5"})


def _arrow(
    root: Element, tip: tuple[int, int], one: tuple[int, int], other: tuple[int, int], *, own: bool = False
) -> None:
    d = f"M{tip[0]} {tip[1]}l{one[0]} {one[1]}M{tip[0]} {tip[1]}l{other[0]} {other[1]}"
    _path(root, d, own=own)


def _words(root: Element, x: int, y: int, said: str) -> None:
    """On a halo of the ground, so that no line runs through them."""
    SubElement(
        root, "text", x=str(x), y=str(y + 5), fill=colour("text"), stroke=colour("panel"),
        attrib={"text-anchor": "middle", "paint-order": "stroke", "stroke-width": "7"},
    ).text = said  # fmt: skip


def _box(root: Element, x: int, row: int, said: str) -> None:
    SubElement(
        root, "rect", x=str(x), y=str(_y(row) - _BOX_H // 2), width=str(_BOX_W), height=str(_BOX_H), rx="4",
        fill=colour("raised"), stroke=colour("secondary"),
    )  # fmt: skip
    words = {"text-anchor": "middle", "font-weight": "600"}
    SubElement(
        root, "text", x=str(x + _BOX_W // 2), y=str(_y(row) + 5), fill=colour("text"), attrib=words
    ).text = said
