"""Refusals of accounts and access."""

from __future__ import annotations

from core.errors import Refusal


class LoginRefused(Refusal):
    """Name or password is wrong, or the account is switched off: deliberately one sentence for all."""

    code = "login_refused"


class AccountLocked(Refusal):
    """Too many failures; params: until (HH:MM, the city's time), minutes."""

    code = "account_locked"


class NameTaken(Refusal):
    """params: name."""

    code = "name_taken"


class NameInvalid(Refusal):
    """params: name."""

    code = "name_invalid"


class PasswordWeak(Refusal):
    """params: reason (short, long, plain, name)."""

    code = "password_weak"


class RoleUnknown(Refusal):
    """params: role, allowed."""

    code = "role_unknown"


class AreaUnknown(Refusal):
    """Neither a division prefix nor a grid of this city; params: area."""

    code = "area_unknown"


class DepartmentUnknown(Refusal):
    """No department of this city has this code; params: dept."""

    code = "department_unknown"


class VerbUnknown(Refusal):
    """A token asked for a verb no token may have; params: verb, allowed."""

    code = "verb_unknown"


class TokenKindUnknown(Refusal):
    """params: kind, allowed."""

    code = "token_kind_unknown"


class AccountUnknown(Refusal):
    """params: name."""

    code = "account_unknown"


class TokenUnknown(Refusal):
    """params: token."""

    code = "token_unknown"


class SecretFileInvalid(Refusal):
    """The secret file is missing or holds no 32 bytes in hexadecimal or base64; params: file."""

    code = "secret_file_invalid"
