"""Tiles over HTTP: who sees what, what is kept and when it is made anew, and what is refused."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import httpx
import pytest
import shapely
from redis import Redis
from sqlalchemy import text

from actions.accounts import add_token, add_user, change_user, revoke_token
from actions.imports import import_file
from actions.tiles import Answer, Tiles
from core.permissions import SYSTEM
from core.tiling import Tile
from db.cluster import Cluster
from feed.broker import Broker
from feed.shelf import ENTRY_BYTES, Shelf
from tests import mvt
from tests.api.conftest import NO_TLS, Server, is_problem, reported, serving
from tests.cast import BOUNDS, TOWN_A, TOWN_B
from tests.conftest import own_database
from tests.parts import eventually

CITY = Tile(10, 847, 440)
GRIDS = f"/layers/grids/tiles/{CITY.z}/{CITY.x}/{CITY.y}.mvt"
BASE = GRIDS.replace("grids", "base")


@pytest.fixture(scope="module")
def server(cluster: Cluster, broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One of our own, for we import into it. The cast's grids stand there already, past the importers."""
    folder = tmp_path_factory.mktemp("tiles")
    with own_database(cluster) as url:
        for own in serving(url, broker.url, folder):
            bring_grids(own, folder, "东门街道")
            yield own


def bring_grids(server: Server, folder: Path, name: str) -> None:
    """Both towns by import, town A under this name."""
    west, south, east, north = BOUNDS
    middle = (west + east) / 2
    rows = {"code": [TOWN_A, TOWN_B], "name": [name, "西门街道"], "tier": ["1", "1"]}
    shapes = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    path = folder / "grids.geojson"
    gpd.GeoDataFrame(rows, geometry=shapes, crs=4326).to_file(path)
    assert import_file(server.services, SYSTEM, "grids", path).ok


def bring_roads(server: Server, folder: Path, name: str) -> None:
    path = folder / "roads.geojson"
    line = shapely.LineString([(118.1, 24.49), (118.14, 24.49)])
    gpd.GeoDataFrame({"name": [name], "class": ["primary"]}, geometry=[line], crs=4326).to_file(path)
    assert import_file(server.services, SYSTEM, "roads", path).ok


def towns(answer: httpx.Response) -> dict[str, str]:
    """Code → name; {} where the asker holds this tile."""
    if answer.status_code == 304:
        return {}
    assert answer.status_code == 200, answer.text
    found = mvt.read(answer.content)["grid"]
    return {f.props["code"]: f.props["name"] for f in found if f.props["tier"] == 1}


def test_a_tile_is_a_vector_tile_packed_if_asked(server: Server) -> None:
    packed = server.get(GRIDS)
    assert packed.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert packed.headers["content-encoding"] == "gzip"
    with server.client(**{"accept-encoding": "identity"}) as client:
        plain = client.get(GRIDS)
    assert "content-encoding" not in plain.headers
    assert plain.content == packed.content
    assert set(towns(plain)) == {TOWN_A, TOWN_B}


def test_a_town_sees_its_own_grids_and_has_a_tile_of_its_own(server: Server) -> None:
    whole, own = server.get(GRIDS), server.get(GRIDS, token=server.town)
    assert set(towns(own)) == {TOWN_A}
    assert whole.headers["etag"] != own.headers["etag"]
    with server.client(server.town, **{"if-none-match": whole.headers["etag"]}) as client:
        assert set(towns(client.get(GRIDS))) == {TOWN_A}


def test_whoever_holds_the_tile_is_told_so_in_a_word(server: Server) -> None:
    first = server.get(GRIDS)
    assert first.headers["cache-control"].startswith("private")
    for held in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        with server.client(**{"if-none-match": held}) as client:
            again = client.get(GRIDS)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]


def asked_again(server: Server, before: httpx.Response) -> httpx.Response:
    with server.client(**{"if-none-match": before.headers["etag"]}) as client:
        return client.get(GRIDS)


