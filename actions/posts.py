"""警务室: which community has a post, whether it is staffed by its rule, which station looks after it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from actions.areas import Areas
from actions.queries import check_read
from actions.services import Services
from core.permissions import Principal, Scope, visible
from core.posts import STATION, PostRule, State, community_share, rule_of, staffing
from db.post_rules import read_post_rules
from db.reach import AreaRow, PlaceRow, read_kind
from geo.roads import RoadGraph

TOWN = 1


@dataclass(frozen=True, slots=True)
class CommunityPosts:
    """One community: its posts, their staff beside what its rule wants (None = no rule fits), its station."""

    code: str
    name: str
    town: str
    population: int
    rule: PostRule | None
    posts: tuple[str, ...]
    officers: int
    auxiliaries: int
    state: State
    station: str | None


@dataclass(frozen=True, slots=True)
class Station:
    """One station with its ward: `share` of its strength that is community police, None = not known."""

    code: str
    name: str
    town: str
    strength: int | None
    community_police: int
    share: float | None
    least: float
    communities: tuple[str, ...]

    @property
    def low(self) -> bool:
        return self.share is not None and self.share < self.least


@dataclass(frozen=True, slots=True)
class PostsReport:
    """What the posts of an area come to."""

    communities: tuple[CommunityPosts, ...]
    stations: tuple[Station, ...]
    rules: tuple[PostRule, ...]

    @property
    def uncovered(self) -> tuple[CommunityPosts, ...]:
        return tuple(one for one in self.communities if one.state == "missing")

    @property
    def coverage(self) -> float | None:
        """Share of communities that have a post; None without communities."""
        count = len(self.communities)
        return (count - len(self.uncovered)) / count if count else None


def report(services: Services, principal: Principal, area: str = "") -> PostsReport:
    """Coverage, staffing and wards within the asker's area, and within `area` of it. Raises Forbidden."""
    check_read(principal, "live")
    with services.engine.connect() as conn:
        rows, rules = tuple(read_kind(conn, "posts")), tuple(read_post_rules(conn))
    areas, graph = services.reference.areas(), services.reference.roads()
    wards = _wards(areas, graph, _key(rows))
    posts = posts_by_community(areas, rows)
    communities = [_community(areas, c, posts.get(c.code, []), rules, wards) for c in areas.communities]
    stations = _stations(areas, rows, rules, wards, posts)
    scopes = Scope.of(principal), Scope(area)
    return PostsReport(
        tuple(one for one in communities if _within(one.code, scopes)),
        tuple(one for one in stations if _within(one.town or one.code, scopes)),
        rules,
    )


def _within(code: str, scopes: Iterable[Scope]) -> bool:
    return all(visible(scope, code) for scope in scopes)


@dataclass(frozen=True, slots=True)
class _Key:
    """What wards depend on, as a value that can be remembered."""

    stations: tuple[tuple[str, str, tuple[float, float], tuple[str, ...]], ...]
    sent: tuple[tuple[str, str], ...]


def _key(rows: Sequence[PlaceRow]) -> _Key:
    """Stations (code, area, place, communities told), and (community, station) of posts that name theirs."""
    stations = [r for r in rows if is_station(r)]
    named = [(r.area, str(r.props["station"])) for r in rows if not is_station(r) and r.props.get("station")]
    told = tuple((r.code, r.area, r.spot, tuple(r.props.get("serves") or ())) for r in stations)
    return _Key(told, tuple(named))


def is_station(row: PlaceRow) -> bool:
    return row.props.get("type") == STATION


@lru_cache(maxsize=4)
def _wards(areas: Areas, graph: RoadGraph, key: _Key) -> dict[str, str]:
    """Community → station: as a file tells it, else the one of the same town that is there first by road."""
    known = {code for code, *_ in key.stations}
    wards = {community: code for code, _, _, told in key.stations for community in told}
    for area, station in key.sent:
        if station in known and (community := areas.above(area, 2)):
            wards.setdefault(community.code, station)
    by_town: dict[str, list[tuple[str, float, float]]] = defaultdict(list)
    for code, area, (lon, lat), _ in key.stations:
        if town := areas.above(area, TOWN):
            by_town[town.code].append((code, lon, lat))
    for community in areas.communities:
        town = areas.above(community.code, TOWN)
        if community.code not in wards and town and (nearby := by_town.get(town.code)):
            wards[community.code] = _first_there(graph, community, nearby)
    return wards


def _first_there(graph: RoadGraph, community: AreaRow, stations: list[tuple[str, float, float]]) -> str:
    return stations[0][0] if len(stations) == 1 else graph.nearest(community.spot, stations, 1)[0].id


def posts_by_community(areas: Areas, rows: Sequence[PlaceRow]) -> dict[str, list[PlaceRow]]:
    """Posts of each community: those lying in it, and those that a file says serve it."""
    found: dict[str, list[PlaceRow]] = defaultdict(list)
    for row in rows:
        if is_station(row):
            continue
        own = areas.above(row.area, 2)
        told = [code for code in row.props.get("serves") or () if own is None or code != own.code]
        for code in [*([own.code] if own else []), *told]:
            found[code].append(row)
    return found


def _community(
    areas: Areas, community: AreaRow, posts: list[PlaceRow], rules: Sequence[PostRule], wards: dict[str, str]
) -> CommunityPosts:
    officers, auxiliaries = (_staff(posts, name) for name in ("officers", "auxiliaries"))
    rule = rule_of(rules, community.props.get("type"), community.name)
    town = areas.above(community.code, TOWN)
    return CommunityPosts(
        community.code, community.name, town.name if town else "", community.population, rule,
        tuple(row.name for row in posts), officers, auxiliaries,
        staffing(rule, len(posts), officers, auxiliaries), wards.get(community.code),
    )  # fmt: skip


def _staff(posts: Sequence[PlaceRow], name: str) -> int:
    return sum(int(row.props.get(name) or 0) for row in posts)


def _stations(
    areas: Areas, rows: Sequence[PlaceRow], rules: Sequence[PostRule],
    wards: dict[str, str], posts: dict[str, list[PlaceRow]],
) -> list[Station]:  # fmt: skip
    least = next((rule.share for rule in rules if rule.type == STATION), 0.0)
    ward: dict[str, list[str]] = defaultdict(list)
    for community, station in sorted(wards.items()):
        ward[station].append(community)
    return [_station(areas, row, ward[row.code], posts, least) for row in rows if is_station(row)]


def _station(
    areas: Areas, row: PlaceRow, ward: list[str], posts: dict[str, list[PlaceRow]], least: float
) -> Station:
    """`strength` is what the file says, else its officers; a post that serves two communities counts once."""
    own = {post.code: post for community in ward for post in posts.get(community, [])}
    police = _staff(list(own.values()), "officers")
    told = row.props.get("strength") or row.props.get("officers")
    strength = int(told) if told else None
    town = areas.above(row.area, TOWN)
    return Station(
        row.code, row.name, town.code if town else row.area, strength, police,
        community_share(police, strength), least, tuple(ward),
    )  # fmt: skip
