"""The flow chart of a plan, by dash-cytoscape: drawn from what runs. Lengths are pixels at 1080 lines.

What a running response changes (acknowledged, late, done) is put on the boxes by static/js/68-plans.js.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_cytoscape as cyto

from core.plan_chart import HEIGHTS, Box, Chart, Edge, Kind, Lane, chart
from core.plans import Plan
from pages.messages import DEFAULT
from pages.plans import ids, words
from pages.plans.words import City
from pages.tokens import colour

COLUMN, SLOT, BOX_W, LANE_HEAD, GAP = 246, 96, 208, 40, 12
ROOM = (1560, 740)
_FONT = "Source Han Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif"
_SIZE = 14
_MOST = {DEFAULT: 28}
"""Letters of a title that two lines hold; Latin ones are half as wide."""
_MOST_LATIN = 52
_TURNS = 4
"""Edges of neighbouring boxes go down in the gap side by side."""
Element = dict[str, Any]


def picture(city: City, plan: Plan) -> Any:
    """For a page; what it shows stands in the tables, too."""
    return cyto.Cytoscape(
        id=ids.CHART, elements=elements(city, plan), stylesheet=stylesheet(city.lang),
        className="plans-chart",
        layout={"name": "preset", "fit": True, "padding": GAP}, style={"width": "100%", "height": "100%"},
        autoungrabify=True, boxSelectionEnabled=False, minZoom=0.25, maxZoom=4, responsive=True,
    )  # fmt: skip


def elements(city: City, plan: Plan) -> list[Element]:
    """Lanes, boxes and edges, those below first."""
    drawn = min((chart(plan, most) for most in range(4, 11)), key=_share)
    said, about = _labels(city, plan), _abouts(city, plan)
    turns = {box.id: 11 + 5 * (n % _TURNS) for n, box in enumerate(drawn.boxes)}
    return [
        *(_lane(city, plan, lane, drawn) for lane in drawn.lanes),
        *(_box(box, said, about) for box in drawn.boxes),
        *(_edge(one, turns) for one in drawn.edges),
    ]


def _share(drawn: Chart) -> float:
    """How far it goes beyond its room on the page: the less, the larger it is seen."""
    columns = sum(lane.columns for lane in drawn.lanes)
    return max(columns * COLUMN / ROOM[0], (drawn.height * SLOT + LANE_HEAD) / ROOM[1])


def _edge(one: Edge, turns: Mapping[str, int]) -> Element:
    classes = " ".join(name for name, on in (("last", one.last), ("wrong", one.wrong)) if on)
    return {
        "data": {"source": one.source, "target": one.target, "turn": turns[one.source]},
        "classes": classes,
    }


def _lane(city: City, plan: Plan, lane: Lane, drawn: Chart) -> Element:
    width, height = lane.columns * COLUMN - GAP, drawn.height * SLOT + LANE_HEAD + GAP
    name = next(words.name_of(city, one.model_dump()) for one in plan.phases if one.code == lane.code)
    return {
        "data": {"id": f"lane:{lane.code}", "label": name, "width": width, "height": height},
        "position": {"x": lane.first * COLUMN + width / 2, "y": height / 2}, "classes": "lane",
        "selectable": False, "grabbable": False,
    }  # fmt: skip


def _box(box: Box, said: Mapping[str, str], about: Mapping[str, str]) -> Element:
    tall = max(1.0, HEIGHTS[box.kind] * SLOT - GAP)
    at = {"x": box.column * COLUMN + COLUMN / 2 - GAP / 2, "y": LANE_HEAD + box.middle * SLOT}
    label = said.get(box.id, "")
    data = {"id": box.id, "label": label, "base": label, "code": box.code, "height": tall,
            "about": about.get(box.id, "")}  # fmt: skip
    return {"data": data, "position": at, "classes": box.kind}


def _labels(city: City, plan: Plan) -> dict[str, str]:
    """Box → what it says: a task's title, owner and minutes."""
    said = {f"task:{one.code}": _task_label(city, one.model_dump(mode="json")) for one in plan.tasks}
    beside: tuple[tuple[Kind, Any], ...] = (
        ("broadcast", plan.broadcasts), ("shelter", plan.shelters), ("cordon", plan.cordons),
    )  # fmt: skip
    for kind, parts in beside:
        for one in parts:
            about = one.model_dump(mode="json")
            level = words.level(one.from_level)
            km = f"{one.radius_m / 1000:g}"
            points = words.points(city, about.get("points", ""))
            said[f"{kind}:{one.code}"] = city.say(
                f"plans.chart.{kind}", km=km, level=level, points=points, persons=about.get("persons", "")
            )
    return said


