"""What people write by hand as a document (a plan, a drill's script): where a field stands in its text, and
what is wrong with its form."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import yaml
from pydantic import ValidationError


def line_of(root: yaml.Node | None, pointer: str) -> int:
    """Where a field stands in the text, from 1; of one that is missing, the part that should have it."""
    node = root
    for name in pointer.split("/")[1:]:
        inner: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == name), None)
        elif isinstance(node, yaml.SequenceNode):
            with suppress(ValueError, IndexError):
                inner = node.value[int(name)]
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node else 1


def misshapen(error: ValidationError) -> list[dict[str, Any]]:
    """Each field that is not as it should be: pointer, code (pydantic's), detail, params."""
    return [
        {"pointer": "/" + "/".join(map(str, one["loc"])), "code": one["type"], "detail": one["msg"],
         "params": {name: value for name, value in one.get("ctx", {}).items() if name != "error"}}
        for one in error.errors(include_url=False, include_input=False)
    ]  # fmt: skip
