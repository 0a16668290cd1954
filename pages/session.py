"""Who is asking: set for each request by the gate, read by callbacks, which may not import it."""

from __future__ import annotations

from contextvars import ContextVar

from core.errors import Unauthorized
from core.permissions import Principal

current_principal: ContextVar[Principal | None] = ContextVar("current_principal", default=None)


def principal() -> Principal:
    """The one who asks. Raises Unauthorized when nobody is logged in."""
    found = current_principal.get()
    if found is None:
        raise Unauthorized()
    return found
