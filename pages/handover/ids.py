"""Ids of `/handover`."""

from __future__ import annotations

from typing import Any

TICK = "handover-tick"
"""Store: grows when something of this office may have changed (static/js/66-handover.js)."""
KIND, NOTES = "handover-kind", "handover-notes"
"""Stores: which count is listed; words on incidents that are typed but not signed, by incident."""
OFFICE, TILES, LOAD = "handover-office", "handover-tiles", "handover-load"
HAND_FORM, HAND_NOTES, HAND = "handover-hand-form", "handover-hand-notes", "handover-hand"
TAKE_FORM, TAKE_TEXT, REMARK = "handover-take-form", "handover-take-text", "handover-remark"
TAKE, WITHDRAW = "handover-take", "handover-withdraw"
HAND_AS, TAKE_AS = "handover-hand-as", "handover-take-as"
TAB, LIST_HEAD, TABLE = "handover-tab", "handover-list-head", "handover-table"
HISTORY = "handover-history"
ROSTER, GAPS, UPLOAD = "handover-roster", "handover-gaps", "handover-upload"
LETTERS, LETTERS_WAY, LETTERS_HEAD = "handover-letters", "handover-letters-way", "handover-letters-head"
LETTER, LETTER_SAID, LETTER_CORRECTIONS = "handover-letter", "handover-letter-said", "handover-letter-more"
LETTER_CLASS, LETTER_ADDRESS = "handover-letter-class", "handover-letter-address"
LETTER_REASON, LETTER_RETRY = "handover-letter-reason", "handover-letter-retry"
LETTER_GIVE_UP = "handover-letter-give-up"
WORDS, CONTACTS = "handover-words", "handover-contacts"

PLAIN = tuple(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str))


def tile(kind: Any) -> dict[str, Any]:
    """A count; pressing it lists what it counts."""
    return {"type": "handover-tile", "kind": kind}
