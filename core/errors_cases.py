"""Refusals of casework."""

from __future__ import annotations

from core.errors import Refusal


class FlowBroken(Refusal):
    """A row of the workflow table; params: verb, field, value."""

    code = "flow_broken"


class NotInCharge(Refusal):
    """Somebody else's incident; params: verb, owner."""

    code = "not_in_charge"


class TooOften(Refusal):
    """A move whose number is limited; params: verb, most."""

    code = "too_often"


class NeedMissing(Refusal):
    """A move that needs a text, a reason or a photo; params: verb, need."""

    code = "need_missing"


class UnknownOffice(Refusal):
    """params: office."""

    code = "unknown_office"


class NotOnDutyList(Refusal):
    """权责清单: not that department's affair; params: office, class_code."""

    code = "not_on_duty_list"


class SameOffice(Refusal):
    """It has it already; params: office."""

    code = "same_office"


class NotHelping(Refusal):
    """Nothing to end: it does not help; params: office."""

    code = "not_helping"


class NothingToReturn(Refusal):
    """Nobody owned it before."""

    code = "nothing_to_return"


class TopReached(Refusal):
    """There is no level above; params: office."""

    code = "top_reached"


class NoClock(Refusal):
    """No clock that could be extended, paused or resumed; params: verb."""

    code = "no_clock"


class ExtensionTooShort(Refusal):
    """It would be over all the same; params: due_at."""

    code = "extension_too_short"


class RequestPending(Refusal):
    """Another request awaits approval; params: kind."""

    code = "request_pending"


class NoRequest(Refusal):
    """Nothing awaits approval."""

    code = "no_request"


class OwnRequest(Refusal):
    """Nobody approves what they asked for themselves."""

    code = "own_request"


class NothingToAnswer(Refusal):
    """No whistle or supervision of this office awaits an answer; params: verb."""

    code = "nothing_to_answer"


class SupervisionOpen(Refusal):
    """It is closed after its supervision is answered; params: text."""

    code = "supervision_open"


class MergeIntoItself(Refusal):
    code = "merge_into_itself"


class MergeTargetEnded(Refusal):
    """params: number, status."""

    code = "merge_target_ended"
