"""The keys of the desk: one letter a verb, shown on its button, and the sheet that `?` opens.

What stands here is the only list: static/js/72-keys.js presses the button that carries the letter.
"""

from __future__ import annotations

from dash import html

from pages import ids
from pages.messages import text

VERBS = {
    "accept": "A",
    "handle": "H",
    "verify": "V",
    "close": "C",
    "reopen": "O",
    "reply": "R",
    "note": "M",
    "reject": "X",
    "amend": "E",
    "relocate": "T",
}
STEPS = {"ack": "S", "enroute": "G", "arrive": "D", "release": "B", "decline": "J", "check": "K"}
SHEET = {
    "list": ("↑ ↓", "Home End", "Enter", "[ ]", "F", "0"),
    "place": ("/", "N", "Esc"),
    "foot": (":", "W", "Q"),
    "dispatch": ("1–9", "Ctrl ↵", "U"),
    "linkage": ("P", "L", "⌫"),
}
"""Keys that are no verb's, by the part of the desk they belong to; each has its words in `keys.GROUP.KEY`."""


def sheet(lang: str) -> html.Dialog:
    """Every key of the desk, in four groups."""
    own = [
        _group(lang, group, {key: f"keys.{group}.{n}" for n, key in enumerate(keys)})
        for group, keys in SHEET.items()
    ]
    verbs = {key: f"verb.{verb}" for verb, key in VERBS.items()}
    steps = {key: f"assignment.{verb}" for verb, key in STEPS.items()}
    close = html.Button([text(lang, "keys.close"), html.Kbd("Esc")], className="act")
    return html.Dialog(
        [
            html.H2(text(lang, "keys.title")),
            html.Div([*own, _group(lang, "verb", verbs | steps)], className="key-groups"),
            html.Form(close, method="dialog"),
        ],
        id=ids.KEY_SHEET,
        className="key-sheet",
    )


def _group(lang: str, name: str, keys: dict[str, str]) -> html.Section:
    rows = [html.Div([html.Kbd(key), html.Span(text(lang, words))]) for key, words in keys.items()]
    return html.Section([html.H3(text(lang, f"keys.{name}")), *rows])
