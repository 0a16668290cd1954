"""总结 of a drill, and findings of one or of all: what is shown, and the steps of each finding."""

from __future__ import annotations

from callbacks.drill_report import findings, report
from callbacks.registrar import Registrar


def register(registrar: Registrar) -> None:
    findings.register(registrar)
    report.register(registrar)
