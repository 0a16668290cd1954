"""The pictures of README and docs come from the product itself, in one command's work."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.accounts import add_token, add_user
from core.permissions import SYSTEM
from demo.afternoon import Place
from demo.pictures import PICTURES, Doors, take
from instance.services import services
from tests.demo.conftest import Served

pytestmark = pytest.mark.browser


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in px, from a PNG's first chunk."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


ONE_OF_A_KIND = [one for one in PICTURES if one.name in ("wall", "places-posts")]


@pytest.fixture
def database_url(demo_url: str) -> str:
    return demo_url


@pytest.mark.whole
def test_pictures_of_every_page_are_taken_at_their_size(served: Served, tmp_path: Path) -> None:
    with services(served.settings) as parts:
        officer, wall = add_user(parts, SYSTEM, "lin", "officer"), add_token(parts, SYSTEM, "wall", "main")
        doors = Doors(
            f"{served.url}/wall/main?token={wall.secret}", {"officer": (officer.name, officer.password)}
        )
        place = Place(served.url, served.token, parts, minutes=1.0, pace=10.0)
        files = take(place, doors, tmp_path, ONE_OF_A_KIND)
    assert [file.name for file in files] == [f"{one.name}.png" for one in ONE_OF_A_KIND]
    assert [size_of(file) for file in files] == [one.size for one in ONE_OF_A_KIND]
