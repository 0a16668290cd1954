"""Sources, messages, warnings and rules of the intake, and the questions asked of them. Callers own the
transaction; `raw` is sealed by whoever hands it in."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ARRAY,
    Connection,
    Row,
    Text,
    and_,
    any_,
    case,
    delete,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from core.cap_rules import Word
from core.intake_alike import Nearness
from core.permissions import Scope
from db.places import lies_in
from db.scoping import incident_seen
from db.shipped import put_shipped
from db.tables import incident
from db.tables_accounts import token
from db.tables_intake import (
    cap_alert,
    duplicate_rule,
    intake_lost,
    intake_message,
    intake_rule,
    intake_source,
)
from db.tables_places import grid

_MAPPINGS = Path(__file__).parent / "data" / "intake"
KEPT = timedelta(days=30)
REFUSED_KEPT = timedelta(days=180)
"""How long a message is kept: what was reported stands in the log, what was refused may be asked for."""
REFUSED_MOST = 1000
"""Dead letters of a source in a realm: a source that has gone wrong does not fill the disk."""


def load_intake(conn: Connection) -> None:
    """The shipped mappings and words; those a city changed or added are left as they are."""
    put_shipped(conn, intake_rule, "intake_rules.csv", {"weight": float})
    numbers = dict.fromkeys(("metres", "minutes", "least"), float)
    put_shipped(conn, duplicate_rule, "duplicate_rules.csv", numbers)
    shipped = [json.loads(file.read_text(encoding="utf-8")) for file in sorted(_MAPPINGS.glob("*.json"))]
    rows = [{"code": mapping["source"], "mapping": mapping} for mapping in shipped]
    conn.execute(insert(intake_source).on_conflict_do_nothing(), rows)


# --- sources ---------------------------------------------------------------------------------------------


def read_source(conn: Connection, code: str) -> Any:
    """The mapping as it was put in; None if there is no such source."""
    return conn.scalar(select(intake_source.c.mapping).where(intake_source.c.code == code))


def givers(conn: Connection, channel: str, credential: str) -> dict[str, str]:
    """Living tokens of sources, each with its channel: those of this channel, and this one."""
    told = intake_source.c.mapping["channel"].astext
    query = select(token.c.id, told).join(intake_source, token.c.source == intake_source.c.code)
    wanted = or_(told == channel, token.c.id == credential)
    rows = conn.execute(query.where(token.c.revoked_at.is_(None), wanted))
    return dict(rows.tuples().all())


def list_sources(conn: Connection) -> Sequence[Row[Any]]:
    return conn.execute(select(intake_source).order_by(intake_source.c.code)).all()


def put_source(conn: Connection, code: str, mapping: Mapping[str, Any]) -> None:
    row = insert(intake_source).values(code=code, mapping=mapping)
    conn.execute(row.on_conflict_do_update(index_elements=["code"], set_={"mapping": row.excluded.mapping}))


def put_pull(conn: Connection, code: str, pull: Mapping[str, Any] | None, at: datetime | None) -> bool:
    """Where a source's files are fetched and from when on; whether there is such a source."""
    change = update(intake_source).where(intake_source.c.code == code).values(pull=pull, next_pull_at=at)
    return conn.execute(change).rowcount == 1


def claim_pulls(conn: Connection, now: datetime, code: str | None = None) -> list[Row[Any]]:
    """Sources whose time has come, each to one asker alone, and their next time set; with `code` that one,
    whatever the time."""
    due = intake_source.c.next_pull_at <= now if code is None else intake_source.c.code == code
    query = select(intake_source).where(intake_source.c.pull.is_not(None), due)
    rows = list(conn.execute(query.with_for_update(skip_locked=code is None)))
    for row in rows:
        after = now + timedelta(seconds=row.pull["every_s"])
        change = update(intake_source).where(intake_source.c.code == row.code)
        conn.execute(change.values(next_pull_at=after))
    return rows


def put_pulled(conn: Connection, code: str, pulled: Mapping[str, Any]) -> None:
    conn.execute(update(intake_source).where(intake_source.c.code == code).values(pulled=pulled))


