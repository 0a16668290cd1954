"""预警 of a response: issued with its plan, adjusted with its level, lifted with its end."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ulid import ULID

from actions.unit_of_work import Transaction
from actions.warning_targets import Ground
from actions.warnings import own_part, placed, sender_of, where_of
from core import warnings as rules
from core.envelope import Draft
from core.errors_warnings import TargetElsewhere
from core.linkage_model import Linkage
from core.permissions import Scope
from core.plans import Broadcast, Plan
from core.warnings import About, Words
from db import projection
from db import warnings as rows
from db.tables_warnings import warning
from geo import warned


def issue_in(tx: Transaction, linkage: Linkage, broadcasts: Sequence[Broadcast]) -> list[Draft]:
    """The warnings of a response's broadcasts, one each as far as they reach into the asker's area, to be
    appended by the caller; `draft.subject` is the warning's id. The incident is locked."""
    if not broadcasts:
        return []
    ground, sender, table = (
        Ground.of(tx.services, tx.conn),
        sender_of(tx.services, tx.conn),
        rows.words(tx.conn),
    )
    where = where_of(linkage, None)
    class_code = tx.board.incidents[linkage.incident].class_code
    drafts = []
    for one in broadcasts:
        try:
            area = own_part(tx, ground, warned.around(where, one.radius_m))
        except TargetElsewhere:
            continue
        target = ground.target(area, (one.points,), Scope.of(tx.call.principal))
        words = Words(class_code, linkage.level, one.text, one.text_en)
        ident = str(ULID())
        said = rules.bulletin(ident, 1, tx.now, sender, table, words, target)
        about = About(linkage.incident, linkage.id, one.code, linkage.offices)
        drafts.append(placed(rules.issue(ident, tx.now, said, target, about), linkage.area))
    return drafts


def cancel_in(
    tx: Transaction, linkage: Linkage, reason: str, codes: Collection[str] | None = None
) -> list[Draft]:
    """The lifting of every warning that stands in a response, or of those of these broadcasts of its plan; to
    be appended by the caller. The incident is locked."""
    projection.lock_alerts(tx.conn, tx.board, warning.c.linkage == linkage.id)
    mine = [one for one in tx.board.alerts.values() if one.linkage == linkage.id]
    ending = [one for one in mine if codes is None or one.code in codes]
    if not ending:
        return []
    sender, table = sender_of(tx.services, tx.conn), rows.words(tx.conn)
    return [rules.cancel(one, tx.now, sender, table, reason) for one in ending]


def adjust_in(tx: Transaction, linkage: Linkage, before: int, plan: Plan, reason: str) -> list[Draft]:
    """预警级别调整 with the response's, to be appended by the caller: those of the plan that stand at the
    level it had are told anew at its own; when it is lowered those of the graver level alone are lifted. What
    was issued by hand, or set to another level by hand, is left to whoever did so.

    突发事件应对法 (2007 §47, kept in 2024): levels are adjusted as the event goes and told again; when the
    danger is over they are lifted.
    """
    graver = {one.code for one in plan.parts(before, linkage.level).broadcasts}
    lifted = cancel_in(tx, linkage, reason, graver)
    over = {draft.subject for draft in lifted}
    stays = [
        one
        for one in tx.board.alerts.values()
        if one.linkage == linkage.id and one.code and one.bulletin.level == before and one.id not in over
    ]
    if not stays:
        return lifted
    sender, table = sender_of(tx.services, tx.conn), rows.words(tx.conn)
    return [*lifted, *(rules.relevel(one, tx.now, sender, table, linkage.level) for one in stays)]
