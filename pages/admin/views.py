"""The tabs of `/admin`: each administrator has their own (三员分立), and nobody another's."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import html

from core.permissions import ACCOUNT_ROLES, API_VERBS, TOKEN_KINDS, Principal, may
from pages.admin import audit, ids
from pages.messages import DEFAULT, text
from pages.places.parts import heading
from pages.places.table import Column, table

Rows = Sequence[Mapping[str, Any]]


def tabs(lang: str, principal: Principal, departments: Sequence[Mapping[str, str]]) -> Any:
    """The tabs of whoever looks."""
    made: dict[str, Callable[[], list[Any]]] = {
        "channels": lambda: _channels(lang),
        "users": lambda: _users(lang, departments),
        "tokens": lambda: _tokens(lang),
        "audit": lambda: audit.tab(lang),
    }
    own = [name for name in made if may(principal, NEEDS[name])]
    heads = [dmc.TabsTab(text(lang, f"admin.tab.{name}"), value=name) for name in own]
    panes = [dmc.TabsPanel(made[name](), value=name) for name in own]
    return dmc.Tabs(
        [dmc.TabsList(heads), *panes], id=ids.TAB, value=own[0], className="duty-tabs", keepMounted=True
    )


NEEDS = {"channels": "settings", "users": "user.list", "tokens": "token.list", "audit": "audit.read"}
"""The verb that opens each tab."""


def _column(lang: str, name: str, least: int, *, number: bool = False, wrap: bool = False) -> Column:
    return Column(name, text(lang, f"admin.column.{name}"), number, least, wrap)


def _form(*children: Any, **about: Any) -> html.Div:
    return html.Div(list(children), className="letter", **about)


def _fields(*children: Any) -> html.Div:
    return html.Div(list(children), className="letter-fields")


# --- channels --------------------------------------------------------------------------------------------


def _channels(lang: str) -> list[Any]:
    columns = [
        _column(lang, "channel", 150), _column(lang, "goes_to", 300, wrap=True), _column(lang, "state", 90),
        _column(lang, "queued", 90, number=True), _column(lang, "dead", 90, number=True),
        _column(lang, "last_error", 240, wrap=True),
    ]  # fmt: skip
    url: Any = dmc.TextInput(
        id=ids.CHANNEL_URL, label=text(lang, "admin.channel.url"), placeholder="https://"
    )
    on: Any = dmc.Switch(id=ids.CHANNEL_ON, label=text(lang, "admin.channel.on"))
    save = dmc.Button(text(lang, "admin.save"), id=ids.CHANNEL_SAVE)
    return [
        html.P(text(lang, "admin.channel.how"), className="tab-note"),
        table(lang, ids.CHANNELS, columns, key="id", select="one", height="20rem"),
        _form(html.Div(id=ids.CHANNEL_HEAD), _fields(url, on, save), id=ids.CHANNEL, hidden=True),
    ]


def channel_rows(lang: str, channels: Rows, counts: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Where each goes, and how it fares: counts of messages that wait and that are dead, the last failure."""
    return [
        {
            "id": one["code"], "channel": one["name"] if lang == DEFAULT else one["name_en"],
            "goes_to": one["url"] or text(lang, "admin.channel.file"), "url": one["url"],
            "enabled": one["enabled"], "state": text(lang, f"admin.{'on' if one['enabled'] else 'off'}"),
            **{"queued": 0, "dead": 0, "last_error": ""}, **counts.get(one["code"], {}),
        }
        for one in channels
    ]  # fmt: skip


def channel_head(name: str) -> Any:
    return heading(name)


# --- accounts --------------------------------------------------------------------------------------------


def _users(lang: str, departments: Sequence[Mapping[str, str]]) -> list[Any]:
    columns = [
        _column(lang, "name", 130), _column(lang, "role", 110), _column(lang, "area", 170, wrap=True),
        _column(lang, "dept", 170, wrap=True), _column(lang, "state", 110), _column(lang, "changed", 130),
    ]  # fmt: skip
    roles = [{"value": role, "label": text(lang, f"role.{role}")} for role in ACCOUNT_ROLES]
    above = {"comboboxProps": {"position": "top"}}
    fields = [
        dmc.TextInput(id=ids.USER_NAME, label=text(lang, "admin.column.name")),
        dmc.Select(
            id=ids.USER_ROLE, data=roles, label=text(lang, "admin.column.role"), allowDeselect=False, **above
        ),
        dmc.TextInput(
            id=ids.USER_AREA, label=text(lang, "admin.user.area"), placeholder=text(lang, "admin.user.city")
        ),
        dmc.Select(
            id=ids.USER_DEPT, data=list(departments), label=text(lang, "admin.column.dept"), searchable=True,
            clearable=True, placeholder=text(lang, "admin.user.desk"), **above,
        ),
        dmc.Switch(id=ids.USER_ON, label=text(lang, "admin.user.on"), checked=True),
    ]  # fmt: skip
    acts = [
        dmc.Button(text(lang, "admin.user.add"), id=ids.USER_ADD),
        dmc.Button(text(lang, "admin.user.set"), id=ids.USER_SET, variant="default"),
        dmc.Button(text(lang, "admin.user.reset"), id=ids.USER_RESET, variant="default"),
    ]
    return [
        html.P(text(lang, "admin.user.how"), className="tab-note"),
        table(lang, ids.USERS, columns, key="id", select="one", height="100%"),
        _form(_fields(*fields), _fields(*acts, html.Div(id=ids.SECRET, className="admin-secret"))),
    ]


