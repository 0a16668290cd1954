"""A drill's report as a file: what it needs of the city, gathered."""

from __future__ import annotations

from typing import Literal

from actions.drill_scenes import scenes
from actions.drills import realm_of
from actions.offices import names_of
from actions.services import Services
from core.clock import day_of
from core.drill_report import Report
from core.permissions import Principal
from pages.drill_report.paper import Sheet, docx, pdf
from pages.drill_report.words import Replay

Form = Literal["pdf", "docx"]
MEDIA: dict[Form, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_MAKE = {"pdf": pdf, "docx": docx}


def sheet(
    services: Services, by: Principal, lang: str, ident: str, of: Report, base: str | None = "", *,
    maps: bool = True,
) -> Sheet:  # fmt: skip
    """`base` stands before the paths of what its lines lead to, None: they lead nowhere; `maps` take a
    while."""
    return Sheet(
        lang, services.zone, names_of(services.reference, (one.office for one in of.findings)),
        day_of(services.now(), services.zone), scenes(services, by, ident, of) if maps else (),
        None if base is None else Replay(realm_of(ident), lang, base),
    )  # fmt: skip


def made(
    services: Services, by: Principal, lang: str, ident: str, of: Report, form: Form,
    base: str | None = None,
) -> bytes:  # fmt: skip
    """The file. Raises FontMissing."""
    return _MAKE[form](sheet(services, by, lang, ident, of, base), of)
