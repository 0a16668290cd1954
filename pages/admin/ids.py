"""Ids of `/admin`."""

from __future__ import annotations

BODY = "admin-body"
"""The tabs of whoever looks; filled once it is known who that is."""
TAB = "admin-tab"
TICK = "admin-tick"
"""Store: grows with each act from here, so that the lists are read anew."""
SECRET = "admin-secret"  # noqa: S105  an element's id
"""Where a new password or token stands, once."""
CHANNELS, CHANNEL, CHANNEL_HEAD = "admin-channels", "admin-channel", "admin-channel-head"
CHANNEL_URL, CHANNEL_ON, CHANNEL_SAVE = "admin-channel-url", "admin-channel-on", "admin-channel-save"
USERS, USER_NAME, USER_ROLE = "admin-users", "admin-user-name", "admin-user-role"
USER_AREA, USER_DEPT, USER_ON = "admin-user-area", "admin-user-dept", "admin-user-on"
USER_ADD, USER_SET, USER_RESET = "admin-user-add", "admin-user-set", "admin-user-reset"
TOKENS, TOKEN_REVOKE = "admin-tokens", "admin-token-revoke"
TOKEN_KIND, TOKEN_NAME, TOKEN_AREA = "admin-token-kind", "admin-token-name", "admin-token-area"
TOKEN_UNIT, TOKEN_SOURCE, TOKEN_VERBS = "admin-token-unit", "admin-token-source", "admin-token-verbs"
TOKEN_ADD, TOKEN_SECRET = "admin-token-add", "admin-token-secret"
AUDIT, AUDIT_KINDS, AUDIT_WHO = "admin-audit-list", "admin-audit-kinds", "admin-audit-who"
AUDIT_DAYS, AUDIT_FIND, AUDIT_OLDER = "admin-audit-days", "admin-audit-find", "admin-audit-older"
AUDIT_SPAN = "admin-audit-span"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))
