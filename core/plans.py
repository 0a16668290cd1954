"""应急预案: a plan as a document: who is called, what each department does by when, what else is set moving.

Pure values; whether one may be used is told by `core.plan_checks`.

Levels are those of the response, 1 Ⅰ (gravest) to 4 Ⅳ. A part with `from_level` L takes effect at L and at
every graver level. Minutes count from the moment the part takes effect, in the realm's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from core.offices import Office, is_division, prefixes

LEVELS = (4, 3, 2, 1)
"""From the mildest on, as a response is raised."""
PLACES = {"city": 0, "county": 6, "town": 9, "community": 12}
"""Whose desk an owner's place means → length of its division code (domain.md §2)."""

Level = Annotated[int, Field(ge=1, le=4)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, Field(min_length=1, max_length=400)]
Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]
Metres = Annotated[float, Field(gt=0, le=100_000)]
Owner = Annotated[str, Field(pattern=r"^[a-z_]*@(city|county|town|community)$")]
"""责任单位: `DEPT@PLACE`; PLACE is that of the incident. "@town" is the town's desk."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trigger(Part):
    """启动条件: the plan is proposed at `level` for an incident of one of `classes` (beginnings of codes), or
    for a warning whose event holds one of `warnings`, of `severity` or graver, within one of `areas`."""

    level: Level
    severity: Level
    classes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    areas: tuple[str, ...] = ("",)


class Stage(Part):
    """响应分级: what makes it this level, in the plan's words, and whose desk commands."""

    level: Level
    when: Words
    commander: Owner


class Phase(Part):
    """阶段, in the order in which they follow each other."""

    code: Code
    name: Words
    name_en: Words


class Need(Part):
    """So many units with a skill (`unit`), or so much of an item of the stores (`item`, by code)."""

    kind: Literal["unit", "item"]
    what: Annotated[str, Field(min_length=1, max_length=40)]
    number: Annotated[float, Field(gt=0, le=1_000_000)]


class Task(Part):
    """任务: acknowledged within `ack_min`, done within `due_min`, begun when those `after` are done."""

    code: Code
    phase: Code
    title: Words
    title_en: Words
    owner: Owner
    ack_min: Minutes
    due_min: Minutes
    from_level: Level = 4
    after: tuple[Code, ...] = ()
    needs: tuple[Need, ...] = ()
    reports: bool = False
    """灾情报送: done by a report drafted from the log."""


class Broadcast(Part):
    """应急广播 by the points of one level (市 区 镇 村) within `radius_m` of the hazard's edge."""

    code: Code
    phase: Code
    points: Literal["city", "county", "town", "village"]
    radius_m: Metres
    text: Words
    text_en: Words
    from_level: Level = 4


class Shelter(Part):
    """避难安置: shelters of a class (I, II or III, "" = any) within `radius_m` are opened for `persons`."""

    code: Code
    phase: Code
    grade: Literal["", "I", "II", "III"] = ""
    radius_m: Metres
    persons: Annotated[int, Field(gt=0, le=1_000_000)]
    from_level: Level = 4


class Cordon(Part):
    """封控: roads within `radius_m` of the hazard's edge are closed."""

    code: Code
    phase: Code
    radius_m: Metres
    reason: Words
    from_level: Level = 4


class Parts(NamedTuple):
    """What of a plan takes effect together, and all its phases."""

    phases: tuple[Phase, ...]
    tasks: tuple[Task, ...]
    broadcasts: tuple[Broadcast, ...]
    shelters: tuple[Shelter, ...]
    cordons: tuple[Cordon, ...]


class Contact(Part):
    """通讯录: a role in the response and the office that fills it."""

    role: Words
    owner: Owner


class Plan(Part):
    """A plan, all of it. `areas` are where it is in force; `sources` say what it was made after."""

    code: Code
    name: Words
    name_en: Words
    kind: Code
    summary: Words
    areas: tuple[str, ...] = ("",)
    stages: tuple[Stage, ...]
    triggers: tuple[Trigger, ...] = ()
    phases: tuple[Phase, ...]
    tasks: tuple[Task, ...]
    broadcasts: tuple[Broadcast, ...] = ()
    shelters: tuple[Shelter, ...] = ()
    cordons: tuple[Cordon, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sources: tuple[Words, ...]

    def stage(self, level: int) -> Stage | None:
        return next((one for one in self.stages if one.level == level), None)

    def tasks_at(self, level: int) -> tuple[Task, ...]:
        """What is to be done when the response stands at this level."""
        return tuple(task for task in self.tasks if task.from_level >= level)

    def raised(self, before: int, now: int) -> tuple[Task, ...]:
        """What comes on top when the response is raised from one level to a graver one."""
        return self.parts(now, before).tasks

    def parts(self, level: int, before: int = LEVELS[0] + 1) -> Parts:
        """What takes effect at this level; of a response that stood at `before`, what comes on top."""

        def of(parts: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(one for one in parts if level <= one.from_level < before)

        return Parts(self.phases, of(self.tasks), of(self.broadcasts), of(self.shelters), of(self.cordons))


def office_of(owner: str, area: str) -> str:
    """The office (core.offices) that an owner means where something happened; where the place is not known so
    finely, the nearest desk above."""
    dept, _, place = owner.partition("@")
    longest = PLACES[place]
    known = prefixes(area) if is_division(area) else ("",)  # "G-0001" tells of no place above
    within = [cut for cut in known if len(cut) <= longest and len(cut) not in (2, 4)]
    return str(Office(dept, within[-1]))


def proposed(
    plans: Iterable[Plan], *, class_code: str, severity: int, area: str, warning: str = ""
) -> list[tuple[Plan, int]]:
    """The plans whose trigger matches, each with the gravest level it is proposed at, gravest first."""
    found = []
    for plan in plans:
        levels = [
            one.level
            for one in plan.triggers
            if severity <= one.severity and _within(area, one.areas) and _about(one, class_code, warning)
        ]
        if levels and _within(area, plan.areas):
            found.append((plan, min(levels)))
    return sorted(found, key=lambda one: (one[1], one[0].code))


def _within(area: str, areas: Iterable[str]) -> bool:
    around = prefixes(area)
    return any(one in around for one in areas)


def _about(trigger: Trigger, class_code: str, warning: str) -> bool:
    by_class = any(class_code.startswith(one) for one in trigger.classes)
    return by_class or any(word in warning for word in trigger.warnings if warning)
