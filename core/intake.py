"""统一受理: what another system sent, read by its mapping into what a report needs.

A mapping is data: which of the source's fields goes where, its code tables, its formats of time, its datum.
Paths are dotted names ("data.pos.0"); an element of XML, a key of JSON, a field of a form and a column of a
table are all one.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors_intake import FieldMissing, FieldWrong, MappingWrong

Target = Literal[
    "source_id", "text", "title", "class", "severity", "lon", "lat", "address", "grid", "occurred_at",
    "reporter_name", "reporter_phone",
    # of warnings
    "sender", "sender_name", "sent", "status", "msg_type", "references", "event", "category", "urgency",
    "colour", "headline", "expires", "area_desc", "instruction",
]  # fmt: skip
Media = Literal["json", "form", "xml", "csv"]
Record = Mapping[str, Any]
_LONGEST = {"title": 80, "address": 200, "source_id": 128, "reporter_name": 100, "reporter_phone": 40}
_TEXT = 4000
_DEEPEST = 32


class Rule(BaseModel):
    """`to` is filled from the first of `from` that has a value, or from all of them with `join` between.

    `codes` names one of the mapping's code tables; `split` and `part` take one of several values in a text
    ("24.48,118.09"); `value` is the same for every message; `default` stands in for a missing one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    to: Target
    from_: Annotated[tuple[str, ...], Field(alias="from")] = ()
    join: str | None = None
    codes: str | None = None
    split: str | None = None
    part: Annotated[int, Field(ge=0, le=9)] = 0
    value: str | None = None
    default: str | None = None
    required: bool = False


class Pull(BaseModel):
    """Where files of this source are fetched: a folder (every *.csv in it) or an address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    folder: str | None = None
    url: str | None = None
    every_s: Annotated[int, Field(ge=10, le=86400)] = 60
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","


class WriteBack(BaseModel):
    """What the source is told of its own report: `payload` is filled with the facts, as `media`.

    `states` are our states → the source's; a state that is not in it is not told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    states: dict[str, str]
    payload: dict[str, Any]
    media: Literal["json", "form", "xml"] = "json"
    times: str = "iso"
    encoding: str = "utf-8"


class SourceMapping(BaseModel):
    """How one source is read. `basis` says which published field list it follows; `generic`: none is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
    name: str
    name_en: str
    channel: Annotated[str, Field(min_length=1, max_length=64)]
    basis: Annotated[str, Field(min_length=1)]
    generic: bool = False
    kind: Literal["report", "alert"] = "report"
    media: Annotated[tuple[Media, ...], Field(min_length=1)] = ("json",)
    encoding: str | None = None
    root: str = ""
    datum: str = "wgs84"
    times: tuple[str, ...] = ("iso",)
    place: Literal["message", "city"] = "message"
    fields: Annotated[tuple[Rule, ...], Field(min_length=1)]
    codes: dict[str, dict[str, str]] = {}
    pull: Pull | None = None
    write_back: WriteBack | None = None


def mapping_of(data: Any) -> SourceMapping:
    """Raises MappingWrong naming the field of the mapping."""
    try:
        mapping = SourceMapping.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise MappingWrong(field=where, detail=first["msg"], pointer="/" + where) from error
    for rule in mapping.fields:
        if rule.codes is not None and rule.codes not in mapping.codes:
            raise MappingWrong(field=f"fields.{rule.to}.codes", detail=rule.codes, pointer="/codes")
    return mapping


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `values` by target, as texts but for numbers and times; `extra` are the fields
    nobody asked for; `unknown_codes` those values that their code table does not have, by target."""

    values: Mapping[str, Any]
    extra: Mapping[str, Any]
    unknown_codes: Mapping[str, str] = field(default_factory=dict)

    def get(self, target: Target) -> Any:
        return self.values.get(target)


def read(mapping: SourceMapping, record: Record, zone: ZoneInfo) -> Reading:
    """A message by its mapping. Times without an offset are the city's. Raises FieldMissing, FieldWrong."""
    values: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    for rule in mapping.fields:
        given = _value(rule, record)
        if given is None:
            continue
        if rule.codes is not None and given not in mapping.codes[rule.codes]:
            unknown[rule.to] = given
            given = rule.default
        elif rule.codes is not None:
            given = mapping.codes[rule.codes][given]
        if given is not None and rule.to not in values:
            values[rule.to] = _typed(mapping, rule, given, zone)
    _check_required(mapping, values)
    return Reading(values, dict(_unread(mapping, record)), unknown)


def _value(rule: Rule, record: Record) -> str | None:
    """The text of a rule's field; None where there is none."""
    if rule.value is not None:
        return rule.value
    found = [text for path in rule.from_ if (text := _text(look(record, path)))]
    if not found:
        return rule.default
    whole = found[0] if rule.join is None else rule.join.join(found)
    if rule.split is None:
        return whole
    parts = whole.split(rule.split)
    return parts[rule.part].strip() if rule.part < len(parts) else None


def look(record: Any, path: str) -> Any:
    """What stands at a dotted path; None where nothing does. A name may hold dots itself ("@iot.id")."""
    if not path or (isinstance(record, Mapping) and path in record):
        return record[path] if path else record
    name, _, rest = path.partition(".")
    if isinstance(record, Mapping):
        return look(record[name], rest) if name in record and rest else None
    if isinstance(record, list) and re.fullmatch("[0-9]{1,4}", name) and int(name) < len(record):
        return look(record[int(name)], rest)
    return None