def user_rows(
    lang: str, users: Rows, areas: Mapping[str, str], departments: Mapping[str, str], zone: ZoneInfo
) -> list[dict[str, Any]]:
    """`areas` and `departments` in words, by code."""
    return [
        {
            "id": one["name"], "name": one["name"], "role": text(lang, f"role.{one['role']}"),
            "area": _coded(one["area"], areas) or text(lang, "admin.user.city"),
            "dept": _coded(one["dept"], departments) or text(lang, "admin.user.desk"),
            "state": text(lang, "admin.off" if one["disabled"] else "admin.on"),
            "changed": one["changed_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M"),
            "held": {name: one[name] for name in ("role", "area", "dept", "disabled")},
        }
        for one in users
    ]  # fmt: skip


def _coded(code: str, names: Mapping[str, str]) -> str:
    return f"{names[code]} {code}" if code in names else code


def secret(lang: str, words: str, given: str) -> list[Any]:
    """A password or token that is shown this once."""
    return [
        html.Span(words),
        html.Code(given),
        html.Span(text(lang, "admin.user.once")),
    ]


# --- tokens ----------------------------------------------------------------------------------------------


def _tokens(lang: str) -> list[Any]:
    columns = [
        _column(lang, "kind", 90), _column(lang, "name", 150), _column(lang, "bound", 220, wrap=True),
        _column(lang, "verbs", 300, wrap=True), _column(lang, "state", 90), _column(lang, "made", 130),
    ]  # fmt: skip
    acts = [
        dmc.Button(text(lang, "admin.token.add"), id=ids.TOKEN_ADD),
        dmc.Button(text(lang, "admin.token.revoke"), id=ids.TOKEN_REVOKE, variant="default"),
    ]
    return [
        html.P(text(lang, "admin.token.how"), className="tab-note"),
        table(lang, ids.TOKENS, columns, key="id", select="one", height="100%"),
        _form(
            _fields(*_token_fields(lang)),
            _fields(*acts, html.Div(id=ids.TOKEN_SECRET, className="admin-secret")),
        ),
    ]


def _token_fields(lang: str) -> list[Any]:
    """What a new token is bound to; a field says for which kind it counts."""
    kinds = [{"value": kind, "label": text(lang, f"admin.token.{kind}")} for kind in TOKEN_KINDS]
    above = {"comboboxProps": {"position": "top"}}
    return [
        dmc.Select(
            id=ids.TOKEN_KIND, data=kinds, value="api", label=text(lang, "admin.column.kind"),
            allowDeselect=False, **above,
        ),
        dmc.TextInput(id=ids.TOKEN_NAME, label=text(lang, "admin.column.name")),
        dmc.TextInput(
            id=ids.TOKEN_AREA, label=text(lang, "admin.user.area"), placeholder=text(lang, "admin.user.city")
        ),
        dmc.TextInput(id=ids.TOKEN_UNIT, label=text(lang, "admin.token.of_unit")),
        dmc.TextInput(id=ids.TOKEN_SOURCE, label=text(lang, "admin.token.of_source")),
        dmc.MultiSelect(
            id=ids.TOKEN_VERBS, data=sorted(API_VERBS), label=text(lang, "admin.token.of_api"),
            searchable=True, clearable=True, **above,
        ),
    ]  # fmt: skip


def token_rows(lang: str, tokens: Rows, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The living ones first, each with what it is bound to."""
    ordered = sorted(tokens, key=lambda one: (one["revoked_at"] is not None, one["created_at"]))
    return [
        {
            "id": one["id"], "kind": text(lang, f"admin.token.{one['kind']}"), "name": one["name"],
            "bound": " · ".join(filter(None, (one["realm"], one["area"], one["unit"]))) or "—",
            "verbs": _verbs(lang, one["verbs"]),
            "state": text(lang, "admin.token.revoked" if one["revoked_at"] else "admin.token.valid"),
            "made": one["created_at"].astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        }
        for one in ordered
    ]  # fmt: skip


def _verbs(lang: str, verbs: Sequence[str] | None) -> str:
    """Many are counted."""
    if not verbs:
        return "—"
    return ", ".join(verbs) if len(verbs) <= 6 else text(lang, "admin.token.verbs", n=len(verbs))
