"""A drill's script in words: what may be chosen in this city; how a condition, an act, a limit read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from core.drill_script import Act, Content, Fact, Form, Indicator, Measure, Seat
from pages.messages import text
from pages.words import LEVELS, duration

Part = Mapping[str, Any]


def _fields(model: Any) -> tuple[str, ...]:
    return tuple(one.alias or name for name, one in model.model_fields.items() if name != "kind")


KINDS: Mapping[str, tuple[str, ...]] = {
    get_args(one.model_fields["kind"].annotation)[0]: _fields(one) for one in get_args(get_args(Act)[0])
}
"""Kind of an inject's act → its fields, as JSON calls them."""
ROLES: tuple[str, ...] = get_args(Seat.model_fields["role"].annotation)
STAGES: tuple[str, ...] = get_args(Indicator.model_fields["report"].annotation)
CONTENTS, FORMS, FACTS, MEASURES = map(get_args, (Content, Form, Fact, Measure))


@dataclass(frozen=True, slots=True)
class City:
    """What the city has, each code with its name in the reader's language; `tasks` are the plan's."""

    lang: str
    classes: Mapping[str, str] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **params: object) -> str:
        return text(self.lang, key, **params)

    def choices(self, prefix: str, codes: Sequence[str]) -> dict[str, str]:
        """Codes with their words; "" is an empty one."""
        return {one: self.say(f"{prefix}.{one}") if one else "—" for one in codes}


def when(city: City, inject: Part) -> str:
    """4 号注入的力量到场后 5 分，最迟第 60 分; "" where it comes by the minute."""
    one = inject.get("when")
    if not one:
        return ""
    fact = one.get("fact")
    after = f"{one.get('after_min') or 0:g}"
    key = "drills.when.fact" if fact else "drills.when.inject"
    said = city.say(key, n=one.get("inject"), fact=_fact(city, fact), after=after)
    latest = one.get("latest_min")
    return said if latest is None else said + city.say("drills.when.latest", latest=f"{latest:g}")


def _fact(city: City, fact: str | None) -> str:
    return city.say(f"drills.fact.{fact}") if fact in FACTS else ""


def act(city: City, inject: Part) -> str:
    """报警 · Ⅲ 火灾, 续报 → 3."""
    one = inject.get("act") or {}
    kind = one.get("kind")
    said = [city.say(f"drills.kind.{kind}")] if kind in KINDS else []
    if one.get("severity"):
        said.append(LEVELS.get(one["severity"], str(one["severity"])))
    if one.get("class"):
        said.append(city.classes.get(one["class"], one["class"]))
    if one.get("skill"):
        said.append(city.skills.get(one["skill"], one["skill"]))
    about = f" → {one['inject']}" if one.get("inject") else ""
    return " ".join(said) + about


def indicators(city: City, inject: Part) -> str:
    """受理 ≤ 1 分; one a line."""
    return "\n".join(_indicator(city, one) for one in inject.get("indicators") or ())


def _indicator(city: City, one: Part) -> str:
    measure = one.get("measure")
    name = city.say(f"drills.measure.{measure}") if measure in MEASURES else "—"
    limit = one.get("limit_s")
    if not isinstance(limit, int | float):
        return name
    whole = limit >= 60 and limit % 60 == 0
    said = city.say("duration.m", m=f"{limit / 60:g}") if whole else duration(city.lang, limit)
    return f"{name} ≤ {said}"
