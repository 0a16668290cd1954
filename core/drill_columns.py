"""Sheets and headings of a drill's script as a workbook, and the words that stand in it for codes.

They are the file's format, as the names of columns are in a CSV.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_CONTENT = {"single": "单项", "special": "专题", "comprehensive": "综合"}
_FORM = {"tabletop": "桌面", "field": "实战"}
_ROLE = {"controller": "导调", "evaluator": "评估", "player": "参演", "observer": "观摩"}
_YES = {True: "是", False: "否"}
_KIND = {
    "report": "报警", "supplement": "续报", "closure": "道路中断", "breakdown": "力量失效",
    "message": "情况通报",
}  # fmt: skip
_FACT = {
    "incident_closed": "事件办结", "unit_arrived": "力量到场", "plan_activated": "预案启动",
    "task_done": "任务完成", "report_sent": "报告报送",
}  # fmt: skip
_MEASURE = {
    "ack": "受理", "dispatch": "派遣", "arrival": "到场", "close": "办结", "activation": "启动预案",
    "task": "任务完成", "order": "任务签收", "supplies": "物资出库", "report": "信息报送",
}  # fmt: skip
_STAGE = {"initial": "初报", "follow_up": "续报", "final": "终报"}


@dataclass(frozen=True, slots=True)
class Column:
    """A field (path in its part) under its heading; `words` are what is written for its codes."""

    heading: str
    path: str
    words: Mapping[Any, str] = field(default_factory=dict, hash=False)
    number: bool = False
    wide: int = 12


def _n(heading: str, path: str) -> Column:
    return Column(heading, path, number=True)


OVERVIEW, SEATS, INJECTS, INDICATORS = "概况", "席位", "注入", "指标"
ITEM, VALUE, NOTE = "项目", "内容", "说明"
OBJECTIVE, SOURCE = "演练目标", "编制依据"
ITEMS = (
    Column("名称", "name"), Column("英文名称", "name_en"), Column("演练内容", "content", _CONTENT),
    Column("演练形式", "form", _FORM), Column("演练地区", "division"), Column("预案", "plan"),
    Column("事件类别", "hazard"), Column("情景", "scenario"), Column("起始时刻", "scenario_at"),
    _n("时长（分钟）", "minutes"),
)  # fmt: skip
OF_SEAT = (
    Column("编码", "code"), Column("名称", "name", wide=24), Column("单位", "office"),
    Column("角色", "role", _ROLE), Column("空缺时模拟", "simulated", _YES),
    _n("模拟延迟（秒）", "delay_s"),
)  # fmt: skip
OF_INJECT = (
    _n("序号", "number"), _n("时刻（分钟）", "at_min"), _n("待注入序号", "when.inject"),
    Column("待事实", "when.fact", _FACT), _n("其后（分钟）", "when.after_min"),
    _n("最迟（分钟）", "when.latest_min"), Column("情况", "synopsis", wide=40), Column("渠道", "channel"),
    Column("对象席位", "target"), Column("方式", "act.kind", _KIND), Column("类别", "act.class"),
    _n("级别", "act.severity"), _n("所涉注入", "act.inject"), Column("注入内容", "act.text", wide=40),
    _n("经度", "act.lon"), _n("纬度", "act.lat"), Column("地址", "act.address", wide=24),
    _n("半径（米）", "act.radius_m"), Column("原因", "act.reason"), Column("技能", "act.skill"),
    Column("预期行动", "expected", wide=40), Column("评估席位", "evaluator"), Column("目标编码", "objective"),
)  # fmt: skip
OF_INDICATOR = (
    _n("注入序号", ""), Column("编码", "code"), Column("名称", "name", wide=30),
    Column("计时项", "measure", _MEASURE), _n("时限（秒）", "limit_s"), Column("任务", "task"),
    Column("报告", "report", _STAGE), _n("权重", "weight"),
)  # fmt: skip
