"""The views of 图层 that only tell: cameras, broadcasts, shelters, key places, sensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from pages.messages import has, text
from pages.places import parts
from pages.places.figures import Figure, percent, strip
from pages.places.layers import listed, note
from pages.places.table import Column, table
from pages.words import age

Row = dict[str, Any]


class Place(Protocol):
    """A place or base grid in a list."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def area(self) -> str: ...
    @property
    def lon(self) -> float: ...
    @property
    def lat(self) -> float: ...


def count(n: float) -> str:
    """12,345"""
    return f"{n:,.0f}"


def name_column(lang: str, key: str = "sites.name") -> Column:
    return Column("name", text(lang, key), least=130, wrap=True)


def number_column(lang: str, name: str, least: int = 80) -> Column:
    """A whole number with commas, sorted as a number."""
    shown = {"valueFormatter": {"function": "params.value == null ? '–' : d3.format(',')(params.value)"}}
    return Column(name, text(lang, f"sites.{name}"), number=True, least=least, options=shown)


def share_column(lang: str, name: str, least: int = 85) -> Column:
    shown = {"valueFormatter": {"function": "params.value == null ? '–' : d3.format('.1%')(params.value)"}}
    return Column(name, text(lang, f"sites.{name}"), number=True, least=least, options=shown)


def value_words(lang: str, layer: str, field: str, value: Any) -> str:
    """A code of the data in words; itself if it is words already, for a bare code says nothing."""
    key = f"value.{layer}.{field}.{value}"
    if has(lang, key):
        return text(lang, key)
    return "–" if value is None or str(value).isascii() else str(value)


def spot_rows(spots: Iterable[Place], names: Mapping[str, str], **more: Any) -> list[Row]:
    """Rows of places, which the map can go to."""
    return [
        {
            "code": one.code, "name": one.name, "area": names.get(one.area, one.area),
            "lon_lat": [one.lon, one.lat],
            **{field: read(one) for field, read in more.items()},
        }
        for one in spots
    ]  # fmt: skip


# --- cameras ---------------------------------------------------------------------------------------------


def cameras(lang: str, report: Any, names: Mapping[str, str]) -> list[Any]:
    """Figures, areas, key places without a camera of the first class."""
    rows = report.rows
    total, online = sum(row.cameras for row in rows), sum(row.online for row in rows)
    grids, covered = sum(row.grids for row in rows), sum(row.grids_covered for row in rows)
    keyplaces, near = sum(row.keyplaces for row in rows), sum(row.keyplaces_covered for row in rows)
    classes = sorted({sort for row in rows for sort in row.classes})
    columns = (
        name_column(lang, "sites.area"),
        number_column(lang, "cameras", 84),
        *(
            Column(f"class_{c}", value_words(lang, "cameras", "class", c), number=True, least=70)
            for c in classes
        ),
        share_column(lang, "online"),
        share_column(lang, "coverage", 88),
        Column("keyplaces", text(lang, "sites.keyplaces_near"), least=100, options={"type": "rightAligned"}),
    )
    told = [
        {
            "code": row.code, "name": row.name, "cameras": row.cameras, "online": row.online_share,
            "coverage": row.coverage, "keyplaces": f"{row.keyplaces_covered} / {row.keyplaces}",
            **{f"class_{sort}": row.classes.get(sort, 0) for sort in classes},
        }
        for row in rows
    ]  # fmt: skip
    bare = (name_column(lang), Column("area", text(lang, "sites.community"), least=110, wrap=True))
    return [
        strip([
            Figure(count(total), text(lang, "sites.cameras.all")),
            Figure(percent(online / total if total else None), text(lang, "sites.online")),
            Figure(percent(covered / grids if grids else None), text(lang, "sites.cameras.grids")),
            Figure(percent(near / keyplaces if keyplaces else None), text(lang, "sites.cameras.keyplaces"),
                   near < keyplaces),
        ]),
        table(lang, listed("cameras"), columns, told, key="code", select="one", height="20rem"),
        note(lang, "sites.cameras.how", metres=count(report.near_m)),
        parts.heading(
            text(lang, "sites.cameras.bare"), text(lang, "sites.count", n=count(len(report.keyplaces)))
        ),
        table(lang, listed("cameras-bare"), bare, spot_rows(report.keyplaces, names), key="code",
              select="one", height="16rem"),
    ]  # fmt: skip


# --- broadcasts and shelters -----------------------------------------------------------------------------


