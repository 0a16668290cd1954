"""What verbs are given: values checked at the edge, the same for the API, the desk and the simulator."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    field_validator,
    model_validator,
)

from core.due import TimeUnit

Text = Annotated[str, Field(max_length=4000)]
Words = Annotated[str, Field(min_length=1, max_length=4000)]
Code = Annotated[str, Field(min_length=1, max_length=64)]


Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Ring = Annotated[tuple[tuple[Lon, Lat], ...], Field(min_length=4, max_length=500)]
"""A closed outer ring, degrees."""


class Command(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, str_strip_whitespace=True)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        """PostgreSQL's text holds every character but this one."""
        parts = value if isinstance(value, tuple) else (value,)
        if any(isinstance(part, str) and "\0" in part for part in parts):
            raise ValueError("NUL character")
        return value


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Earlier times are slips of the keyboard, and some of them fit into no column."""
Moment = Annotated[AwareDatetime, Field(ge=EPOCH, lt=datetime(9999, 1, 1, tzinfo=UTC))]


class Timed(Command):
    """`occurred_at` says when it happened, with an offset; now, if left out."""

    occurred_at: Annotated[AwareDatetime, Field(ge=EPOCH)] | None = None


class Location(Command):
    """A point in the named datum; degrees."""

    lon: Annotated[FiniteFloat, Field(ge=-180, le=180)]
    lat: Annotated[FiniteFloat, Field(ge=-180, le=180)]
    datum: Annotated[str, Field(max_length=20)] = "wgs84"


class Reporter(Command):
    """Who reported; sealed at rest, masked everywhere."""

    name: Annotated[str, Field(max_length=100)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class ReportCommand(Timed):
    """上报. `title` is the class's name when not given; severity 1 (Ⅰ 特别重大) to 4 (Ⅳ 一般)."""

    class_code: Annotated[str, Field(alias="class", min_length=1, max_length=32)]
    text: Words
    location: Location
    channel: Code
    severity: Annotated[int, Field(ge=1, le=4)] = 4
    title: Annotated[str, Field(max_length=80)] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    source_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    reporter: Reporter | None = None


class AmendCommand(Timed):
    class_code: Annotated[str | None, Field(alias="class", min_length=1, max_length=32)] = None
    title: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    severity: Annotated[int, Field(ge=1, le=4)] | None = None
    text: Words | None = None
    address: Annotated[str, Field(max_length=200)] | None = None


class ReclassifyCommand(Timed):
    """改类定级"""

    class_code: Annotated[str, Field(alias="class", min_length=1, max_length=32)]
    reason: Words
    title: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    severity: Annotated[int, Field(ge=1, le=4)] | None = None


class SupplyCommand(Command):
    """So much of an item (in its unit), there by then."""

    item: Code
    quantity: Annotated[float, Field(ge=0.001, le=1e6, allow_inf_nan=False)]
    by: Moment | None = None


class DispatchCommand(Timed):
    """派遣: all of these units and supplies or none."""

    units: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    supplies: Annotated[tuple[SupplyCommand, ...], Field(max_length=50)] = ()
    override_reason: Text | None = None
    offer: Code | None = None
    """The advice that this answers (`GET /incidents/ID/advice`)."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.units or self.supplies):
            raise ValueError("units or supplies")
        return self


class ReplaceCommand(Timed):
    """改派: this unit in the place of another."""

    unit: Code
    reason: Words


class CancelCommand(Timed):
    """撤回"""

    reason: Words


class PositionCommand(Command):
    """Where a unit is: lon/lat EPSG:4326 degrees, speed km/h, heading degrees clockwise from north.

    `at` is the realm's time; without it, the moment the fix is taken.
    """

    unit: Code
    lon: Annotated[FiniteFloat, Field(ge=-180, le=180)]
    lat: Annotated[FiniteFloat, Field(ge=-90, le=90)]
    at: AwareDatetime | None = None
    speed: Annotated[FiniteFloat, Field(ge=0, le=1000)] | None = None
    heading: Annotated[FiniteFloat, Field(ge=0, le=360)] | None = None


OfficeText = Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,40}@[0-9A-Za-z_-]{0,40}$")]
"""`DEPT@AREA` (core.offices)."""


class TransferCommand(Timed):
    """转办"""

    to: OfficeText
    reason: Words


class AssistCommand(Timed):
    """协办"""

    offices: Annotated[tuple[OfficeText, ...], Field(min_length=1, max_length=33)]
    reason: Text | None = None


class AssistEndCommand(Timed):
    """协办结束; without `offices` of those the asker acts for."""

    offices: Annotated[tuple[OfficeText, ...], Field(max_length=33)] = ()
    reason: Text | None = None


class WhistleCommand(Timed):
    """吹哨"""

    offices: Annotated[tuple[OfficeText, ...], Field(min_length=1, max_length=33)]
    text: Words
    reason: Text | None = None


class ExtendCommand(Timed):
    """延期 by an amount of time."""

    amount: Annotated[FiniteFloat, Field(gt=0, le=10_000)]
    unit: TimeUnit
    reason: Words


Settle = Literal["returned", "consumed"]


class EndCommand(Timed):
    """An incident ends: units still there are released if so said, and what has gone out to it is settled."""

    release_units: bool = False
    settle: Settle | None = None


class RejectCommand(EndCommand):
    """不予受理"""

    reason: Words


class MergeCommand(EndCommand):
    """并案 into another incident."""

    into: Code


class UnmergeCommand(Timed):
    reason: Words


class SituationCommand(Timed):
    """初报, 续报, 终报"""

    stage: Literal["first", "follow", "final"]
    text: Words


class RateCommand(Timed):
    """评价: 满意 3, 基本满意 2, 不满意 1; `by` how it was asked."""

    rating: Literal[1, 2, 3]
    text: Text | None = None
    by: Code = "callback"


AssignmentVerb = Literal["ack", "decline", "enroute", "arrive", "release"]
