"""Incident classes: a code table of the city."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IncidentClass:
    """One class; `emergency` chooses its clocks, `source` says where the code comes from."""

    code: str
    name: str
    name_en: str
    class_group: str
    glyph: str
    emergency: bool
    source: str
