"""避难场所 of a response, one by one."""

from __future__ import annotations

import core.events_linkage as m
from actions.unit_of_work import Transaction
from core.errors import NotFound
from core.errors_plans import ShelterFull
from core.linkage_model import Linkage
from core.means import Haven
from core.permissions import Scope, visible
from db import havens as ground


def shelter_opened(haven: Haven, places: int) -> m.ShelterOpened:
    return m.ShelterOpened(
        shelter=haven.id, name=haven.name, lon=haven.lon, lat=haven.lat, places=places,
        office=f"@{haven.area}",
    )  # fmt: skip


def shelter_to_open(tx: Transaction, code: str, places: int) -> m.ShelterOpened:
    """Raises NotFound, ShelterFull."""
    ground.lock_havens(tx.conn, tx.call.realm)
    one = ground.haven(tx.conn, code, ground.kept_places(tx.conn, tx.call.realm))
    if one is None or not visible(Scope.of(tx.call.principal), one.area):
        raise NotFound(kind="shelter", id=code)
    if places > one.free:
        raise ShelterFull(name=one.name, persons=places, free=one.free)
    return shelter_opened(one, places)


def room_in(tx: Transaction, of: Linkage, code: str) -> int:
    """How many persons a shelter holds for this response: all but what others keep in it. 0 where it is gone
    from the map."""
    ground.lock_havens(tx.conn, tx.call.realm)
    one = ground.haven(tx.conn, code, ground.kept_places(tx.conn, tx.call.realm, but=of.id))
    return one.free if one else 0
