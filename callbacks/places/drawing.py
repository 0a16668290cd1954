"""What tabs lay over the map: each answer is added to what the store `overlay` holds.

Answers that replaced it would be lost: of two that come while the page is busy, scripts see the last alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from dash import Input, Output, Patch, State

from callbacks.registrar import Ask, Plain, Registrar
from pages.places import ids


class Drawing(Registrar):
    """Registers callbacks whose answers may be for the overlay."""

    def __init__(self, registrar: Registrar) -> None:
        self._registrar = registrar

    def add(
        self,
        function: Plain,
        outputs: Sequence[Output],
        inputs: Sequence[Input],
        states: Sequence[State] = (),
        **options: Any,
    ) -> None:
        at = next((i for i, one in enumerate(outputs) if one.component_id == ids.OVERLAY), None)
        if at is not None:
            function = partial(_alone, function) if len(outputs) == 1 else partial(_among, function, at)
        self._registrar.add(function, outputs, inputs, states, **options)


def _alone(function: Plain, ask: Ask, *values: Any) -> Any:
    return laid(function(ask, *values))


def _among(function: Plain, at: int, ask: Ask, *values: Any) -> Any:
    answer = function(ask, *values)
    return [laid(one) if i == at else one for i, one in enumerate(answer)]


def laid(answer: Any) -> Any:
    """The named parts as additions to what lies there; what is no overlay (no_update) as it is."""
    if not isinstance(answer, Mapping):
        return answer
    patch = Patch()
    for name, part in answer.items():
        patch[name] = part
    return patch
