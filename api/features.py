"""Reference layers over HTTP in the shape of OGC API – Features 1.0 (17-069r4: core, GeoJSON).

`/collections` are the standard's own addresses, `/layers` the same for our screens. Coordinates are CRS84
(lon, lat). Whoever asks sees what lies in their area.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote, urlencode

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask

from actions import export as exports
from actions import layers, versions
from actions.layers import Asked, Page
from api.operations import answered, box
from api.requests import PrincipalIn, ServicesIn, language_of, number
from core.errors import InvalidInput
from core.tiling import DEEPEST
from db.features import Extent
from db.tiles import SHAPES
from geo.export import FORMATS, IN_ONE_FILE
from pages.messages import text

router = APIRouter(prefix="/api/v1")
GEOJSON = "application/geo+json"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS_TO = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" for part in ("core", "oas30", "geojson")
]
#: Of a page of items everything else is a property.
_RESERVED = {"bbox", "bbox-crs", "crs", "limit", "after", "version", "at", "datetime", "f", "realm", "lang"}
_AS_GEOJSON = {"Content-Crs": f"<{CRS84}>", "Vary": "Authorization, Cookie"}


def _root(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/api/v1"


def _link(href: str, rel: str, media: str = "application/json", **more: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media, **more}


@router.get("/")
@router.get("")
def landing(request: Request) -> Response:
    """Where everything is."""
    root = _root(request)
    links = [
        _link(root, "self"),
        _link(f"{root}/openapi.json", "service-desc", "application/vnd.oai.openapi+json;version=3.0"),
        _link(str(request.base_url) + "api/docs", "service-doc", "text/html"),
        _link(f"{root}/conformance", "conformance"),
        _link(f"{root}/collections", "data"),
    ]
    return answered({"title": request.app.title, "links": links})


@router.get("/conformance")
def conformance() -> Response:
    """Which parts of the standard are kept."""
    return answered({"conformsTo": CONFORMS_TO})


@router.get("/layers")
@router.get("/collections")
def list_layers(services: ServicesIn, principal: PrincipalIn, request: Request) -> Response:
    """The reference layers there are, and how many features of each the asker may see."""
    found = layers.overview(services, principal)
    root = _root(request)
    return answered(
        {
            "items": [{"name": name, "count": extent.count} for name, extent in found.items()],
            "collections": [_collection(request, name, extent) for name, extent in found.items()],
            "links": [_link(f"{root}/collections", "self")],
        }
    )


def _collection(request: Request, name: str, extent: Extent) -> dict[str, Any]:
    root, lang = _root(request), language_of(request)
    own = f"{root}/collections/{name}"
    bounds = {"extent": {"spatial": {"bbox": [extent.bounds], "crs": CRS84}}} if extent.bounds else {}
    links = [
        _link(own, "self"),
        _link(f"{own}/items", "items", GEOJSON),
        _link(f"{root}/layers/{name}/tiles.json", "tiles"),
    ]
    links += [
        _link(f"{root}/layers/{name}/export?format={form}", "enclosure", media)
        for form, media in ((form, FORMATS[form].media) for form in IN_ONE_FILE)
    ]
    return {
        "id": name, "title": text(lang, f"layer.{name}"), "itemType": "feature", "crs": [CRS84],
        "storageCrs": CRS84, **bounds, "links": links,
    }  # fmt: skip


@router.get("/collections/{name}")
def read_layer(services: ServicesIn, principal: PrincipalIn, request: Request, name: str) -> Response:
    return answered(_collection(request, name, layers.one_overview(services, principal, name)))


@router.get("/layers/{name}/items")
@router.get("/collections/{name}/items")
def items(services: ServicesIn, principal: PrincipalIn, request: Request, name: str) -> Response:
    """A page of features by id: within a box, with properties of given values, now or as they were."""
    asked = _asked(dict(request.query_params))
    page = layers.read_page(services, principal, name, asked)
    document = {
        "type": "FeatureCollection",
        "features": page.features,
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "timeStamp": services.now().isoformat().replace("+00:00", "Z"),
        "links": _page_links(request, name, page),
    }
    return Response(orjson.dumps(document), 200, _AS_GEOJSON, GEOJSON)


def _page_links(request: Request, name: str, page: Page) -> list[dict[str, str]]:
    here = f"{_root(request)}/collections/{name}"
    query = dict(request.query_params)
    links = [
        _link(f"{here}/items?{urlencode(query)}", "self", GEOJSON),
        _link(here, "collection"),
        _link(f"{_root(request)}/layers/{name}/export?format=gpkg", "alternate", FORMATS["gpkg"].media),
    ]
    if page.after is not None:
        following = urlencode({**query, "after": page.after})
        links.append(_link(f"{here}/items?{following}", "next", GEOJSON))
    return links


@router.get("/layers/{name}/items/{ident}")
@router.get("/collections/{name}/items/{ident}")
def item(services: ServicesIn, principal: PrincipalIn, request: Request, name: str, ident: str) -> Response:
    """One feature."""
    here = f"{_root(request)}/collections/{name}"
    found = layers.read_one(services, principal, name, ident)
    links = [_link(f"{here}/items/{quote(ident, safe='')}", "self", GEOJSON), _link(here, "collection")]
    return Response(orjson.dumps({**found, "links": links}), 200, _AS_GEOJSON, GEOJSON)


def _asked(query: dict[str, str]) -> Asked:
    """Raises InvalidInput."""
    limit = number("limit", query.get("limit"), layers.LIMIT)
    if limit < 1:
        raise InvalidInput(pointer="limit", detail=f"1-{layers.LIMIT_MOST}")
    for name in ("crs", "bbox-crs"):
        if query.get(name, CRS84) != CRS84:
            raise InvalidInput(pointer=name, detail=CRS84)
    version = query.get("version")
    return Asked(
        bbox=box(query.get("bbox")),
        equal={name: value for name, value in query.items() if name not in _RESERVED},
        limit=limit,
        after=query.get("after"),
        version=None if version is None else number("version", version, 0),
        at=_moment(query),
    )


def _moment(query: dict[str, str]) -> datetime | None:
    """`at=`, or the standard's `datetime=`: a time, or an interval, of which the end counts."""
    name = "at" if "at" in query else "datetime"
    given = query.get(name, "").rpartition("/")[2].replace(" ", "+")
    if given in ("", ".."):
        return None
    try:
        at = datetime.fromisoformat(given)
    except ValueError as error:
        raise InvalidInput(pointer=name, detail=given[:40]) from error
    if at.tzinfo is None:
        raise InvalidInput(pointer=name, detail="UTC offset")
    return at


