"""图层: cameras, broadcasts, shelters, hazards, key places, sensors and patrol rounds, one view each.

The frame stands here; a view's content is built when it is chosen (`layer_views`, `hazard_views`,
`patrol_views`), from figures that are read at that moment.
"""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from core.permissions import Principal
from pages.messages import text
from pages.places.parts import skeleton

VIEW = "layers-view"
TIER = "layers-tier"
TIER_PANE = "layers-tier-pane"
CONTENT = "layers-content"
CHANGED = "layers-changed"
"""Store: counts what was done in this tab, so that lists are read again."""
LIST = "layers-list"
"""Type of the tables whose chosen row is shown on the map."""

VIEWS = ("cameras", "broadcasts", "shelters", "hazards", "keyplaces", "sensors", "patrol")
TIERED = ("cameras", "broadcasts", "shelters")
TIERS = ("0", "1", "2")


def listed(name: str) -> dict[str, str]:
    """Id of a table whose rows have a place (`lon_lat`) or an area (`code`)."""
    return {"type": LIST, "of": name}


def layout(lang: str, principal: Principal) -> html.Div:
    """The tab for this person in this language."""
    views = [{"value": name, "label": text(lang, f"sites.view.{name}")} for name in VIEWS]
    tiers = [{"value": tier, "label": text(lang, f"sites.tier.{tier}")} for tier in TIERS]
    return html.Div(
        [
            dcc.Store(id=CHANGED, data=0),
            dmc.SegmentedControl(id=VIEW, data=views, value=VIEWS[0], fullWidth=True),
            html.Div(
                [
                    html.Span(text(lang, "sites.by_tier"), className="secondary"),
                    dmc.SegmentedControl(id=TIER, data=tiers, value="1"),
                ],
                id=TIER_PANE,
                className="layers-tiers",
            ),
            html.Div(skeleton(), id=CONTENT),
        ],
        className="layers-tab",
    )


def note(lang: str, key: str, **params: Any) -> html.P:
    """How the figures above were come by."""
    return html.P(text(lang, key, **params), className="secondary layers-note")
