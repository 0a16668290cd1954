"""Refusals of messages from other systems. Each names the field as the source calls it, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import Refusal


class NumbersTaken(Refusal):
    """The numbers of a channel are another token's to give; params: channel."""

    code = "numbers_taken"


class SourceUnknown(Refusal):
    """params: source, known."""

    code = "intake_source_unknown"


class MessageTooLarge(Refusal):
    """params: limit (bytes)."""

    code = "intake_too_large"


class MessageUnreadable(Refusal):
    """Neither JSON, XML nor a form, or not in the encoding it claims; params: source, detail."""

    code = "intake_unreadable"


class FieldMissing(Refusal):
    """params: source, fields (as the source calls them), pointer."""

    code = "intake_field_missing"


class FieldWrong(Refusal):
    """params: source, field, value, wanted, pointer."""

    code = "intake_field_wrong"


class ClassUndecided(Refusal):
    """Neither the source's code nor the words say of what class; params: source, value."""

    code = "intake_class_undecided"


class PlaceUndecided(Refusal):
    """No coordinates, and no address that is found; params: source, address."""

    code = "intake_place_undecided"


class MappingWrong(Refusal):
    """A mapping file that does not fit its shape; params: field, detail."""

    code = "intake_mapping_wrong"


class RecordsTooMany(Refusal):
    """params: most, count."""

    code = "intake_records_too_many"


class XmlDangerous(Refusal):
    """A document type or entities: refused before anything is read."""

    code = "xml_dangerous"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a CAP message: where (a path of element names), a stable code, the value found."""

    where: str
    code: str
    found: str = ""


class CapInvalid(Refusal):
    """params: faults (list of Fault), count."""

    code = "cap_invalid"

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults), faults=[(f.where, f.code, f.found) for f in faults])


class CapForAnotherRealm(Refusal):
    """Exercise in the city's real world, or Actual in a drill's; params: status, realm."""

    code = "cap_other_realm"


class AlertNotXml(Refusal):
    """A warning that came in another form has no CAP to give back; params: id, source."""

    code = "alert_not_xml"


class PullFailed(Refusal):
    """params: source, detail."""

    code = "intake_pull_failed"
