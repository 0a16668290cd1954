"""A film (MP4) of a replay: the page is turned from picture to picture by a clock of the film's own.

Each picture is asked for, waited for, taken and handed to ffmpeg, so a film has every picture however slow
the machine is. Blocking, and busy for minutes.
"""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import which
from typing import IO, TYPE_CHECKING, cast
from urllib.parse import urlencode

from core.errors_replay import FilmNotMade, FilmToolsMissing

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page, Route

CHROMIUM = "/usr/lib/chromium/chromium-headless-shell"
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
FFMPEG = "ffmpeg"
READY_MS = 60_000
FPS = 25
"""As television where 50 Hz is the mains' frequency."""
PAGE_WIDTH = 1920
"""A smaller film shows the page as it is at this width, and smaller."""
JPEG_QUALITY = 85
_READY = "() => window.zhihui && zhihui.recorder && (zhihui.recorder.ready() || zhihui.recorder.refused())"


@dataclass(frozen=True, slots=True)
class Pass:
    """As whom the page is opened: an API token in a header, or the cookies of a session."""

    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)


Progress = Callable[[int, int], None]
"""Called with how many pictures are done, of how many."""


@dataclass(frozen=True, slots=True)
class Film:
    """What is filmed: a realm's span (positions or times, "" as the page takes it) in `seconds` of film."""

    realm: str
    since: str = ""
    until: str = ""
    seconds: float = 60.0
    fps: int = FPS
    size: tuple[int, int] = (1920, 1080)
    lang: str = "zh-CN"
    more: Mapping[str, str] = field(default_factory=dict)
    """Of the page's address, besides: `wall`, `trail`."""

    @property
    def frames(self) -> int:
        return max(2, round(self.seconds * self.fps))

    @property
    def address(self) -> str:
        """Path and query of the page."""
        asked = {"realm": self.realm, "lang": self.lang, "from": self.since, "to": self.until, **self.more}
        return "/replay?" + urlencode({name: value for name, value in asked.items() if value})


def record(url: str, known: Pass, film: Film, into: Path, say: Progress = lambda done, of: None) -> int:
    """Make the film as whoever the pass stands for sees it; how many pictures it has.

    `url` is where the instance serves. Raises FilmToolsMissing, FilmNotMade; what was begun is then removed.
    """
    check_tools()
    part = into.with_name(into.name + ".part")
    try:
        with _page(url, known, film) as page, _encoder(film, part) as encoder:
            for number, picture in enumerate(_pictures(page, film), 1):
                encoder.write(picture)
                say(number, film.frames)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    return film.frames


def check_tools() -> None:
    """Raises FilmToolsMissing."""
    found = {"ffmpeg": which(FFMPEG), "chromium-headless-shell": Path(CHROMIUM).exists() or None}
    missing = [name for name, there in found.items() if there is None]
    try:
        import playwright  # noqa: F401
    except ModuleNotFoundError:
        missing.append("playwright")
    if missing:
        raise FilmToolsMissing(missing=", ".join(missing))


@contextmanager
def _page(url: str, known: Pass, film: Film) -> Iterator[Page]:
    """The page at the film's beginning, everything on it drawn."""
    from playwright.sync_api import Error, sync_playwright

    width, height = film.size
    scale = min(1.0, width / PAGE_WIDTH)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            page = browser.new_page(
                viewport={"width": round(width / scale), "height": round(height / scale)},
                reduced_motion="reduce",
            )  # fmt: skip
            if known.headers:  # told to nobody else: a base map may come from outside
                page.route(f"{url}/**", partial(_let_in, known))
            page.context.add_cookies(
                [{"name": name, "value": value, "url": url} for name, value in known.cookies.items()]
            )
            page.goto(f"{url}{film.address}&recorded=1")
            page.wait_for_function(_READY, timeout=READY_MS)
            if refused := page.evaluate("zhihui.recorder.refused()"):
                raise FilmNotMade(detail=refused)
            yield page
        except Error as error:
            raise FilmNotMade(detail=str(error).splitlines()[0]) from error
        finally:
            browser.close()


def _let_in(known: Pass, route: Route) -> None:
    route.continue_(headers={**route.request.headers, **known.headers})


def _pictures(page: Page, film: Film) -> Iterator[bytes]:
    """JPEG after JPEG: the first is the beginning of the span, the last its end."""
    session = page.context.new_cdp_session(page)
    begin, end = page.evaluate("zhihui.recorder.span()")
    page.evaluate("speed => zhihui.recorder.begin(speed)", (end - begin) / 1000 / film.seconds)
    for number in range(film.frames):
        at = begin + (end - begin) * number / (film.frames - 1)
        if not page.evaluate("at => zhihui.recorder.turn(at)", at):
            raise FilmNotMade(detail=f"{number}/{film.frames}")
        yield _shot(session)


def _shot(session: CDPSession) -> bytes:
    asked = {"format": "jpeg", "quality": JPEG_QUALITY, "optimizeForSpeed": True}
    return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])


@contextmanager
def _encoder(film: Film, into: Path) -> Iterator[IO[bytes]]:
    """H.264 that every player plays: 4:2:0, its index at the beginning. Raises FilmNotMade."""
    source = ("-f", "image2pipe", "-c:v", "mjpeg", "-framerate", str(film.fps), "-i", "-")
    width, height = (side // 2 * 2 for side in film.size)
    even = ("-vf", f"scale={width}:{height}:in_range=full:out_range=tv")
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p")
    target = ("-movflags", "+faststart", "-f", "mp4", str(into))
    command = (FFMPEG, "-v", "error", "-y", *source, *even, *coded, *target)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield cast(IO[bytes], process.stdin)
        except BrokenPipeError:
            pass  # it says why below
        except BaseException:
            process.kill()
            raise
        _, words = process.communicate()
    if process.returncode:
        raise FilmNotMade(detail=words.decode(errors="replace").strip()[-300:])
