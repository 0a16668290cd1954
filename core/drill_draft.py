"""A script generated from a plan (应急预案): the incident that it is for, each phase as it should begin, each
task to the office that owns it, with the plan's own limits. For a controller to make a drill of.

Pure. When a task can begin follows from the limits of those before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from core.drill_script import Indicator, Inject, Measure, Message, Objective, Report, Script, Seat, When
from core.errors import InvalidInput
from core.plans import Parts, Phase, Plan, Task, office_of

Say = Callable[..., str]
"""A message's key and its values → its sentence."""
ACK_S, ACTIVATE_MIN = 60.0, 10.0
"""Accepted within a minute (db/data/limits.csv); the plan activated within ten (u)."""
MINUTES = 180.0
_COMMAND, _DIRECTOR, _JUDGE = "command", "director", "judge"
_ROMAN = "ⅠⅡⅢⅣ"
_SHORT = 60
"""Letters of a plan's words in a name."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happens: EPSG:4326, and the code of the grid or division it lies in."""

    lon: float
    lat: float
    area: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The language of the script. `office`: an office (core.offices) → its name."""

    say: Say
    office: Callable[[str], str]
    english: bool = False

    def name(self, one: Plan | Phase) -> str:
        return (one.name_en if self.english else one.name)[:_SHORT]

    def title(self, task: Task) -> str:
        return (task.title_en if self.english else task.title)[:_SHORT]


def draft(
    plan: Plan,
    level: int,
    place: Place,
    classes: Collection[str],
    wording: Wording,
    minutes: float = MINUTES,
) -> Script:
    """Of the response at a level, as far as it goes within `minutes`; it passes `core.drill_checks` where the
    plan passes its own. Raises InvalidInput if the plan has no such level, or answers to no incident's class.
    """
    return _Draft(plan, level, place, classes, wording, minutes).script()


class _Draft:
    def __init__(
        self, plan: Plan, level: int, place: Place, classes: Collection[str], wording: Wording, minutes: float
    ) -> None:
        self.plan, self.level, self.place, self.minutes = plan, level, place, minutes
        self.words, self.say = wording, wording.say
        self.named = {"plan": wording.name(plan), "level": _ROMAN[level - 1]}
        parts = plan.parts(level)
        self.begin = _begins(parts)
        within = [task for task in parts.tasks if self.begin[task.code] + ACTIVATE_MIN <= minutes]
        self.tasks = {
            phase: sorted((one for one in within if one.phase == phase.code), key=self._begun)
            for phase in plan.phases
        }
        self.class_code, self.severity = _incident(plan, level, classes)

    def _begun(self, task: Task) -> float:
        return self.begin[task.code]

    def script(self) -> Script:
        stage = self.plan.stage(self.level)
        if stage is None:
            raise InvalidInput(pointer="/level", detail=str(self.level))
        injects = [self._report(stage.when)]
        for phase, tasks in self.tasks.items():
            if tasks:
                injects.append(self._phase(len(injects) + 1, phase, tasks))
                injects += [self._task(len(injects) + n, task) for n, task in enumerate(tasks, start=1)]
        return Script(
            name=self.say("drills.draft.name", **self.named), name_en=self.plan.name_en[:120],
            content="special", form="tabletop", plan=self.plan.code, hazard=self.class_code,
            scenario=self.say("drills.draft.scenario", when=stage.when, **self.named), minutes=self.minutes,
            objectives=tuple(
                Objective(code=phase.code, name=self.words.name(phase))
                for phase, tasks in self.tasks.items() if tasks
            ),
            seats=tuple(self._seats()), injects=tuple(injects),
            sources=(self.say("drills.draft.source", **self.named), *self.plan.sources),
        )  # fmt: skip

    def _seats(self) -> Iterator[Seat]:
        yield Seat(code=_DIRECTOR, name=self.say("drills.draft.director"), role="controller")
        yield Seat(code=_JUDGE, name=self.say("drills.draft.judge"), role="evaluator")
        yield Seat(code=_COMMAND, name=self.say("drills.draft.command"))
        owners = dict.fromkeys(task.owner for tasks in self.tasks.values() for task in tasks)
        for owner in owners:
            if (code := _seat_of(owner)) != _COMMAND:
                office = office_of(owner, self.place.area)
                yield Seat(code=code, name=self.words.office(office)[:80], office=office)

    def _report(self, when: str) -> Inject:
        orders = max([one.ack_min for tasks in self.tasks.values() for one in tasks], default=0.0)
        place = self.place
        limits: dict[Measure, float] = {
            "ack": ACK_S, "activation": ACTIVATE_MIN * 60, "order": (ACTIVATE_MIN + orders) * 60,
        }  # fmt: skip
        return Inject(
            number=1, at_min=0, synopsis=when, channel="desk", target=_COMMAND, evaluator=_JUDGE,
            act=Report(kind="report", class_code=self.class_code, severity=self.severity, text=when,
                       lon=place.lon, lat=place.lat, address=place.address),
            expected=self.say("drills.draft.activate", **self.named),
            indicators=tuple(
                Indicator(code=f"i1_{one}", name=self.say(f"drills.draft.measure.{one}"), measure=one,
                          limit_s=limit)
                for one, limit in limits.items() if limit <= self.minutes * 60
            ),
        )  # fmt: skip

    def _phase(self, number: int, phase: Phase, tasks: list[Task]) -> Inject:
        """Judged by its last task that is due before the drill ends."""
        begin, name = min(map(self._begun, tasks)), self.words.name(phase)
        ends = {self._begun(task) + task.due_min: task for task in tasks}
        last = max((end for end in ends if end <= self.minutes), default=None)
        judged = () if last is None else (
            Indicator(code=f"i{number}_task", name=self.say("drills.draft.phase_done", phase=name),
                      measure="task", task=ends[last].code, limit_s=(last - begin) * 60),
        )  # fmt: skip
        titles = "、".join(map(self.words.title, tasks))
        return self._message(
            number, begin, _COMMAND, phase.code, self.say("drills.draft.phase", phase=name),
            self.say("drills.draft.phase_expected", tasks=titles)[:1000], judged,
        )  # fmt: skip

    def _task(self, number: int, task: Task) -> Inject:
        title, begin = self.words.title(task), self._begun(task)
        limits: Mapping[Measure, float] = {"order": task.ack_min, "task": task.due_min}
        judged = tuple(
            Indicator(code=f"i{number}_{one}", name=self.say(f"drills.draft.of_task.{one}", task=title),
                      measure=one, task=task.code, limit_s=limit * 60)
            for one, limit in limits.items() if begin + limit <= self.minutes
        )  # fmt: skip
        return self._message(
            number, begin, _seat_of(task.owner), task.phase, self.say("drills.draft.task", task=title),
            self.say(
                "drills.draft.task_expected", task=title, ack=f"{task.ack_min:g}", due=f"{task.due_min:g}"
            ), judged,
        )  # fmt: skip

    def _message(
        self, number: int, begin: float, target: str, phase: str, text: str, expected: str,
        judged: tuple[Indicator, ...],
    ) -> Inject:  # fmt: skip
        """So long after the plan was activated, or should have been."""
        return Inject(
            number=number, synopsis=text, channel=self.say("drills.draft.channel"), target=target,
            when=When(inject=1, fact="plan_activated", after_min=begin, latest_min=begin + ACTIVATE_MIN),
            act=Message(kind="message", inject=1, text=text), expected=expected, evaluator=_JUDGE,
            objective=phase, indicators=judged,
        )  # fmt: skip


def _begins(parts: Parts) -> dict[str, float]:
    """Task → minutes from the activation until all that it waits for are due."""
    held = {task.code: task for task in parts.tasks}
    found: dict[str, float] = {}

    def begin(code: str) -> float:
        if code not in found:
            before = [held[one] for one in held[code].after if one in held]
            found[code] = max((begin(one.code) + one.due_min for one in before), default=0.0)
        return found[code]

    for code in held:
        begin(code)
    return found


def _seat_of(owner: str) -> str:
    """The code of the seat that speaks for an owner; the city's own desk is the command centre's."""
    dept, _, place = owner.partition("@")
    return _COMMAND if owner == "@city" else f"{dept or 'desk'}_{place}"


def _incident(plan: Plan, level: int, classes: Collection[str]) -> tuple[str, int]:
    """Class and severity that the plan answers to at this level, or at any. Raises InvalidInput."""
    for trigger in sorted(plan.triggers, key=lambda one: one.level != level):
        for code in sorted(classes):
            if any(code.startswith(one) for one in trigger.classes):
                return code, trigger.severity
    raise InvalidInput(pointer="/triggers", detail=plan.code)