def broadcasts(lang: str, report: Any, names: Mapping[str, str]) -> list[Any]:
    """Who is reached, by area; who is not; the points themselves."""
    people, reached = sum(row.people for row in report.rows), sum(row.reached for row in report.rows)
    columns = (
        name_column(lang, "sites.area"),
        number_column(lang, "points"),
        number_column(lang, "people", 90),
        number_column(lang, "reached", 90),
        share_column(lang, "share"),
    )
    told = [
        {"code": row.code, "name": row.name, "points": row.sites, "people": row.people,
         "reached": row.reached, "share": row.share}
        for row in report.rows
    ]  # fmt: skip
    return [
        strip([
            Figure(count(len(report.sites)), text(lang, "sites.broadcasts.all")),
            Figure(percent(reached / people if people else None), text(lang, "sites.broadcasts.share")),
            Figure(count(people - reached), text(lang, "sites.broadcasts.left"), people > reached),
        ]),
        table(lang, listed("broadcasts"), columns, told, key="code", select="one", height="17rem"),
        note(lang, "sites.broadcasts.how"),
        *_bare(lang, "broadcasts", report, names),
        parts.heading(text(lang, "sites.broadcasts.points")),
        _points(lang, "broadcasts", "level", report.sites, names),
    ]  # fmt: skip


def shelters(lang: str, report: Any, names: Mapping[str, str]) -> list[Any]:
    """Places against residents, by area; who has none near; the shelters themselves."""
    people, capacity = sum(row.people for row in report.rows), sum(row.capacity for row in report.rows)
    short, reached = sum(row.short for row in report.rows), sum(row.reached for row in report.rows)
    columns = (
        name_column(lang, "sites.area"),
        number_column(lang, "shelters", 75),
        number_column(lang, "people", 100),
        number_column(lang, "capacity", 85),
        number_column(lang, "wanted", 85),
        number_column(lang, "short", 80),
        share_column(lang, "share"),
    )
    told = [
        {"code": row.code, "name": row.name, "shelters": row.sites, "people": row.people,
         "capacity": row.capacity, "wanted": row.wanted, "short": row.short, "share": row.share}
        for row in sorted(report.rows, key=lambda row: -row.short)
    ]  # fmt: skip
    return [
        strip([
            Figure(count(len(report.sites)), text(lang, "sites.shelters.all")),
            Figure(f"{100 * capacity / people:.1f}" if people else "–", text(lang, "sites.shelters.per_100")),
            Figure(count(short), text(lang, "sites.shelters.short"), short > 0),
            Figure(percent(reached / people if people else None), text(lang, "sites.shelters.share")),
        ]),
        table(lang, listed("shelters"), columns, told, key="code", select="one", height="17rem"),
        note(lang, "sites.shelters.how"),
        *_bare(lang, "shelters", report, names),
        parts.heading(text(lang, "sites.shelters.points")),
        _points(lang, "shelters", "class", report.sites, names),
    ]  # fmt: skip


def _bare(lang: str, kind: str, report: Any, names: Mapping[str, str]) -> list[Any]:
    columns = (
        name_column(lang, "sites.grid"),
        Column("area", text(lang, "sites.community"), least=110, wrap=True),
        number_column(lang, "people", 90),
    )
    rows = spot_rows(report.grids, names, people=lambda one: one.people)
    words = text(lang, f"sites.{kind}.bare")
    return [
        parts.heading(words, text(lang, "sites.count", n=count(len(rows)))),
        table(lang, listed(f"{kind}-bare"), columns, rows, key="code", select="one", height="15rem"),
    ]


def _points(lang: str, kind: str, by: str, sites: Sequence[Any], names: Mapping[str, str]) -> Any:
    columns = [
        name_column(lang),
        Column("level", text(lang, f"fact.{by}"), least=80),
        Column("area", text(lang, "sites.area"), least=100, wrap=True),
        number_column(lang, "reach_m", 120),
        number_column(lang, "people_near", 120),
    ]
    if any(site.capacity is not None for site in sites):
        columns.append(number_column(lang, "capacity", 85))
    rows = spot_rows(
        sites, names, level=lambda one: value_words(lang, kind, by, one.level),
        reach_m=lambda one: one.reach_m, people_near=lambda one: one.people,
        capacity=lambda one: one.capacity,
    )  # fmt: skip
    return table(lang, listed(f"{kind}-points"), columns, rows, key="code", select="one", height="20rem")


# --- key places ------------------------------------------------------------------------------------------


