"""What counts as a strong password, and how one is made."""

from __future__ import annotations

import secrets
import string

LONG_ENOUGH = 12
"""Characters that suffice by themselves."""
SHORTEST = 10
"""Characters that suffice with three of: lower case, upper case, digits, anything else."""
LONGEST = 200
"""Hashing takes time in proportion; nobody types more."""

#: Without the pairs that are misread on paper (0 O, 1 l I).
_READABLE = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


def weakness(name: str, password: str) -> str | None:
    """Why the password is refused: short, long, plain (too few kinds of characters), name; else None."""
    if len(password) > LONGEST:
        return "long"
    if len(password) < SHORTEST:
        return "short"
    if len(password) < LONG_ENOUGH and _classes(password) < 3:
        return "plain"
    if len(set(password)) < 5:
        return "plain"
    if name.lower() in password.lower():
        return "name"
    return None


def _classes(password: str) -> int:
    tests = (str.islower, str.isupper, str.isdigit, lambda char: not char.isalnum())
    return sum(any(test(char) for char in password) for test in tests)


def generate(length: int = 16) -> str:
    """A password that can be read from paper: about 92 bits, at least three kinds of characters."""
    while True:
        password = "".join(secrets.choice(_READABLE) for _ in range(length))
        if all(any(char in kind for char in password) for kind in _KINDS):
            return password


_KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
