"""A replay as MP4: every picture is there, and it begins and ends where the span does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from actions.filming import Film, Pass, record
from core.errors_replay import FilmNotMade
from tests.journeys.conftest import Product

pytestmark = pytest.mark.browser

SECONDS, FPS, WIDTH, HEIGHT = 1.6, 10, 640, 360
PIXELS = WIDTH * HEIGHT


def read(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True).stdout


def counted(film: Path) -> list[str]:
    """Codec, width, height, form of the pixels, and how many pictures there are."""
    shown = "stream=codec_name,width,height,pix_fmt,nb_read_frames"
    told = read(
        "ffprobe", "-v", "error", "-count_frames", "-show_entries", shown, "-of", "csv=p=0", str(film)
    )
    return told.decode().strip().split(",")


def greys(film: Path) -> list[bytes]:
    raw = read("ffmpeg", "-v", "error", "-i", str(film), "-f", "rawvideo", "-pix_fmt", "gray", "-")
    return [raw[at : at + PIXELS] for at in range(0, len(raw), PIXELS)]


def test_a_film_has_every_picture_from_the_beginning_to_the_end(product: Product, tmp_path: Path) -> None:
    before = int(product.sql("SELECT head FROM realm WHERE id = 'live'"))
    product.report()
    film = Film("live", since=str(before), seconds=SECONDS, fps=FPS, size=(WIDTH, HEIGHT))
    done: list[int] = []
    known = Pass({"Authorization": f"Bearer {product.token}"})
    into = tmp_path / "film.mp4"
    assert record(product.url, known, film, into, lambda number, of: done.append(number)) == 16
    assert done == list(range(1, 17))
    assert counted(into) == ["h264", str(WIDTH), str(HEIGHT), "yuv420p", "16"]
    first, *_, last = greys(into)
    assert first != last
    assert list(tmp_path.iterdir()) == [into]
    with pytest.raises(FilmNotMade):
        record(product.url, known, Film("drill:none", seconds=1), tmp_path / "none.mp4")
    assert list(tmp_path.iterdir()) == [into]
