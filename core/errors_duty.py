"""Refusals of duty: notices, shifts, the roster, messages."""

from __future__ import annotations

from core.errors import Refusal


class NotAnAlarm(Refusal):
    """Only an alarm that waits for somebody can be shelved; params: state."""

    code = "not_an_alarm"


class ShelfTooLong(Refusal):
    """params: most (minutes)."""

    code = "shelf_too_long"


class HandoverWaiting(Refusal):
    """This office has handed over already and nobody has taken over; params: by, at."""

    code = "handover_waiting"


class HandoverTaken(Refusal):
    """Somebody took over before; params: by, at."""

    code = "handover_taken"


class SamePerson(Refusal):
    """Whoever handed over cannot take over from themselves; params: name."""

    code = "same_person"


class NotYours(Refusal):
    """Only whoever handed over takes it back; params: by."""

    code = "not_yours"


class NotDead(Refusal):
    """Only a dead letter is sent again; params: id."""

    code = "not_dead"


class GatewayUnfit(Refusal):
    """A gateway is spoken to by https, or by http on this machine; params: url."""

    code = "gateway_unfit"
