"""The facts of accounts and access; they live in the realm `system`."""

from __future__ import annotations
