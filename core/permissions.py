"""Who may do what, and who may see where: the one predicate for pages, API, stream, tiles and exports.

An account holds exactly one role, so the three administrators (三员: 系统, 安全, 审计管理员) exclude
one another by construction; the table below gives no verb to two of them and no operation to any.
Division codes are hierarchical (domain.md §2), so *belonging to an area* is a prefix test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.offices import AREA_LENGTHS, Office, is_division, keys, parse, prefixes

__all__ = ["AREA_LENGTHS", "prefixes"]

Kind = Literal["user", "api", "wall", "unit", "system"]

ASSIGNMENT_VERBS = frozenset(
    {
        "assignment.ack",
        "assignment.decline",
        "assignment.enroute",
        "assignment.arrive",
        "assignment.release",
        "assignment.replace",
        "assignment.check",
    }
)
#: What a phone in the field does beside its own work. `field` opens /field; `backdate.field` lets what was
#: done without a network be told when it happened (`core.clock.BACKDATE_FIELD`).
_FIELD_VERBS = frozenset(
    {"field", "report", "handle", "note", "attach", "backup", "patrol", "backdate.field"}
)
#: What a unit does about its own assignment; only a desk may put another unit in its place.
UNIT_VERBS = (ASSIGNMENT_VERBS - {"assignment.replace"}) | _FIELD_VERBS | {"positions", "unit.duty"}
#: A grid member (网格员): a desk of one base grid or community, on a phone.
GRID_VERBS = _FIELD_VERBS | {"read", "accept", "reply", "escalate", "report_in"}

#: What a desk does with the stock of the stores; writing it off (报废) wants a leader.
STOCK_VERBS = frozenset(
    {
        "stock.reserve",
        "stock.release",
        "stock.issue",
        "stock.return",
        "stock.consume",
        "stock.receive",
        "stock.transfer",
        "stock.count",
        "stock.amend",
    }
)

#: A hazard's steps; striking it off (销号) or taking that back wants a leader.
HAZARD_VERBS = frozenset(
    {"hazard.assess", "hazard.report", "hazard.rectify", "hazard.monitor", "hazard.note"}
)

OFFICER_VERBS = (ASSIGNMENT_VERBS | STOCK_VERBS | HAZARD_VERBS) | {
    "read",
    "report",
    "accept",
    "reject",
    "merge",
    "unmerge",
    "amend",
    "relocate",
    "reclassify",
    "note",
    "attach",
    "backup",
    "field",
    "unit.duty",
    "dispatch",
    "cancel",
    "transfer",
    "assist",
    "assist_end",
    "return",
    "extend",
    "escalate",
    "reply",
    "handle",
    "verify",
    "close",
    "rate",
    "archive",
    "whistle",
    "report_in",
    "pause",
    "resume",
    "answer",
    "situation",
    "duty",
    "road.close",
    "road.reopen",
    "patrol",
    "hold",
    "scene",
    "task",
    "command",
}
LEADER_VERBS = OFFICER_VERBS | {
    "reopen",
    "backdate",
    "sensitive",
    "unsensitive",
    "scene.override",
    "supervise",
    "approve",
    "refuse",
    "roster",
    "plan.activate",
    "alert.issue",
    "plan.write",
    "plan.approve",
    "drill",
    "export",
    "norms",
    "stock.write_off",
    "hazard.close",
    "hazard.reopen",
    "patrol.period",
}

#: Verbs that touch incidents, assignments and what hangs on them: closed to every administrator.
OPERATIONS = LEADER_VERBS | {"alert.receipt", "positions", "readings", "display", "backdate.field"}

VERBS_BY_ROLE: dict[str, frozenset[str]] = {
    "officer": frozenset(OFFICER_VERBS),
    "leader": frozenset(LEADER_VERBS),
    "grid": frozenset(GRID_VERBS),
    "viewer": frozenset({"read"}),
    "engineer": frozenset({"read", "import", "export", "norms"}),
    "sysadmin": frozenset({"settings", "wall.manage"}),
    "secadmin": frozenset(
        {
            "user.add",
            "user.change",
            "user.reset",
            "user.list",
            "token.add",
            "token.revoke",
            "token.list",
        }
    ),
    "auditor": frozenset({"audit.read", "audit.verify", "audit.anchor"}),
    "wall": frozenset({"read", "display"}),
    "unit": frozenset(UNIT_VERBS),
}
ADMIN_ROLES = ("sysadmin", "secadmin", "auditor")
ACCOUNT_ROLES = ("officer", "leader", "grid", "viewer", "engineer", *ADMIN_ROLES)
TOKEN_KINDS = ("wall", "api", "unit")

#: What an API token may be given. Accounts, tokens and the audit stay with persons.
API_VERBS = frozenset(OPERATIONS - {"display", "field", "backdate.field"} | {"import"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever acts: a person at a desk, another system, a wall, a unit's phone, or the product itself.

    `area` is a code prefix ("" = the whole city). `realm` binds to one realm (None = any), `verbs` to a
    list (None = all of the role's). `id` is the account, token or, for a unit, the unit's code.
    `credential` is the session's or token's public id: what a revocation names to close a stream.
    """

    id: str
    name: str
    role: str
    area: str = ""
    seat: str = ""
    kind: Kind = "user"
    realm: str | None = None
    verbs: frozenset[str] | None = None
    credential: str = ""
    dept: str = ""
    """The department whose office this principal is; "" = the desk of the area itself."""
    visitors: bool = False
    """A wall that visitors stand before (参观): it shows nothing sensitive."""

    @property
    def office(self) -> Office:
        return Office(self.dept, self.area)