def test_an_import_makes_the_tile_anew(server: Server, tmp_path: Path) -> None:
    before = server.get(GRIDS)
    assert towns(before)[TOWN_A] == "东门街道"
    bring_grids(server, tmp_path, "新东门街道")
    assert eventually(lambda: towns(asked_again(server, before)).get(TOWN_A) == "新东门街道")
    bring_grids(server, tmp_path, "东门街道")


def test_roads_belong_to_the_base_map_and_to_nobody(server: Server, tmp_path: Path) -> None:
    bring_roads(server, tmp_path, "望海路")
    whole, own = server.get(BASE), server.get(BASE, token=server.town)
    assert [f.props for f in mvt.read(whole.content)["road"]] == [{"class": "primary"}]
    assert whole.content == own.content
    near = server.get("/layers/base/tiles/14/13567/7041.mvt")
    assert {f.props["name"] for f in mvt.read(near.content)["road"]} == {"望海路"}


def test_where_nothing_lies_there_is_no_content_but_an_etag(server: Server) -> None:
    answer = server.get("/layers/cameras/tiles/10/847/440.mvt")
    assert (answer.status_code, answer.content) == (204, b"")
    with server.client(**{"if-none-match": answer.headers["etag"]}) as client:
        assert client.get("/layers/cameras/tiles/10/847/440.mvt").status_code == 304


def test_an_unknown_layer_and_addresses_outside_the_world_are_refused(server: Server) -> None:
    is_problem(server.get("/layers/nonsense/tiles/1/0/0.mvt"), 404, "not_found")
    for address in ("23/0/0", "3/8/0", "3/0/8", "-1/0/0", "1/0/x", "1/0/1e3", "1/٣/0", "1/99999999999/0"):
        is_problem(server.get(f"/layers/base/tiles/{address}.mvt"), 400, "no_such_tile")


def test_what_is_held_in_memory_is_told_as_when_it_was_made(server: Server) -> None:
    first, again = server.get(BASE), server.get(BASE)
    assert again.content == first.content
    assert {**again.headers, "date": ""} == {**first.headers, "date": ""}
    with server.client(**{"accept-encoding": "identity"}) as client:
        assert client.get(BASE).content == first.content


def test_a_process_tells_from_memory_what_it_has_made_until_it_hears_of_an_import(server: Server) -> None:
    heard: list[int | None] = [1]
    tiles = Tiles(server.services, Shelf("redis://127.0.0.1:1", "x:"), lambda: heard[0])
    assert tiles.held(SYSTEM, "grids", CITY) is None
    made = tiles.read(SYSTEM, "grids", CITY)
    assert tiles.held(SYSTEM, "grids", CITY) == made
    assert tiles.held(SYSTEM, "grids", CITY, f'"{made.etag}"') == Answer(made.etag, None)
    assert tiles.held(replace(SYSTEM, area=TOWN_A), "grids", CITY) is None
    for now in (2, None):
        heard[0] = now
        assert tiles.held(SYSTEM, "grids", CITY) is None


def test_a_revoked_token_gets_no_tile_that_lies_in_memory(server: Server) -> None:
    issued = add_token(server.services, SYSTEM, "api", "looks", verbs=["read"])
    assert [server.get(GRIDS, token=issued.secret).status_code for _ in range(3)] == [200] * 3
    revoke_token(server.services, SYSTEM, issued.id)
    eventually(lambda: server.get(GRIDS, token=issued.secret).status_code == 401, 5)


def test_an_officer_who_is_moved_to_another_town_sees_no_tile_of_the_old_one(server: Server) -> None:
    account = add_user(server.services, SYSTEM, "chen", "officer", TOWN_A)
    with httpx.Client(base_url=server.url, verify=NO_TLS) as browser:
        form = {"name": account.name, "password": account.password}
        browser.post("/login", data=form, headers={"origin": server.url})
        for _ in range(3):
            assert set(towns(browser.get("/api/v1" + GRIDS))) == {TOWN_A}
        change_user(server.services, SYSTEM, "chen", area=TOWN_B)
        eventually(lambda: seen(browser) != {TOWN_A}, 5)


