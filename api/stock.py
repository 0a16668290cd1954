"""REST for stock: stores, lots and their movements, alarms, shortages, the item table and the norms."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import stock, stock_reading
from actions.next_best import or_next_store
from actions.stock_reading import NormCommand
from actions.verbs import Verb, Verbs
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, number, parse
from api.verbs import act
from db.stock import LotFilter

router = APIRouter(prefix="/api/v1")


LOT_VERBS: Verbs = {
    "reserve": Verb(stock.MoveCommand, or_next_store(stock.reserve)),
    "release": Verb(stock.MoveCommand, stock.release),
    "issue": Verb(stock.MoveCommand, or_next_store(stock.issue)),
    "return": Verb(stock.MoveCommand, stock.take_back),
    "consume": Verb(stock.MoveCommand, stock.consume),
    "write-off": Verb(stock.WriteOffCommand, stock.write_off),
    "count": Verb(stock.CountCommand, stock.count),
    "amend": Verb(stock.AmendLotCommand, stock.amend),
}
STORE_VERBS: Verbs = {
    "receive": Verb(stock.ReceiveCommand, stock.receive),
    "transfer": Verb(stock.TransferCommand, stock.transfer),
}


@router.get("/items")
def items(services: ServicesIn, principal: PrincipalIn) -> Response:
    """The table of item codes."""
    return answered({"items": stock_reading.list_items(services, principal)})


@router.get("/stores")
def stores(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Stores with the count of their lots and of those that alarm."""
    return answered({"items": stock_reading.list_stores(services, principal, realm)})


@router.get("/lots")
def lots(request: Request, services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """Pages of lots: by `store`, `item` (beginning of its code), `alarm` (expired, expiring, below_minimum,
    any), `limit`, `cursor`."""
    query = request.query_params
    wanted = LotFilter(query.get("store"), query.get("item"), query.get("alarm"), query.get("cursor"))
    limit = number("limit", query.get("limit"), stock_reading.PAGE)
    page = stock_reading.list_lots(services, principal, realm, wanted, limit)
    return answered(stock_reading.lots_json(page))


@router.get("/lots/{ident}")
def lot(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    found = stock_reading.read_lot(services, principal, realm, ident)
    return answered(stock.lot_json(found), seq=found.version)


@router.get("/lots/{ident}/movements")
def movements(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """The log of one lot, newest first."""
    return answered({"items": stock_reading.movements(services, principal, realm, ident)})


@router.post("/lots/{ident}/{verb}")
def act_on_lot(services: ServicesIn, call: CallIn, body: BodyIn, ident: str, verb: str) -> Response:
    """reserve, release, issue, return, consume, write-off, count, amend; 409 tells what there is."""
    return versioned(act(LOT_VERBS, services, call, body, ident, verb))


@router.post("/stores/{code}/{verb}")
def act_on_store(services: ServicesIn, call: CallIn, body: BodyIn, code: str, verb: str) -> Response:
    """receive, transfer."""
    return versioned(act(STORE_VERBS, services, call, body, code, verb))


@router.get("/stock/shortages")
def shortages(services: ServicesIn, principal: PrincipalIn, realm: RealmIn) -> Response:
    """What each district lacks of its norm, and the nearest surplus."""
    found = stock_reading.list_shortages(services, principal, realm)
    return answered({"items": [stock_reading.shortage_json(one) for one in found]})


@router.get("/stock/norms")
def norms(services: ServicesIn, principal: PrincipalIn) -> Response:
    return answered({"items": stock_reading.list_norms(services, principal)})


@router.put("/stock/norms")
def put_norms(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """The whole table anew."""
    return answered(stock_reading.put_norms(services, call, parse(list[NormCommand], body)))
