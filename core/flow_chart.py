"""The workflow as a diagram: states and the verbs between them, in the notation of mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.flow import LEADS_TO, Workflow
from core.model import ENDED

STATES = (
    "reported", "accepted", "dispatched", "acknowledged", "on_scene", "handled", "verified", "closed",
    "evaluated", "archived", "rejected", "merged",
)  # fmt: skip
"""In the order in which an incident goes through them."""
BY_UNITS = (("dispatched", "ack", "acknowledged"), ("acknowledged", "arrive", "on_scene"))
"""Moves of assignments, which carry their incident along."""

Say = Callable[[str], str]


def edges(flow: Workflow) -> Iterator[tuple[str, str, str]]:
    """(from, verb, to) of every move that leads to another state."""
    for verb, move in flow.moves.items():
        to = LEADS_TO.get(verb)
        if to is not None:
            yield from ((state, verb, to) for state in STATES if state in move.states and state != to)
    yield from BY_UNITS


def mermaid(flow: Workflow, state: Say, verb: Say) -> str:
    """A stateDiagram; `state` and `verb` say the codes in words."""
    lines = ["stateDiagram-v2", "    [*] --> reported"]
    lines += [f"    {name} : {state(name)}" for name in STATES]
    lines += [f"    {start} --> {end} : {verb(name)}" for start, name, end in edges(flow)]
    lines += [f"    {name} --> [*]" for name in STATES if name in ENDED]
    return "\n".join(lines)
