"""Whose credential is remembered, for what, and until when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from api.credentials import Found, Scope
from api.remembered import Remembering
from core.permissions import Principal

ANNA = Found(Principal("a", "anna", "officer"), by_cookie=False)
TILE = "/api/v1/layers/grids/tiles/10/847/440.mvt"


class Lookups:
    """Finds Anna as long as she is let in, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.known = True
        self.meanwhile: Callable[[], None] = lambda: None

    async def __call__(self, _scope: Scope) -> Found | None:
        self.asked += 1
        found = ANNA if self.known else None
        self.meanwhile()
        return found


class Door:
    def __init__(self) -> None:
        self.lookups = Lookups()
        self.heard: int | None = 7
        self.remembering = Remembering(self.lookups, lambda: self.heard)

    def __call__(self, path: str = TILE, method: str = "GET", **headers: str) -> Found | None:
        given = {"authorization": "Bearer x"} | headers
        raw = [(name.encode(), value.encode()) for name, value in given.items()]
        scope = {"type": "http", "path": path, "method": method, "headers": raw, "query_string": b""}
        return asyncio.run(self.remembering(scope))


def test_a_screen_full_of_tiles_asks_once() -> None:
    door = Door()
    assert [door() for _ in range(5)] == [ANNA] * 5
    assert door.lookups.asked == 1


def test_what_is_no_reading_of_a_tile_is_asked_each_time() -> None:
    door = Door()
    door()
    for path, method in (("/api/v1/incidents", "GET"), (TILE, "POST"), ("/desk", "GET")):
        door(path, method)
    assert door.lookups.asked == 4


def test_another_credential_is_another() -> None:
    door = Door()
    for headers in ({}, {"authorization": "Bearer y"}, {"cookie": "zhihui_desk=z"}):
        door(**headers)
    assert door.lookups.asked == 3


def test_any_fact_of_the_realm_system_ends_the_memory() -> None:
    door = Door()
    door()
    door.lookups.known, door.heard = False, 8
    assert door() is None


def test_a_stranger_is_asked_for_each_time() -> None:
    door = Door()
    door.lookups.known = False
    assert door() is None
    door.lookups.known = True
    assert door() == ANNA


def test_nothing_is_remembered_while_facts_may_be_heard_late() -> None:
    door = Door()
    door()
    door.lookups.known, door.heard = False, None
    assert door() is None


def test_a_revocation_that_comes_while_the_database_is_asked_is_not_overlooked() -> None:
    door = Door()

    def revoked() -> None:
        door.heard = 8

    door.lookups.meanwhile = revoked
    door()
    door.lookups.known = False
    assert door() is None
