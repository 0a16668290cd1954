"""统一受理: a message of another system becomes an incident, the one it already is, or a dead letter.

What a source told twice is one incident (channel and number); what cannot be taken is kept, seen and tried
again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import unquote_to_bytes

from pydantic import Field, ValidationError

from actions import alerts, intake_messages
from actions.commands import Location, ReportCommand, Reporter, Timed, Words
from actions.incidents import check_giver, report
from actions.intake_messages import RAW_BYTES, RECORD, Message, check_may_report
from actions.intake_places import Placed, place_of
from actions.services import Services
from actions.unit_of_work import Answer, Call
from core.cap_rules import Word
from core.clock import BACKDATE_FREE
from core.errors import Refusal, UnknownClass
from core.errors_intake import ClassUndecided, FieldWrong, MessageTooLarge, SourceUnknown
from core.intake import Reading, Record, SourceMapping, mapping_of, read
from core.intake_bodies import media_of, records
from core.intake_words import SURE, classes_of, level_of
from core.permissions import may
from db import intake as db
from geo.encodings import decode
from geo.problems import FileRefused


class Corrections(Timed):
    """What an officer says in place of the message."""

    class_code: Annotated[str | None, Field(alias="class", min_length=1, max_length=32)] = None
    severity: Annotated[int, Field(ge=1, le=4)] | None = None
    text: Words | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One record: its answer, or why it was refused; `message` is the id under which it is kept."""

    message: str
    answer: Answer | None = None
    refusal: Refusal | None = None


def find_source(services: Services, code: str) -> SourceMapping:
    """Raises SourceUnknown."""
    with services.engine.connect() as conn:
        found = db.read_source(conn, code)
        if found is None:
            known = ", ".join(row.code for row in db.list_sources(conn))
            raise SourceUnknown(source=code, known=known)
    return mapping_of(found)


def take(services: Services, call: Call, source: str, body: bytes, content_type: str) -> list[Taken]:
    """Each record of a message. Raises Forbidden, SourceUnknown, NumbersTaken, and for what cannot be read at
    all MessageTooLarge, MessageUnreadable, RecordsTooMany, XmlDangerous, after keeping it."""
    check_may_report(call)
    mapping = find_source(services, source)
    with services.engine.connect() as conn:
        check_giver(conn, call.principal, mapping.channel)
    message = Message(source, body, content_type)
    try:
        found = _records(mapping, message)
    except Refusal as refusal:
        intake_messages.keep_refused(services, call, message, refusal)
        raise
    if len(found) == 1:
        return [take_record(services, call, mapping, found[0], message)]
    call = replace(call, key=None)
    return [
        take_record(services, call, mapping, record, Message.of_record(source, record)) for record in found
    ]


def _records(mapping: SourceMapping, message: Message) -> list[Record]:
    if len(message.raw) > RAW_BYTES:
        raise MessageTooLarge(limit=RAW_BYTES)
    if message.media == RECORD:
        return [json.loads(message.raw)]
    media = media_of(mapping, message.media, message.raw)
    return records(mapping, media, message.raw, _encoding(mapping, message, media))


def _encoding(mapping: SourceMapping, message: Message, media: str) -> str | None:
    """As the type says, as the bytes show, or as the mapping says; XML says it itself."""
    _, _, stated = message.media.partition("charset=")
    if stated := stated.partition(";")[0].strip(" \"'"):
        return stated
    if media == "xml":
        return None
    plain = unquote_to_bytes(message.raw.replace(b"+", b" ")) if media == "form" else message.raw
    try:
        return decode(plain)[1]
    except FileRefused:
        return mapping.encoding


def take_record(
    services: Services,
    call: Call,
    mapping: SourceMapping,
    record: Record,
    message: Message,
    said: Corrections | None = None,
) -> Taken:
    """Report it and keep it; a refusal is kept and told, not raised."""
    plain = call.key is None and mapping.kind == "report"  # a key is answered as it was the first time
    if plain and (known := intake_messages.known(services, call, message)):
        return Taken(known["message"], known)
    try:
        reading = read(mapping, record, services.zone)
        if mapping.kind == "alert":
            return _warned(services, call, mapping, reading, message)
        keyed = call if call.key or reading.get("source_id") else _keyed(call, message)
        answer, guessed = _reported(services, keyed, mapping, reading, said or Corrections())
    except (Refusal, ValidationError) as error:
        why = error if isinstance(error, Refusal) else _misfit(mapping, error)
        return Taken(intake_messages.keep_refused(services, call, message, why), refusal=why)
    found = {"extra": sorted(reading.extra), "guessed": guessed, "unknown_codes": dict(reading.unknown_codes)}
    outcome = "reported" if answer["created"] else "known"
    area = answer["grid"] or call.principal.area
    kept = intake_messages.keep(
        services, call, message, outcome, incident=answer["id"], area=area, found=found
    )
    return Taken(kept, {**answer, **found, "source_id": reading.get("source_id"), "message": kept})


def _keyed(call: Call, message: Message) -> Call:
    """What has no number of its source is one incident by its bytes, also told twice at once."""
    return replace(
        call, key=f"intake:{call.realm}:{message.source}:{message.digest}", request_hash=message.digest
    )


