"""The one way a callback is registered.

Dash awaits coroutine callbacks and runs plain ones on the event loop, where each would stall the stream and
every other screen. So callbacks are plain functions, and here each is wrapped in a coroutine that runs it
on an executor of our own, with the request's context. A refusal becomes a toast with a sentence and a remedy.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Executor
from contextvars import copy_context
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

from dash import Dash, Input, Output, State, callback_context, no_update, set_props
from pydantic import ValidationError

from actions.reference import Reference
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, Refusal
from core.permissions import Principal
from db.batch import Unstorable
from pages import ids, session
from pages.messages import language, text
from pages.refusals import said

SENTENCES = (("text", "error"), ("remedy", "remedy"))
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks, in which realm and language, and what answers."""

    services: Services
    principal: Principal
    realm: str
    lang: str

    def call(self) -> Call:
        return Call(self.principal, self.realm)


Plain = Callable[..., Any]


class Registrar:
    """Registers functions `(ask, *inputs, *states)` with one app."""

    def __init__(self, app: Dash, services: Services, executor: Executor) -> None:
        self._app, self._services, self._executor = app, services, executor

    def add(
        self,
        function: Plain,
        outputs: Sequence[Output],
        inputs: Sequence[Input],
        states: Sequence[State] = (),
        **options: Any,
    ) -> None:
        """Register; the page's language and realm are put before the inputs by themselves."""
        page = (State(ids.LANG, "data"), State(ids.REALM, "data"))
        options.setdefault("prevent_initial_call", True)
        excused = partial(excuse, self._services)
        register = self._app.callback(*outputs, *inputs, *states, *page, on_error=excused, **options)
        register(self._off_the_loop(function))

    def _off_the_loop(self, function: Plain) -> Callable[..., Coroutine[Any, Any, Any]]:
        @wraps(function)
        async def run(*values: Any) -> Any:
            context = copy_context()
            work = partial(context.run, self._run, function, values)
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)

        return run

    def _run(self, function: Plain, values: tuple[Any, ...]) -> Any:
        *given, lang, realm = values
        principal = session.principal()
        if principal.kind == "wall":  # its page has none of these, and it may be hidden, or for visitors
            raise Forbidden(verb="read", role=principal.role)
        ask = Ask(self._services, principal, str(realm or "live"), language(lang))
        return function(ask, *given)


def excuse(services: Services, error: Exception) -> Any:
    """What is shown instead of an answer: the sentence and the remedy; nothing on the page changes."""
    lang = language(callback_context.states.get(f"{ids.LANG}.data"))
    set_props(ids.NOTICE, {"data": notice_of(lang, error, services.reference)})
    return no_update


def notice_of(lang: str, error: Exception, reference: Reference | None = None) -> dict[str, str]:
    """The toast of an error: a refusal says what to do, a fault of ours says that it is ours."""
    if isinstance(error, ValidationError):
        error = _invalid(error)
    if isinstance(error, Unstorable):
        error = InvalidInput(pointer="/", detail=str(error).splitlines()[0][:120])
    if isinstance(error, Refusal):
        return {"kind": "refusal", **_sentences(lang, error, reference)}
    _log.error("a callback failed", exc_info=error)
    return {"kind": "fault", "text": text(lang, "error.internal"), "remedy": text(lang, "remedy.internal")}


def _sentences(lang: str, refusal: Refusal, reference: Reference | None) -> dict[str, str]:
    params = said(lang, refusal.params, reference)
    told = {key: text(lang, f"{prefix}.{refusal.code}", **params) for key, prefix in SENTENCES}
    return {**told, "focus": params["focus"]} if "focus" in params else told


def _invalid(error: ValidationError) -> InvalidInput:
    first = error.errors()[0]
    pointer = "/" + "/".join(str(part) for part in first["loc"])
    return InvalidInput(pointer=pointer, detail=first["msg"])
