"""Facts of incidents that were worked through before the city had this product, out of its files."""

from __future__ import annotations

from typing import Literal

from core.due import Due
from core.envelope import Body

Step = Literal["dispatch", "ack", "arrive"]


class IncidentStepRecorded(Body):
    """派遣、签收、到场 as a file tells them: when it was, not by which unit. `due`: the clock that this step
    began."""

    step: Step
    due: Due | None