def _warned(
    services: Services, call: Call, mapping: SourceMapping, reading: Reading, message: Message
) -> Taken:
    alert = alerts.alert_of(reading)
    city = mapping.place == "city"
    origin = alerts.Origin(mapping.source, mapping.channel, message.raw, "application/json", city)
    return _kept_warning(services, call, message, alerts.take(services, call, alert, origin))


def _kept_warning(services: Services, call: Call, message: Message, answer: Answer) -> Taken:
    outcome = "recorded" if answer["incident"] is None else "reported" if answer["created"] else "known"
    about = {"incident": answer["incident"], "area": answer["area"] or call.principal.area}
    kept = intake_messages.keep(services, call, message, outcome, **about)
    return Taken(kept, {**answer, "message": kept})


def _misfit(mapping: SourceMapping, error: ValidationError) -> FieldWrong:
    """A value that no report holds, found by the command's own rules."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    value = str(first.get("input"))[:60]
    return FieldWrong(source=mapping.name, field=field, value=value, wanted=first["msg"], pointer=f"/{field}")


def _reported(
    services: Services, call: Call, mapping: SourceMapping, reading: Reading, said: Corrections
) -> tuple[Answer, list[str]]:
    """The verb's answer, and what was not told but guessed."""
    text = said.text or reading.get("text")
    with services.engine.connect() as conn:
        class_code, level = said.class_code or _known_class(services, reading), said.severity
        level = level or reading.get("severity")
        guessed = [name for name, value in (("class", class_code), ("severity", level)) if value is None]
        words = db.words(conn) if guessed else []
        readdressed = _readdressed(reading, said)
        placed = Placed(said.location) if said.location else place_of(conn, mapping, readdressed)
    if placed.guessed:
        guessed.append("location")
    if class_code is None:
        class_code = _class_by_words(mapping, reading, text, words)
    told = level_of(text, words) if level is None else None
    command = ReportCommand(
        class_code=class_code,
        text=text,
        location=placed.location,
        channel=mapping.channel,
        severity=level or (told.level if told else 4),
        title=reading.get("title") or "",
        address=said.address or reading.get("address") or "",
        source_id=reading.get("source_id"),
        reporter=_reporter(reading),
    )
    timed = replace(call, occurred_at=_happened(services, call, reading))
    return report(services, timed, command, from_source=True), guessed


def _readdressed(reading: Reading, said: Corrections) -> Reading:
    if not said.address:
        return reading
    return replace(reading, values={**reading.values, "address": said.address})


def _known_class(services: Services, reading: Reading) -> str | None:
    """What the source says, where the city has such a class."""
    code = reading.get("class")
    return code if code in services.reference.classes() else None


def _class_by_words(mapping: SourceMapping, reading: Reading, text: str, words: Sequence[Word]) -> str:
    """Raises ClassUndecided where the words do not say either."""
    said = " ".join(filter(None, (reading.get("title"), text)))
    proposed = classes_of(said, words, most=1)
    if proposed and proposed[0].score >= SURE:
        return proposed[0].code
    value = reading.unknown_codes.get("class") or reading.get("class") or ""
    raise ClassUndecided(source=mapping.name, value=str(value)[:60], pointer="/class")


def _reporter(reading: Reading) -> Reporter | None:
    name, phone = reading.get("reporter_name") or "", reading.get("reporter_phone") or ""
    return Reporter(name=name, phone=phone) if name or phone else None


def _happened(services: Services, call: Call, reading: Reading) -> datetime | None:
    """When the source says; what came late from one who may not back-date counts from its coming in."""
    at = reading.get("occurred_at")
    late = at is not None and at < services.now_in(call.realm) - BACKDATE_FREE
    return None if late and not may(call.principal, "backdate") else at


# --- dead letters ----------------------------------------------------------------------------------------


def retry(services: Services, call: Call, ident: str, said: Corrections) -> list[Taken]:
    """Take a kept message again, by the mapping of today and with what the officer says.

    Raises Forbidden, NotFound, UnknownClass, and what `take` raises.
    """
    check_may_report(call)
    if said.class_code is not None and said.class_code not in services.reference.classes():
        known = ", ".join(list(services.reference.classes())[:5])
        raise UnknownClass(code=said.class_code, known=known, pointer="/class")
    _, message = intake_messages.find(services, call, ident)
    if message.source == alerts.SOURCE:
        answer = alerts.take_cap(services, call, message.raw)
        return [_kept_warning(services, call, message, answer)]
    mapping = find_source(services, message.source)
    found = _records(mapping, message)
    if len(found) == 1:
        return [take_record(services, call, mapping, found[0], message, said)]
    return [
        take_record(services, call, mapping, record, Message.of_record(mapping.source, record))
        for record in found
    ]


def read_message(services: Services, call: Call, ident: str) -> dict[str, Any]:
    """One message with what it says, persons masked. Raises Forbidden, NotFound."""
    row, message = intake_messages.find(services, call, ident)
    return {**intake_messages.told(row), **_content(services, message)}


def _content(services: Services, message: Message) -> Mapping[str, Any]:
    try:
        mapping = find_source(services, message.source)
        readings = [read(mapping, record, services.zone) for record in _records(mapping, message)]
        return {"records": [intake_messages.reading_json(reading) for reading in readings[:20]]}
    except Refusal:
        shown = message.raw[: intake_messages.TOLD_CHARACTERS].decode("utf-8", "replace")
        return {"records": [], "shown": intake_messages.masked(shown)}