def reported_by_sources(conn: Connection, realm: str, idents: Collection[str]) -> Sequence[Row[Any]]:
    """Those of these incidents that have a number of their source: id, number, source_id, owner, channel."""
    columns = (incident.c.id, incident.c.number, incident.c.source_id, incident.c.owner, incident.c.channel)
    query = select(*columns).where(
        incident.c.realm == realm,
        incident.c.id == any_(literal(list(idents), ARRAY(Text))),
        incident.c.source_id.is_not(None),
    )
    return list(conn.execute(query))


def duplicates(conn: Connection, realm: str, idents: Collection[str]) -> dict[str, str]:
    """Incidents that were merged into these, also by way of others: id → the one of these."""
    found: dict[str, str] = {}
    ahead = {ident: ident for ident in idents}
    merged = incident.c.doc["merged"]
    while ahead:
        query = select(incident.c.id, merged.label("merged")).where(
            incident.c.realm == realm,
            incident.c.id == any_(literal(list(ahead), ARRAY(Text))),
            func.jsonb_array_length(merged) > 0,
        )
        rows = conn.execute(query).all()
        ahead = {one: ahead[row.id] for row in rows for one in row.merged if one not in found}
        found |= ahead
    return found


def known_sources(conn: Connection, realm: str, channel: str, ids: Collection[str]) -> set[str]:
    """Those of a channel's numbers that were reported."""
    query = select(incident.c.source_id).where(
        incident.c.realm == realm,
        incident.c.channel == channel,
        incident.c.source_id == any_(literal(list(ids), ARRAY(Text))),
    )
    return {str(found) for found in conn.scalars(query)}


def known_digests(conn: Connection, realm: str, source: str, digests: Collection[str]) -> set[str]:
    """Those of these messages that came before, whatever became of them."""
    query = select(intake_message.c.digest).where(
        intake_message.c.realm == realm,
        intake_message.c.source == source,
        intake_message.c.digest == any_(literal(list(digests), ARRAY(Text))),
    )
    return set(conn.scalars(query))


# --- messages --------------------------------------------------------------------------------------------


def keep_message(conn: Connection, values: Mapping[str, Any]) -> str:
    """Its id. The same message again counts up; what it has led to is not lost by a later refusal."""
    row = insert(intake_message).values(**values)
    table, new = intake_message.c, row.excluded
    led = table.incident.is_not(None)
    again = row.on_conflict_do_update(
        index_elements=["realm", "source", "digest"],
        set_={
            "times": table.times + 1,
            "last_at": new.last_at,
            "outcome": case((led, table.outcome), else_=new.outcome),
            "error": case((led, table.error), else_=new.error),
            "reason": None,
            "area": case((led, table.area), else_=new.area),
            "found": func.coalesce(new.found, table.found),
            "incident": func.coalesce(table.incident, new.incident),
        },
    ).returning(table.id)
    return str(conn.scalar(again))


def shed(conn: Connection, realm: str, source: str, day: date) -> bool:
    """Let go of the oldest dead letters of a source beyond REFUSED_MOST; whether they are the first today."""
    table = intake_message.c
    mine = and_(table.realm == realm, table.source == source, table.outcome == "refused")
    order = (table.last_at.desc(), table.id.desc())
    beyond = select(table.id).where(mine).order_by(*order).offset(REFUSED_MOST)
    lost = conn.execute(delete(intake_message).where(table.id.in_(beyond))).rowcount
    if not lost:
        return False
    row = insert(intake_lost).values(realm=realm, source=source, day=day, count=lost)
    more = row.on_conflict_do_update(
        index_elements=["realm", "source", "day"], set_={"count": intake_lost.c.count + row.excluded.count}
    )
    return bool(conn.scalar(more.returning(intake_lost.c.count)) == lost)


def lost_letters(conn: Connection, realm: str, since: date) -> dict[str, int]:
    """How many dead letters of each source made room for others since a day."""
    query = select(intake_lost.c.source, func.sum(intake_lost.c.count)).where(
        intake_lost.c.realm == realm, intake_lost.c.day >= since
    )
    return {source: int(n) for source, n in conn.execute(query.group_by(intake_lost.c.source))}


def give_up(conn: Connection, realm: str, ident: str, reason: str) -> bool:
    """A dead letter is tried no more; whether it was one."""
    table = intake_message.c
    query = update(intake_message).where(table.realm == realm, table.id == ident, table.outcome == "refused")
    return conn.execute(query.values(outcome="given_up", reason=reason)).rowcount == 1


