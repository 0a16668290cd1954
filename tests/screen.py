"""A model of a browser: keeps what it was told to draw, and nothing else."""

from __future__ import annotations

from typing import Any

from core.digest import Digest


class Screen:
    """Applies patches as a live screen does: older ones are dropped, features replace their older selves."""

    def __init__(self) -> None:
        self.seq = 0
        self.features: dict[tuple[str, str], dict[str, Any]] = {}
        self.panels: dict[str, Any] = {}
        self.ticker: list[dict[str, Any]] = []

    def apply(self, patch: dict[str, Any]) -> None:
        if patch["seq"] < self.seq or (patch["seq"] == self.seq and self.seq):
            return
        self.seq = patch["seq"]
        for layer, ids in patch["remove"].items():
            for ident in ids:
                self.features.pop((layer, ident), None)
        for layer, found in patch["upsert"].items():
            for feature in found:
                self.features[layer, feature["id"]] = feature
        panels = dict(patch["panels"])
        self.ticker += panels.pop("ticker", [])
        self.panels |= panels

    def panels_or_empty(self) -> dict[str, Any]:
        """The panels; a screen that was told nothing shows zeros."""
        zeros = {"open": 0, "waiting": 0, "on_scene": 0, "closed_today": 0}
        percentiles = {"report_dispatch_p90_s": None, "dispatch_arrive_p90_s": None}
        return self.panels or {"kpi": {**zeros, **percentiles}, "units": {}}

    def hash(self) -> str:
        """The digest over what is drawn."""
        digest = Digest()
        for (layer, ident), feature in self.features.items():
            digest.add(layer, ident, feature["properties"]["seq"])
        return digest.hex()
