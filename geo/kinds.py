"""What may be imported: the kinds of the contract, their fields and the geometry each wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.hazards import STATUSES
from geo import grid_values, post_values, site_values, values


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical column. `read` turns a cell into a value or raises ValueError; `also` are other names
    under which files commonly have it."""

    name: str
    read: Callable[[Any], Any] = values.text
    required: bool = False
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """`letter` begins made codes; kinds without one have no codes of their own."""

    name: str
    families: tuple[str, ...]
    fields: tuple[Field, ...]
    letter: str = ""


#: domain.md §2; catalogue keys `unit.kind.<k>`.
UNIT_KINDS = (
    "fire", "police", "medical", "urban", "municipal", "patrol",
    "forest_fire", "micro_fire", "village_guard", "volunteer",
)  # fmt: skip
BASEMAP_KINDS = ("land", "water", "green", "building", "rail", "name")

CODE = Field("code", values.code, also=("编码", "代码", "编号", "网格编码", "设备编码", "点位编码"))
NAME = Field(
    "name",
    also=("名称", "名字", "全称", "设施名称", "設施名稱", "名稱", "单位名称", "网格名称", "facility name"),
)
ADDRESS = Field("address", also=("地址", "详细地址", "位置"))
AREA = Field("area", values.code, also=("所属区域", "区域编码", "所属网格"))
SAMPLE = Field("sample", values.flag, also=("示例",))
POINT, ANY = ("point",), ("point", "line", "polygon")


_GRID_COUNTS = (
    ("households", ("户数",)), ("population", ("人口", "人口数")),
    ("managers", ("网格管理员", "管理员")), ("assistants", ("网格协管员", "协管员")),
)  # fmt: skip


_STEPS = (
    ("accepted_at", "受理时间"), ("dispatched_at", "派遣时间"), ("acknowledged_at", "签收时间"),
    ("arrived_at", "到场时间"), ("handled_at", "处置时间"), ("replied_at", "回复时间"),
    ("verified_at", "核查时间"), ("closed_at", "办结时间"), ("rated_at", "评价时间"),
)  # fmt: skip


def _place(name: str, letter: str, *fields: Field, families: tuple[str, ...] = POINT) -> Kind:
    return Kind(name, families, (CODE, NAME, AREA, ADDRESS, *fields, SAMPLE), letter)


_ALL = (
    Kind(
        "grids", ("polygon",),
        (CODE, Field("tier", values.whole, choices=("0", "1", "2", "3"), also=("层级",)), NAME,
         Field("parent", values.code, also=("上级编码", "上级网格")),
         *(Field(name, values.count, also=also) for name, also in _GRID_COUNTS),
         Field("type", post_values.community_type, also=("社区类型",)),
         Field("special", values.code, also=("专属类别",)),
         Field("holds_from", grid_values.holds_from, also=("生效日期",)),
         Field("retired", values.flag, also=("撤销",)), SAMPLE),
        "G",
    ),
    _place(
        "posts", "P", Field("type", post_values.post_type, also=("类型",)),
        Field("officers", values.count, also=("民警",)), Field("auxiliaries", values.count, also=("辅警",)),
        Field("strength", values.count, also=("警力",)), Field("station", values.code, also=("所属派出所",)),
        Field("serves", values.words, also=("责任社区",)),
    ),
    _place("stores", "S", Field("lots", values.lots, also=("批次",))),
    _place(
        "units", "U", Field("kind", required=True, choices=UNIT_KINDS, also=("类型",)),
        Field("skills", values.words, also=("技能",)),
        Field("crew", values.count, also=("人数",)), Field("vehicle", also=("车辆",)),
        Field("on_duty", values.flag, also=("在岗",)),
    ),
    _place(
        "cameras", "C", Field("class", values.code, also=("类别", "级别")),
        Field("online", values.flag, also=("在线", "是否在线")),
    ),
    _place(
        "broadcasts", "B", Field("level", also=("级别",)),
        Field("reach_m", values.count, also=("覆盖半径",)),
    ),
    _place(
        "shelters", "R", Field("class", values.code, also=("类别", "等级")),
        Field("capacity", values.count, also=("容量", "可容纳人数")), families=ANY,
    ),
    _place(
        "hazards", "H", Field("category", also=("类别",)),
        Field("status", site_values.hazard_status, choices=STATUSES, also=("状态",)),
        Field("owner", also=("责任单位",)), Field("due_on", site_values.day, also=("整改期限",)),
        families=ANY,
    ),
    _place(
        "keyplaces", "K", Field("category", also=("类别",)), Field("owner", also=("责任单位",)),
        Field("phone", also=("值班电话",)), families=ANY,
    ),
    _place("sensors", "N", Field("category", also=("类别",))),
    Kind("roads", ("line",), (
        NAME, Field("class", values.road_class, also=("highway", "fclass", "类别")),
        Field("oneway", values.direction, also=("单行",)),
        Field("speed_kmh", values.speed, also=("maxspeed", "限速")), SAMPLE,
    )),
    Kind("basemap", ANY, (
        Field("kind", required=True, choices=BASEMAP_KINDS, also=("类型",)),
        Field("class", also=("类别",)), NAME,
    )),
    Kind("incidents", POINT, (
        Field("class", values.code, required=True, also=("类别",)),
        Field("text", required=True, also=("内容",)), Field("title", also=("标题",)),
        Field("severity", values.whole, choices=("1", "2", "3", "4"), also=("严重程度",)),
        Field("address", also=("地址",)),
        Field("occurred_at", values.moment, also=("发生时间",)), Field("channel", also=("渠道",)),
        Field("source_id", values.code, also=("来源编号",)),
        Field("id", values.code), Field("owner", values.code, also=("责任单位", "主责单位")),
        *(Field(name, values.moment, also=(title,)) for name, title in _STEPS),
        Field("reply", also=("回复内容",)), Field("rating", values.rating, also=("满意度", "评价")),
    )),
)  # fmt: skip
KINDS = {kind.name: kind for kind in _ALL}
