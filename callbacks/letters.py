"""The ways in of the dead letters (死信) on `/handover`: both lists, what one says, another try, the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import intake_messages, intake_pull, intake_taking, outbound
from actions.duty_commands import GiveUpCommand
from actions.intake_taking import Corrections
from actions.offices import names_of
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.permissions import may
from pages import ids as common
from pages.handover import ids
from pages.handover import letters as pane
from pages.messages import DEFAULT, text
from pages.offices import office as office_words

Rows = Sequence[Mapping[str, Any]]


def register(registrar: Registrar) -> None:
    """All callbacks of the tab."""
    way, tick = Input(ids.LETTERS_WAY, "value"), Input(ids.TICK, "data")
    registrar.add(
        show,
        [Output(ids.LETTERS, "rowData"), Output(ids.LETTERS_HEAD, "children"),
         Output(ids.LETTER_CLASS, "data")],
        [way, tick, Input(ids.TAB, "value")],
    )  # fmt: skip
    chosen = Input(ids.LETTERS, "selectedRows")
    registrar.add(
        look,
        [Output(ids.LETTER, "hidden"), Output(ids.LETTER_SAID, "children"),
         Output(ids.LETTER_CORRECTIONS, "hidden"), Output(ids.LETTER_CLASS, "value"),
         Output(ids.LETTER_ADDRESS, "value"), Output(ids.LETTER_REASON, "value")],
        [chosen, way],
    )  # fmt: skip
    held = [State(ids.LETTERS_WAY, "value"), State(ids.LETTERS, "selectedRows")]
    changed = [Output(ids.TICK, "data", allow_duplicate=True), _selected()]
    registrar.add(
        retry, changed, [Input(ids.LETTER_RETRY, "n_clicks")],
        [*held, State(ids.LETTER_CLASS, "value"), State(ids.LETTER_ADDRESS, "value")],
        running=[(Output(ids.LETTER_RETRY, "loading"), True, False)],
    )  # fmt: skip
    registrar.add(
        give_up, changed, [Input(ids.LETTER_GIVE_UP, "n_clicks")], [*held, State(ids.LETTER_REASON, "value")]
    )


def _selected() -> Output:
    return Output(ids.LETTERS, "selectedRows", allow_duplicate=True)


def show(ask: Ask, way: str, _tick: Any, tab: str) -> Any:
    """The dead letters of a way, newest first."""
    if tab != "letters":
        raise PreventUpdate
    classes = pane.class_choices(ask.lang, ask.services.reference.classes())
    if not may(ask.principal, "duty"):
        return [], text(ask.lang, "letters.not_yours"), classes
    rows = _came_in(ask) if way == "in" else _went_out(ask)
    return rows, text(ask.lang, f"letters.{way}.count", n=len(rows)), classes


def _came_in(ask: Ask) -> list[dict[str, Any]]:
    found = intake_messages.list_messages(ask.services, ask.principal, ask.realm, "refused")
    names = {one["source"]: one["name"] for one in intake_pull.list_sources(ask.services)} if found else {}
    zone = ask.services.zone
    return [pane.row_in(ask.lang, one, names.get(one["source"], one["source"]), zone) for one in found]


def _went_out(ask: Ask) -> list[dict[str, Any]]:
    found, _ = outbound.listed(ask.services, ask.principal, ask.realm, "dead")
    names = names_of(ask.services.reference, (one["office"] for one in found))
    channels = _channels(ask)
    return [
        pane.row_out(
            ask.lang, one, channels.get(one["channel"], one["channel"]),
            office_words(ask.lang, names, one["office"]), ask.services.zone,
        )
        for one in found
    ]  # fmt: skip


def _channels(ask: Ask) -> dict[str, str]:
    name = "name" if ask.lang == DEFAULT else "name_en"
    return {one["code"]: one[name] for one in outbound.channels(ask.services, ask.principal)}


def look(ask: Ask, chosen: Rows | None, way: str) -> Any:
    """What the pressed letter says, persons masked."""
    if not chosen:
        return True, no_update, no_update, None, "", ""
    ident = chosen[0]["id"]
    if way == "in":
        content = intake_taking.read_message(ask.services, ask.call(), ident)
        lines = pane.lines_in(ask.lang, content)
    else:
        lines = _lines_out(ask, outbound.read(ask.services, ask.principal, ask.realm, ident))
    return False, pane.said(ask.lang, lines), way != "in", None, "", ""


def _lines_out(ask: Ask, letter: Mapping[str, Any]) -> list[tuple[str, str]]:
    body = letter["body"]
    words = body.get("text") or body.get("payload") or ""
    return [
        (text(ask.lang, "letters.to"), str(intake_messages.masked(letter["addressee"])) or "—"),
        (text(ask.lang, "letters.text"), str(intake_messages.masked(str(words)))),
    ]


def retry(
    ask: Ask, clicks: int | None, way: str, chosen: Rows | None, kind: str | None, address: str | None
) -> Any:
    """Take it, or send it, once more."""
    ident = _pressed(clicks, chosen)
    if way == "in":
        said = Corrections.model_validate({"class": kind or None, "address": (address or "").strip() or None})
        for taken in intake_taking.retry(ask.services, ask.call(), ident, said):
            if taken.refusal is not None:
                raise taken.refusal
    else:
        outbound.retry(ask.services, ask.principal, ask.realm, ident)
    return _done(ask, f"letters.{way}.again", clicks)


def give_up(ask: Ask, clicks: int | None, way: str, chosen: Rows | None, reason: str | None) -> Any:
    """放弃, with a reason."""
    ident = _pressed(clicks, chosen)
    if not (reason or "").strip():
        raise FormIncomplete(field=text(ask.lang, "letters.reason"), focus=ids.LETTER_REASON)
    command = GiveUpCommand(reason=str(reason).strip())
    if way == "in":
        intake_messages.give_up(ask.services, ask.call(), ident, command)
    else:
        outbound.give_up(ask.services, ask.principal, ask.realm, ident, command)
    return _done(ask, "letters.given_up", clicks)


def _pressed(clicks: int | None, chosen: Rows | None) -> str:
    if not clicks or not chosen:
        raise PreventUpdate
    return str(chosen[0]["id"])


def _done(ask: Ask, key: str, clicks: int | None) -> Any:
    set_props(common.NOTICE, {"data": {"kind": "done", "text": text(ask.lang, key)}})
    return clicks, []
