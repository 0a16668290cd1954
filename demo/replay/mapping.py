"""The mapping file: which column of a table means what. TOML, an example stands in `demo/mappings/`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from core.errors import Refusal

#: Steps of a response in the order in which they happen; notes stand between `arrived` and `released`.
STEPS = ("received", "accepted", "dispatched", "enroute", "arrived")


class MappingInvalid(Refusal):
    """The mapping cannot be used; params: file, field, detail."""

    code = "mapping_invalid"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Times(Part):
    """Columns of the steps, read by `format` (strptime) on the wall clock of `zone`."""

    format: str
    zone: str
    received: str
    dispatched: str
    released: str
    accepted: str | None = None
    enroute: str | None = None
    arrived: str | None = None

    @field_validator("zone")
    @classmethod
    def _known(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, OSError) as error:
            raise ValueError("no such time zone") from error
        return value


class Note(Part):
    """A time that has no verb; `{unit}` in the text is the response's unit."""

    column: str
    text: str


class IncidentColumns(Part):
    id: str
    channel: str
    text: tuple[str, ...]
    address: tuple[str, ...] = ()


class Location(Part):
    """Two columns (lon, lat), or one that holds both numbers: WKT `POINT (lon lat)` or `(lat, lon)`."""

    columns: tuple[str, ...] = Field(min_length=1, max_length=2)
    order: str = Field(default="lon lat", pattern="^(lon lat|lat lon)$")
    datum: str = "wgs84"


class Choice(Part):
    """A column's values to ours; a value that is not listed is `default`, or refused without one."""

    column: str | None = None
    values: dict[str, str] = {}
    default: str | None = None


class Home(Part):
    """Units whose name fits `pattern` live at the post whose name fits `post`; {0} = the first group."""

    pattern: str
    post: str


class UnitColumns(Part):
    """`sort`: what units call themselves alike by (engine, ladder), finer than our kinds."""

    id: str
    kind: Choice
    sort: str | None = None
    home: Home | None = None


class Close(Part):
    """Close an incident after its last time, with this column as what was done."""

    text: str


class Compare(Part):
    grid: str | None = None


class Mapping(Part):
    name: str
    time: Times
    incident: IncidentColumns
    location: Location
    kind: Choice = Field(alias="class")
    severity: Choice = Choice(default="4")
    unit: UnitColumns
    note: tuple[Note, ...] = ()
    close: Close | None = None
    compare: Compare = Compare()

    def columns(self) -> list[str]:
        """Every column that the file must have."""
        steps = [getattr(self.time, step) for step in (*STEPS, "released")]
        choices = [self.kind.column, self.severity.column, self.unit.kind.column, self.unit.sort]
        texts = [*self.incident.text, *self.incident.address, *self.location.columns]
        notes = [note.column for note in self.note]
        last = [self.close.text if self.close else None, self.compare.grid]
        wanted = [self.incident.id, self.unit.id, *texts, *steps, *notes, *choices, *last]
        return list(dict.fromkeys(column for column in wanted if column))


def read_mapping(path: Path) -> Mapping:
    """Raises MappingInvalid, naming the field."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as invalid:
        first = invalid.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise MappingInvalid(file=path.name, field=field, detail=first["msg"]) from invalid
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MappingInvalid(file=path.name, field="", detail=str(error)) from error
