"""How a warning is worded: event, category, severity and colour by class and level, from code tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EventWords:
    """A row of db/data/warning_events.csv, for classes whose code begins with `prefix`."""

    prefix: str
    category: str
    event: str
    event_en: str
    urgency: str
    certainty: str
    response: str


@dataclass(frozen=True, slots=True)
class LevelWords:
    """A row of db/data/warning_levels.csv."""

    level: int
    colour: str
    colour_zh: str
    severity: str
    valid_h: int


@dataclass(frozen=True, slots=True)
class WarningWords:
    """Both tables. One row of events has the prefix "", and each level has one of its own."""

    events: Sequence[EventWords]
    levels: Sequence[LevelWords]

    def event(self, class_code: str) -> EventWords:
        fitting = (one for one in self.events if class_code.startswith(one.prefix))
        return max(fitting, key=lambda one: len(one.prefix))

    def level(self, level: int) -> LevelWords:
        return next(one for one in self.levels if one.level == level)


def headlines(sender: str, event: EventWords, level: LevelWords) -> tuple[str, str]:
    """“云屿市发布暴雨红色预警”, and in English."""
    return (
        f"{sender}发布{event.event}{level.colour_zh}预警",
        f"{level.colour} warning: {event.event_en}",
    )


def all_clear(sender: str, event: str, event_en: str, level: LevelWords) -> tuple[str, str]:
    """“云屿市解除暴雨红色预警”, and in English."""
    return f"{sender}解除{event}{level.colour_zh}预警", f"{level.colour} warning lifted: {event_en}"
