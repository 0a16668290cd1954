"""The ways in of `/admin`: channels, accounts and tokens, each to the administrator whose they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from dash import Input, Output, State, no_update, set_props
from dash.exceptions import PreventUpdate

from actions import accounts, audit, outbound
from actions.duty_commands import ChannelCommand
from callbacks.errors import FormIncomplete
from callbacks.registrar import Ask, Registrar
from core.permissions import may
from pages import ids as common
from pages.admin import audit as audit_view
from pages.admin import ids, views
from pages.messages import DEFAULT, text

Rows = Sequence[Mapping[str, Any]]
_TOKEN = (
    ids.TOKEN_KIND, ids.TOKEN_NAME, ids.TOKEN_AREA, ids.TOKEN_UNIT, ids.TOKEN_SOURCE, ids.TOKEN_VERBS,
)  # fmt: skip
_USER = (ids.USER_NAME, ids.USER_ROLE, ids.USER_AREA, ids.USER_DEPT)


def register(registrar: Registrar) -> None:
    """All callbacks of the page."""
    registrar.add(
        open_page, [Output(ids.BODY, "children")], [Input(ids.BODY, "id")], prevent_initial_call=False
    )
    _register_channels(registrar)
    _register_users(registrar)
    tick, again = Input(ids.TICK, "data"), _tick()
    registrar.add(tokens, [Output(ids.TOKENS, "rowData")], [tick], prevent_initial_call=False)
    registrar.add(revoke, [again], [Input(ids.TOKEN_REVOKE, "n_clicks")], [State(ids.TOKENS, "selectedRows")])
    registrar.add(
        add_token,
        [Output(ids.TOKEN_SECRET, "children"), _tick()],
        [Input(ids.TOKEN_ADD, "n_clicks")],
        [State(name, "value") for name in _TOKEN],
    )
    _register_audit(registrar)


def _register_audit(registrar: Registrar) -> None:
    asked = [State(name, "value") for name in (ids.AUDIT_DAYS, ids.AUDIT_WHO, ids.AUDIT_KINDS)]
    shown = [Output(ids.AUDIT, "rowData"), Output(ids.AUDIT_SPAN, "children")]
    find = [Input(ids.AUDIT_FIND, "n_clicks")]
    registrar.add(newest_facts, shown, find, asked, prevent_initial_call=False)
    again = [Output(one.component_id, one.component_property, allow_duplicate=True) for one in shown]
    older = [Input(ids.AUDIT_OLDER, "n_clicks")]
    registrar.add(older_facts, again, older, [*asked, State(ids.AUDIT, "rowData")])


def _register_channels(registrar: Registrar) -> None:
    registrar.add(
        channels, [Output(ids.CHANNELS, "rowData")], [Input(ids.TICK, "data")], prevent_initial_call=False
    )
    registrar.add(
        pick_channel,
        [Output(ids.CHANNEL, "hidden"), Output(ids.CHANNEL_HEAD, "children"),
         Output(ids.CHANNEL_URL, "value"), Output(ids.CHANNEL_ON, "checked")],
        [Input(ids.CHANNELS, "selectedRows")],
    )  # fmt: skip
    registrar.add(
        save_channel, [_tick()], [Input(ids.CHANNEL_SAVE, "n_clicks")],
        [State(ids.CHANNELS, "selectedRows"), State(ids.CHANNEL_URL, "value"),
         State(ids.CHANNEL_ON, "checked")],
        running=[(Output(ids.CHANNEL_SAVE, "loading"), True, False)],
    )  # fmt: skip


def _register_users(registrar: Registrar) -> None:
    registrar.add(
        users, [Output(ids.USERS, "rowData")], [Input(ids.TICK, "data")], prevent_initial_call=False
    )
    registrar.add(
        pick_user,
        [*(Output(name, "value") for name in _USER), Output(ids.USER_ON, "checked")],
        [Input(ids.USERS, "selectedRows")],
    )  # fmt: skip
    form = [State(name, "value") for name in _USER]
    told = [Output(ids.SECRET, "children"), _tick()]
    registrar.add(add_user, told, [Input(ids.USER_ADD, "n_clicks")], form)
    registrar.add(
        set_user, [_tick()], [Input(ids.USER_SET, "n_clicks")], [*form, State(ids.USER_ON, "checked")]
    )
    reset = [Output(ids.SECRET, "children", allow_duplicate=True), _tick()]
    registrar.add(reset_user, reset, [Input(ids.USER_RESET, "n_clicks")], form[:1])


def _tick() -> Output:
    return Output(ids.TICK, "data", allow_duplicate=True)


def _done(ask: Ask, key: str, **params: object) -> None:
    set_props(common.NOTICE, {"data": {"kind": "done", "text": text(ask.lang, key, **params)}})


def _named(ask: Ask) -> dict[str, str]:
    known = ask.services.reference.departments().values()
    return {one.code: one.name if ask.lang == DEFAULT else one.name_en for one in known}


def open_page(ask: Ask, _there: str) -> Any:
    """The tabs of whoever looks."""
    choices = [{"value": code, "label": name} for code, name in _named(ask).items()]
    return views.tabs(ask.lang, ask.principal, choices)


# --- channels --------------------------------------------------------------------------------------------


def channels(ask: Ask, _tick: Any) -> Any:
    """Where each goes, and how it fares."""
    if not may(ask.principal, "settings"):
        return no_update
    found = outbound.channels(ask.services, ask.principal)
    return views.channel_rows(ask.lang, found, outbound.fares(ask.services, ask.principal))


def pick_channel(_ask: Ask, chosen: Rows | None) -> Any:
    """The form of the channel that was pressed."""
    if not chosen:
        return True, no_update, no_update, no_update
    return False, views.channel_head(chosen[0]["channel"]), chosen[0]["url"], chosen[0]["enabled"]


def save_channel(ask: Ask, clicks: int | None, chosen: Rows | None, url: str | None, on: bool) -> Any:
    """Where it goes from now on."""
    if not clicks or not chosen:
        raise PreventUpdate
    command = ChannelCommand(url=(url or "").strip(), enabled=bool(on))
    outbound.set_channel(ask.services, ask.principal, chosen[0]["id"], command)
    _done(ask, "admin.channel.done", name=chosen[0]["channel"])
    return clicks


# --- accounts --------------------------------------------------------------------------------------------


def users(ask: Ask, _tick: Any) -> Any:
    """Every account."""
    if not may(ask.principal, "user.list"):
        return no_update
    found = accounts.list_users(ask.services, ask.principal)
    areas = {code: row.name for code, row in ask.services.reference.areas().by_code.items()}
    return views.user_rows(ask.lang, found, areas, _named(ask), ask.services.zone)


def pick_user(_ask: Ask, chosen: Rows | None) -> Any:
    """The account that was pressed, in the form."""
    if not chosen:
        raise PreventUpdate
    held = chosen[0]["held"]
    return chosen[0]["name"], held["role"], held["area"], held["dept"] or None, not held["disabled"]


def add_user(
    ask: Ask, clicks: int | None, name: str | None, role: str | None, area: str | None, dept: str | None
) -> Any:
    """A new account, and its password for this once."""
    given = _filled(ask, clicks, name, role)
    made = accounts.add_user(
        ask.services, ask.principal, given, str(role), (area or "").strip(), dept=dept or ""
    )
    return _password(ask, made), ("add", clicks)


def set_user(
    ask: Ask, clicks: int | None, name: str | None, role: str | None, area: str | None, dept: str | None,
    on: bool,
) -> Any:  # fmt: skip
    """The account of this name as the form says."""
    given = _filled(ask, clicks, name, role)
    accounts.change_user(
        ask.services, ask.principal, given, role=role, area=(area or "").strip(), dept=dept or "",
        disabled=not on,
    )  # fmt: skip
    _done(ask, "admin.user.done", name=given)
    return "set", clicks


def reset_user(ask: Ask, clicks: int | None, name: str | None) -> Any:
    """A new password for the account of this name, for this once."""
    made = accounts.reset_password(ask.services, ask.principal, _filled(ask, clicks, name, "-"))
    return _password(ask, made), ("reset", clicks)


def _password(ask: Ask, made: accounts.NewAccount) -> Any:
    return views.secret(ask.lang, text(ask.lang, "admin.user.password", name=made.name), made.password)


def _filled(ask: Ask, clicks: int | None, name: str | None, role: str | None) -> str:
    """The name, if the form says who is meant."""
    if not clicks:
        raise PreventUpdate
    for given, label, focus in (
        (name, "admin.column.name", ids.USER_NAME),
        (role, "admin.column.role", ids.USER_ROLE),
    ):
        if not (given or "").strip():
            raise FormIncomplete(field=text(ask.lang, label), focus=focus)
    return str(name).strip()


# --- tokens ----------------------------------------------------------------------------------------------


def tokens(ask: Ask, _tick: Any) -> Any:
    """Every token."""
    if not may(ask.principal, "token.list"):
        return no_update
    return views.token_rows(ask.lang, accounts.list_tokens(ask.services, ask.principal), ask.services.zone)


def add_token(
    ask: Ask, clicks: int | None, kind: str, name: str | None, area: str | None, unit: str | None,
    source: str | None, verbs: Sequence[str] | None,
) -> Any:  # fmt: skip
    """A new token, and its secret for this once."""
    if not clicks:
        raise PreventUpdate
    if not (name or "").strip():
        raise FormIncomplete(field=text(ask.lang, "admin.column.name"), focus=ids.TOKEN_NAME)
    made = accounts.add_token(
        ask.services, ask.principal, kind, str(name).strip(), area=(area or "").strip(),
        unit=(unit or "").strip() or None, source=(source or "").strip() or None, verbs=verbs or (),
    )  # fmt: skip
    words = text(ask.lang, "admin.token.secret", name=made.name)
    return views.secret(ask.lang, words, made.secret), ("token", clicks)


def revoke(ask: Ask, clicks: int | None, chosen: Rows | None) -> Any:
    """The pressed token lets nobody in any more."""
    if not clicks or not chosen:
        raise PreventUpdate
    accounts.revoke_token(ask.services, ask.principal, chosen[0]["id"])
    _done(ask, "admin.token.done", name=chosen[0]["name"])
    return "revoke", clicks


# --- the audit -------------------------------------------------------------------------------------------


def newest_facts(
    ask: Ask, _clicks: int | None, days: str, who: str | None, kinds: Sequence[str] | None
) -> Any:
    """The newest facts of what is looked for."""
    return _facts(ask, days, who, kinds, None) if may(ask.principal, "audit.read") else (no_update, no_update)


def older_facts(
    ask: Ask, clicks: int | None, days: str, who: str | None, kinds: Sequence[str] | None, shown: Rows | None
) -> Any:
    """The page before the one that is shown."""
    if not clicks or not shown:
        raise PreventUpdate
    return _facts(ask, days, who, kinds, int(shown[-1]["seq"]))


def _facts(ask: Ask, days: str, who: str | None, kinds: Sequence[str] | None, before: int | None) -> Any:
    since = ask.services.now() - timedelta(days=int(days))
    wanted = audit.Wanted(kinds or (), (who or "").strip(), since, before=before)
    found = audit.read_audit(ask.services, ask.principal, wanted)
    zone = ask.services.zone
    more = len(found) == audit.PAGE
    return audit_view.rows(ask.lang, found, zone), audit_view.span(ask.lang, found, zone, more=more)
