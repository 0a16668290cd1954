"""Refusals of the field: attachments and duty."""

from __future__ import annotations

from core.errors import Refusal


class AttachmentUnfit(Refusal):
    """Neither a photo nor a paper that is taken, by its content; params: name, allowed."""

    code = "attachment_unfit"


class AttachmentTooLarge(Refusal):
    """params: name, most (MB)."""

    code = "attachment_too_large"


class UnitStillBound(Refusal):
    """A unit that is away on an incident does not go off duty; params: unit_name, number."""

    code = "unit_still_bound"
