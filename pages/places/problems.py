"""What is wrong with a file, in words: problems are kept as codes and values, said where they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pages.messages import text

ON_THE_PAGE = {
    "--encoding": "import.encoding",
    "--datum": "import.datum",
    "--layer": "import.layer",
    "--field": "import.mapping",
}
"""Options of the command, as the form of /places calls them."""


def said(lang: str, problem: Mapping[str, Any]) -> dict[str, Any]:
    """row, field, level, code, and its sentence and remedy in this language."""
    values = {"row": problem["row"], "field": problem["field"], **problem["params"]}
    kept = {name: problem[name] for name in ("row", "field", "level", "code")}
    code = problem["code"]
    message, remedy = text(lang, f"error.{code}", **values), text(lang, f"remedy.{code}", **values)
    return {**kept, "message": message, "remedy": remedy}


def on_the_page(lang: str, remedy: str) -> str:
    """A remedy for whoever sits before the form and not the command."""
    for option, key in ON_THE_PAGE.items():
        remedy = remedy.replace(option, text(lang, "import.option", name=text(lang, key)))
    return remedy
