"""社区警务 rules: what a post needs, and how much of a station's strength is community police. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "short", "missing", "unknown"]
STATION = "station"


@dataclass(frozen=True, slots=True)
class PostRule:
    """Least staff of the posts of one type of community, or least `share` (0..1) of a station's strength that
    is community police. `name_ends`: endings of names that tell a community without a type."""

    type: str
    name: str
    name_en: str
    name_ends: tuple[str, ...]
    officers: int
    auxiliaries: int
    share: float
    source: str


def rule_of(rules: Sequence[PostRule], given: str | None, name: str) -> PostRule | None:
    """The rule of a community by its type, else by how its name ends (the longest ending that fits)."""
    if given:
        return next((rule for rule in rules if rule.type == given), None)
    fitting = [(len(end), rule) for rule in rules for end in rule.name_ends if name.endswith(end)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def staffing(rule: PostRule | None, posts: int, officers: int, auxiliaries: int) -> State:
    """Whether the posts of a community have the staff that its type wants; an officer more does for an
    auxiliary less, never the other way."""
    if not posts:
        return "missing"
    if rule is None:
        return "unknown"
    enough = officers >= rule.officers and officers + auxiliaries >= rule.officers + rule.auxiliaries
    return "ok" if enough else "short"


def community_share(community_police: int, strength: int | None) -> float | None:
    """Community police as a share of a station's strength; None where that is not known."""
    return community_police / strength if strength else None
