"""A base map from outside in place of our own: which pictures the browser fetches, and from which hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from pages.messages import text

_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{name}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={name}"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_TIANDITU_SUBDOMAINS = "01234567"
_USUAL_SUBDOMAINS = "abc"
"""What {s} stands for where nobody says it."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Tile templates ({z} {x} {y}, and {s} for one letter of `subdomains`): the map, and names over it."""

    name: str
    """For people; never the key."""
    url: str
    subdomains: str = ""
    overlay: str | None = None

    @property
    def hosts(self) -> list[str]:
        """The origins of all pictures; none where they come from our own address."""
        address = urlsplit(self.url)
        if not address.netloc:
            return []
        origin = f"{address.scheme}://{address.netloc.rpartition('@')[2]}"
        return [origin.replace("{s}", letter) for letter in self.subdomains] if "{s}" in origin else [origin]

    def for_browser(self, lang: str) -> dict[str, Any]:
        """As static/js reads it from the boot facts."""
        facts = {"url": self.url, "subdomains": self.subdomains, "overlay": self.overlay}
        return {key: value for key, value in facts.items() if value} | {
            "attribution": text(lang, "ground.attribution", name=self.name)
        }


def chosen(basemap_url: str | None, tianditu_key: str | None) -> Ground | None:
    """The tile address that was set, else 天地图 where its key was, else None: our own vector tiles."""
    if basemap_url:
        name = (urlsplit(basemap_url).hostname or basemap_url).replace("{s}.", "")
        return Ground(name, basemap_url, _USUAL_SUBDOMAINS if "{s}" in basemap_url else "")
    if tianditu_key:
        vec, cva = (_TIANDITU.format(name=name, key=quote(tianditu_key, safe="")) for name in ("vec", "cva"))
        return Ground("天地图 tianditu.gov.cn", vec, _TIANDITU_SUBDOMAINS, cva)
    return None