@router.get("/layers/{name}/tiles.json")
def tile_json(services: ServicesIn, principal: PrincipalIn, request: Request, name: str) -> Response:
    """TileJSON 3.0 of a layer's vector tiles."""
    own = layers.one_overview(services, principal, name)
    fields = dict.fromkeys(layers.properties_of(name), "")
    document = {
        "tilejson": "3.0.0",
        "name": name,
        "tiles": [f"{_root(request)}/layers/{name}/tiles/{{z}}/{{x}}/{{y}}.mvt"],
        "minzoom": 0,
        "maxzoom": DEEPEST,
        "vector_layers": [{"id": layer, "fields": fields} for layer in SHAPES.get(name, (name,))],
    }
    return answered(document | ({"bounds": own.bounds} if own.bounds else {}))


@router.get("/layers/{name}/versions")
def list_versions(services: ServicesIn, principal: PrincipalIn, name: str) -> Response:
    """The imports that changed this layer, the newest first."""
    layers.check_layer(principal, name)
    return answered({"items": versions.imports(services, principal, name)})


@router.get("/layers/{name}/export")
def export(services: ServicesIn, principal: PrincipalIn, request: Request, name: str) -> FileResponse:
    """A file of all that the asker may see of a kind, told in the audit; `format=` gpkg, geojson, csv …; shp
    comes as zip."""
    asked = request.query_params.get("format", "gpkg").lower()
    form = "zip" if asked == "shp" else asked
    folder = TemporaryDirectory(prefix="export-")
    try:
        path = Path(folder.name, f"{name[:20]}.{form[:20]}".replace("/", ""))
        exports.export_file(services, principal, name, path)
    except BaseException:
        folder.cleanup()
        raise
    media = FORMATS[path.suffix.lstrip(".")].media
    return FileResponse(path, 200, None, media, BackgroundTask(folder.cleanup), filename=path.name)
