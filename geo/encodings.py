"""Which encoding Chinese text is in, when nobody says: found where the bytes decide it, asked for where not.

UTF-8 proves itself, but for words so short that two bytes of GBK look like an Arabic letter. GB 18030 and
Big5 read each other's bytes without an error, but as rare characters: both tables put the characters of
everyday use first (GB 2312-80 level 1: 3,755; Big5 level 1: 5,401), so the right reading is the one made of
those. That holds from a handful of characters on, where detectors that know languages by their statistics
need pages.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from geo.problems import refuse

UTF8 = "utf-8"
#: Encoding read with → (the table whose order tells common from rare, first and last lead byte of level 1).
_LEGACY = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: A reading is believed when this share of it is common, and this much more than of the other; or when it
#: leads so clearly that rare names (曾厝垵) do no harm.
BELIEVED, LEAD, CLEAR_LEAD = 0.85, 0.15, 0.5
#: Texts with other than ASCII that are looked at, those whose characters are counted, and characters shown.
LOOKED_AT, JUDGED, SHOWN = 20_000, 1_000, 30


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A way to read the bytes without an error; `share` of its characters are in common use."""

    encoding: str
    share: float
    sample: str


def decide(pieces: Iterable[bytes]) -> str:
    """The encoding of texts that belong together. Raises FileRefused: encoding_unsure (with what each
    candidate would read), encoding_unknown."""
    foreign = list(islice((piece for piece in pieces if not piece.isascii()), LOOKED_AT))
    if _proves_utf8(foreign):
        return UTF8
    candidates = filter(None, (_candidate(foreign[:JUDGED], name) for name in _LEGACY))
    found = sorted(candidates, key=lambda candidate: -candidate.share)
    if not found:
        raise refuse("encoding_unknown", tried=", ".join([UTF8, *_LEGACY]))
    lead = found[0].share - (found[1].share if len(found) > 1 else 0.0)
    if lead < CLEAR_LEAD and (found[0].share < BELIEVED or lead < LEAD):
        readings = "；".join(f"{each.encoding}：{each.sample}" for each in found)
        raise refuse("encoding_unsure", candidates=readings, example=found[0].encoding)
    return found[0].encoding


def decode(data: bytes, encoding: str | None = None, usual: str | None = None) -> tuple[str, str]:
    """A whole text file and the encoding it was read with; a byte order mark goes before everything but
    what was asked for, and what the format demands (`usual`) before guessing. Raises FileRefused."""
    mark = next((name for start, name in _MARKS.items() if data.startswith(start)), None)
    if encoding is None and mark is None and usual and bears(data, usual):
        mark = usual
    name = encoding or mark or decide(data.splitlines())
    try:
        return data.decode(name).removeprefix("\ufeff"), name
    except LookupError:
        raise refuse("unknown_encoding", encoding=name) from None
    except UnicodeDecodeError as fault:
        raise refuse("wrong_encoding", encoding=name, at=fault.start) from None


def _proves_utf8(pieces: list[bytes]) -> bool:
    """Chinese characters take three bytes there, which no other encoding's text looks like by chance; signs
    such as ° and é take two, and are taken for what they are."""
    if not all(bears(piece, UTF8) for piece in pieces):
        return False
    met: set[str] = set()
    for piece in pieces:
        met.update(whole_characters(piece, UTF8))
    foreign = {char for char in met if not char.isascii()}
    return any(char > "\u07ff" for char in foreign) or all(char <= "\u00ff" for char in foreign)


def whole_characters(data: bytes, encoding: str) -> str:
    """Text of a column of fixed width: a last character that was cut in two is left away.

    Raises UnicodeDecodeError."""
    return codecs.getincrementaldecoder(encoding)().decode(data, final=False)


def bears(data: bytes, encoding: str) -> bool:
    """Whether the bytes can be read so."""
    try:
        whole_characters(data, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _candidate(pieces: list[bytes], encoding: str) -> _Candidate | None:
    try:
        texts = [whole_characters(piece, encoding) for piece in pieces]
    except UnicodeDecodeError:
        return None
    foreign = [char for text in texts for char in text if not char.isascii() and _is_word(char)]
    common = sum(_is_common(char, encoding) for char in foreign)
    words = " ".join(_foreign_words(text) for text in texts)
    return _Candidate(encoding, common / max(len(foreign), 1), " ".join(words.split())[:SHOWN])


def _foreign_words(text: str) -> str:
    return "".join(char if not char.isascii() else " " for char in text)


def _is_word(char: str) -> bool:
    """Characters, and what no table has; punctuation and full-width figures tell nothing."""
    return unicodedata.category(char) in ("Lo", "Co", "Cn")


def _is_common(char: str, encoding: str) -> bool:
    """Of everyday use, by its place in the table."""
    table, first, last = _LEGACY[encoding]
    try:
        code = char.encode(table)
    except UnicodeEncodeError:
        return False
    return first <= code[0] <= last
