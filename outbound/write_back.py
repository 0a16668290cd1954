"""回写: what became of a report is told to the source it came from, in the source's own words.

The mapping of the source says of which states, by which codes and in which payload (core.intake.write_back).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, Row

from core.intake import FACT_STATES, Facts, SourceMapping, mapping_of, write_back
from core.past import IMPORTED
from db import intake as sources
from db.log import Wire

CHANNEL = "writeback"
_ONCE = frozenset({"dispatched"})
"""Told once an incident, however many units are sent."""


def messages(
    conn: Connection, realm: str, wires: Sequence[Wire], zone: ZoneInfo, now: datetime
) -> list[dict[str, Any]]:
    """Rows of the queue for the facts among these that a source asked to be told of: that of the incident,
    and those of its duplicates (并案), which end with it. What came in by a file is told to none."""
    telling = [wire for wire in wires if wire["kind"] in FACT_STATES and wire["cause"] != IMPORTED]
    if not telling:
        return []
    subjects = {wire["subject"] for wire in telling}
    master = sources.duplicates(conn, realm, subjects)
    rows = sources.reported_by_sources(conn, realm, subjects | master.keys())
    mappings = _mappings(conn) if rows else {}
    made = (
        _message(realm, wire, row, mappings[row.channel], zone, now)
        for wire in telling
        for row in rows
        if wire["subject"] in (row.id, master.get(row.id)) and row.channel in mappings
    )
    return [message for message in made if message is not None]


def _mappings(conn: Connection) -> dict[str, SourceMapping]:
    """By channel, of the sources that are told; a channel of several has the first by its code."""
    found = [mapping_of(row.mapping) for row in sources.list_sources(conn)]
    return {one.channel: one for one in reversed(found) if one.write_back is not None}


def _message(
    realm: str, wire: Wire, row: Row[Any], mapping: SourceMapping, zone: ZoneInfo, now: datetime
) -> dict[str, Any] | None:
    state = FACT_STATES[wire["kind"]]
    payload = write_back(mapping, _facts(wire, row, state), zone)
    if payload is None:
        return None
    own = row.id == wire["subject"]
    told = row.id if state in _ONCE else wire["seq"] if own else f"{wire['seq']}-{row.id}"
    return {
        "id": f"{realm}-{CHANNEL}-{state}-{told}", "realm": realm, "seq": wire["seq"], "fact": wire["kind"],
        "incident": row.id, "office": row.owner, "channel": CHANNEL, "addressee": mapping.source,
        "body": _body(mapping, payload), "attempts": 0, "created_at": now, "next_at": now, "state": "queued",
        "error": None,
    }  # fmt: skip


def _facts(wire: Wire, row: Row[Any], state: str) -> Facts:
    body = orjson.loads(wire["body"])
    said = body.get("text") or body.get("reason") or ""
    return Facts(row.source_id, row.number, state, wire["occurred_at"], said, row.owner)


def _body(mapping: SourceMapping, payload: dict[str, Any]) -> dict[str, Any]:
    back = mapping.write_back
    assert back is not None  # noqa: S101  it made the payload
    return {"source": mapping.source, "media": back.media, "encoding": back.encoding, "payload": payload}