def seen(browser: httpx.Client) -> set[str]:
    answer = browser.get("/api/v1" + GRIDS)
    return set(towns(answer)) if answer.status_code == 200 else set()


def test_a_tile_needs_somebody_who_may_read(server: Server) -> None:
    is_problem(httpx.get(server.url + "/api/v1" + BASE), 401, "unauthorized")
    is_problem(server.get(BASE, token=server.token(verbs=["report"])), 403, "forbidden")


def of_process(server: Server, shelf: Shelf, imports: int | None = None) -> Tiles:
    """Those of another process, which has heard of so many imports."""
    return Tiles(server.services, shelf, lambda: imports)


def read(server: Server, shelf: Shelf) -> bytes:
    packed = of_process(server, shelf).read(SYSTEM, "grids", CITY).packed
    assert packed
    return gzip.decompress(packed)


def test_tiles_come_without_redis_too(server: Server) -> None:
    shelf = Shelf("redis://127.0.0.1:1", "x:")
    assert read(server, shelf) == server.get(GRIDS).content
    assert read(server, shelf) == server.get(GRIDS).content


def test_another_process_finds_on_the_shelf_what_one_has_made(server: Server, redis_url: str) -> None:
    made = read(server, Shelf(redis_url, "x:"))
    ((key, value),) = eventually(lambda: stored(redis_url).items())
    with Redis.from_url(redis_url) as client:
        assert client.ttl(key) > 0
        client.set(key, gzip.compress(b"found"))
    assert gzip.decompress(value) == made
    assert read(server, Shelf(redis_url, "x:")) == b"found"


def stored(redis_url: str) -> dict[bytes, bytes]:
    with Redis.from_url(redis_url) as client:
        return {key: client.get(key) for key in client.scan_iter()}  # type: ignore[misc]


def test_the_shelf_makes_room_for_the_new_by_the_longest_unasked(redis_url: str) -> None:
    shelf = Shelf("redis://127.0.0.1:1", "x:", own_bytes=3 * (10 + ENTRY_BYTES))
    for key in "abc":
        shelf.put(key, b"0123456789")
    assert shelf.get("a") == b"0123456789"
    shelf.put("d", b"0123456789")
    assert [shelf.get(key) is not None for key in "abcd"] == [True, False, True, True]


def test_tiles_with_nothing_in_them_fill_the_shelf_too() -> None:
    shelf = Shelf("redis://127.0.0.1:1", "x:", own_bytes=2 * ENTRY_BYTES)
    for key in "abc":
        shelf.put(key, b"")
    assert [shelf.get(key) for key in "abc"] == [None, b"", b""]


def test_a_city_loaded_into_a_new_database_is_not_taken_for_the_one_before(server: Server) -> None:
    """Both have had one import of each kind; a browser and Redis still hold tiles of the other."""
    tiles = of_process(server, Shelf("redis://127.0.0.1:1", "x:"))
    before = tiles.read(SYSTEM, "grids", CITY).etag
    with server.services.engine.begin() as conn:
        conn.execute(text("UPDATE place_version SET imported_at = imported_at + interval '1 day'"))
    assert tiles.read(SYSTEM, "grids", CITY).etag != before


def test_tiles_that_are_slow_to_come_hold_up_no_report(server: Server) -> None:
    addresses = [f"/layers/roads/tiles/12/{x}/1757.mvt" for x in range(30)]
    with ThreadPoolExecutor(len(addresses)) as askers:
        with server.services.engine.begin() as conn:
            conn.execute(text("LOCK TABLE map_shape IN ACCESS EXCLUSIVE MODE"))
            tiles = [askers.submit(server.get, address) for address in addresses]
            eventually(lambda: waiting(server) == 4)
            assert reported(server)
            assert not any(tile.done() for tile in tiles)
        assert {tile.result().status_code for tile in tiles} == {204}


def waiting(server: Server) -> int:
    """Connections that wait for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with server.services.engine.connect() as conn:
        return int(conn.scalar(query) or 0)
