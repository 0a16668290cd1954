"""网格: faults and their repair, versions, staff, load, special grids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from actions.grid_repair import Proposal
from actions.grids import Balance, Faults, History, SpecialGrid, Staffing
from core.permissions import Principal, may
from db.grids import FaultRow, Version
from geo.repair import GAP_M
from pages.messages import DEFAULT, text
from pages.places import parts
from pages.places.figures import Figure, strip
from pages.places.table import Column, table

VIEW = "grids-view"
VIEWS = ("faults", "versions", "staff", "load", "special")
CHANGED = "grids-changed"
"""Set when a repair was applied: what is listed is read again."""
FIGURES = "grids-figures"
FAULTS, GAP, PREVIEW = "grids-faults", "grids-gap", "grids-preview"
DIALOG, DIALOG_BODY, PROPOSED = "grids-dialog", "grids-dialog-body", "grids-proposed"
APPLY, CANCEL, CHANGES = "grids-apply", "grids-cancel", "grids-changes"
VERSIONS, CODE, LIFE = "grids-versions", "grids-code", "grids-life"
STAFF_FIGURES, STAFF_AREAS, STAFF_WRONG = "grids-staff-figures", "grids-staff-areas", "grids-staff-wrong"
PERIOD, LOAD_BY, LOAD_FIGURES, LOADS = "grids-period", "grids-load-by", "grids-load-figures", "grids-loads"
PAINTED, LEGEND = "grids-painted", "grids-legend"
"""The measure on the map, painted by static/js/63-measures.js: {name, tier, since}, or None."""
SPECIAL = "grids-special"
DAYS = (7, 30, 90, 365)
LOAD_FIELDS = {
    "incidents": "incidents", "per_1000": "incidents_per_thousand_homes", "households": "households",
}  # fmt: skip
"""What loads are ranked by, and the measure (actions.measures) that shows it on the map."""
LOADS_LISTED = 500

Rows = list[dict[str, Any]]


def pane(view: str) -> str:
    """Where a view of the tab stands."""
    return f"grids-pane-{view}"


def layout(lang: str, principal: Principal) -> Component:
    """The tab for this person in this language; its rows come by callbacks."""
    choice: Any = dmc.SegmentedControl(
        id=VIEW,
        data=[{"value": view, "label": text(lang, f"grids.view.{view}")} for view in VIEWS],
        value=VIEWS[0],
        size="sm",
    )
    made = {
        "faults": _faults(lang, mends=may(principal, "import")),
        "versions": _versions(lang),
        "staff": _staff(lang),
        "load": _load(lang),
        "special": _special(lang),
    }
    panes = [html.Div(made[view], id=pane(view), hidden=view != VIEWS[0]) for view in VIEWS]
    head = parts.heading(text(lang, "grids.title"), choice)
    return html.Div([head, dcc.Store(id=CHANGED), parts.ground("grids"), *panes])


def _columns(lang: str, *columns: tuple[str, bool, int]) -> list[Column]:
    """(field, is a number, least width) each."""
    return [
        Column(name, text(lang, f"grids.column.{name}"), number=number, least=least, wrap=not number)
        for name, number, least in columns
    ]


# --- faults ----------------------------------------------------------------------------------------------


def _faults(lang: str, *, mends: bool) -> list[Any]:
    columns = _columns(
        lang, ("kind", False, 92), ("tier", False, 100), ("codes", False, 200),
        ("area_m2", True, 104), ("detail", False, 130),
    )  # fmt: skip
    gap: Any = dmc.NumberInput(
        id=GAP, value=GAP_M, min=1, max=500, step=5, suffix=" m", w="7rem", size="sm",
        **{"aria-label": text(lang, "grids.gap")},
    )  # fmt: skip
    mend: Any = dmc.Button(text(lang, "grids.preview"), id=PREVIEW, size="sm", disabled=True)
    # Who may not mend has the fields too, hidden: callbacks name them.
    mending = html.Div([html.Span(text(lang, "grids.gap")), gap, mend], className="beside", hidden=not mends)
    return [
        html.Div(parts.skeleton(), id=FIGURES),
        parts.heading(text(lang, "grids.faults"), mending),
        table(lang, FAULTS, columns, key="id", select="many" if mends else "one", height="24rem"),
        html.P(text(lang, "grids.faults_note" if mends else "grids.faults_read"), className="tab-note"),
        _dialog(lang),
    ]


def _dialog(lang: str) -> Any:
    columns = _columns(
        lang, ("code", False, 136), ("name", False, 124), ("before_m2", True, 110),
        ("after_m2", True, 110), ("gained_m2", True, 100), ("lost_m2", True, 100),
    )  # fmt: skip
    buttons = dmc.Group(
        [
            dmc.Button(text(lang, "grids.cancel"), id=CANCEL, variant="default", size="sm"),
            dmc.Button(text(lang, "grids.apply"), id=APPLY, size="sm"),
        ],
        justify="flex-end",
    )  # fmt: skip
    inside = [
        html.Div(id=DIALOG_BODY), table(lang, CHANGES, columns, key="code", height="17rem"),
        dcc.Store(id=PROPOSED), buttons,
    ]  # fmt: skip
    return html.Section(
        [parts.heading(text(lang, "grids.repair")), *inside], id=DIALOG, hidden=True, className="grids-repair"
    )


def figures(lang: str, faults: Faults) -> Component:
    """How many faults of each kind, or that there are none."""
    if not faults.counts:
        return parts.empty(lang, "grids.no_faults")
    made = [
        Figure(str(count), text(lang, f"grids.fault.{kind}"), wanting=True)
        for kind, count in sorted(faults.counts.items(), key=lambda pair: -pair[1])
    ]
    return strip(made)


def fault_rows(lang: str, faults: Faults) -> Rows:
    return [
        {
            "id": str(one.id), "kind": text(lang, f"grids.fault.{one.kind}"),
            "tier": text(lang, f"grids.tier.{one.tier}"), "codes": "、".join(one.codes) or "–",
            "area_m2": one.area_m2, "detail": detail(lang, one),
        }
        for one in faults.listed
    ]  # fmt: skip


def detail(lang: str, fault: FaultRow) -> str:
    """What a fault says beside its kind."""
    key = f"grids.detail.{fault.kind}"
    if fault.kind == "sliver":
        return text(lang, f"grids.fault.{fault.detail}")
    if fault.kind in ("gap", "overlap", "duplicate"):
        return ""
    return text(lang, key, detail=fault.detail or "–")


def change_rows(proposal: Proposal) -> Rows:
    """The largest change first; those without any only get corners where their neighbours have them."""
    names = ("code", "name", "before_m2", "after_m2", "gained_m2", "lost_m2")
    ordered = sorted(proposal.changes, key=lambda change: -(change.gained_m2 + change.lost_m2))
    return [{name: getattr(change, name) for name in names} for change in ordered]


def proposal_words(lang: str, proposal: Proposal) -> list[Any]:
    """How much is mended, how much is left to people and why."""
    said = [html.P(text(lang, "grids.proposed", solved=len(proposal.solved), grids=len(proposal.changes)))]
    reasons: dict[str, int] = {}
    for reason in proposal.refused.values():
        reasons[reason] = reasons.get(reason, 0) + 1
    said += [
        html.P(text(lang, f"grids.refused.{reason}", count=count), className="grids-refused")
        for reason, count in sorted(reasons.items())
    ]
    return said


# --- versions --------------------------------------------------------------------------------------------


def _versions(lang: str) -> list[Any]:
    columns = _columns(
        lang, ("holds_from", False, 144), ("state", False, 84), ("origin", False, 84),
        ("file", False, 130), ("actor", False, 90), ("changed", True, 84), ("retired", True, 84),
    )  # fmt: skip
    code: Any = dmc.TextInput(
        id=CODE, placeholder=text(lang, "grids.code_hint"), size="sm", w="15rem", debounce=True,
        **{"aria-label": text(lang, "grids.code")},
    )  # fmt: skip
    return [
        table(lang, VERSIONS, columns, key="version", height="18rem"),
        parts.heading(text(lang, "grids.life"), code),
        html.Div(html.P(text(lang, "grids.life_hint"), className="tab-note"), id=LIFE),
    ]


def version_rows(lang: str, versions: Sequence[Version], zone: ZoneInfo) -> Rows:
    """The newest first; the one that holds now, those before and after it."""
    now = next((one.version for one in versions if one.applied_at), None)
    return [
        {
            "version": str(one.version), "holds_from": _day(one.holds_from, zone, one.origin, lang),
            "state": text(lang, f"grids.state.{_state(one, now)}"),
            "origin": text(lang, f"grids.origin.{one.origin}"), "file": one.file or "–",
            "actor": one.actor or "–", "changed": one.changed, "retired": one.retired,
        }
        for one in versions
    ]  # fmt: skip


def _state(one: Version, now: int | None) -> str:
    if one.applied_at is None:
        return "coming"
    return "now" if one.version == now else "past"


def _day(at: datetime, zone: ZoneInfo, origin: str, lang: str) -> str:
    if origin == "before":
        return text(lang, "grids.ever")
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def life(lang: str, history: History, zone: ZoneInfo) -> list[Any]:
    """The stages of one grid, and its kin."""
    stages = [
        html.Li(
            [
                html.Span(_day(one.holds_from, zone, "before" if not one.version else "", lang)),
                html.Strong(one.name),
                html.Span(text(lang, "grids.state.retired") if one.retired else _area(one.area_m2)),
            ]
        )
        for one in reversed(history.stages)
    ]
    kin = [
        html.Li(
            text(lang, "grids.kin", successor=one.successor, predecessor=one.predecessor,
                 share=f"{one.share * 100:.1f} %", version=one.version)
        )
        for one in history.lineage
    ]  # fmt: skip
    return [html.Ol(stages, className="grids-life"), html.Ul(kin, className="grids-kin")]


def _area(m2: float) -> str:
    return f"{m2 / 1e6:.3f} km²" if m2 >= 1e5 else f"{m2:,.0f} m²"


# --- staff -----------------------------------------------------------------------------------------------


def _staff(lang: str) -> list[Any]:
    wrong = _columns(
        lang, ("name", False, 140), ("community", False, 110), ("town", False, 104),
        ("managers", True, 100), ("assistants", True, 100), ("state", False, 84),
    )  # fmt: skip
    areas = _columns(
        lang, ("name", False, 130), ("tier", False, 100), ("grids", True, 84),
        ("right", True, 84), ("short", True, 84), ("over", True, 84), ("unknown", True, 94),
    )  # fmt: skip
    return [
        html.Div(parts.skeleton(), id=STAFF_FIGURES),
        parts.heading(text(lang, "grids.staff_wrong")),
        table(lang, STAFF_WRONG, wrong, key="code", height="17rem"),
        parts.heading(text(lang, "grids.staff_areas")),
        table(lang, STAFF_AREAS, areas, key="code", height="15rem"),
    ]


def staff_figures(lang: str, staffing: Staffing) -> Component:
    counts = staffing.counts
    return strip(
        [
            Figure(str(sum(counts.values())), text(lang, "grids.column.grids")),
            *(
                Figure(
                    str(counts.get(state, 0)), text(lang, f"grids.staff.{state}"), counts.get(state, 0) > 0
                )
                for state in ("short", "over", "unknown")
            ),
        ]
    )


def staff_rows(lang: str, staffing: Staffing) -> tuple[Rows, Rows]:
    """Base grids that are not right, those short of people first; communities and towns, the worst first."""
    order = {"short": 0, "over": 1, "unknown": 2}
    wrong = [
        {
            "code": one.code, "name": one.name, "community": one.community, "town": one.town,
            "managers": one.managers, "assistants": one.assistants,
            "state": text(lang, f"grids.staff.{one.state}"),
        }
        for one in sorted(staffing.wrong, key=lambda one: (order[one.state], one.code))
    ]  # fmt: skip
    areas = [
        {
            "code": one.code, "name": one.name, "tier": text(lang, f"grids.tier.{one.tier}"),
            "grids": one.grids, "right": one.right, "short": one.short, "over": one.over,
            "unknown": one.unknown,
        }
        for one in sorted(staffing.areas, key=lambda one: (one.tier, -one.short, one.code))
    ]  # fmt: skip
    return wrong, areas


# --- load ------------------------------------------------------------------------------------------------


def _load(lang: str) -> list[Any]:
    period: Any = dmc.Select(
        id=PERIOD, value=str(DAYS[1]), size="sm", w="9rem", allowDeselect=False,
        data=[{"value": str(days), "label": text(lang, "grids.days", days=days)} for days in DAYS],
        **{"aria-label": text(lang, "grids.period")},
    )  # fmt: skip
    by: Any = dmc.Select(
        id=LOAD_BY, value=next(iter(LOAD_FIELDS)), size="sm", w="12rem", allowDeselect=False,
        data=[{"value": name, "label": text(lang, f"grids.column.{name}")} for name in LOAD_FIELDS],
        **{"aria-label": text(lang, "grids.load_by")},
    )  # fmt: skip
    columns = _columns(
        lang, ("name", False, 140), ("community", False, 110), ("incidents", True, 100),
        ("ratio", True, 84), ("households", True, 104), ("per_1000", True, 100),
    )  # fmt: skip
    return [
        html.Div(parts.skeleton(), id=LOAD_FIGURES),
        parts.heading(text(lang, "grids.loads"), by, period),
        dcc.Store(id=PAINTED),
        html.Div(id=LEGEND, className="measures-legend"),
        table(lang, LOADS, columns, key="code", height="26rem"),
        html.P(text(lang, "grids.loads_note", n=LOADS_LISTED), className="tab-note"),
    ]


def load_figures(lang: str, balance: Balance) -> Component:
    heaviest = balance.loads[0] if balance.loads else None
    ratio = f"{heaviest.ratio:.1f} ×" if heaviest and heaviest.ratio is not None else "–"
    return strip(
        [
            Figure(str(sum(one.incidents for one in balance.loads)), text(lang, "grids.column.incidents")),
            Figure(ratio, text(lang, "grids.heaviest")),
            Figure(_gini(balance.incident_spread), text(lang, "grids.gini_incidents")),
            Figure(_gini(balance.household_spread), text(lang, "grids.gini_households")),
            Figure(
                str(balance.out_of_band),
                text(lang, "grids.out_of_band", least=balance.band[0], most=balance.band[1]),
                balance.out_of_band > 0,
            ),
        ]
    )


def _gini(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def load_rows(balance: Balance, by: str) -> Rows:
    """The heaviest by the chosen figure."""
    names = ("code", "name", "community", "incidents", "ratio", "households", "per_1000")
    ordered = sorted(balance.loads, key=lambda one: (-(getattr(one, by) or 0), one.code))
    return [{name: getattr(one, name) for name in names} for one in ordered[:LOADS_LISTED]]


# --- special grids ---------------------------------------------------------------------------------------


def _special(lang: str) -> list[Any]:
    columns = _columns(lang, ("name", False, 140), ("kind", False, 110), ("bases", False, 240))
    return [
        table(lang, SPECIAL, columns, key="code", height="26rem"),
        html.P(text(lang, "grids.special_note"), className="tab-note"),
    ]


def special_rows(lang: str, special: Sequence[SpecialGrid], names: Mapping[str, str]) -> Rows:
    """With the base grids that each lies over, the largest share first."""
    return [
        {
            "code": one.code, "name": one.name,
            "kind": (one.kind_name if lang == DEFAULT else one.kind_name_en) or one.kind,
            "bases": "、".join(f"{names.get(code, code)} {share:.0%}" for code, share in one.bases.items()),
        }
        for one in special
    ]  # fmt: skip