def keyplaces(lang: str, found: Sequence[Any], names: Mapping[str, str]) -> list[Any]:
    """Institutions with their category and who is to see after them; `phone` is their duty desk's."""
    columns = (
        name_column(lang),
        Column("category", text(lang, "fact.category"), least=100, wrap=True),
        Column("area", text(lang, "sites.community"), least=100, wrap=True),
        Column("owner", text(lang, "fact.owner"), least=110, wrap=True),
        Column("phone", text(lang, "fact.phone"), least=120),
    )
    rows = [
        {"code": one.code, "name": one.name, "area": names.get(one.area, one.area), "lon_lat": list(one.spot),
         "category": value_words(lang, "keyplaces", "category", one.props.get("category")),
         "owner": one.props.get("owner") or "–", "phone": one.props.get("phone") or "–"}
        for one in found
    ]  # fmt: skip
    sorts = {row["category"] for row in rows}
    without = sum(row["owner"] == "–" for row in rows)
    return [
        strip([
            Figure(count(len(rows)), text(lang, "sites.keyplaces.all")),
            Figure(count(len(sorts)), text(lang, "sites.keyplaces.sorts")),
            Figure(count(without), text(lang, "sites.keyplaces.without"), without > 0),
        ]),
        table(lang, listed("keyplaces"), columns, rows, key="code", select="one", height="38rem"),
    ]  # fmt: skip


# --- sensors ---------------------------------------------------------------------------------------------


def sensors(lang: str, found: Sequence[Row], rules: Sequence[Any], names: Mapping[str, str]) -> list[Any]:
    """Value, age and threshold of each; what alarms and what is silent first."""
    columns = (
        name_column(lang),
        Column("state", text(lang, "fact.status"), least=80),
        Column("value", text(lang, "fact.value"), least=104, options={"type": "rightAligned"}),
        Column("limit", text(lang, "fact.limit"), least=102, options={"type": "rightAligned"}),
        Column("age", text(lang, "fact.age"), least=105, options={"type": "rightAligned"}),
        Column("category", text(lang, "fact.category"), least=100, wrap=True),
        Column("area", text(lang, "sites.community"), least=100, wrap=True),
    )
    rows = [_sensor_row(lang, one, names) for one in found]
    alarming, silent = sum(one["alarm"] for one in found), sum(one["stale"] for one in found)
    return [
        strip([
            Figure(count(len(rows)), text(lang, "sites.sensors.all")),
            Figure(count(alarming), text(lang, "sites.sensors.alarming"), alarming > 0),
            Figure(count(silent), text(lang, "sites.sensors.silent"), silent > 0),
        ]),
        table(lang, listed("sensors"), columns, rows, key="code", select="one", height="26rem"),
        parts.heading(text(lang, "sites.sensors.rules")),
        _rules(lang, rules),
    ]  # fmt: skip


def _sensor_row(lang: str, one: Row, names: Mapping[str, str]) -> Row:
    unit = one.get("unit") or ""
    mark = "▲ " if one["alarm"] or one["stale"] else ""
    return {
        "code": one["code"], "name": one["name"], "lon_lat": one["lon_lat"],
        "category": value_words(lang, "sensors", "category", one["category"]),
        "value": "–" if one["value"] is None else f"{one['value']:g} {unit}",
        "limit": "–" if one.get("limit") is None else f"{one['limit']:g} {unit}",
        "age": "–" if one["age_s"] is None else age(lang, one["age_s"]),
        "state": mark + value_words(lang, "sensors", "status", one["status"]),
        "area": names.get(one["area"], one["area"] or ""),
    }  # fmt: skip


def _rules(lang: str, rules: Sequence[Any]) -> Any:
    columns = (
        Column("category", text(lang, "fact.category"), least=96, wrap=True),
        Column("sensor", text(lang, "sites.sensor"), least=90, wrap=True),
        Column("limit", text(lang, "fact.limit"), least=106, options={"type": "rightAligned"}),
        Column("clear", text(lang, "sites.clear"), least=96, options={"type": "rightAligned"}),
        number_column(lang, "hold_s", 84),
        number_column(lang, "stale_s", 90),
        Column("source", text(lang, "sites.source"), least=150, wrap=True),
    )
    rows = [
        {"id": f"{rule.category}:{rule.sensor}",
         "category": value_words(lang, "sensors", "category", rule.category),
         "sensor": rule.sensor or text(lang, "sites.sensor.every"),
         "limit": _edge(rule, rule.limit, "≥", "≤"), "clear": _edge(rule, rule.clear, "<", ">"),
         "hold_s": rule.hold_s, "stale_s": rule.stale_s, "source": rule.source}
        for rule in rules
    ]  # fmt: skip
    return table(lang, "layers-rules", columns, rows, key="id", height="15rem")


def _edge(rule: Any, value: float | None, above: str, below: str) -> str:
    return "–" if value is None else f"{above if rule.above else below} {value:g} {rule.unit}"
