"""Refusals that only a desk can meet."""

from __future__ import annotations

from core.errors import Refusal


class WordsMissing(Refusal):
    """A verb that needs words was pressed without any; params: verb, focus (id of the field)."""

    code = "words_missing"


class ActedMeanwhile(Refusal):
    """An act cannot be undone: somebody has acted on the incident since."""

    code = "acted_meanwhile"


class NothingChanged(Refusal):
    """A correction was saved that corrects nothing."""

    code = "nothing_changed"


class NothingPicked(Refusal):
    """Dispatch was pressed with no unit picked."""

    code = "nothing_picked"


class FormIncomplete(Refusal):
    """A form was sent with an empty field; params: field (its label), focus (its id)."""

    code = "form_incomplete"


class NothingSelected(Refusal):
    """The card was used while no incident was selected."""

    code = "nothing_selected"
