"""REST for replay (回放): the span of a film, its event list, the board of any moment, and its patches."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from actions import replay
from api.operations import answered, time_of
from api.reads import moment_of
from api.requests import PrincipalIn, RealmIn, ServicesIn, number
from core.errors import InvalidInput

router = APIRouter(prefix="/api/v1/replay")
LINES_MOST = FACTS_MOST = 2000
STEP_MOST_S = 3600


@router.get("")
def span(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """`from` and `to` are positions or times; the answer has both of each, how many facts lie between, and
    the chapters: grave incidents, responses, phases and injects of a drill."""
    query = request.query_params
    since, until = _moment("from", query.get("from")), _moment("to", query.get("to"))
    return answered(replay.read_span(services, principal, realm, since, until))


@router.get("/lines")
def lines(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """The event list, as the ticker told it: of `limit` facts after position `after`, up to `until`."""
    query = request.query_params
    after, until = number("after", query.get("after"), 0), number("until", query.get("until"), 2**62)
    limit = _limit(query.get("limit"), LINES_MOST)
    return answered(replay.read_lines(services, principal, realm, after, until, limit))


@router.get("/state")
def state(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """The board after position `seq`, or at the time `at`, with its digest, and where the units were then."""
    query = request.query_params
    name = "seq" if "seq" in query else "at"
    asked = _moment(name, query.get(name))
    if asked is None:
        raise InvalidInput(pointer="at", detail="seq | at")
    return _json(replay.read_state(services, principal, realm, asked))


@router.get("/frames")
def frames(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """The patches of `limit` facts after position `after`, up to `until`; positions after the time `since`,
    one a unit every `step` seconds."""
    query = request.query_params
    step = number("step", query.get("step"), 1)
    if not 1 <= step <= STEP_MOST_S:
        raise InvalidInput(pointer="step", detail=f"1-{STEP_MOST_S}")
    asked = replay.Reel(
        after=number("after", query.get("after"), 0),
        until=_moment("until", query.get("until")),
        limit=_limit(query.get("limit"), FACTS_MOST),
        since=time_of("since", query.get("since")),
        step_s=step,
    )
    return _json(replay.read_frames(services, principal, realm, asked))


def _moment(name: str, given: str | None) -> replay.Moment | None:
    return moment_of(name, given) if given else None


def _limit(given: str | None, most: int) -> int:
    limit = number("limit", given, 500)
    if not 1 <= limit <= most:
        raise InvalidInput(pointer="limit", detail=f"1-{most}")
    return limit


def _json(body: bytes) -> Response:
    return Response(body, 200, {"Cache-Control": "no-store"}, "application/json")
