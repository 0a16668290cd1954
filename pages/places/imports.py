"""数据导入: a tab of /places."""

from __future__ import annotations

from dash.development.base_component import Component

from core.permissions import Principal
from pages.places import parts


def layout(lang: str, principal: Principal) -> Component:
    """The tab for this person in this language."""
    return parts.empty(lang, "places.empty.import")
