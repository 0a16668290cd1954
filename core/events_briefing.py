"""The facts of reporting: 初报, 续报, 终报 of a response, and what a disaster has cost (灾情报送).

The subject of a report is the response, that of losses the incident.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from core.envelope import Body

Stage = Literal["first", "follow", "final"]


class ReportFiled(Body):
    """报送. `number` counts the reports of a response from 1; `covers` is the position in the log up to which
    it tells, so that the next one tells what came after."""

    stage: Stage
    number: int
    incident: str
    title: str
    text: str
    offices: tuple[str, ...]
    """To whom."""
    covers: int
    due_at: datetime | None
    late: bool


class ReportMissed(Body):
    """报告超时: whoever commands is told; once for each time that it is due."""

    stage: Stage
    title: str
    due_at: datetime
    commander: str


class LossesReported(Body):
    """灾情报送: what an area has lost so far, all its figures; they take the place of those before."""

    of_area: str
    name: str
    figures: dict[str, Annotated[float, Field(ge=0)]]
    former: dict[str, float]
    """The figures before; empty for its first report."""
    remark: str
    office: str
    """Who reports."""
