"""Lists that have no place on the map: departments, duties, the roster, the phone book."""

from __future__ import annotations

from core.limits import UNITS, URGENCIES
from geo import clock_values, runcard_values, speed_values, values
from geo.duty_values import wall_clock
from geo.kinds import CODE, NAME, UNIT_KINDS, Field, Kind

DEPT = Field("dept", required=True, also=("部门", "部门代码", "责任部门", "责任单位", "单位"))
AREA = Field("area", values.code, also=("区域", "区域编码", "区划代码", "辖区", "适用区域"))
OFFICE = (Field("dept", also=DEPT.also), AREA)
"""Without a department: the desk of the area; without an area: the whole city's."""
SOURCE = Field("source", also=("依据", "来源", "文件依据"))
_STARTS = (
    ("home_low_s", ("驻地出动快",)), ("home_s", ("驻地出动",)), ("home_high_s", ("驻地出动慢",)),
    ("street_low_s", ("街面出动快",)), ("street_s", ("街面出动",)), ("street_high_s", ("街面出动慢",)),
)  # fmt: skip
"""Seconds until a crew is on its way."""

CLASS = Field("class", values.code, also=("类别", "事件类别", "类别代码"))
LEVEL = Field("level", runcard_values.level, also=("等级", "级别"))

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
    Kind(
        "limits", (),
        (Field("class", values.code, also=("类别", "事件类别", "类别代码", "事项代码")), AREA,
         Field("urgency", clock_values.urgency, choices=URGENCIES[1:], also=("紧急程度",)),
         Field("step", clock_values.step, required=True, also=("环节", "步骤")),
         Field("amount", clock_values.amount, required=True, also=("时限", "数值", "时长")),
         Field("unit", clock_values.unit, required=True, choices=UNITS, also=("单位", "时限单位")), SOURCE),
    ),
    Kind(
        "workhours", (),
        (Field("starts", clock_values.time_of_day, required=True, also=("开始", "上班", "上班时间")),
         Field("ends", clock_values.time_of_day, required=True, also=("结束", "下班", "下班时间")), SOURCE),
    ),
    Kind(
        "workdays", (),
        (Field("day", clock_values.day, required=True, also=("日期",)),
         Field("worked", clock_values.worked, required=True, also=("是否上班", "上班", "安排")), SOURCE),
    ),
    Kind(
        "workflow", (),
        (Field("verb", required=True, also=("事项", "动作")),
         Field("from", required=True, also=("状态", "从哪些状态")),
         Field("who", required=True, also=("谁办", "办理人")), Field("needs", also=("须附", "要求")),
         Field("starts", also=("起算时限", "时限环节")),
         Field("most", values.count, also=("最多次数", "次数")), SOURCE),
    ),
    Kind(
        "speeds", (),
        (Field("vehicle", speed_values.vehicle, also=("车辆", "车型")),
         Field("road", speed_values.road, also=("road_class", "道路等级", "道路类别")),
         Field("starts", speed_values.hour, also=("开始", "从")),
         Field("ends", speed_values.hour, also=("结束", "到")),
         Field("factor", speed_values.factor, required=True, also=("系数", "车速系数")),
         Field("most_kmh", values.speed, also=("最高车速", "最高时速")), SOURCE),
    ),
    Kind(
        "turnouts", (),
        (Field("kind", choices=UNIT_KINDS, also=("类型", "力量类型")),
         Field("vehicle", speed_values.vehicle, required=True, also=("车辆", "车型")),
         *(Field(name, speed_values.seconds, required=True, also=also) for name, also in _STARTS),
         Field("drive_low", speed_values.factor, required=True, also=("行驶下限",)),
         Field("drive_high", speed_values.factor, required=True, also=("行驶上限",)), SOURCE),
    ),
    Kind(
        "positionlimits", (),
        (Field("kind", choices=UNIT_KINDS, also=("类型", "力量类型")),
         Field("top_kmh", values.speed, required=True, also=("最高车速", "最高时速")), SOURCE),
    ),
    Kind(
        "safetychecks", (),
        (Field("class", values.code, also=("类别", "事件类别", "类别代码")),
         Field("severity", values.count, required=True, also=("等级", "级别")),
         Field("minutes", values.number, required=True, also=("间隔分钟", "核对间隔", "分钟")),
         Field("grace_minutes", clock_values.amount, required=True, also=("宽限分钟", "宽限")), SOURCE),
    ),
    Kind(
        "unitlimits", (),
        (Field("kind", choices=UNIT_KINDS, also=("类型", "力量类型")),
         Field("measure", clock_values.measure, required=True, choices=clock_values.MEASURES,
               also=("环节", "项目")),
         Field("seconds", values.number, required=True, also=("秒", "时限秒数", "时限")), SOURCE),
    ),
    Kind(
        "runcards", (),
        (CLASS, LEVEL,
         Field("slot", required=True, also=("编成", "力量", "任务位")), Field("slot_en", also=("英文名称",)),
         Field("kinds", runcard_values.kinds, required=True, also=("力量类型", "类型")),
         Field("skills", runcard_values.words, also=("技能",)), Field("vehicle", also=("车辆",)),
         Field("number", runcard_values.number, required=True, also=("数量", "个数")),
         Field("takes", runcard_values.level, also=("可抽调", "可抽调级别")), SOURCE),
    ),
    Kind(
        "runsupplies", (),
        (CLASS, LEVEL,
         Field("item", values.code, required=True, also=("物资", "物资编码", "物资代码")),
         Field("quantity", runcard_values.amount, required=True, also=("数量",)),
         Field("within_min", runcard_values.amount, required=True, also=("时限", "送达分钟")), SOURCE),
    ),
    Kind(
        "advicerules", (),
        (Field("name", required=True, also=("名称", "参数")),
         Field("value", runcard_values.weight, required=True, also=("数值", "取值")), SOURCE),
    ),
    Kind(
        "roster", (),
        (*OFFICE, Field("post", required=True, also=("岗位", "值班岗位", "职务")),
         Field("person", required=True, also=("值班人员", "值班人", "值班员", "姓名")),
         Field("deputy", also=("替班", "替班人", "备班", "副班")),
         Field("starts_at", wall_clock, required=True, also=("开始", "开始时间", "上班时间")),
         Field("ends_at", wall_clock, required=True, also=("结束", "结束时间", "下班时间"))),
    ),
    Kind(
        "contacts", (),
        (*OFFICE, Field("role", required=True, also=("岗位", "职务", "角色", "电话用途")),
         Field("phone", values.code, required=True, also=("电话", "办公电话", "值班电话", "联系电话")),
         Field("name", also=("姓名", "联系人")), Field("note", also=("备注", "说明"))),
    ),
)  # fmt: skip
TABLES = {kind.name: kind for kind in _ALL}
