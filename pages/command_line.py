"""The foot of the desk: the command line (命令行), its result, the buttons of status board and sound."""

from __future__ import annotations

import json

from dash import html

from core.command_line import FORMS, STATES
from pages import ids
from pages.messages import text
from pages.parts import marked

KEY = ":"


def foot(lang: str) -> html.Footer:
    """Its field, completion and result are drawn by static/js/7a-command.js."""
    grammar = json.dumps({"forms": _forms(lang), "states": _states(lang)}, ensure_ascii=False)
    return html.Footer(
        [
            html.Div(
                [html.Kbd(KEY), html.Div(id=ids.COMMAND_LINE), html.Div(id=ids.COMMAND_HINTS, hidden=True)],
                className="command-field",
                **marked(data_grammar=grammar),
            ),
            html.Output(id=ids.COMMAND_RESULT, className="clip", **marked(aria_live="polite")),
            _button(lang, "board", "W"),
            _button(lang, "sound", "Q"),
        ],
        className="desk-foot",
    )


def _button(lang: str, name: str, key: str) -> html.Button:
    """Its words are said by the scripts, which know its state."""
    words = html.Span(text(lang, f"{name}.button"))
    marks = marked(data_foot=name, aria_pressed="false")
    return html.Button([words, html.B(), html.Kbd(key)], className="plain", **marks)


def _forms(lang: str) -> list[dict[str, object]]:
    return [
        {
            "letter": form.letter,
            "verb": form.verb,
            "words": [form.verb, *form.words],
            "parts": form.parts,
            "usage": text(lang, f"order.usage.{form.verb}"),
            "means": text(lang, f"order.means.{form.verb}"),
        }
        for form in FORMS
    ]


def _states(lang: str) -> list[dict[str, str]]:
    return [
        {"digit": words[0], "word": words[1], "means": text(lang, f"assignment.{verb}"), "verb": verb}
        for verb, words in STATES.items()
    ]
