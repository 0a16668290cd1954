"""Notices to offices: the rules they follow, and the rows. Callers own the transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    RowMapping,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    column,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from core.notices import Notice, Rule, Rules
from db import renewing
from db.shipped import truth
from db.tables import Time
from db.tables_accounts import account
from db.tables_duty import notice, notice_rule

_DESKS = ("officer", "leader")
"""Roles of those who act on what they are told."""


RULES = renewing.Rules(notice_rule, "notice_rules.csv", {"alarm": truth, "severity": int})


def load_notice_rules(conn: Connection) -> None:
    """The shipped rules that the city has not touched are renewed."""
    renewing.renew(conn, RULES)


def read_rules(conn: Connection) -> Rules:
    rows = conn.execute(select(notice_rule).order_by(notice_rule.c.fact, notice_rule.c.who)).mappings()
    return Rules(_rule(row) for row in rows)


def _rule(row: RowMapping) -> Rule:
    named = {name: row[name] for name in ("fact", "who", "channel", "alarm", "severity", "text")}
    return Rule(**named, settled_by=frozenset(row["settled_by"].split()))


def desks(conn: Connection) -> frozenset[str]:
    """The offices in which somebody works who acts."""
    query = select(account.c.dept, account.c.area).where(~account.c.disabled, account.c.role.in_(_DESKS))
    return frozenset(f"{row.dept}@{row.area}" for row in conn.execute(query.distinct()))


def told(conn: Connection, realm: str) -> set[int]:
    """Positions of the facts that anybody was told of."""
    return set(conn.scalars(select(notice.c.seq).where(notice.c.realm == realm).distinct()))


def put(conn: Connection, realm: str, notices: Sequence[Notice]) -> None:
    """What is there stays: a fact that is read again says the same."""
    if notices:
        rows = [{"realm": realm, **asdict(one)} for one in notices]
        conn.execute(insert(notice).on_conflict_do_nothing(), rows)


@dataclass(frozen=True, slots=True)
class Ending:
    """From `seq` on nobody needs to act on what an incident's office (None = all) was told of `facts` (None =
    any) before."""

    incident: str
    seq: int
    at: datetime
    facts: frozenset[str] | None = None
    office: str | None = None
    side: str | None = None
    """Of clocks that of this whistle or supervision alone; "" = the step's, None = any."""


def settle(conn: Connection, realm: str, endings: Sequence[Ending]) -> set[str]:
    """Each notice is settled by the first ending that fits it; whose notices were."""
    if not endings:
        return set()
    given = {"of_realm": realm, "endings": [_ending(one) for one in endings]}
    return set(conn.scalars(_SETTLE, given))


def _ending(one: Ending) -> dict[str, Any]:
    facts = None if one.facts is None else sorted(one.facts)
    return {**asdict(one), "at": one.at.isoformat(), "facts": facts}


def _settling() -> Update:
    names = (column("incident", Text), column("seq", BigInteger), column("at", Time),
             column("facts", JSONB), column("office", Text), column("side", Text))  # fmt: skip
    given = func.jsonb_to_recordset(bindparam("endings", type_=JSONB)).table_valued(*names)
    ending = given.render_derived("ending", with_types=True)
    about = func.split_part(func.coalesce(notice.c.said["step"].astext, ""), ":", 2)
    fits = and_(
        notice.c.realm == bindparam("of_realm"),
        notice.c.incident == ending.c.incident,
        notice.c.settled_at.is_(None),
        notice.c.seq < ending.c.seq,
        or_(ending.c.facts.is_(None), ending.c.facts.has_key(notice.c.fact)),
        or_(ending.c.office.is_(None), notice.c.office == ending.c.office),
        or_(ending.c.side.is_(None), ending.c.side == about),
    )
    first = select(notice.c.realm, notice.c.seq, notice.c.office, func.min(ending.c.at).label("at"))
    first_ = first.where(fits).group_by(notice.c.realm, notice.c.seq, notice.c.office).subquery("first")
    same = and_(
        notice.c.realm == first_.c.realm, notice.c.seq == first_.c.seq, notice.c.office == first_.c.office
    )
    return update(notice).where(same).values(settled_at=first_.c.at).returning(notice.c.office)


_SETTLE = _settling()


def waiting(now: datetime) -> Any:
    """Notices that still want somebody: not settled, not acknowledged, not on the shelf."""
    shelved = and_(notice.c.shelved_until.is_not(None), notice.c.shelved_until > now)
    return and_(notice.c.settled_at.is_(None), notice.c.acked_at.is_(None), ~func.coalesce(shelved, False))


def of_office(realm: str, office: str) -> Select[Any]:
    """Newest first."""
    query = select(notice).where(notice.c.realm == realm, notice.c.office == office)
    return query.order_by(notice.c.at.desc(), notice.c.seq.desc())


def lock(conn: Connection, realm: str, office: str, seqs: Sequence[int]) -> list[RowMapping]:
    """These notices of an office, locked, by position."""
    query = select(notice).where(
        notice.c.realm == realm, notice.c.office == office, notice.c.seq.in_(list(seqs))
    )
    return list(conn.execute(query.order_by(notice.c.seq).with_for_update()).mappings())


def change(conn: Connection, realm: str, office: str, seqs: Sequence[int], **values: Any) -> None:
    query = update(notice).where(
        notice.c.realm == realm, notice.c.office == office, notice.c.seq.in_(list(seqs))
    )
    conn.execute(query.values(**values))


def alarm_times(
    conn: Connection, realm: str, office: str, since: datetime, until: datetime
) -> list[datetime]:
    """When the alarms of an office came in."""
    query = select(notice.c.at).where(
        notice.c.realm == realm, notice.c.office == office, notice.c.alarm, notice.c.at >= since
    )
    return list(conn.scalars(query.where(notice.c.at < until).order_by(notice.c.at)))
