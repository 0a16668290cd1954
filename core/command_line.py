"""命令行: what a dispatcher types, read as an order. Pure: a line and what is known give it, or a refusal.

A line is an order's letter (or word), then its parts: an incident by the last digits of its number, units by
call sign or name, a state, free words. Full-width characters count as narrow ones, commas of either kind as
spaces. Where the incident is left out the one that is open on the desk is meant.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from core.errors_orders import (
    CallSignAmbiguous,
    CallSignNotFound,
    NumberAmbiguous,
    NumberNotFound,
    OrderIncomplete,
    OrderTooLong,
    OrderUnknown,
    StateNotFound,
)

Part = Literal["incident", "units", "unit", "state", "words", "words?", "anything"]
"""What an order is made of; `?` may be left out, `anything` is looked up as it stands."""

MOST_PROPOSALS = 5


@dataclass(frozen=True, slots=True)
class Form:
    """How an order is written; `words` stand for its letter as well."""

    letter: str
    verb: str
    words: tuple[str, ...]
    parts: tuple[Part, ...]


FORMS = (
    Form("d", "dispatch", ("派遣", "派"), ("incident", "units")),
    Form("h", "hold", ("预占",), ("incident", "units")),
    Form("r", "replace", ("改派",), ("unit", "unit", "words")),
    Form("w", "cancel", ("撤回",), ("incident", "words")),
    Form("a", "accept", ("受理",), ("incident",)),
    Form("s", "status", ("状态",), ("unit", "state", "words?")),
    Form("k", "check", ("核对",), ("unit", "words?")),
    Form("n", "note", ("备注",), ("incident", "words")),
    Form("y", "reply", ("回复",), ("incident", "words")),
    Form("z", "handle", ("处置",), ("incident", "words?")),
    Form("v", "verify", ("核查",), ("incident", "words?")),
    Form("c", "close", ("办结",), ("incident",)),
    Form("x", "reject", ("不予受理",), ("incident", "words")),
    Form("o", "open", ("打开",), ("incident",)),
    Form("f", "find", ("查找", "找"), ("anything",)),
    Form("?", "help", ("帮助",), ()),
)

STATES: dict[str, tuple[str, ...]] = {
    "ack": ("1", "签收"),
    "enroute": ("2", "出动"),
    "arrive": ("3", "到场"),
    "release": ("4", "归队"),
    "decline": ("5", "退派"),
}
"""Verb of an assignment → its digit, as on a vehicle's status keys, and its word."""


@dataclass(frozen=True, slots=True)
class KnownIncident:
    id: str
    number: str
    title: str
    open: bool


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """`id` is its call sign (呼号)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever types may name; `selected` is the incident that is open on the desk."""

    incidents: Sequence[KnownIncident]
    units: Sequence[KnownUnit]
    selected: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: `verb` of a form; `state` the assignment's verb; `text` the free words."""

    verb: str
    incident: str | None = None
    units: tuple[str, ...] = ()
    state: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    """A word as read and as typed, and where in the line it began."""

    text: str
    typed: str
    start: int


_WORD = re.compile(r"[^\s,，、;；]+")
_NUMBER = re.compile(r"#?\d[\d-]*")


def parse(line: str, known: Known) -> Order:
    """Read a line. Raises OrderUnknown, OrderIncomplete, OrderTooLong, and what names nothing or several."""
    tokens = [_Token(plain(m[0]), m[0], m.start()) for m in _WORD.finditer(line)]
    if not tokens:
        raise OrderUnknown(given="", proposals=_letters(FORMS))
    form, rest = _form(tokens)
    return _Reader(line, form, rest, known).order()


def plain(text: str) -> str:
    """Full-width letters and digits as narrow ones, small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def digits(line: str) -> list[str]:
    """What of a line may be the end of an incident's number: its first word (`d0123`) or the one after."""
    words = (plain(word) for word in _WORD.findall(line)[:2])
    return [found[1] for word in words if (found := re.fullmatch(r"[a-z]?#?(\d[\d-]*)", word))]


def _form(tokens: list[_Token]) -> tuple[Form, list[_Token]]:
    """The order, and what follows it; `d0123` is `d 0123`. Raises OrderUnknown."""
    first = tokens[0]
    for form in FORMS:
        if first.text in (form.letter, form.verb, *form.words):
            return form, tokens[1:]
    for form in FORMS:
        left = first.text.removeprefix(form.letter)
        if left != first.text and _NUMBER.fullmatch(left):
            return form, [_Token(left, left, first.start + len(form.letter)), *tokens[1:]]
    near = get_close_matches(first.text, [form.verb for form in FORMS], n=1, cutoff=0.6)
    raise OrderUnknown(given=first.typed, proposals=_letters([f for f in FORMS if f.verb in near] or FORMS))


