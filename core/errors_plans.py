"""Refusals of plans and linkage."""

from __future__ import annotations

from core.errors import Refusal


class PlanUnreadable(Refusal):
    """The text is neither YAML nor JSON; params: line (0 = not known), detail."""

    code = "plan_unreadable"


class PlanMisshapen(Refusal):
    """A field of a plan is missing, unknown or out of bounds; params: pointer, detail, faults."""

    code = "plan_misshapen"


class NoSuchStage(Refusal):
    """The plan has no such level; params: plan, level, known."""

    code = "no_such_stage"


class ResponseRunning(Refusal):
    """The incident is answered by a plan already; params: incident, number, linkage."""

    code = "response_running"


class LevelUnchanged(Refusal):
    """The response stands at this level; params: level."""

    code = "level_unchanged"


class NotYourTask(Refusal):
    """Only its owner or the commander moves a task; params: owner."""

    code = "not_your_task"


class NotCommander(Refusal):
    """Only who commands changes a response; params: commander, name."""

    code = "not_commander"


class OwnPlan(Refusal):
    """A second person approves; params: plan."""

    code = "own_plan"


class PlanFaulty(Refusal):
    """It cannot run as it stands; params: plan, count, first, faults."""

    code = "plan_faulty"


class PlanWrittenMeanwhile(Refusal):
    """Somebody else wrote a version after the one that was edited; params: plan, version, by."""

    code = "plan_written_meanwhile"


class MeansMissing(Refusal):
    """The plan asks for more than there is, or than there was when it was looked at; params: items, changed,
    shortfalls (core.means.Missing as JSON)."""

    code = "means_missing"


class ShelterFull(Refusal):
    """More persons than the shelter has places for; params: name, persons, free."""

    code = "shelter_full"
