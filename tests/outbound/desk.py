"""Facts told straight to the log, and what became of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from actions.services import Services
from actions.unit_of_work import Call, Transaction
from core.due import Due
from core.envelope import Body, Draft
from core.events_cases import IncidentTransferred, WhistleBlown
from core.permissions import SYSTEM
from db.projection import Needs
from db.tables_duty import notice
from db.tables_outbound import outbound_message
from outbound.reader import PAGE, Reader
from tests import cast


def tell(services: Services, ident: str, *bodies: Body, realm: str = "live") -> None:
    """These facts of an incident, as whatever verb would write them."""
    with services.engine.connect() as conn:
        tx = Transaction(services, conn, Call(SYSTEM, realm))
        tx.begin(Needs(incidents=(ident,)))
        tx.append([Draft(body, ident, cast.AREA_A, tx.now) for body in bodies])
        tx.finish()


def due(step: str = "handle", hours: float = 4) -> Due:
    return cast.due(step, hours * 3600)


def transferred(to: str) -> IncidentTransferred:
    return IncidentTransferred(to=to, reason="属其职责", off_list=False, due=due())


def whistle(to: str, name: str = "w1") -> WhistleBlown:
    return WhistleBlown(whistle=name, office=to, text="积水", due=due("whistle", 1))


def read(reader: Reader, realm: str = "live") -> None:
    reader.read(realm)  # the first time only makes the cursor
    while reader.read(realm) == PAGE:
        pass


def notices(services: Services, office: str | None = None) -> list[Any]:
    query = select(notice).order_by(notice.c.seq, notice.c.office)
    with services.engine.connect() as conn:
        rows = conn.execute(query).all()
    return [row for row in rows if office in (None, row.office)]


def messages(services: Services) -> list[Any]:
    with services.engine.connect() as conn:
        return list(conn.execute(select(outbound_message).order_by(outbound_message.c.seq)))
