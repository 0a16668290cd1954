"""REST for warnings to the public (预警发布): issue, update, lift, and what broadcast points report back."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from actions import warning_reading, warnings
from api.operations import answered, versioned
from api.requests import BodyIn, CallIn, PrincipalIn, RealmIn, ServicesIn, parse, timed

router = APIRouter(prefix="/api/v1")


@router.post("/alerts")
def issue(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """发布预警: by CAP, and by the broadcast points of the levels in `points`."""
    command = parse(warnings.IssueCommand, body)
    given = warnings.issue(services, timed(call, command), command)
    return answered(given, 201, given["seq"])


@router.post("/alerts/preview")
def preview(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """What `POST /alerts` would do with the same body; nothing is written."""
    return answered(warning_reading.preview(services, call, parse(warnings.IssueCommand, body)))


@router.get("/alerts/{ident}")
def read(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """One of our warnings, with each point and each letter."""
    found = warning_reading.read(services, principal, realm, ident)
    return answered(found, seq=found["properties"]["seq"])


@router.get("/alerts/{ident}/receipts")
def list_receipts(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, ident: str) -> Response:
    """播发回执 of one of our warnings, oldest first, and whom it has reached by now."""
    return answered(warning_reading.receipts(services, principal, realm, ident))


@router.post("/alerts/{ident}/update")
def update(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """更新: what is left out stays."""
    command = parse(warnings.UpdateCommand, body)
    return versioned(warnings.update(services, timed(call, command), ident, command))


@router.post("/alerts/{ident}/cancel")
def cancel(services: ServicesIn, call: CallIn, body: BodyIn, ident: str) -> Response:
    """解除: `reason`."""
    command = parse(warnings.CancelCommand, body)
    return versioned(warnings.cancel(services, timed(call, command), ident, command))


@router.post("/outbound/receipts")
def receipts(services: ServicesIn, call: CallIn, body: BodyIn) -> Response:
    """播发回执: `{alert, number, points: [{code, state: done | failed}]}`, up to 5,000 at once."""
    command = parse(warnings.ReceiptCommand, body)
    return versioned(warnings.take_receipts(services, timed(call, command), command))