#: Acts by itself: timers, set-up, the command line of the machine's owner.
SYSTEM = Principal(id="system", name="system", role="system", kind="system")


def may(principal: Principal, verb: str) -> bool:
    """Whether this principal may do this verb anywhere at all; area and realm are asked separately."""
    if principal.kind == "system":
        return True
    if principal.kind == "api":
        return verb in API_VERBS and verb in (principal.verbs or frozenset())
    granted = VERBS_BY_ROLE.get(principal.role, frozenset())
    return verb in granted and (principal.verbs is None or verb in principal.verbs)


def may_enter(principal: Principal, realm: str) -> bool:
    """Whether this realm is open to the principal; a wall bound to a drill hears live as well."""
    if principal.kind == "system":
        return True
    if realm == "system":
        return may(principal, "audit.read")
    bound = principal.realm
    return bound is None or realm == bound or (principal.kind == "wall" and realm == "live")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a connection may see. Equal scopes see the same, so a patch is filtered once for each.

    The desk of an area sees what lies in it or concerns an office of it; a department sees of the incidents
    those that it owns, helps with or was whistled to, and everything else of its area. What visitors see
    leaves out the sensitive, and the scenes of other walls. A hidden wall sees itself, and no more.
    """

    area: str = ""
    dept: str = ""
    visitors: str = ""
    """The name of the wall that visitors stand before; "" = none do."""
    veiled: str = ""
    """The name of the wall whose picture is hidden (保密); "" = none is."""

    @classmethod
    def of(cls, principal: Principal) -> Scope:
        """The scope of whatever this principal opens."""
        wall = principal.name if principal.visitors else ""
        return cls(area=principal.area, dept=principal.dept, visitors=wall)

    @property
    def key(self) -> str:
        """As `core.offices.keys` names it."""
        return f"{self.dept}@{self.area}" if self.dept else self.area


def visible(
    scope: Scope, area: str, owners: tuple[str, ...] | None = None, *, sensitive: bool = False
) -> bool:
    """Whether something lying in `area` is within the scope; of an incident, `owners` are its offices.

    Owners are those that handle, co-handle or were whistled to. What has no area yet ("") is seen by the
    whole city only. No visitors see what is sensitive.
    """
    if scope.veiled or (sensitive and scope.visitors):
        return False
    if scope.dept and owners is not None:
        return scope.key in keys(owners)
    if not scope.area or scope.area in prefixes(area):
        return True
    return bool(owners) and scope.key in keys(owners)


def is_whole_city(principal: Principal) -> bool:
    """Whether somebody keeps what is the whole city's: neither an area's desk nor a department's."""
    return not principal.area and not principal.dept


def covers(principal: Principal, office: str) -> bool:
    """Whether this principal acts for that office: it is theirs, or lies under their desk."""
    asked = parse(office)
    return principal.area in prefixes(asked.area) and principal.dept in ("", asked.dept)


def is_area_prefix(area: str) -> bool:
    """Whether the text can stand for an area without looking at the map: "" or a division's length."""
    return not area or is_division(area)
