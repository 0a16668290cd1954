"""What is kept of a photo or paper."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from actions.pictures import EDGE, MOST_BYTES, cleaned
from core.errors_field import AttachmentTooLarge, AttachmentUnfit

GPS = 0x8825


def a_photo(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **more: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#305070").save(out, kind, **more)
    return out.getvalue()


def test_a_photo_loses_its_place_its_telephone_and_whatever_hides_behind_its_end():
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Phone 7", 6  # model; turned by 90°
    exif.get_ifd(GPS)[2] = (24.0, 29.0, 24.0)
    given = a_photo(exif=exif.tobytes(), comment=b"secret") + b"<script>"
    file = cleaned("a.jpg", given)
    kept = Image.open(BytesIO(file.body))
    assert not kept.getexif() and "comment" not in kept.info
    assert b"Phone 7" not in file.body and b"script" not in file.body and b"secret" not in file.body
    assert kept.size == (20, 40), "it stands upright without the mark that said so"


@pytest.mark.parametrize(
    ("kind", "media_type"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")]
)
def test_the_type_is_found_by_the_content_whatever_the_name_says(kind: str, media_type: str):
    file = cleaned("a.txt", a_photo(kind))
    assert file.media_type == media_type
    assert file.thumb is not None and file.thumb.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html>",
        b"\xff\xd8\xff",
        a_photo("BMP"),
    ],
)
def test_what_is_no_photo_and_no_paper_is_refused(given: bytes):
    with pytest.raises(AttachmentUnfit):
        cleaned("a.jpg", given)


def test_a_photo_cut_short_is_refused():
    with pytest.raises(AttachmentUnfit):
        cleaned("a.png", a_photo("PNG", (300, 300))[:-60])


def test_a_large_photo_is_made_smaller_and_a_paper_stays_as_it_is():
    file = cleaned("a.jpg", a_photo(size=(EDGE + 800, 400)))
    assert max(Image.open(BytesIO(file.body)).size) == EDGE
    paper = b"%PDF-1.7\n%%EOF"
    assert (cleaned("a.pdf", paper).body, cleaned("a.pdf", paper).thumb) == (paper, None)
    with pytest.raises(AttachmentTooLarge):
        cleaned("a.pdf", b"%PDF-" + bytes(MOST_BYTES))


def test_a_photo_with_broken_notes_is_kept_as_it_lies():
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Phone", 6
    given = a_photo(exif=exif.tobytes())
    broken = given.replace(b"II*\0", b"X\xd8*\0").replace(b"MM\0*", b"X\xd8\0*")
    assert broken != given
    assert Image.open(BytesIO(cleaned("a.jpg", broken).body)).size == (40, 20)
