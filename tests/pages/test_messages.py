"""The catalogue: two languages that say the same, nothing missing, nothing left over."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import core.events  # noqa: F401  registers every fact
from core.envelope import BODIES
from core.errors import Refusal
from pages import messages
from pages.messages import MissingText, catalogue, has, language, text

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "pages",
    "callbacks",
    "layers",
    "api",
    "actions",
    "console",
    "instance",
    "geo",
    "demo",
    "core",
    "db",
    "feed",
)
PLACE = re.compile(r"\{(\w+)\}")
KEY = r"[a-z_]+(?:\.[A-Za-z0-9_:]+)+"


def python_sources() -> list[str]:
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]
    return [file.read_text(encoding="utf-8") for file in [*files, ROOT / "cli.py", ROOT / "app.py"]]


def script_sources() -> list[str]:
    folders = ("js", "field")
    return [
        file.read_text(encoding="utf-8")
        for folder in folders
        for file in (ROOT / "static" / folder).glob("*.js")
    ]


def literals(sources: list[str]) -> set[str]:
    return {found for source in sources for found in re.findall(rf'"({KEY})"', source)}


def prefixes(sources: list[str]) -> set[str]:
    """Beginnings of keys that are made while running: f"status.{…}" and "status." + …"""
    joined = r"""f["']((?:[a-z_]+\.)+)\{|"((?:[a-z_]+\.)+)" \+"""
    return {first or second for source in sources for first, second in re.findall(joined, source)}


def test_both_languages_have_the_same_keys():
    assert set(catalogue("zh-CN")) == set(catalogue("en"))


def test_both_languages_fill_the_same_places():
    # A duration already says what it is in Chinese; English may leave a place out, never add one.
    added = {key for key in catalogue("en") if not places(key, "en") <= places(key, "zh-CN")}
    assert added == set()


def places(key: str, lang: str) -> set[str]:
    return set(PLACE.findall(catalogue(lang)[key]))


def test_every_key_that_the_scripts_name_exists():
    called = r'(?:zhihui\.text|has|hasText)\(\s*"(' + KEY + r')"'
    named = {found for source in script_sources() for found in re.findall(called, source)}
    assert named and named <= set(catalogue("zh-CN"))


def test_every_key_that_python_names_exists():
    called = r'\btext\(\s*(?:lang|ask\.lang|DEFAULT|other),\s*"(' + KEY + r')"'
    named = {found for source in python_sources() for found in re.findall(called, source)}
    assert named and named <= set(catalogue("zh-CN"))


def test_no_key_is_left_over():
    sources = python_sources() + script_sources()
    known, begun = literals(sources), tuple(prefixes(sources))
    left = [key for key in catalogue("zh-CN") if key not in known and not key.startswith(begun)]
    assert left == []


def test_no_sentence_is_left_of_a_refusal_that_is_gone():
    codes = {key.split(".")[1] for key in catalogue("en") if key.startswith(("error.", "remedy."))}
    said = " ".join(python_sources())
    made = tuple(re.findall(r'f"([a-z_]+_)\{', said))
    assert {code for code in codes if f'"{code}"' not in said and not code.startswith(made)} == set()


def test_every_refusal_has_its_sentences():
    for room in ROOMS:
        for module in walk_packages([str(ROOT / room)], f"{room}."):
            if ".migrations" not in module.name:
                import_module(module.name)
    codes = {kind.code for kind in subclasses(Refusal)}
    said = ("error.{}.title", "error.{}", "remedy.{}")
    missing = {key for code in codes for one in said if not has("en", key := one.format(code))}
    assert missing == set()


def subclasses(kind: type[Refusal]) -> set[type[Refusal]]:
    direct = {sub for sub in kind.__subclasses__() if sub.__module__.split(".")[0] in ROOMS}
    return direct | {deeper for sub in direct for deeper in subclasses(sub)}


def test_every_fact_about_an_incident_can_be_said_on_its_card():
    about = {kind for kind in BODIES if kind.startswith(("Incident", "Assignment", "Deadline", "Note"))}
    missing = {kind for kind in about | {"UnitDispatched"} if not has("zh-CN", f"said.{kind}")}
    assert missing == set()


def test_places_are_filled_and_empty_ones_left_out():
    assert text("zh-CN", "due.near", step="派遣", time="12 秒") == "即将超时 · 派遣余 12 秒"
    assert text("en", "due.near", step="dispatch", time=None) == "Soon · dispatch: "


def test_lists_are_joined_as_chinese_lists_are():
    assert "受理、备注" in text("zh-CN", "remedy.move_not_allowed", allowed=["受理", "备注"])


def test_an_unknown_key_is_loud_in_tests_and_visible_on_screens(monkeypatch: pytest.MonkeyPatch):
    assert text("en", "no.such.key") == "no.such.key"
    monkeypatch.setattr(messages, "strict", True)
    with pytest.raises(MissingText):
        text("en", "no.such.key")


@pytest.mark.parametrize(
    ("asked", "given"), [(None, "zh-CN"), ("en", "en"), ("en-GB", "en"), ("fr", "zh-CN"), ("zh-CN", "zh-CN")]
)
def test_the_nearest_language_is_taken(asked: str | None, given: str):
    assert language(asked) == given
