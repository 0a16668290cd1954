"""Refusals of a drill's script as a file."""

from __future__ import annotations

from core.errors import Refusal


class ScriptUnreadable(Refusal):
    """It is no JSON, or no workbook; params: line (0 = not known), detail."""

    code = "script_unreadable"


class ScriptMisshapen(Refusal):
    """A field is missing, unknown or out of bounds; params: pointer, where (line, or sheet, row and column),
    count, faults: {pointer, code, params, detail} with {line} or {sheet, row, column}."""

    code = "script_misshapen"
