"""The facts of a response (应急响应): a plan activated, its tasks, its command, its level, its end.

The subject is the response (linkage).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from core.due import Due
from core.envelope import Body
from core.events_commit import SupplyPart

Ring = tuple[tuple[float, float], ...]


class TaskSet(BaseModel):
    """A task as it is given: waiting for those `after` (ids), or assigned with the clock of its
    acknowledgement."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    code: str
    phase: str
    title: str
    title_en: str
    owner: str
    ack_s: float
    due_s: float
    after: tuple[str, ...] = ()
    reports: bool = False
    due: Due | None = None


class TaskBegun(BaseModel):
    """A task that waited is assigned now; `due` is the clock of its acknowledgement."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    task: str
    due: Due


class PlanActivated(Body):
    """启动应急响应: every task in one fact. `offices` are all that are called."""

    incident: str
    number: str
    title: str
    plan: str
    plan_name: str
    plan_name_en: str = ""
    plan_version: int
    level: int
    commander: str
    commander_name: str
    lon: float
    lat: float
    tasks: tuple[TaskSet, ...]
    offices: tuple[str, ...]


class UnitSent(BaseModel):
    """A unit that goes for a task (its code in the plan)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    task: str
    unit: str
    unit_name: str
    assignment: str
    eta_s: float


class Lacking(BaseModel):
    """What the plan asks for and the city did not have, as whoever activated it accepted."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    what: str
    wanted: float
    missing: float
    reason: str


class MeansSent(Body):
    """调动: what the response set moving. Units, lots, roads and warnings tell the same by facts of their own
    in the same transaction."""

    units: tuple[UnitSent, ...] = ()
    supplies: tuple[SupplyPart, ...] = ()
    closures: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()
    lacking: tuple[Lacking, ...] = ()


class ShelterOpened(Body):
    """开放避难场所: `places` are kept for this response; `office` is the desk of where it lies."""

    shelter: str
    name: str
    lon: float
    lat: float
    places: int
    office: str


class ShelterFilled(Body):
    """入住: so many are in it now."""

    shelter: str
    name: str
    persons: int


class ShelterClosed(Body):
    """关闭避难场所; `persons` were still in it."""

    shelter: str
    name: str
    persons: int


class ResponseMoved(Body):
    """改址: its incident turned out to be elsewhere. What was set moving stays, and so does the zone, until
    the commander changes them."""

    lon: float
    lat: float
    place: str
    commander: str


class Proposed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    plan: str
    name: str
    name_en: str
    level: int


class PlanProposed(Body):
    """建议启动预案: by class and level, or by the warning that it came from. The subject is the incident,
    `commander` the office that would command."""

    plans: tuple[Proposed, ...]
    commander: str


class TasksBegun(Body):
    """派发: what these waited for is done."""

    tasks: tuple[TaskBegun, ...]
    offices: tuple[str, ...]


class TaskAcknowledged(Body):
    """签收; `due` is the clock of the task itself, from when it was assigned."""

    task: str
    office: str
    due: Due


class TaskStarted(Body):
    """开始办理: acknowledged and under way."""

    task: str
    office: str
    due: Due


class TaskDone(Body):
    """完成, with what was done."""

    task: str
    office: str
    text: str


class TaskChanged(Body):
    """The commander gives it to another office, or another time; a new owner acknowledges anew."""

    task: str
    owner: str
    former: str
    due_s: float
    due: Due | None
    reason: str


class TasksAdded(Body):
    """追加任务: by the commander, or by a graver level."""

    tasks: tuple[TaskSet, ...]
    offices: tuple[str, ...]
    reason: str


class TasksCancelled(Body):
    """取消任务: by the commander, by a milder level, or with the response."""

    tasks: tuple[str, ...]
    reason: str


class TaskNeared(Body):
    """即将超时: 80 % of the clock of this step is gone."""

    task: str
    title: str
    office: str
    step: Literal["task_ack", "task_done"]


class TaskMissed(Body):
    """超时: its owner and the commander are told. `due` is the clock of a task that nobody acknowledged
    and that is due as a whole now."""

    task: str
    title: str
    office: str
    step: Literal["task_ack", "task_done"]
    commander: str = ""
    due: Due | None = None


class CommandHandedOver(Body):
    """移交指挥: never to nobody."""

    office: Annotated[str, Field(min_length=1)]
    name: str
    reason: str


class ResponseLevelChanged(Body):
    """响应升级 or 降级: the tasks it brings or takes away are facts of their own, caused by this one."""

    level: int
    before: int
    reason: str


class ZoneDrawn(Body):
    """划定影响范围; an empty ring takes it away."""

    shape: Literal["circle", "polygon", "sector"]
    ring: Ring
    area_m2: float


class ResponseEnded(Body):
    """终止应急响应: units, stock and closures are released by facts of their own."""

    incident: str
    reason: str
    done: int
    cancelled: int
    offices: tuple[str, ...] = ()
