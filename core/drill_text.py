"""A drill's script as text: JSON in and out. `core.drill_book` does the same with workbooks."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from core.documents import line_of, misshapen
from core.drill_script import Act, Script, dump
from core.errors_drill_script import ScriptMisshapen, ScriptUnreadable

MOST_CHARS = 500_000
"""Fifteen times the longest that ships."""
_KINDS = [get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(Act)[0])]
_ACT = re.compile(rf"(/act)/(?:{'|'.join(_KINDS)})(?=/|$)")


def read_script(text: str) -> Script:
    """A script from JSON. Raises ScriptUnreadable with the line, ScriptMisshapen with the fields and their
    lines."""
    if len(text) > MOST_CHARS:
        raise ScriptUnreadable(line=0, detail=f"> {MOST_CHARS}")
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ScriptUnreadable(line=error.lineno, detail=error.msg) from error
    except (ValueError, RecursionError) as error:
        raise ScriptUnreadable(line=0, detail=str(error)[:200]) from error
    try:
        return script_of(data)
    except ScriptMisshapen as refusal:
        root = _tree(text)
        faults = [{**one, "line": line_of(root, one["pointer"])} for one in refusal.params["faults"]]
        raise ScriptMisshapen(**refusal.params | {"where": faults[0]["line"], "faults": faults}) from refusal


def script_of(data: object) -> Script:
    """A script from a JSON value. Raises ScriptMisshapen, naming each field."""
    try:
        return Script.model_validate(data)
    except ValidationError as error:
        faults = told(error)
        at = faults[0]["pointer"]
        raise ScriptMisshapen(pointer=at, where=at, count=len(faults), faults=faults) from error


def _tree(text: str) -> yaml.Node | None:
    """JSON is YAML but for tabs, which it allows only between its parts, and for a few escapes."""
    with suppress(yaml.YAMLError):
        tree: yaml.Node | None = yaml.compose(text.replace("\t", " "), Loader=yaml.CSafeLoader)
        return tree
    return None


def told(error: ValidationError) -> list[dict[str, Any]]:
    """What is wrong with the form of a script; pointers are those of the document."""
    return [{**one, "pointer": _ACT.sub(r"\1", one["pointer"])} for one in misshapen(error)]


def to_json(script: Script) -> str:
    """Without what is left at its default; reading it again gives the same script."""
    return json.dumps(dump(script), ensure_ascii=False, indent=1) + "\n"
