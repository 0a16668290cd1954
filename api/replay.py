"""REST for replay (回放): the span of a film, its event list, the board of any moment, and its patches."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from actions import film_jobs, replay, replay_grids
from actions.filming import Film, Pass
from api.operations import answered, time_of
from api.reads import moment_of
from api.requests import BodyIn, PrincipalIn, RealmIn, ServicesIn, number, parse
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


@router.get("/realms")
def realms(services: ServicesIn, principal: PrincipalIn) -> Response:
    """What the asker may replay: live first, then drills and imported histories, the newest first."""
    return answered({"items": replay.read_realms(services, principal)})


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


@router.get("/grids")
def grids(services: ServicesIn, principal: PrincipalIn, realm: RealmIn, request: Request) -> Response:
    """Grids that were otherwise at the time `at`, as GeoJSON."""
    at = time_of("at", request.query_params.get("at"))
    if at is None:
        raise InvalidInput(pointer="at", detail="RFC 3339")
    return answered(replay_grids.read_grids(services, principal, realm, at))


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


@router.post("/film")
def make_film(
    services: ServicesIn, principal: PrincipalIn, realm: RealmIn, body: BodyIn, request: Request
) -> Response:
    """导出影片: 202 {id}; `from` and `to` as of the span, `{seconds, width, height, lang, wall, trail}`."""
    query, command = request.query_params, parse(film_jobs.FilmCommand, body)
    said = {name: query.get(name, "") for name in ("from", "to")}
    film = Film(
        realm, said["from"], said["to"], command.seconds, size=(command.width, command.height),
        lang=command.lang, more={"wall": command.wall, "trail": command.trail},
    )  # fmt: skip
    ends = _moment("from", said["from"]), _moment("to", said["to"])
    host, port = request.scope["server"]
    given = request.headers.get("authorization")
    known = Pass({"Authorization": given} if given else {}, dict(request.cookies))
    job = film_jobs.begin(services, principal, film, ends, f"http://{host}:{port}", known)
    return answered(job.shown(), 202)


@router.get("/film/{ident}")
def film(services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """`{id, realm, status: making | done | failed, done, of, problem}` of one's own film."""
    return answered(film_jobs.read(services, principal, ident).shown())


@router.get("/film/{ident}/mp4")
def film_file(services: ServicesIn, principal: PrincipalIn, ident: str) -> Response:
    """The film itself, once it is done."""
    return FileResponse(
        film_jobs.file(services, principal, ident), media_type="video/mp4", filename=f"zhihui-{ident}.mp4"
    )


def _moment(name: str, given: str | None) -> replay.Moment | None:
    return moment_of(name, given) if given else None


def _limit(given: str | None, most: int) -> int:
    limit = number("limit", given, 500)
    if not 1 <= limit <= most:
        raise InvalidInput(pointer="limit", detail=f"1-{most}")
    return limit


def _json(body: bytes) -> Response:
    return Response(body, 200, {"Cache-Control": "no-store"}, "application/json")
