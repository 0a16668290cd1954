"""责任部门 and 权责清单: which departments a city has, and whose affair a class of incidents is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.permissions import prefixes


@dataclass(frozen=True, slots=True)
class Department:
    """`source` says where the department's name is taken from."""

    code: str
    name: str
    name_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Duty:
    """`dept` answers for classes whose code begins with `class_code`, in areas within `area` ("" = all)."""

    dept: str
    class_code: str
    area: str
    source: str


class DutyList:
    """权责清单 of a city."""

    def __init__(self, duties: Iterable[Duty] = ()) -> None:
        self.duties = tuple(duties)

    def covers(self, dept: str, class_code: str, area: str) -> bool:
        """Whether this is the department's affair there. The desk of an area (dept "") answers for all in it
        (属地责任)."""
        return not dept or any(duty.dept == dept for duty in self._of(class_code, area))

    def responsible(self, class_code: str, area: str) -> tuple[str, ...]:
        """The departments that answer, those of the longest class code first, then in the list's order."""
        found = sorted(self._of(class_code, area), key=lambda duty: -len(duty.class_code))
        return tuple(dict.fromkeys(duty.dept for duty in found))

    def _of(self, class_code: str, area: str) -> list[Duty]:
        within = prefixes(area)
        return [d for d in self.duties if class_code.startswith(d.class_code) and d.area in within]
