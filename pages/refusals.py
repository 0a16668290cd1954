"""Refusals in words: codes among the values of a sentence are said as people say them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actions.offices import names_of
from actions.reference import Reference
from pages.messages import has, text
from pages.offices import office

_PREFIXES = {"status": "status", "verb": "verb", "role": "role", "stage": "situation"}
"""Value of a refusal → where its words stand in the catalogue."""
OFFICES = ("owner", "office")


def said(lang: str, params: Mapping[str, Any], reference: Reference | None) -> dict[str, Any]:
    """The values with codes as words. Without a city's `reference` offices keep their code."""
    words = dict(params)
    for name, prefix in _PREFIXES.items():
        key = f"{prefix}.{str(params.get(name)).removeprefix('assignment.')}"
        if name in params and has(lang, key):
            words[name] = text(lang, key)
    if "need" in params:
        words["need"] = text(lang, f"need.{params['need']}")
    if "part" in params:
        words["part"] = text(lang, f"order_part.{params['part']}")
    if isinstance(params.get("allowed"), list):
        keys = [f"verb.{verb}" for verb in params["allowed"]]
        words["allowed"] = [text(lang, key) for key in keys if has(lang, key)]
    if "drill_status" in params:
        words["drill_status"] = text(lang, f"drill_status.{params['drill_status']}")
        words["moves"] = [text(lang, f"drill_move.{one}") for one in params["moves"]]
    if "finding_state" in params:
        words["finding_state"] = text(lang, f"drills.finding_state.{params['finding_state']}")
        words["moves"] = [text(lang, f"finding_move.{one}") for one in params["moves"]]
    if "unit_name" in params:
        words["next_name"] = params.get("next_name") or text(lang, "refusal.another_unit")
    if "holders" in params:
        words["holders"] = params["holders"] or text(lang, "refusal.no_holder")
    codes = {name: str(params[name]) for name in OFFICES if name in params} if reference else {}
    if codes and reference:
        names = names_of(reference, codes.values())
        words |= {name: office(lang, names, code) for name, code in codes.items()}
    return words


def names_offices(params: Mapping[str, Any]) -> bool:
    """Whether the city's reference is needed to say it."""
    return any(name in params for name in OFFICES)