def _letters(forms: Iterable[Form]) -> str:
    return " ".join(form.letter for form in forms)


class _Reader:
    """Takes the parts of one order from its tokens, left to right."""

    def __init__(self, line: str, form: Form, tokens: list[_Token], known: Known) -> None:
        self._line, self._form, self._tokens, self._known = line, form, tokens, known

    def order(self) -> Order:
        incident: str | None = None
        units: tuple[str, ...] = ()
        state: str | None = None
        text = ""
        for part in self._form.parts:
            if part == "incident":
                incident = self._incident()
            elif part == "units":
                units = self._units()
            elif part == "unit":
                units = (*units, self._unit())
            elif part == "state":
                state = self._state()
            else:
                text = self._words(needed=part != "words?")
        if self._tokens:
            raise OrderTooLong(order=self._form.letter, rest=self._words(needed=False))
        return Order(self._form.verb, incident, units, state, text)

    def _next(self, part: Part) -> _Token:
        if not self._tokens:
            raise OrderIncomplete(order=self._form.letter, part=part)
        return self._tokens.pop(0)

    def _incident(self) -> str:
        """By its number if one stands here, else the one that is open on the desk."""
        first = self._tokens[0].text if self._tokens else ""
        if _NUMBER.fullmatch(first) and not self._is_call_sign(first):
            return incident_of(self._tokens.pop(0).text, self._known.incidents)
        if self._known.selected is None:
            raise OrderIncomplete(order=self._form.letter, part="incident")
        return self._known.selected

    def _is_call_sign(self, text: str) -> bool:
        """In a city whose call signs are digits one that fits a unit, and no incident, is meant as a unit."""
        signs = {plain(unit.id) for unit in self._known.units}
        return text in signs and not _ending(text, self._known.incidents)

    def _units(self) -> tuple[str, ...]:
        found = [self._unit()]
        while self._tokens:
            found.append(self._unit())
        return tuple(dict.fromkeys(found))

    def _unit(self) -> str:
        return unit_of(self._next("unit").typed, self._known.units)

    def _state(self) -> str:
        given = self._next("state")
        for verb, words in STATES.items():
            if given.text in (verb, *words):
                return verb
        known = " ".join(f"{words[0]}={words[1]}" for words in STATES.values())
        raise StateNotFound(given=given.typed, proposals=known)

    def _words(self, *, needed: bool) -> str:
        """All that is left, as it was typed."""
        if not self._tokens:
            if needed:
                raise OrderIncomplete(order=self._form.letter, part="words")
            return ""
        start, self._tokens = self._tokens[0].start, []
        return self._line[start:].strip()


def incident_of(given: str, incidents: Sequence[KnownIncident]) -> str:
    """The one incident whose number ends so: a running number typed whole before those that only end so, then
    an open one before those that have ended. Raises NumberNotFound, NumberAmbiguous."""
    found = _ending(given, incidents)
    if not found:
        raise NumberNotFound(given=given)
    found = [one for one in found if running(one.number) == running(given)] or found
    found = [one for one in found if one.open] or found
    if len(found) > 1:
        proposals = [f"{one.number} {one.title}" for one in found[:MOST_PROPOSALS]]
        raise NumberAmbiguous(given=given, proposals="；".join(proposals))
    return found[0].id


def _ending(given: str, incidents: Sequence[KnownIncident]) -> list[KnownIncident]:
    digits = given.removeprefix("#")
    return [one for one in incidents if one.number.endswith(digits)]


def running(number: str) -> str:
    """The part of a number after its day, without the zeros before it."""
    return number.removeprefix("#").rpartition("-")[2].lstrip("0")


def unit_of(given: str, units: Sequence[KnownUnit]) -> str:
    """The one unit of a call sign (also without the zeros in it), a name, or a part of a name.

    Raises CallSignNotFound, CallSignAmbiguous.
    """
    wanted = plain(given)
    for same in (
        [one for one in units if plain(one.id) == wanted],
        [one for one in units if _bare(one.id) == _bare(wanted)],
        [one for one in units if _joined(one.name) == wanted],
        [one for one in units if wanted in _joined(one.name)],
    ):
        if len(same) == 1:
            return same[0].id
        if same:
            proposals = [f"{one.id} {one.name}" for one in same[:MOST_PROPOSALS]]
            raise CallSignAmbiguous(given=given, proposals="；".join(proposals))
    near = get_close_matches(wanted, [plain(one.id) for one in units], n=3, cutoff=0.6)
    proposals = [one.id for one in units if plain(one.id) in near]
    raise CallSignNotFound(given=given, proposals=" ".join(proposals) or "—")


def _bare(sign: str) -> str:
    """E3 and e03 are one: without zeros before a number."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", plain(sign))


def _joined(name: str) -> str:
    return "".join(plain(name).split())