def _abouts(city: City, plan: Plan) -> dict[str, str]:
    """Box → all of it in a line, shown when it is pressed."""
    return {
        **{f"task:{one.code}": _task_about(city, one.model_dump(mode="json")) for one in plan.tasks},
        **{f"broadcast:{one.code}": words.name_of(city, one.model_dump(), "text") for one in plan.broadcasts},
        **{f"cordon:{one.code}": one.reason for one in plan.cordons},
    }


def _task_about(city: City, task: Mapping[str, Any]) -> str:
    ack, due = (words.minutes(city, task[name]) for name in ("ack_min", "due_min"))
    times = city.say("plans.chart.times", ack=ack, due=due)
    level = city.say("plans.chart.from", level=words.level(task["from_level"]))
    title, owner = words.name_of(city, task, "title"), words.owner(city, task["owner"])
    return " · ".join(one for one in (title, owner, times, level, words.needs(city, task["needs"])) if one)


def _task_label(city: City, task: Mapping[str, Any]) -> str:
    title = words.name_of(city, task, "title")
    most = _MOST.get(city.lang, _MOST_LATIN)
    cut = title if len(title) <= most else f"{title[: most - 1]}…"
    due = words.minutes(city, task["due_min"])
    level = (
        city.say("plans.chart.from", level=words.level(task["from_level"])) if task["from_level"] < 4 else ""
    )
    owner = words.owner(city, task["owner"]).partition(" · ")[0]
    return "\n".join((cut, " · ".join(one for one in (owner, due, level) if one)))


def stylesheet(lang: str) -> list[dict[str, Any]]:
    """Colours of the tokens; the classes from `waiting` on are a running response's."""
    text = {
        "label": "data(label)", "font-family": _FONT, "font-size": _SIZE, "color": colour("text"),
        "text-wrap": "wrap", "text-overflow-wrap": "anywhere" if lang == DEFAULT else "whitespace",
        "text-valign": "center",
        "text-halign": "center", "text-max-width": BOX_W - 14, "line-height": 1.25,
        "z-index-compare": "manual",
    }  # fmt: skip
    box = {
        "shape": "round-rectangle", "width": BOX_W, "height": "data(height)", "border-width": 1,
        "background-color": colour("raised"), "border-color": colour("faint"),
    }  # fmt: skip
    line = {
        "z-index-compare": "manual",
        "width": 1.5, "line-color": colour("faint"), "curve-style": "taxi", "taxi-direction": "rightward",
        "taxi-turn": "data(turn)",
        "taxi-turn-min-distance": 4, "target-arrow-color": colour("faint"),
    }  # fmt: skip
    aside = {
        "background-color": colour("panel"),
        "border-style": "dashed",
        "color": colour("secondary"),
        "font-size": 13,
    }
    lane = {
        "shape": "rectangle", "width": "data(width)", "height": "data(height)", "events": "no",
        "background-color": colour("panel"), "border-width": 1, "border-color": colour("line"),
        "text-valign": "top", "text-margin-y": 30, "font-size": 16, "font-weight": 600,
        "color": colour("secondary"), "text-max-width": "data(width)",
    }  # fmt: skip
    accent = {"border-color": colour("accent"), "border-width": 2}
    rules: list[tuple[str, Mapping[str, Any]]] = [
        ("node", {**text, "z-index": 2}), ("node.task, node.broadcast, node.shelter, node.cordon", box),
        ("node.broadcast, node.shelter, node.cordon", aside), ("node.lane", {**text, **lane, "z-index": 0}),
        ("node.bend", {"shape": "rectangle", "width": BOX_W, "height": 1.5, "events": "no",
                       "background-color": colour("faint")}),
        ("edge", {**line, "z-index": 1}),
        ("edge.last", {"target-arrow-shape": "triangle", "arrow-scale": 0.9}),
        ("edge.wrong", {"curve-style": "bezier", "line-style": "dashed", "line-color": colour("fault"),
                        "target-arrow-color": colour("fault")}),
        ("node:selected", {"border-color": colour("text"), "border-width": 2}),
        ("node.absent, node.cancelled", {"opacity": 0.4}),
        ("node.waiting", {"border-style": "dashed"}), ("node.assigned", accent),
        ("node.acknowledged, node.under_way", {**accent, "background-color": colour("accent-deep")}),
        ("node.done", {"border-color": colour("closed"), "border-width": 2, "color": colour("closed")}),
        ("node.late", {"border-width": 4, "border-style": "double", "border-color": colour("text")}),
    ]  # fmt: skip
    return [{"selector": selector, "style": dict(style)} for selector, style in rules]
