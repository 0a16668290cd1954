"""The verbs on incidents and assignments by name: what each is given, and which action it is handed to.

The API, the page `/cases` and phones hand them over from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from actions import assignments, cases, dispatch, incidents, safety, sensitivity
from actions.commands import (
    AmendCommand,
    AssignmentVerb,
    AssistCommand,
    AssistEndCommand,
    CancelCommand,
    DispatchCommand,
    EndCommand,
    ExtendCommand,
    Location,
    MergeCommand,
    RateCommand,
    ReclassifyCommand,
    RejectCommand,
    ReplaceCommand,
    SituationCommand,
    Timed,
    TransferCommand,
    WhistleCommand,
    Words,
)
from actions.letting_go import Ending
from actions.services import Services
from actions.unit_of_work import Answer, Call


class Plain(Timed):
    """A verb that needs nothing but its time."""


class WithReason(Timed):
    reason: Words


class WithText(Timed):
    text: Words


class PerhapsText(Timed):
    text: Annotated[str, Field(max_length=4000)] | None = None


class PerhapsReason(Timed):
    reason: Annotated[str, Field(max_length=4000)] | None = None


class Relocate(Timed):
    location: Location
    address: Annotated[str, Field(max_length=200)] | None = None


Act = Callable[[Services, Call, str, Any], Answer]


@dataclass(frozen=True, slots=True)
class Verb:
    body: type[Timed]
    act: Act


Verbs = Mapping[str, Verb]


INCIDENT_VERBS: Verbs = {
    "accept": Verb(Plain, lambda s, c, i, _: incidents.accept(s, c, i)),
    "reject": Verb(RejectCommand, lambda s, c, i, b: incidents.reject(s, c, i, b.reason, Ending.of(b))),
    "amend": Verb(AmendCommand, incidents.amend),
    "relocate": Verb(Relocate, lambda s, c, i, b: incidents.relocate(s, c, i, b.location, b.address)),
    "note": Verb(WithText, lambda s, c, i, b: incidents.note(s, c, i, b.text)),
    "dispatch": Verb(DispatchCommand, dispatch.dispatch),
    "cancel": Verb(CancelCommand, dispatch.cancel),
    "handle": Verb(PerhapsText, lambda s, c, i, b: incidents.handle(s, c, i, b.text)),
    "reply": Verb(WithText, lambda s, c, i, b: incidents.reply(s, c, i, b.text)),
    "verify": Verb(PerhapsText, lambda s, c, i, b: incidents.verify(s, c, i, b.text)),
    "close": Verb(EndCommand, lambda s, c, i, b: incidents.close(s, c, i, Ending.of(b))),
    "reopen": Verb(WithReason, lambda s, c, i, b: incidents.reopen(s, c, i, b.reason)),
    "reclassify": Verb(ReclassifyCommand, incidents.reclassify),
    "merge": Verb(MergeCommand, lambda s, c, i, b: incidents.merge(s, c, i, b.into, Ending.of(b))),
    "unmerge": Verb(WithReason, lambda s, c, i, b: incidents.unmerge(s, c, i, b.reason)),
    "sensitive": Verb(WithReason, lambda s, c, i, b: sensitivity.mark(s, c, i, b.reason)),
    "unsensitive": Verb(WithReason, lambda s, c, i, b: sensitivity.unmark(s, c, i, b.reason)),
    "situation": Verb(SituationCommand, incidents.report_situation),
    "rate": Verb(RateCommand, incidents.rate),
    "archive": Verb(PerhapsText, lambda s, c, i, b: incidents.archive(s, c, i, b.text)),
    "transfer": Verb(TransferCommand, cases.transfer),
    "return": Verb(WithReason, lambda s, c, i, b: cases.give_back(s, c, i, b.reason)),
    "assist": Verb(AssistCommand, cases.assist),
    "assist_end": Verb(AssistEndCommand, cases.end_help),
    "whistle": Verb(WhistleCommand, cases.whistle),
    "report_in": Verb(PerhapsText, lambda s, c, i, b: cases.report_in(s, c, i, b.text)),
    "supervise": Verb(WithText, lambda s, c, i, b: cases.supervise(s, c, i, b.text)),
    "answer": Verb(WithText, lambda s, c, i, b: cases.answer(s, c, i, b.text)),
    "escalate": Verb(WithReason, lambda s, c, i, b: cases.escalate(s, c, i, b.reason)),
    "extend": Verb(ExtendCommand, cases.extend),
    "pause": Verb(WithReason, lambda s, c, i, b: cases.pause(s, c, i, b.reason)),
    "resume": Verb(Plain, lambda s, c, i, _: cases.resume(s, c, i)),
    "approve": Verb(Plain, lambda s, c, i, _: cases.approve(s, c, i)),
    "refuse": Verb(WithReason, lambda s, c, i, b: cases.refuse(s, c, i, b.reason)),
}


def _assignment(verb: AssignmentVerb) -> Act:
    return lambda services, call, ident, body: assignments.advance(
        services, call, ident, verb, getattr(body, "reason", None)
    )


ASSIGNMENT_VERBS: Verbs = {
    "ack": Verb(Plain, _assignment("ack")),
    "decline": Verb(WithReason, _assignment("decline")),
    "enroute": Verb(Plain, _assignment("enroute")),
    "arrive": Verb(Plain, _assignment("arrive")),
    "release": Verb(PerhapsReason, _assignment("release")),
    "replace": Verb(ReplaceCommand, dispatch.replace),
    "check": Verb(PerhapsText, lambda s, c, i, b: safety.check(s, c, i, b.text)),
}
