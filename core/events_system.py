"""Facts of accounts, access, exports and walls, in the realm `system`: they never queue before operations.

No field holds more of a person than the account's name. `session` and `token` are public ids, never
secrets: with them the streams of whoever was shut out are found and closed (`ends`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from core.envelope import Body
from core.permissions import Principal


class LoggedIn(Body):
    account: str
    name: str
    session: str


class LoginFailed(Body):
    """`account` and `name` are empty for an unknown name: what was typed may have been a password."""

    account: str | None
    name: str | None
    reason: Literal["unknown", "password", "locked", "disabled"]
    locked_until: datetime | None = None


class LoggedOut(Body):
    account: str
    session: str


class AccountAdded(Body):
    """`dept` is the department the account works for in its area, "" for the area's desk."""

    account: str
    name: str
    role: str
    area: str
    dept: str = ""


class AccountChanged(Body):
    """Role, area, department or disabling changed; the values after it."""

    account: str
    name: str
    role: str
    area: str
    disabled: bool
    dept: str = ""


class PasswordReset(Body):
    """All sessions of the account ended with it."""

    account: str
    name: str


class TokenIssued(Body):
    token: str
    token_kind: Literal["wall", "api", "unit"]
    name: str
    bound_realm: str | None
    area: str
    verbs: list[str] | None
    unit: str | None
    source: str | None = None


class TokenRevoked(Body):
    token: str
    token_kind: Literal["wall", "api", "unit"]
    name: str


class PhoneOpened(Body):
    """A unit's token was exchanged for a cookie."""

    token: str
    unit: str


class PhoneLeft(Body):
    """A unit's phone logged out; its token may open another."""

    token: str
    unit: str


class WallOpened(Body):
    """A wall exchanged its token for a cookie."""

    token: str
    name: str


class WallSet(Body):
    """How a wall is hung was changed; the values after it."""

    name: str
    title: str | None
    height_mm: int | None
    panel_columns: int
    panel_rows: int
    shift: bool
    visitors: bool = False


class ReadDenied(Body):
    """Somebody asked for what lies outside their area or realm."""

    principal: str
    what: str
    wanted_area: str
    wanted_realm: str


class Exported(Body):
    """导出: so many rows of a kind left as a file, of one area ("" = the whole city)."""

    what: str
    format: str
    rows: int
    of_area: str


def ends(body: Body, principal: Principal) -> bool:
    """Whether this fact shuts the principal out, so that what it has open must close at once."""
    if isinstance(body, LoggedOut):
        return principal.credential == body.session
    if isinstance(body, TokenRevoked):
        return principal.credential == body.token
    if isinstance(body, AccountChanged | PasswordReset):
        return principal.kind == "user" and principal.id == body.account
    return False


def sees_otherwise(body: Body, principal: Principal) -> bool:
    """Whether after this fact a wall may see other things than it did when it came."""
    if not isinstance(body, WallSet) or principal.kind != "wall":
        return False
    return principal.name == body.name and principal.visitors != body.visitors


class ChannelSet(Body):
    """Where a channel of messages goes: the gateway's address without its query, or "file"."""

    channel: str
    gateway: str
    enabled: bool


class MessageRetried(Body):
    """A dead letter is sent again."""

    message: str


class ReporterRevealed(Body):
    """查看号码: somebody who handles an incident was shown who reported it, and said why."""

    incident: str
    number: str
    reason: str


class LetterGivenUp(Body):
    """放弃: a dead letter that went out, or came in, is tried no more."""

    message: str
    way: Literal["in", "out"]
    reason: str


class LettersLost(Body):
    """A source's dead letters became too many: from now on today the oldest make room for new ones."""

    source: str
    most: int
