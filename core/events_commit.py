"""The facts of what is promised to an incident: units held for it (预占), supplies reserved for it (预留).

The subject is the incident.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from core.envelope import Body


class UnitHeld(Body):
    """预占: nobody but who holds it may send the unit until then. `hold` is one id for all that are held
    together; `renewed`: its holder held it before, so that it is not prolonged again."""

    hold: str
    unit: str
    unit_name: str
    number: str
    until: datetime
    renewed: bool = False


class HoldEnded(Body):
    """预占解除: it ran out, was given up, or its incident ended. A dispatch ends a hold without this fact."""

    hold: str
    unit: str
    unit_name: str
    why: Literal["expired", "given_up", "incident_ended"]


class SupplyPart(BaseModel):
    """So much of a store's lot, there by road in `eta_s` seconds; facts of before do not tell where it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    store: str
    store_name: str
    lot: str
    item: str
    name: str
    unit: str
    quantity: float
    eta_s: float
    lon: float | None = None
    lat: float | None = None


class SuppliesReserved(Body):
    """调配物资: what the stores are to send. In the same transaction the lots tell it as LotReserved."""

    parts: tuple[SupplyPart, ...]
