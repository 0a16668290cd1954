"""Random logs: facts of every kind about few subjects, in any order, also nonsense."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import core.events as e
import core.events_cases as c
import core.events_commit as m
import core.events_grids as g
import core.events_past as p
import core.events_roads as r
import core.events_safety as f
import core.events_sensitive as v
import core.events_stock as s
import core.events_walls as w
from core.envelope import Body, Event
from core.model import Incident
from core.serial import dump
from core.stock import ALARMS
from core.wall_model import Scene
from tests.cast import (
    AREA_A,
    AREA_B,
    AREAS,
    START,
    dispatched,
    due,
    event,
    received,
    reported,
    road_closed,
    unit_body,
)


def examples(count: int, **more: int) -> settings:
    """So many, however slow the machine is at the moment."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow], **more)


INCIDENTS = ("I1", "I2", "I3")
ASSIGNMENTS = ("A1", "A2", "A3", "A4")
UNITS = ("F1", "F2", "P1", "X9")

areas = st.sampled_from(AREAS)
dues = st.none() | st.builds(
    due, st.sampled_from(["dispatch", "arrive", "handle", "verify"]), st.sampled_from([60, 300])
)


def _reassigned(area: str) -> g.IncidentReassigned:
    return g.IncidentReassigned(area=area, keeper=area and area + "001", place="新网格")


def _shelved(ident: str) -> str:
    body = reported(ident)
    values = body.model_dump(exclude={"due", "by"})
    known = {"status": "closed", "status_since": START, "reported_at": START, "shelved": True}
    return dump(Incident(id=ident, version=1, **values, **known))


def _incident_facts(ident: str) -> st.SearchStrategy[Body]:
    step = st.sampled_from(["dispatch", "arrive", "handle", "verify"])
    clock = st.builds(lambda s, a: {"step": s, "due_at": due(s, a).due_at}, step, st.sampled_from([60, 300]))
    reopened = st.builds(
        e.IncidentReopened,
        reason=st.just("又起火"),
        restored=st.sampled_from([None, _shelved(ident)]),
        due=dues,
    )
    return st.one_of(
        st.builds(lambda a, d: reported(ident, a, due=d), areas, dues),
        st.just(e.IncidentAccepted()),
        st.just(e.IncidentRejected(reason="重复")),
        st.builds(lambda s: e.IncidentAmended(severity=s), st.integers(1, 4)),
        st.builds(_relocated, areas),
        st.builds(_reassigned, areas),
        st.just(e.NoteAdded(text="备注")),
        st.builds(
            lambda u, a, d: dispatched(u, a, due=d),
            st.sampled_from(UNITS),
            st.sampled_from(ASSIGNMENTS),
            dues,
        ),
        st.builds(lambda d: e.IncidentHandled(text=None, due=d), dues),
        st.just(e.IncidentReplied(text="已处理")),
        st.just(e.IncidentVerified(text=None)),
        st.just(e.IncidentClosed()),
        reopened,
        st.just(e.IncidentShelved()),
        _casework_facts(ident),
        _commit_facts(ident),
        st.just(v.IncidentMarkedSensitive(reason="涉密")),
        st.just(v.IncidentUnmarkedSensitive(reason="公开")),
        clock.map(lambda values: e.DeadlineNeared(**values)),
        clock.map(lambda values: e.DeadlineMissed(**values)),
    )


def _commit_facts(ident: str) -> st.SearchStrategy[Body]:
    units, hold = st.sampled_from(UNITS), st.sampled_from(["H1", "H2"])
    until = st.sampled_from([START, START + timedelta(seconds=60)])
    return st.one_of(
        st.builds(
            m.UnitHeld, hold=hold, unit=units, unit_name=units, number=st.just("1"), until=until,
            renewed=st.booleans(),
        ),
        st.builds(
            m.HoldEnded, hold=hold, unit=units, unit_name=units, why=st.sampled_from(["expired", "given_up"])
        ),
        st.just(m.SuppliesReserved(parts=())),
        st.builds(
            lambda u, a, d, r: dispatched(u, a, due=d, reinforces=r is not None, replaces=r),
            units, st.sampled_from(ASSIGNMENTS), dues, st.sampled_from([None, *ASSIGNMENTS]),
        ),
    )  # fmt: skip


OFFICES = ("@", f"@{AREA_A}", f"@{AREA_B}", "@990102", "chengguan@990101", "chengguan@", "gongan@990102")
offices = st.sampled_from(OFFICES)
_marks = st.sampled_from(["W1", "W2"])


