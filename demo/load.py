"""The demo city through the product's own importers: generate, write files, import them kind by kind."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions import city as city_settings
from actions.imports import ImportReport, import_file
from actions.services import Services
from core.permissions import Principal
from demo.city import SEED, SMALL, City, make_city
from demo.write import write_city


class DemoNotLoaded(Exception):
    """An import of a generated file was refused: a fault of the product, not of its user."""

    def __init__(self, report: ImportReport) -> None:
        first = report.problems[0] if report.problems else None
        super().__init__(f"{report.kind}: {report.refused} refused, first: {first}")
        self.report = report


@dataclass(frozen=True)
class Loaded:
    """The city, and what the importers said of each kind."""

    city: City
    reports: Mapping[str, ImportReport]

    @property
    def rows(self) -> dict[str, int]:
        """Rows written a kind."""
        return {kind: report.written for kind, report in self.reports.items()}


def load_city(services: Services, principal: Principal, seed: int = SEED, scale: float = SMALL) -> Loaded:
    """Generate the city and import it into an empty database; `principal` needs the verb `import`.

    Raises InvalidInput (scale), Forbidden, DemoNotLoaded. Kinds imported before a failure stay.
    """
    city = make_city(seed, scale)
    with tempfile.TemporaryDirectory(prefix="yunyu-") as folder:
        files = write_city(city, Path(folder))
        reports = {kind: imported(services, principal, kind, path) for kind, path in files.items()}
    facts = city.meta()
    facts.pop("bounds")  # the product works them out from the grids it holds
    city_settings.describe(services, facts.pop("name"), sample=facts.pop("sample"), **facts)
    return Loaded(city, reports)


def imported(services: Services, principal: Principal, kind: str, path: Path) -> ImportReport:
    """What the importer said of a generated file. Raises Forbidden, DemoNotLoaded."""
    report = import_file(services, principal, kind, path)
    if not report.ok:
        raise DemoNotLoaded(report)
    return report
