"""What the verbs of hazards, patrols and sensors are given."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat, model_validator

from actions.commands import Code, Command, Moment, Text, Timed, Words

Name = Annotated[str, Field(max_length=80)]
HazardVerb = Literal["assess", "report", "rectify", "close", "monitor", "reopen", "note"]


class HazardCommand(Timed):
    """A step of a hazard: what was found or done, who owns it from now, until when the next step is due."""

    text: Text = ""
    owner: Name | None = None
    due_at: Moment | None = None
    level: Annotated[int, Field(ge=1, le=4)] | None = None


class Found(Command):
    """What a round brought that somebody has to come for: it is reported as an incident."""

    class_code: Annotated[str, Field(alias="class", min_length=1, max_length=32)]
    severity: Annotated[int, Field(ge=1, le=4)] = 4


class VisitCommand(Timed):
    """巡查: `finding` is what was seen, if anything; with `incident` it is reported as well."""

    target: Literal["grids", "hazards", "keyplaces"]
    code: Code
    finding: Words | None = None
    incident: Found | None = None

    @model_validator(mode="after")
    def _an_incident_has_a_finding(self) -> VisitCommand:
        if self.incident and not self.finding:
            raise ValueError("incident without finding")
        return self


class PeriodCommand(Timed):
    """敏感时期: `scope` is the area's code, "" the whole city; both days are included."""

    code: Code
    name: Annotated[str, Field(min_length=1, max_length=80)]
    scope: Annotated[str, Field(max_length=64)] = ""
    starts_on: date
    ends_on: date

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> PeriodCommand:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on before starts_on")
        return self


class ReadingCommand(Command):
    """What a sensor measured, in the unit of its category; `at` is the realm's time, else now."""

    sensor: Code
    value: FiniteFloat
    at: Moment | None = None
