"""演练脚本 (MSEL): what is injected when, to whom, what is expected of them, and how that is measured.

Pure values; whether a script may be run is told by `core.drill_checks`. Minutes count from the start of the
drill, on its realm's clock.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Minutes = Annotated[float, Field(ge=0, le=7 * 24 * 60)]
Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
Number = Annotated[int, Field(ge=1, le=999)]

Content = Literal["single", "special", "comprehensive"]
"""按内容: 单项, 专题, 综合 (domain.md §6)."""
Form = Literal["tabletop", "field"]
"""按形式: 桌面, 实战."""
Measure = Literal["ack", "dispatch", "arrival", "close", "activation", "task", "order", "supplies", "report"]
"""What of the log is timed: an incident accepted, its first unit sent, its first unit on scene, its closing;
a plan activated, a task done, an order acknowledged, supplies issued, a report sent."""
Fact = Literal["incident_closed", "unit_arrived", "plan_activated", "task_done", "report_sent"]
"""What an inject may wait for."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Seat(Part):
    """席位: who plays. `office` is the office it speaks for (`DEPT@DIVISION`, "" = the command centre's duty
    desk); a seat nobody takes is played by the machine if `simulated`, else left empty. `delay_s`: by so much
    the machine is later there with what is asked of it."""

    code: Code
    name: Name
    office: str = ""
    role: Literal["controller", "evaluator", "player", "observer"] = "player"
    simulated: bool = True
    delay_s: Annotated[float, Field(ge=0, le=24 * 3600)] = 0.0


class When(Part):
    """条件: so many minutes after another inject was delivered (`inject`), or after a fact of the
    incident that it is about (`fact`). `latest_min`, from the start of the drill: without the fact the inject
    is delivered then all the same."""

    inject: Number
    fact: Fact | None = None
    after_min: Minutes = 0
    latest_min: Minutes | None = None


class Report(Part):
    """报警: an incident is reported through a channel, as the intake would take it."""

    kind: Literal["report"]
    class_code: Annotated[str, Field(alias="class", min_length=1, max_length=32)]
    severity: Annotated[int, Field(ge=1, le=4)]
    text: Words
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Supplement(Part):
    """续报: more about the incident of an earlier inject; `severity` corrects its level."""

    kind: Literal["supplement"]
    inject: Number
    text: Words
    severity: Annotated[int, Field(ge=1, le=4)] | None = None


class Closure(Part):
    """道路中断: roads within `radius_m` of a place are closed to traffic. `inject`: the incident of that
    earlier inject is what it is about, and what its indicators look at."""

    kind: Literal["closure"]
    inject: Number | None = None
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    radius_m: Annotated[float, Field(gt=0, le=5000)]
    reason: Name


class Breakdown(Part):
    """力量失效: the nearest unit of a skill to a place is off duty from now on; `inject` as of a closure."""

    kind: Literal["breakdown"]
    inject: Number | None = None
    skill: Annotated[str, Field(min_length=1, max_length=40)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Message(Part):
    """口头或书面情况: a text to the target's seat; nothing changes in the city. `inject` as of a closure."""

    kind: Literal["message"]
    inject: Number | None = None
    text: Words


Act = Annotated[Report | Supplement | Closure | Breakdown | Message, Field(discriminator="kind")]


class Indicator(Part):
    """考核指标: from the inject to the `measure` (of its incident), at most `limit_s`. `task` is the task's
    code in the plan, for the measures "task" and "order" (there "" = every order given first after the
    inject); `report` the kind of report, "" = any."""

    code: Code
    name: Name
    measure: Measure
    limit_s: Seconds
    task: str = ""
    report: Literal["", "initial", "follow_up", "final"] = ""
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0


class Inject(Part):
    """情景注入: at `at_min`, or upon `when`; one of both."""

    number: Number
    at_min: Minutes | None = None
    when: When | None = None
    synopsis: Words
    channel: Name
    target: Code
    act: Act
    expected: Words
    evaluator: Code | None = None
    objective: Code | None = None
    indicators: tuple[Indicator, ...] = ()


class Objective(Part):
    """演练目标."""

    code: Code
    name: Words


class Script(Part):
    """All of it. `division` is the town or county (code prefix, "" = the city) that exercises; `plan` the
    code of the plan that is put to the test, "" = none; `scenario_at` the local time at which it begins."""

    name: Name
    name_en: Annotated[str, Field(max_length=120)] = ""
    content: Content
    form: Form
    division: Annotated[str, Field(max_length=12)] = ""
    plan: str = ""
    hazard: Annotated[str, Field(max_length=32)] = ""
    """Class of the incident that it is about; "" = several."""
    scenario: Words
    scenario_at: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = "09:00"
    minutes: Annotated[float, Field(gt=0, le=7 * 24 * 60)]
    """How long it is meant to take."""
    objectives: tuple[Objective, ...] = ()
    seats: tuple[Seat, ...]
    injects: tuple[Inject, ...]
    sources: tuple[str, ...] = ()

    def inject(self, number: int) -> Inject | None:
        return next((one for one in self.injects if one.number == number), None)

    def incident_of(self, number: int) -> int | None:
        """The inject that makes the incident which this one is about: itself if it reports one."""
        one = self.inject(number)
        if one is None or isinstance(one.act, Report):
            return one.number if one else None
        origin = self.inject(one.act.inject) if one.act.inject else None
        return origin.number if origin and isinstance(origin.act, Report) else None

    def seat(self, code: str) -> Seat | None:
        return next((one for one in self.seats if one.code == code), None)


def dump(script: Script) -> dict[str, Any]:
    """As JSON has it."""
    return script.model_dump(mode="json", by_alias=True, exclude_defaults=True)
