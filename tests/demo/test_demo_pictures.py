"""The pictures of README and docs come from the product itself, in one command's work."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions.accounts import add_user
from bench.instance import PLAIN, own_instance
from core.permissions import SYSTEM
from demo.afternoon import Place
from demo.pictures import PICTURES, Doors, take
from instance.services import services

pytestmark = pytest.mark.browser


def size_of(picture: Path) -> tuple[int, int]:
    """Width and height in px, from a PNG's first chunk."""
    head = picture.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20]), int.from_bytes(head[20:24])


ONE_OF_A_KIND = [one for one in PICTURES if one.name in ("wall", "desk", "places-posts", "login")]


def test_pictures_of_every_page_are_taken_at_their_size(tmp_path: Path) -> None:
    with own_instance(PLAIN) as own, services(own.own_settings) as parts:
        officer = add_user(parts, SYSTEM, "lin", "officer")
        doors = Doors(str(own.wall_url), officer.name, officer.password)
        files = take(Place(own.url, own.token, parts, minutes=3.0), doors, tmp_path, ONE_OF_A_KIND)
    assert [file.name for file in files] == [f"{one.name}.png" for one in ONE_OF_A_KIND]
    assert [size_of(file) for file in files] == [one.size for one in ONE_OF_A_KIND]
