"""Persons at rest: AES-256-GCM under a key that stands in a file outside the database.

A sealed value is bound to its context (realm and incident), so that a row cannot be put in another's place.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors_accounts import SecretFileInvalid

_FORMAT = b"\x01"
_NONCE_BYTES = 12


class SealBroken(Exception):
    """The value was not sealed with this key for this context, or was changed since."""


class Vault:
    """Seals and unseals bytes with the key of one secret file (32 bytes, hexadecimal or base64)."""

    def __init__(self, secret_file: Path) -> None:
        self._cipher = AESGCM(_derive(_read_secret(secret_file)))

    def seal(self, plain: bytes, context: str) -> bytes:
        """Format byte, nonce, ciphertext with tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._cipher.encrypt(nonce, plain, context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """The plain bytes. SealBroken when key, context or bytes do not fit."""
        nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        if sealed[:1] != _FORMAT or len(nonce) != _NONCE_BYTES:
            raise SealBroken
        try:
            return self._cipher.decrypt(nonce, body, context.encode())
        except InvalidTag as error:
            raise SealBroken from error


def _read_secret(secret_file: Path) -> bytes:
    try:
        secret = _decode(secret_file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise SecretFileInvalid(file=str(secret_file)) from error
    if len(secret) != 32:
        raise SecretFileInvalid(file=str(secret_file))
    return secret


def _decode(text: str) -> bytes:
    """64 hexadecimal digits as set-up writes them, or base64 as other tools do. ValueError when neither."""
    return bytes.fromhex(text) if len(text) == 64 else base64.b64decode(text, validate=True)


def _derive(secret: bytes) -> bytes:
    """A key of its own for this purpose, so that the file may serve others later."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zhihui reporter v1").derive(secret)
