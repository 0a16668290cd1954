"""REST for departments (责任部门) and what is whose affair (权责清单)."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from fastapi.responses import Response

from api.operations import answered
from api.requests import ServicesIn

router = APIRouter(prefix="/api/v1")


@router.get("/departments")
def departments(services: ServicesIn) -> Response:
    """The code table of departments, each with its source."""
    return answered({"items": [asdict(one) for one in services.reference.departments().values()]})


@router.get("/duties")
def duties(services: ServicesIn) -> Response:
    """Which department answers for which class (or classes with a code prefix), where."""
    return answered({"items": [asdict(one) for one in services.reference.duties().duties]})
