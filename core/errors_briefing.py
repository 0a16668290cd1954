"""Refusals of reports and of losses."""

from __future__ import annotations

from core.errors import Refusal


class ReportOutOfTurn(Refusal):
    """初报 once, then 续报, 终报 after the end; params: stage, next (what may be reported now, "" =
    nothing)."""

    code = "report_out_of_turn"


class NotOwnArea(Refusal):
    """Losses are told for towns of one's own area; params: area."""

    code = "not_own_area"


class LossesReduced(Refusal):
    """更正: figures that become smaller want a reason; params: fields (names)."""

    code = "losses_reduced"