def _casework_facts(ident: str) -> st.SearchStrategy[Body]:
    others = st.sampled_from([one for one in INCIDENTS if one != ident])
    clock = st.builds(due, st.sampled_from(["dispatch", "handle", "whistle:W1"]), st.sampled_from([60, 300]))
    text, none = st.just("事由"), st.none()
    return st.one_of(
        st.builds(e.IncidentAccepted, owner=offices),
        st.builds(c.IncidentTransferred, to=offices, reason=text, off_list=st.booleans(), due=dues),
        st.builds(c.IncidentReturned, to=offices, reason=text, due=dues),
        st.builds(c.OwnerFollowed, to=offices),
        st.builds(c.HelpAsked, offices=st.tuples(offices, offices), reason=none, off_list=st.just(False)),
        st.builds(c.HelpEnded, office=offices, reason=none),
        st.builds(c.WhistleBlown, whistle=_marks, office=offices, text=text, due=st.none() | clock),
        st.builds(c.WhistleAnswered, whistle=_marks, office=offices, text=none, late_s=st.just(0.0)),
        st.builds(c.SupervisionOrdered, order=_marks, text=text, due=dues),
        st.builds(c.SupervisionAnswered, order=_marks, text=text),
        st.builds(c.IncidentEscalated, to=offices, by_itself=st.booleans(), reason=none, due=dues),
        st.builds(c.ClockExtensionAsked, amount=st.just(2.0), unit=st.just("hour"), reason=text),
        st.builds(c.ClockExtended, reason=text, due=clock),
        st.builds(c.ClockPauseAsked, reason=text),
        st.builds(c.ClockPaused, reason=text),
        st.builds(c.ClockResumed, due=clock),
        st.builds(c.RequestRefused, request=st.just("extend"), reason=text),
        st.builds(c.IncidentMerged, into=others, number=st.just("2")),
        st.builds(c.DuplicateTaken, incident=others, number=st.just("2")),
        st.builds(
            c.IncidentUnmerged,
            into=others,
            reason=text,
            restored=st.sampled_from([None, _shelved(ident)]),
            due=dues,
        ),
        st.builds(c.DuplicateReleased, incident=others, number=st.just("2")),
        st.builds(c.SituationReported, stage=st.just("first"), text=text),
        st.builds(p.IncidentStepRecorded, step=st.sampled_from(["dispatch", "ack", "arrive"]), due=dues),
        st.builds(c.IncidentRated, rating=st.sampled_from([1, 2, 3]), text=none, by=st.just("callback")),
        st.builds(c.IncidentArchived, text=none),
    )


def _relocated(area: str) -> e.IncidentRelocated:
    return e.IncidentRelocated(lon=118.13, lat=24.49, address=None, area=area, grid=area, place="西门")


