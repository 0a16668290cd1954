"""Refusals as `application/problem+json` (RFC 9457): one table of statuses, sentences from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from actions.reference import Reference
from core.errors import Refusal
from pages.messages import text
from pages.refusals import said

MEDIA_TYPE = "application/problem+json"

STATUS = {
    "invalid_input": 422,
    "unknown_class": 422,
    "unknown_datum": 422,
    "outside_city": 422,
    "coordinates_swapped": 422,
    "time_in_future": 422,
    "backdating_not_allowed": 403,
    "not_found": 404,
    "realm_unknown": 404,
    "unit_unknown": 422,
    "unknown_item": 422,
    "item_unit_differs": 422,
    "reason_missing": 422,
    "forbidden": 403,
    "whole_city_needed": 403,
    "file_name_unfit": 422,
    "imports_busy": 429,
    "films_busy": 429,
    "film_tools_missing": 503,
    "unauthorized": 401,
    "move_not_allowed": 409,
    "hazard_step_not_allowed": 409,
    "hazard_due_passed": 422,
    "text_too_long_for_shapefile": 422,
    "reply_missing": 409,
    "verification_missing": 409,
    "units_still_assigned": 409,
    "unit_busy": 409,
    "unit_held": 409,
    "hold_not_renewable": 409,
    "nobody_to_recall": 409,
    "supplies_short": 409,
    "supplies_late": 409,
    "supplies_unsettled": 409,
    "incident_ended": 409,
    "unit_off_duty": 409,
    "unit_in_drill": 409,
    "unit_not_in_drill": 409,
    "drill_over": 409,
    "drill_stands": 409,
    "unit_still_bound": 409,
    "attachment_unfit": 422,
    "attachment_too_large": 413,
    "no_road_there": 404,
    "stale_version": 412,
    "plan_written_meanwhile": 412,
    "year_planned_meanwhile": 412,
    "warning_over": 409,
    "warning_changed": 409,
    "warning_no_target": 422,
    "warning_target_elsewhere": 403,
    "grids_changed": 412,
    "nothing_to_repair": 409,
    "repair_outside_area": 403,
    "idempotency_key_reused": 422,
    "unknown_kind": 404,
    "format_unknown": 422,
    "nothing_to_export": 404,
    "intake_source_unknown": 404,
    "intake_too_large": 413,
    "intake_unreadable": 422,
    "intake_field_missing": 422,
    "intake_field_wrong": 422,
    "intake_class_undecided": 422,
    "intake_place_undecided": 422,
    "intake_mapping_wrong": 422,
    "intake_records_too_many": 422,
    "intake_pull_failed": 502,
    "xml_dangerous": 422,
    "cap_invalid": 422,
    "cap_other_realm": 409,
    "alert_not_xml": 404,
    "no_such_tile": 400,
    "broken_json": 400,
    "body_too_large": 413,
    "origin_refused": 403,
    "method_not_allowed": 405,
    "script_faulty": 422,
    "finding_due_passed": 422,
    "finding_without_plan": 422,
    "script_unknown": 422,
    "script_unreadable": 422,
    "script_misshapen": 422,
    "seat_unknown": 422,
    "inject_unknown": 422,
    "shelf_too_long": 422,
    "gateway_unfit": 422,
    "not_yours": 403,
    "numbers_taken": 403,
    "unavailable": 503,
    "internal": 500,
}


def language(query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """The asker's language: `?lang=`, then Accept-Language, then Chinese."""
    asked = query.get("lang") or headers.get("accept-language", "")
    return "en" if asked.lower().startswith("en") else "zh-CN"


def problem(
    code: str,
    lang: str,
    params: Mapping[str, Any] | None = None,
    errors: Sequence[Mapping[str, Any]] = (),
    reference: Reference | None = None,
) -> tuple[int, bytes]:
    """Status and body of a refusal: code, title, detail and remedy in the asker's language, its values.

    The sentences say codes in words, offices with the city's `reference`; the values stay codes.
    """
    values = dict(params or {})
    words = said(lang, values, reference)
    status = STATUS.get(code, 409)
    body = {
        "type": f"urn:zhihui:{code}",
        "code": code,
        "status": status,
        "title": text(lang, f"error.{code}.title", **words),
        "detail": text(lang, f"error.{code}", **words),
        "remedy": text(lang, f"remedy.{code}", **words),
        "errors": list(errors) or _pointed(code, lang, values),
        "params": values,
    }
    return status, orjson.dumps(body, default=str)


def _pointed(code: str, lang: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    if "pointer" not in values:
        return []
    return [{"pointer": values["pointer"], "code": code, "detail": text(lang, f"error.{code}", **values)}]


def of_refusal(refusal: Refusal, lang: str, reference: Reference | None = None) -> tuple[int, bytes]:
    return problem(refusal.code, lang, refusal.params, reference=reference)