def count_again(conn: Connection, realm: str, source: str, digest: str, now: datetime) -> Row[Any] | None:
    """The incident of a message that came before and led to one; the message is counted once more."""
    table = intake_message.c
    again = (
        update(intake_message)
        .where(
            table.realm == realm,
            table.source == source,
            table.digest == digest,
            table.incident == incident.c.id,
            incident.c.realm == realm,
        )
        .values(times=table.times + 1, last_at=now)
        .returning(*incident.c, table.id.label("message"), table.found)
    )
    return conn.execute(again).first()


def read_message(conn: Connection, realm: str, ident: str) -> Row[Any] | None:
    query = select(intake_message).where(intake_message.c.realm == realm, intake_message.c.id == ident)
    return conn.execute(query).first()


def list_messages(
    conn: Connection, realm: str, area: str, wanted: Mapping[str, str | None], limit: int
) -> Sequence[Row[Any]]:
    """The last first, without what they said; `wanted` are values of columns, None = any."""
    columns = [column for column in intake_message.c if column.name != "raw"]
    query = select(*columns).where(intake_message.c.realm == realm, lies_in(intake_message.c.area, area))
    for name, value in wanted.items():
        query = query if value is None else query.where(intake_message.c[name] == value)
    order = (intake_message.c.last_at.desc(), intake_message.c.id.desc())
    return conn.execute(query.order_by(*order).limit(limit)).all()


def forget_messages(conn: Connection, now: datetime) -> int:
    """Throw away what is no longer needed; how many."""
    old = intake_message.c.last_at < case(
        (intake_message.c.outcome == "refused", literal(now - REFUSED_KEPT)), else_=literal(now - KEPT)
    )
    spent = and_(intake_message.c.last_at < now - KEPT, old)
    return conn.execute(delete(intake_message).where(spent)).rowcount


# --- warnings --------------------------------------------------------------------------------------------


def claim_alert(conn: Connection, values: Mapping[str, Any]) -> bool:
    """Whether it is new; waits for a twin still at work."""
    row = insert(cap_alert).values(**values).on_conflict_do_nothing().returning(cap_alert.c.id)
    return conn.scalar(row) is not None


def put_alert_outcome(conn: Connection, realm: str, ident: str, values: Mapping[str, Any]) -> None:
    mine = and_(cap_alert.c.realm == realm, cap_alert.c.id == ident)
    conn.execute(update(cap_alert).where(mine).values(**values))


def read_alert(conn: Connection, realm: str, ident: str) -> Row[Any] | None:
    query = select(cap_alert).where(cap_alert.c.realm == realm, cap_alert.c.id == ident)
    return conn.execute(query).first()


def alert_of(conn: Connection, realm: str, sender: str, identifier: str, sent: str) -> Row[Any]:
    query = select(cap_alert).where(
        cap_alert.c.realm == realm,
        cap_alert.c.sender == sender,
        cap_alert.c.identifier == identifier,
        cap_alert.c.sent == sent,
    )
    return conn.execute(query).one()


def list_alerts(conn: Connection, realm: str, area: str, limit: int) -> Sequence[Row[Any]]:
    columns = [column for column in cap_alert.c if column.name != "raw"]
    query = select(*columns).where(cap_alert.c.realm == realm, lies_in(cap_alert.c.area, area))
    order = (cap_alert.c.received_at.desc(), cap_alert.c.id.desc())
    return conn.execute(query.order_by(*order).limit(limit)).all()


def earlier_incident(
    conn: Connection, realm: str, source: str, references: Sequence[tuple[str, str]]
) -> str | None:
    """The incident of the latest of the warnings (sender, identifier) that this source refers to; a sender
    that is not told is any."""
    if not references:
        return None
    named = [
        and_(cap_alert.c.identifier == identifier, or_(literal(sender) == "", cap_alert.c.sender == sender))
        for sender, identifier in references[:50]
    ]
    table = cap_alert.c
    query = select(table.incident).where(
        table.realm == realm, table.source == source, table.incident.is_not(None), or_(*named)
    )
    found: str | None = conn.scalar(query.order_by(cap_alert.c.received_at.desc()).limit(1))
    return found


