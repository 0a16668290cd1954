"""What a drill's script may name in this city, in the reader's words."""

from __future__ import annotations

from actions import plans
from callbacks.drills.listing import plan_names
from callbacks.registrar import Ask
from core.errors import NotFound
from pages.drills.script_words import City
from pages.messages import DEFAULT, has, text


def city_of(ask: Ask, plan: str) -> City:
    """What may be chosen, in the reader's words; `plan` is the one whose tasks are told."""
    known, own = ask.services.reference, ask.lang == DEFAULT
    areas = known.areas()
    skills = {one: f"skill.{one}" for one in plans.skills(ask.services, ask.principal)}
    return City(
        ask.lang,
        classes={one.code: one.name if own else one.name_en for one in known.classes().values()},
        skills={one: text(ask.lang, key) if has(ask.lang, key) else one for one, key in skills.items()},
        plans=plan_names(ask), tasks=_tasks(ask, plan),
        departments={one.code: one.name if own else one.name_en for one in known.departments().values()},
        areas={row.code: row.name for tier in (0, 1) for row in areas.tier(tier)},
    )  # fmt: skip


def _tasks(ask: Ask, plan: str) -> dict[str, str]:
    try:
        found = plans.read_plan(ask.services, ask.principal, plan)["plan"] if plan else {"tasks": ()}
    except NotFound:
        return {}
    title = "title" if ask.lang == DEFAULT else "title_en"
    return {one["code"]: one[title] or one["title"] for one in found["tasks"]}
