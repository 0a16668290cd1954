"""In whose words a drill's script is made from a plan."""

from __future__ import annotations

from actions.offices import names_of
from actions.reference import Reference
from core.drill_draft import Wording
from pages.messages import text
from pages.offices import office


def wording(reference: Reference, lang: str) -> Wording:
    """The reader's."""
    return Wording(
        lambda key, **params: text(lang, key, **params),
        lambda code: office(lang, names_of(reference, [code]), code),
        english=lang == "en",
    )