_TOUCHED = text(
    """
    WITH given AS (SELECT ST_MakeValid(ST_GeomFromText(:wkt, 4326)) AS geom),
    widest AS (SELECT min(tier) AS tier FROM grid),
    touched AS (
        SELECT code, ST_Intersection(grid.geom, given.geom) AS part
        FROM grid, given, widest
        WHERE grid.tier = widest.tier AND ST_Intersects(grid.geom, given.geom)
    ),
    largest AS (
        SELECT part FROM touched ORDER BY ST_Area(part) DESC, code LIMIT 1
    ),
    middle AS (
        SELECT CASE WHEN EXISTS (
            SELECT 1 FROM grid, widest
            WHERE grid.tier = widest.tier AND ST_Intersects(grid.geom, ST_Centroid(given.geom))
        ) THEN ST_Centroid(given.geom) ELSE (SELECT ST_PointOnSurface(part) FROM largest) END AS at
        FROM given
    )
    SELECT ST_X(at) AS lon, ST_Y(at) AS lat, (SELECT array_agg(code ORDER BY code) FROM touched) AS codes
    FROM middle
    """
)


def ground_of(conn: Connection, wkt: str) -> tuple[float, float, list[str]] | None:
    """Middle of a shape (EPSG:4326) within the city and the widest areas it touches; None outside.

    The middle is its centroid where that lies in the city, else a point of the largest part inside.
    """
    row = conn.execute(_TOUCHED, {"wkt": wkt}).one()
    return None if not row.codes else (float(row.lon), float(row.lat), list(row.codes))


def ground_of_codes(conn: Connection, codes: Collection[str]) -> tuple[float, float, list[str]] | None:
    """The same for areas by code; the widest that is known tells where."""
    on = func.ST_PointOnSurface(grid.c.geom)
    query = select(grid.c.code, func.ST_X(on).label("lon"), func.ST_Y(on).label("lat")).where(
        grid.c.code.in_(list(codes))
    )
    rows = conn.execute(query.order_by(grid.c.tier, grid.c.code)).all()
    return None if not rows else (float(rows[0].lon), float(rows[0].lat), [row.code for row in rows])


def areas_named(conn: Connection, words: str) -> list[str]:
    """Codes of the areas above the base grids whose names the words hold."""
    finest = select(func.max(grid.c.tier)).scalar_subquery()
    named = and_(func.char_length(grid.c.name) > 1, func.strpos(words, grid.c.name) > 0, grid.c.tier < finest)
    return list(conn.scalars(select(grid.c.code).where(named).order_by(grid.c.tier, grid.c.code)))


def widest_areas(conn: Connection) -> list[str]:
    widest = select(func.min(grid.c.tier)).scalar_subquery()
    return list(conn.scalars(select(grid.c.code).where(grid.c.tier == widest).order_by(grid.c.code)))


# --- rules and likeness ----------------------------------------------------------------------------------


def words(conn: Connection) -> list[Word]:
    columns = (intake_rule.c.kind, intake_rule.c.word, intake_rule.c.value, intake_rule.c.weight)
    return [Word(*row) for row in conn.execute(select(*columns).order_by(*columns[:3]))]


def nearness(conn: Connection) -> list[Nearness]:
    table = duplicate_rule.c
    columns = (table.prefix, table.metres, table.minutes, table.least)
    return [Nearness(*row) for row in conn.execute(select(*columns))]


_DEGREE_M = 111_320.0
_APART = ("rejected", "merged")
MOST_NEAR = 200


def near_incidents(
    conn: Connection, realm: str, scope: Scope, ident: str, at: tuple[float, float, datetime], rule: Nearness
) -> list[tuple[dict[str, Any], float]]:
    """Incidents (doc, metres away) within the rule's distance and time of lon, lat, time; the nearest first.

    Found by ix_incident_geom: a box in degrees, wide enough at 60° of latitude.
    """
    lon, lat, when = at
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    reach, span = rule.metres / _DEGREE_M, timedelta(minutes=rule.minutes)
    metres = func.ST_DistanceSphere(incident.c.geom, here)
    query = (
        select(incident.c.doc, metres.label("metres"))
        .where(
            incident.c.realm == realm,
            incident.c.geom.op("&&")(func.ST_Expand(here, reach * 2, reach)),
            incident.c.reported_at.between(when - span, when + span),
            incident.c.id != ident,
            incident.c.status.not_in(_APART),
            incident_seen(scope),
            metres <= rule.metres,
        )
        .order_by(literal_column("metres"), incident.c.id)
        .limit(MOST_NEAR)
    )
    return [(row.doc, float(row.metres)) for row in conn.execute(query)]
