"""The order-free digest by which a screen proves that it draws what the board holds.

Each drawn feature contributes two FNV-1a 32-bit hashes of `layer NUL id NUL version`; the digest is the
two sums modulo 2^32. Sums may be taken back, so one changed feature costs two small hashes.
FNV-1a: Fowler, Noll, Vo, draft-eastlake-fnv. The second offset is our own.
"""

from __future__ import annotations

from dataclasses import dataclass

_PRIME = 0x01000193
_MASK = 0xFFFFFFFF
_OFFSETS = (0x811C9DC5, 0x01234567)


def _fnv1a(data: bytes, offset: int) -> int:
    value = offset
    for byte in data:
        value = ((value ^ byte) * _PRIME) & _MASK
    return value


@dataclass(slots=True)
class Digest:
    """A running digest; `add` and `remove` are inverse."""

    first: int = 0
    second: int = 0

    def add(self, layer: str, ident: str, version: int) -> None:
        self._count(layer, ident, version, 1)

    def remove(self, layer: str, ident: str, version: int) -> None:
        self._count(layer, ident, version, -1)

    def _count(self, layer: str, ident: str, version: int, sign: int) -> None:
        data = f"{layer}\0{ident}\0{version}".encode()
        self.first = (self.first + sign * _fnv1a(data, _OFFSETS[0])) & _MASK
        self.second = (self.second + sign * _fnv1a(data, _OFFSETS[1])) & _MASK

    def hex(self) -> str:
        return f"{self.first:08x}{self.second:08x}"