def _text(value: Any) -> str:
    """A value as people write it: full numbers, lists with commas; nothing for what has parts."""
    if value is None or isinstance(value, Mapping):
        return ""
    if isinstance(value, list):
        return ",".join(text for one in value if (text := _text(one)))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip()


def _typed(mapping: SourceMapping, rule: Rule, given: str, zone: ZoneInfo) -> Any:
    if rule.to in ("lon", "lat"):
        return _number(mapping, rule, given)
    if rule.to == "severity":
        return _level(mapping, rule, given)
    if rule.to in ("occurred_at", "sent", "expires"):
        return _time(mapping, rule, given, zone)
    if rule.to == "source_id" and len(given) > _LONGEST["source_id"]:
        raise _wrong(mapping, rule, given, f"<= {_LONGEST['source_id']}")
    return given[: _LONGEST.get(rule.to, _TEXT)]


def _number(mapping: SourceMapping, rule: Rule, given: str) -> float:
    try:
        value = float(given)
    except ValueError:
        value = float("nan")
    if not -180 <= value <= 180:
        raise _wrong(mapping, rule, given, "-180 … 180")
    return value


def _level(mapping: SourceMapping, rule: Rule, given: str) -> int:
    if given not in ("1", "2", "3", "4"):
        raise _wrong(mapping, rule, given, "1-4")
    return int(given)


def _time(mapping: SourceMapping, rule: Rule, given: str, zone: ZoneInfo) -> datetime:
    """UTC. Raises FieldWrong naming the formats that were tried."""
    for form in mapping.times:
        try:
            found = _TIMES[form](given) if form in _TIMES else datetime.strptime(given, form)
            aware = found if found.tzinfo else found.replace(tzinfo=zone)
            return aware.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise _wrong(mapping, rule, given, ", ".join(mapping.times))


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES: dict[str, Callable[[str], datetime]] = {
    "iso": datetime.fromisoformat,
    "epoch_s": lambda text: _EPOCH + timedelta(seconds=float(text)),
    "epoch_ms": lambda text: _EPOCH + timedelta(milliseconds=float(text)),
}


def _wrong(mapping: SourceMapping, rule: Rule, given: str, wanted: str) -> FieldWrong:
    name = _asked(rule)
    pointer = "/" + name.replace(".", "/")
    return FieldWrong(source=mapping.name, field=name, value=given[:60], wanted=wanted, pointer=pointer)


def _asked(rule: Rule) -> str:
    """What the source calls it."""
    return " / ".join(rule.from_) or rule.to


def _check_required(mapping: SourceMapping, values: Mapping[str, Any]) -> None:
    missing = [_asked(rule) for rule in mapping.fields if rule.required and rule.to not in values]
    if missing:
        pointer = "/" + missing[0].split(" / ")[0].replace(".", "/")
        raise FieldMissing(source=mapping.name, fields=missing, pointer=pointer)


def _unread(mapping: SourceMapping, record: Record) -> Iterator[tuple[str, Any]]:
    """Paths and values that no rule reads."""
    asked = {path for rule in mapping.fields for path in rule.from_}
    for path, value in _leaves(record):
        if not any(path == one or path.startswith(one + ".") for one in asked):
            yield path, value


def _leaves(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    inner: Sequence[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    if not inner or depth >= _DEEPEST:
        if path and value not in (None, "", [], {}):
            yield path, value
        return
    for name, one in inner:
        yield from _leaves(one, f"{path}.{name}" if path else str(name), depth + 1)


# --- telling the source ----------------------------------------------------------------------------------


FACT_STATES = {
    "IncidentAccepted": "accepted", "IncidentRejected": "rejected", "UnitDispatched": "dispatched",
    "IncidentHandled": "handled", "IncidentReplied": "replied", "IncidentClosed": "closed",
}  # fmt: skip
"""Facts that a source may be told of → the state that `WriteBack.states` translates."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a source may be told of its own report: our number and state, the words of the reply, when."""

    source_id: str
    number: str
    status: str
    at: datetime
    text: str = ""
    office: str = ""


def write_back(mapping: SourceMapping, facts: Facts, zone: ZoneInfo) -> dict[str, Any] | None:
    """The payload as the source wants it, in the shape of `mapping.write_back.media`; None where the source
    is told nothing of this state."""
    back = mapping.write_back
    if back is None or facts.status not in back.states:
        return None
    at = facts.at.astimezone(zone)
    words = {
        "source_id": facts.source_id, "number": facts.number, "text": facts.text, "office": facts.office,
        "status": back.states[facts.status],
        "at": at.isoformat(timespec="seconds") if back.times == "iso" else at.strftime(back.times),
    }  # fmt: skip
    return {name: _filled(value, words) for name, value in back.payload.items()}


def _filled(value: Any, words: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return string.Template(value).safe_substitute(words)
    if isinstance(value, dict):
        return {name: _filled(one, words) for name, one in value.items()}
    return [_filled(one, words) for one in value] if isinstance(value, list) else value
