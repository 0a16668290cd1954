"""The ways in of `/handover`: the present shift, its two signatures, the roster, the phone book."""

from __future__ import annotations

import base64
import binascii
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, callback_context, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import duty, handover, notices
from actions.duty_commands import HandedItem, HandOverCommand, StandInCommand
from actions.imports import ImportReport, import_file
from actions.offices import names_of
from callbacks.registrar import Ask, Registrar
from core.permissions import may
from pages import ids as common
from pages.cases.views import title_of
from pages.handover import ids, views
from pages.messages import text
from pages.offices import office as office_words

LOAD_HOURS = 8
ROSTER_DAYS = 14
_FACTS = (
    (ids.OFFICE, "children"), (ids.TILES, "children"), (ids.LOAD, "children"), (ids.TABLE, "rowData"),
    (ids.LIST_HEAD, "children"), (ids.HAND_FORM, "hidden"), (ids.TAKE_FORM, "hidden"),
    (ids.TAKE_TEXT, "children"), (ids.HAND_AS, "children"), (ids.TAKE_AS, "children"),
    (ids.TAKE, "disabled"), (ids.WITHDRAW, "disabled"), (ids.HAND, "disabled"),
)  # fmt: skip


def register(app: Dash, registrar: Registrar) -> None:
    """All callbacks of the page."""
    tick, kind = Input(ids.TICK, "data"), Input(ids.KIND, "data")
    registrar.add(
        show, [Output(*pair) for pair in _FACTS], [tick, kind], [State(ids.NOTES, "data")],
        prevent_initial_call=False,
    )  # fmt: skip
    registrar.add(choose, [Output(ids.KIND, "data")], [Input(ids.tile(ALL), "n_clicks")])
    registrar.add(
        write, [Output(ids.NOTES, "data", allow_duplicate=True)], [Input(ids.TABLE, "cellValueChanged")],
        [State(ids.NOTES, "data")],
    )  # fmt: skip
    registrar.add(
        hand_over, [Output(ids.NOTES, "data"), Output(ids.HAND_NOTES, "value"), _tick()],
        [Input(ids.HAND, "n_clicks")], [State(ids.HAND_NOTES, "value"), State(ids.NOTES, "data")],
        running=[(Output(ids.HAND, "loading"), True, False)],
    )  # fmt: skip
    registrar.add(
        take_over, [Output(ids.REMARK, "value"), _tick()], [Input(ids.TAKE, "n_clicks")],
        [State(ids.REMARK, "value")], running=[(Output(ids.TAKE, "loading"), True, False)],
    )  # fmt: skip
    registrar.add(withdraw, [_tick()], [Input(ids.WITHDRAW, "n_clicks")])
    registrar.add(history, [Output(ids.HISTORY, "rowData")], [tick, Input(ids.TAB, "value")])
    registrar.add(
        roster, [Output(ids.ROSTER, "rowData"), Output(ids.GAPS, "children"), Output(ids.UPLOAD, "disabled")],
        [tick, Input(ids.TAB, "value")],
    )  # fmt: skip
    registrar.add(stand_in, [_tick()], [Input(ids.ROSTER, "cellClicked")], [State(ids.ROSTER, "rowData")])
    registrar.add(bring, [_tick()], [Input(ids.UPLOAD, "contents")], [State(ids.UPLOAD, "filename")])
    screens: Any = app
    screens.clientside_callback(
        ClientsideFunction("zhihui_handover", "paper"), Output(ids.HISTORY, "selectedRows"),
        Input(ids.HISTORY, "cellClicked"), prevent_initial_call=True,
    )  # fmt: skip
    registrar.add(
        contacts, [Output(ids.CONTACTS, "rowData")], [Input(ids.TAB, "value"), Input(ids.WORDS, "value")]
    )


def _tick() -> Output:
    return Output(ids.TICK, "data", allow_duplicate=True)


def _again() -> float:
    return datetime.now().timestamp()


def _named(ask: Ask, offices: Iterable[str]) -> dict[str, str]:
    """Offices in words."""
    names = names_of(ask.services.reference, offices)
    return {office: office_words(ask.lang, names, office) for office in names}


def show(ask: Ask, _tick: Any, kind: str, notes: Mapping[str, str] | None) -> list[Any]:
    """The present shift, what is unresolved, and which signature is due."""
    zone = ask.services.zone
    sheet = handover.sheet(ask.services, ask.principal, ask.realm)
    rows = handover.unresolved(ask.services, ask.principal, ask.realm, kind)
    hours = notices.alarm_load(ask.services, ask.principal, ask.realm, LOAD_HOURS)
    named = _named(ask, [sheet.office, *(one.owner for one in rows)])
    waiting, me = sheet.waiting, ask.principal.name
    since = sheet.last.taken.at if sheet.last and sheet.last.taken else None
    classes = ask.services.reference.classes()
    listed = [
        views.unresolved_row(
            ask.lang, one, title_of(ask.lang, one, classes), named[one.owner], notes or {}, zone
        )
        for one in rows
    ]
    acts = may(ask.principal, "duty")
    same = waiting is not None and waiting.handed.name == me
    signer = text(ask.lang, "handover.as", name=me, seat=ask.principal.seat or "—")
    return [
        views.office_part(ask.lang, named[sheet.office], sheet.on_duty, since, zone),
        views.tiles(ask.lang, sheet.counts, kind),
        views.load_part(ask.lang, hours, zone),
        listed,
        text(ask.lang, "handover.listed", kind=text(ask.lang, f"handover.kind.{kind}"), n=len(listed)),
        waiting is not None,
        waiting is None,
        views.told_part(ask.lang, waiting, zone) if waiting else [],
        signer if acts else text(ask.lang, "handover.read_only"),
        text(ask.lang, "handover.same_person") if same else signer,
        same or not acts,
        not same,
        not acts,
    ]