_checks = st.none() | st.just(f.CheckClock(due_at=START, every_s=1200, grace_s=300))
_assignment_facts: st.SearchStrategy[Body] = st.one_of(
    st.just(e.AssignmentAcknowledged()),
    st.builds(e.AssignmentDeclined, reason=st.just("车坏"), due=dues),
    st.just(e.AssignmentEnroute()),
    st.builds(e.AssignmentArrived, due=dues, check=_checks),
    st.builds(f.SafetyCheckDue, due_at=st.just(START)),
    st.builds(f.SafetyCheckMissed, unit_name=st.just("F1"), due_at=st.just(START)),
    st.builds(f.CrewChecked, text=st.none(), next=_checks, all_answered=st.booleans()),
    st.builds(e.AssignmentReleased, reason=st.none(), due=dues),
)
_unit_facts: st.SearchStrategy[Body] = st.one_of(
    st.builds(lambda a, on, kind: unit_body(area=a, on_duty=on, unit_kind=kind), areas, st.booleans(),
              st.sampled_from(["fire", "patrol"])),
    st.builds(e.UnitDutyChanged, on_duty=st.booleans()),
)  # fmt: skip
_road_facts: st.SearchStrategy[Body] = st.one_of(
    st.builds(lambda u: road_closed(until=u), st.sampled_from([None, START + timedelta(hours=1)])),
    st.builds(r.RoadReopened, due=st.booleans()),
)
WALLS = ("wall:W1", "wall:W2")
_scene = st.one_of(
    st.builds(Scene, st.sampled_from(["overview", "kpis", "incident"]), st.sampled_from(["", *INCIDENTS])),
    st.builds(
        lambda i: Scene("split", panes=(Scene("incident", i), Scene("kpis"))), st.sampled_from(INCIDENTS)
    ),
)
_until = st.sampled_from([START, START + timedelta(seconds=60)])
_wall_facts: st.SearchStrategy[Body] = st.one_of(
    st.builds(w.SceneSent, scene=_scene, until=st.none() | _until, pinned=st.booleans()),
    st.sampled_from(
        [w.SceneReturned(), w.ScenePinned(), w.SceneUnpinned(), w.RotationResumed(), w.RotationEnded()]
    ),
    st.builds(
        w.SceneWithdrawn,
        incidents=st.lists(st.sampled_from(INCIDENTS), max_size=2).map(tuple),
        why=st.just("sensitive"),
    ),
    st.builds(
        w.RotationSet,
        scenes=st.lists(_scene, max_size=3).map(tuple),
        every_s=st.just(10.0),
        hold_s=st.just(60.0),
    ),
    st.builds(w.RotationTurned, at=st.integers(-1, 3)),
    st.builds(w.RotationStopped, incident=st.sampled_from(INCIDENTS), until=_until),
    st.builds(
        w.WallLocked,
        holder=st.just("u3"),
        name=st.just("zhao"),
        area=st.just(""),
        leads=st.booleans(),
        until=_until,
    ),
    st.sampled_from([w.WallUnlocked(), w.WallBlanked(), w.WallUnblanked()]),
    st.builds(w.StripSet, text=st.sampled_from(["", "今晚演练"]), until=_until),
)
LOTS = ("L1", "L2")
quantities = st.sampled_from([0.1, 0.2, 0.3, 1.0, 7.0, 250.0])
_held = st.sampled_from([None, "I1", "I2"])
_stock_facts: st.SearchStrategy[Body] = st.one_of(
    st.builds(lambda q: received(quantity=q), quantities),
    st.builds(s.LotReserved, quantity=quantities, incident=_held),
    st.builds(s.LotReleased, quantity=quantities, incident=_held),
    st.builds(s.LotIssued, quantity=quantities, of_reserved=quantities, incident=_held),
    st.builds(s.LotReturned, quantity=quantities, incident=_held),
    st.builds(s.LotConsumed, quantity=quantities, incident=_held),
    st.builds(s.LotWrittenOff, quantity=quantities, reason=st.just("受潮")),
    st.builds(s.LotSent, quantity=quantities, to_store=st.just("S2"), to_lot=st.just("L2")),
    st.builds(s.LotCounted, quantity=quantities, difference=quantities),
    st.builds(s.LotAmended, name=st.just("水"), unit=st.just("箱"), minimum=quantities),
    st.builds(s.LotAlarmRaised, alarm=st.sampled_from(ALARMS)),
    st.builds(s.LotAlarmCleared, alarm=st.sampled_from(ALARMS)),
)
_days = st.builds(lambda n: e.DayStarted(date=date(2026, 3, 2) + timedelta(days=n)), st.integers(0, 3))


def _about(subjects: tuple[str, ...], facts: st.SearchStrategy[Body]) -> st.SearchStrategy[tuple[str, Body]]:
    return st.tuples(st.sampled_from(subjects), facts)


facts: st.SearchStrategy[tuple[str, Body]] = st.one_of(
    *[st.tuples(st.just(ident), _incident_facts(ident)) for ident in INCIDENTS],
    _about((*ASSIGNMENTS, "A9"), _assignment_facts),
    _about(UNITS, _unit_facts),
    _about(("17", "18"), _road_facts),
    _about(LOTS, _stock_facts),
    _about(WALLS, _wall_facts),
    st.tuples(st.just("live"), _days),
    _about(("I9",), st.just(e.NoteAdded(text="不存在"))),
)
_opening = st.permutations(
    [
        ("I1", reported("I1")),
        ("I2", reported("I2", AREAS[2])),
        ("F1", unit_body("F1")),
        ("F2", unit_body("F2")),
    ]
)


def _as_log(told: list[tuple[str, Body]], gaps: list[int]) -> list[Event]:
    """Positions without gaps; what happened may be said late, and in any order."""
    return [
        event(seq, subject, body, START + timedelta(seconds=seq * 40 - gaps[seq % len(gaps)]))
        for seq, (subject, body) in enumerate(told, start=1)
    ]


def logs(most: int = 60) -> st.SearchStrategy[list[Event]]:
    """Logs that begin with something to talk about, or with nothing."""
    told = st.builds(
        lambda first, rest: [*first, *rest],
        st.one_of(_opening, st.just([])),
        st.lists(facts, max_size=most) | st.lists(facts, min_size=most // 2, max_size=most),
    )
    return st.builds(_as_log, told, st.lists(st.sampled_from([0, 0, 5, 4000]), min_size=1, max_size=4))
