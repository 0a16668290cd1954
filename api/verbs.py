"""Handing a request's body to the action of a verb."""

from __future__ import annotations

from actions.services import Services
from actions.unit_of_work import Answer, Call
from actions.verbs import Verbs
from api.requests import parse, timed
from core.errors import NotFound


def act(verbs: Verbs, services: Services, call: Call, body: bytes, ident: str, name: str) -> Answer:
    """Hand a request's body to the action of a verb; its answer has the entity's new version as `seq`.

    Raises NotFound for a verb that there is not, and what `parse` and the action raise.
    """
    verb = verbs.get(name)
    if verb is None:
        raise NotFound(kind="verb", id=name)
    command = parse(verb.body, body)
    return verb.act(services, timed(call, command), ident, command)