def choose(_ask: Ask, _clicks: Sequence[int | None]) -> Any:
    """Another count is listed; alarms are the bell's."""
    pressed = callback_context.triggered_id
    if not any(_clicks) or not pressed or pressed["kind"] == "alarms":
        raise PreventUpdate
    return pressed["kind"]


def write(_ask: Ask, changes: Sequence[Mapping[str, Any]] | None, notes: Mapping[str, str] | None) -> Any:
    """A word on an incident, kept until it is signed."""
    if not changes:
        raise PreventUpdate
    fresh = {change["data"]["id"]: str(change["value"] or "")[:500] for change in changes}
    return {**(notes or {}), **fresh}


def hand_over(ask: Ask, pressed: int | None, notes: str | None, words: Mapping[str, str] | None) -> Any:
    """交班签字"""
    if not pressed:
        raise PreventUpdate
    items = tuple(HandedItem(incident=ident, note=word) for ident, word in (words or {}).items() if word)
    handover.hand_over(ask.services, ask.call(), HandOverCommand(notes=notes or "", items=items))
    _done(text(ask.lang, "handover.done.handed"))
    return {}, "", _again()


def take_over(ask: Ask, pressed: int | None, remark: str | None) -> Any:
    """接班签字"""
    handover.take_over(ask.services, ask.call(), _waiting(ask, pressed), remark or None)
    _done(text(ask.lang, "handover.done.taken"))
    return "", _again()


def withdraw(ask: Ask, pressed: int | None) -> Any:
    """撤回交班"""
    handover.withdraw(ask.services, ask.call(), _waiting(ask, pressed))
    _done(text(ask.lang, "handover.done.withdrawn"))
    return _again()


def _waiting(ask: Ask, pressed: int | None) -> str:
    """The handover on the screen; somebody else may have signed meanwhile: then it is drawn anew."""
    sheet = handover.sheet(ask.services, ask.principal, ask.realm) if pressed else None
    if sheet is None:
        raise PreventUpdate
    if sheet.waiting is None:
        set_props(ids.TICK, {"data": _again()})
        raise PreventUpdate
    return sheet.waiting.id


def _done(words: str) -> None:
    set_props(common.NOTICE, {"data": {"kind": "done", "text": words}})


def history(ask: Ask, _tick: Any, tab: str) -> Any:
    """The shifts before."""
    if tab != "history":
        return no_update
    found = handover.history(ask.services, ask.principal, ask.realm)
    return [views.history_row(ask.lang, one, ask.services.zone) for one in found]


def roster(ask: Ask, _tick: Any, tab: str) -> Any:
    """The coming shifts, and when the office has nobody."""
    if tab != "roster":
        raise PreventUpdate
    now, zone = ask.services.now_in("live"), ask.services.zone
    since, until = now - timedelta(hours=12), now + timedelta(days=ROSTER_DAYS)
    leads = may(ask.principal, "roster")
    found = duty.roster(ask.services, ask.principal, since, until)
    named = _named(ask, (shift.office for shift in found))
    rows = [
        views.roster_row(ask.lang, shift, named[shift.office], ask.principal, now, zone, leads=leads)
        for shift in found
    ]
    gaps = duty.own_gaps(ask.services, ask.principal, now, until)
    return rows, views.gaps_part(ask.lang, str(ask.principal.office), gaps, zone), not leads


def stand_in(ask: Ask, cell: Mapping[str, Any] | None, rows: Sequence[Mapping[str, Any]] | None) -> Any:
    """离岗 / 回岗, by the last cell of a row."""
    row = next((one for one in rows or () if cell and one["key"] == cell.get("rowId")), None)
    if not cell or cell.get("colId") != "act" or row is None or not row["act"]:
        raise PreventUpdate
    office, starts_at, post, person = str(row["key"]).split("|")
    begun = datetime.fromisoformat(starts_at)
    command = StandInCommand(office=office, starts_at=begun, post=post, person=person, away=not row["away"])
    duty.stand_in(ask.services, ask.call(), command)
    return _again()


def bring(ask: Ask, contents: str | None, name: str | None) -> Any:
    """A roster out of a file: all of it, or what is wrong with it."""
    if not contents or not name:
        raise PreventUpdate
    report = _import(ask, contents, name)
    if report.ok:
        _done(text(ask.lang, "handover.done.roster", n=report.written))
        return _again()
    first = report.as_json(lambda key, **params: text(ask.lang, key, **params))["problems"][0]
    said = {"kind": "refusal", "text": first["message"], "remedy": first["remedy"]}
    set_props(common.NOTICE, {"data": said})
    return no_update


def _import(ask: Ask, contents: str, name: str) -> ImportReport:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        try:
            path.write_bytes(base64.b64decode(contents.partition(",")[2], validate=True))
        except (binascii.Error, OSError) as error:
            raise PreventUpdate from error
        return import_file(ask.services, ask.principal, "roster", path)


def contacts(ask: Ask, tab: str, words: str | None) -> Any:
    """The phone book, with these words in it."""
    if tab != "contacts":
        return no_update
    found = duty.phone_book(ask.services, ask.principal)
    named = _named(ask, (row["office"] for row in found))
    rows = [views.contact_row(row, named[row["office"]]) for row in found]
    asked = (words or "").split()
    return [row for row in rows if all(any(w in str(v) for v in row.values()) for w in asked)]
