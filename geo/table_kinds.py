"""Lists that have no place on the map: departments, what is whose affair."""

from __future__ import annotations

from geo import values
from geo.kinds import CODE, NAME, Field, Kind

DEPT = Field("dept", required=True, also=("部门", "部门代码", "责任部门", "责任单位", "单位"))
AREA = Field("area", values.code, also=("区域", "区域编码", "区划代码", "辖区", "适用区域"))
SOURCE = Field("source", also=("依据", "来源", "文件依据"))

_ALL = (
    Kind(
        "departments", (),
        (Field("code", values.code, required=True, also=(*CODE.also, "部门代码")),
         Field("name", required=True, also=(*NAME.also, "部门", "部门名称")),
         Field("name_en", also=("英文名称", "英文名")), SOURCE),
    ),
    Kind(
        "duties", (),
        (DEPT, Field("class", values.code, required=True, also=("类别", "事件类别", "类别代码", "事项代码")),
         AREA, SOURCE),
    ),
)  # fmt: skip
TABLES = {kind.name: kind for kind in _ALL}
