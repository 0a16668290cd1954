"""A replay as MP4, asked for through the API: every picture is there, from beginning to end."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from actions.filming import Film, Pass, record
from core.errors_replay import FilmNotMade
from tests.journeys.conftest import Product

pytestmark = pytest.mark.browser

WIDTH, HEIGHT, PICTURES = 640, 360, 25
PIXELS = WIDTH * HEIGHT
PATIENCE_S = 60.0


def read(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def counted(film: Path) -> list[str]:
    """Codec, width, height, form of the pixels, and how many pictures there are."""
    shown = "stream=codec_name,width,height,pix_fmt,nb_read_frames"
    asked = ("-v", "error", "-count_frames", "-show_entries", shown, "-of", "csv=p=0")
    return read("ffprobe", *asked, str(film)).decode().strip().split(",")


def greys(film: Path) -> list[bytes]:
    raw = read("ffmpeg", "-v", "error", "-i", str(film), "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return [raw[at : at + PIXELS] for at in range(0, len(raw), PIXELS)]


def made(product: Product, ident: str) -> dict[str, Any]:
    """The film once it is no longer being made."""
    patience = time.monotonic() + PATIENCE_S
    with product.api as api:
        while (state := api.get(f"/replay/film/{ident}").json())["status"] == "making":
            assert time.monotonic() < patience, state
            time.sleep(0.2)
    return dict(state)


@pytest.mark.whole
def test_a_film_has_every_picture_from_the_beginning_to_the_end(product: Product, tmp_path: Path) -> None:
    before = int(product.sql("SELECT head FROM realm WHERE id = 'live'"))
    product.report()
    with product.api as api:
        asked = {"seconds": 1, "width": WIDTH, "height": HEIGHT}
        answer = api.post("/replay/film", params={"from": before}, json=asked)
        assert (answer.status_code, answer.json()["of"]) == (202, PICTURES), answer.text
        ident = answer.json()["id"]
        busy = api.post("/replay/film", params={"from": before}, json=asked)
        assert (busy.status_code, busy.json()["code"]) == (429, "films_busy")
        assert made(product, ident)["status"] == "done"
        film = tmp_path / "film.mp4"
        film.write_bytes(api.get(f"/replay/film/{ident}/mp4").content)
    assert counted(film) == ["h264", str(WIDTH), str(HEIGHT), "yuv420p", str(PICTURES)]
    first, *_, last = greys(film)
    assert first != last
    told = "SELECT body::jsonb->>'what' FROM event WHERE realm = 'system' AND subject = 'export:{}'"
    assert product.sql(told.format(ident)) == "film live"


def test_of_what_cannot_be_replayed_there_is_no_film_and_nothing_is_left_behind(
    product: Product, tmp_path: Path
) -> None:
    known = Pass({"Authorization": f"Bearer {product.token}"})
    with pytest.raises(FilmNotMade):
        record(product.url, known, Film("drill:none", seconds=1), tmp_path / "none.mp4")
    assert list(tmp_path.iterdir()) == []
