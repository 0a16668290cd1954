"""REST of drills' scripts (演练脚本) as files, and of those made from plans."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import drill_scripts
from actions.drill_scripts import Checked, DraftCommand
from api.operations import answered
from api.requests import BodyIn, PrincipalIn, ServicesIn, language_of, parse
from core.drill_book import to_book
from core.drill_script import dump
from core.drill_text import to_json
from core.errors_drill_script import ScriptMisshapen
from pages.drills.faults import wrong
from pages.drills.wording import wording

router = APIRouter(prefix="/api/v1")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/drills/scripts/{code}.json")
def get_json(services: ServicesIn, principal: PrincipalIn, code: str) -> Response:
    """A script that ships, or that of a drill (`drill:ID`), as `POST /drills` takes it."""
    script = drill_scripts.read_script(services, principal, code)
    return Response(to_json(script), media_type="application/json")


@router.get("/drills/scripts/{code}.xlsx")
def get_book(services: ServicesIn, principal: PrincipalIn, code: str) -> Response:
    """The same as a workbook."""
    book = to_book(drill_scripts.read_script(services, principal, code))
    name = code.replace(":", "-")
    headers = {"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    return Response(book, media_type=_XLSX, headers=headers)


@router.post("/drills/scripts/check")
def check_file(request: Request, services: ServicesIn, principal: PrincipalIn, body: BodyIn) -> Response:
    """A script from JSON or XLSX: `{script, faults}`; nothing is stored. A file of another form is refused
    with each fault's line, or its sheet, row and column."""
    lang = language_of(request)
    try:
        return _answer(lang, drill_scripts.check_file(services, principal, body))
    except ScriptMisshapen as refusal:
        worded = [{**one, "detail": wrong(lang, one)} for one in refusal.params["faults"]]
        raise ScriptMisshapen(**{**refusal.params, "faults": worded}) from refusal


@router.post("/drills/scripts/draft")
def draft_script(request: Request, services: ServicesIn, principal: PrincipalIn, body: BodyIn) -> Response:
    """按预案生成, `{plan, level, lon, lat, address?, minutes?}`: `{script, faults}`; nothing is stored."""
    lang, command = language_of(request), parse(DraftCommand, body)
    words = wording(services.reference, lang)
    return _answer(lang, drill_scripts.draft_script(services, principal, command, words))


def _answer(lang: str, checked: Checked) -> Response:
    script, faults = checked
    told = [{"pointer": one.pointer, "code": one.code, "params": one.params} for one in faults]
    return answered({"script": dump(script), "faults": [{**one, "detail": wrong(lang, one)} for one in told]})
