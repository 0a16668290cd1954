"""The facts of the drills' ledger (演练台账). The subject is `drillyear:YEAR`; realm live."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.drill_script import Content, Name
from core.envelope import Body


class PlannedDrill(BaseModel):
    """A town's drill, to be held by `due_on`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    town: Annotated[str, Field(pattern=r"^[0-9]{9}$")]
    name: Name
    content: Content
    due_on: date


class DrillYearPlanned(Body):
    """年度演练计划, all of it: it takes the place of the one before."""

    year: int
    planned: tuple[PlannedDrill, ...]
