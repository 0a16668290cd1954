"""The rules of the house, kept by machines: who may import whom, types, style."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy import api as mypy

from settings import ROOT

ROOMS = ("actions", "api", "callbacks", "core", "db", "demo", "feed", "geo", "layers", "outbound", "pages")
TOP = {"app", "cli", "console", "instance"}


def modules_of(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported_by(file: Path) -> Iterator[str]:
    """First names of the modules a file imports, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_rooms_import_downwards_only() -> None:
    contracts = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", contracts], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_imports_the_application_or_the_command_line() -> None:
    guilty = [str(file) for room in ROOMS for file in modules_of(room) if TOP & {*imported_by(file)}]
    assert guilty == []


def test_settings_are_read_at_the_top_alone() -> None:
    guilty = [str(file) for room in ROOMS for file in modules_of(room) if "settings" in imported_by(file)]
    assert guilty == []


def test_the_command_line_asks_for_nothing_until_it_is_needed() -> None:
    """`--help` works with a bare Python: only the standard library is imported at the top."""
    names = {file.stem for file in (ROOT / "console").glob("*.py")}
    for file in [ROOT / "cli.py", *modules_of("console")]:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
        for node in top:
            found = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            first = str(found).partition(".")[0]
            assert first in sys.stdlib_module_names | {"console", *names}, f"{file}: {first}"


@pytest.mark.slow
def test_types_are_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report, errors, status = mypy.run([])
    assert status == 0, report + errors


def test_style_is_clean() -> None:
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
