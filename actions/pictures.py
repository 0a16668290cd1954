"""Photos and papers as they may be kept: known by their content, small enough, saying nothing of
who took them.

A photo is decoded and written anew, so that nothing but its picture is left: no EXIF with the place and the
telephone, no comment, nothing hidden behind its end.
"""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image, ImageOps

from core.errors_field import AttachmentTooLarge, AttachmentUnfit
from db.attachments import File

MOST_BYTES = 5 * 2**20
MOST_SENT = 12 * 2**20
"""A photo straight from a camera; it is smaller when it is kept."""
EDGE = 2560
THUMB_EDGE = 320
QUALITY = 85
PIXELS = 64_000_000
PDF = "application/pdf"
PHOTOS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ALLOWED = "JPEG, PNG, WebP, PDF"


def cleaned(name: str, given: bytes) -> File:
    """The file to keep. Raises AttachmentUnfit, AttachmentTooLarge."""
    if given.startswith(b"%PDF-"):
        return _file(name, PDF, given, None)
    picture = _decoded(name, given)
    kind = str(picture.format)
    upright = _upright(picture)
    upright.thumbnail((EDGE, EDGE))
    return _file(name, PHOTOS[kind], _written(upright, kind), _thumb(upright))


def _decoded(name: str, given: bytes) -> Image.Image:
    try:
        picture = Image.open(BytesIO(given), formats=tuple(PHOTOS))
        if picture.width * picture.height > PIXELS:
            raise AttachmentTooLarge(name=name, most=MOST_BYTES // 2**20)
        picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise AttachmentUnfit(name=name, allowed=ALLOWED) from error
    return picture


def _upright(picture: Image.Image) -> Image.Image:
    """As its notes say; with broken notes, of which a reader trips in many ways, as it lies."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:
        return picture


def _written(picture: Image.Image, kind: str) -> bytes:
    """Only the pixels: a picture made anew carries no notes of the old one."""
    mode = "RGB" if kind == "JPEG" or picture.mode not in ("RGBA", "LA", "P", "PA") else "RGBA"
    plain = picture.convert(mode)
    plain.info = {}
    out = BytesIO()
    plain.save(out, kind, quality=QUALITY)
    return out.getvalue()


def _thumb(picture: Image.Image) -> bytes:
    small = picture.convert("RGB")
    small.thumbnail((THUMB_EDGE, THUMB_EDGE))
    return _written(small, "JPEG")


def _file(name: str, media_type: str, body: bytes, thumb: bytes | None) -> File:
    if len(body) > MOST_BYTES:
        raise AttachmentTooLarge(name=name, most=MOST_BYTES // 2**20)
    return File(hashlib.sha256(body).hexdigest(), media_type, body, thumb)
