"""Cells of posts' files and of communities: kinds in the words of departments."""

from __future__ import annotations

from typing import Any

from geo import values

_POSTS = {"警务室": "post", "社区警务室": "post", "警务站": "post", "派出所": "station"}
_COMMUNITIES = {
    "社区": "community", "城市社区": "community", "居委会": "community",
    "村": "village", "行政村": "village", "村委会": "village", "农村": "village",
}  # fmt: skip


def post_type(cell: Any) -> str:
    """`post` or `station`, or the word of it; what is neither comes back as it is."""
    found = values.text(cell)
    return _POSTS.get(found, found)


def community_type(cell: Any) -> str:
    """A type of the table of post rules, or the word of it; what is neither comes back as it is."""
    found = values.text(cell)
    return _COMMUNITIES.get(found, found)
