"""Norms are set figure by figure: who may, within which bounds, two at once, and what the log says of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from actions import norms
from actions.imports import WholeCityNeeded
from actions.kpi import read_weights
from actions.norms import Norm, NormCommand
from actions.realms import open_realm
from actions.services import Services
from actions.unit_of_work import Call
from core.errors import Forbidden, InvalidInput, NotFound, Refusal
from core.norm_figures import NormChangedMeanwhile, NormContradicts, NormNotWhole, NormOutOfBounds
from core.permissions import Principal
from db.drill_levels import drill_levels
from tests.cast import LEADER, OFFICER, TOWN_A
from tests.parts import head, kinds

BOSS, ENGINEER = Call(LEADER), Call(Principal("e1", "sun", "engineer"))


def command(table: Any, *key: str, field: str = "value", was: float | None, value: float) -> NormCommand:
    return NormCommand(table=table, key=key, field=field, was=was, value=value, source="市政府令")


def held(city: Services, table: str, *key: str, field: str = "value") -> Norm:
    found = norms.list_norms(city, OFFICER)
    return next(norm for norm in found if (norm.table, norm.key, norm.field) == (table, key, field))


def test_a_leader_sets_a_figure_and_everybody_sees_who_when_and_on_what_basis(city: Services):
    assert held(city, "posts", "station", field="share").at is None
    norms.change(city, BOSS, command("posts", "station", field="share", was=0.4, value=0.5))
    found = held(city, "posts", "station", field="share")
    assert (found.value, found.actor, found.row["source"]) == (0.5, LEADER.name, "市政府令")
    assert found.at is not None
    assert held(city, "posts", "station", field="officers").at is None
    assert kinds(city)[-1] == "NormChanged"


def test_of_two_who_set_the_same_figure_one_is_told_of_the_other(city: Services):
    def set_it(value: int) -> object:
        try:
            return norms.change(city, ENGINEER, command("sites", "camera_near", was=100, value=value))
        except NormChangedMeanwhile as refusal:
            return refusal

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(set_it, (50, 60, 70, 80)))
    (won,) = (one for one in told if isinstance(one, dict))
    assert held(city, "sites", "camera_near").value == won["value"]
    assert {one.params["value"] for one in told if isinstance(one, Refusal)} == {f"{won['value']:g}"}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        (command("posts", "station", field="share", was=0.4, value=40), NormOutOfBounds),
        (command("stock", "1010101", field="quantity", was=40, value=0), NormOutOfBounds),
        (command("posts", "village", field="officers", was=0, value=0.5), NormNotWhole),
        (command("sites", "staff_least", was=2, value=2.5), NormNotWhole),
        (command("sites", "staff_least", was=2, value=6), NormContradicts),
        (command("sites", "households_most", was=500, value=100), NormContradicts),
        (command("sensors", "rain", "", field="clear", was=40, value=60), NormContradicts),
        (command("patrols", "grids", "", field="sensitive_days", was=1, value=8), NormContradicts),
        (command("kpis", "incidence", field="weight", was=30, value=-1), NormOutOfBounds),
        (command("posts", "nobody", field="share", was=0.4, value=0.5), NotFound),
        (command("posts", "station", field="name", was=0, value=1), InvalidInput),
    ],
)
def test_what_cannot_hold_is_refused_and_changes_nothing(
    city: Services, wrong: NormCommand, refusal: type[Refusal]
):
    before = head(city)
    with pytest.raises(refusal):
        norms.change(city, BOSS, wrong)
    assert head(city) == before


def test_norms_are_set_by_leaders_and_engineers_of_the_whole_city_in_the_live_realm(city: Services):
    open_realm(city, "drill:1")
    wanted = command("sites", "camera_near", was=100, value=50)
    with pytest.raises(Forbidden):
        norms.change(city, Call(OFFICER), wanted)
    with pytest.raises(WholeCityNeeded):
        norms.change(city, Call(replace(LEADER, area=TOWN_A)), wanted)
    with pytest.raises(InvalidInput):
        norms.change(city, Call(LEADER, realm="drill:1"), wanted)
    norms.change(city, ENGINEER, wanted)


def test_the_weights_of_the_joint_assessment_are_set_as_norms_and_never_all_nothing(city: Services):
    for kpi, was in (("incidence", 30), ("satisfaction", 30)):
        norms.change(city, BOSS, command("kpis", kpi, field="weight", was=was, value=0))
    assert read_weights(city) == {"incidence": 0, "satisfaction": 0, "solved_rate": 40}
    with pytest.raises(NormContradicts):
        norms.change(city, BOSS, command("kpis", "solved_rate", field="weight", was=40, value=0))
    with pytest.raises(Forbidden):
        norms.change(city, Call(OFFICER), command("kpis", "solved_rate", field="weight", was=40, value=50))


def test_the_levels_of_drills_are_set_as_norms_and_the_better_wants_no_less(city: Services):
    for code, was, value in (("good", 0.8, 0.95), ("unqualified", 0.0, 0.1), ("qualified", 0.6, 0.85)):
        with pytest.raises(NormContradicts):
            norms.change(city, BOSS, command("drill_levels", code, field="share", was=was, value=value))
    norms.change(city, BOSS, command("drill_levels", "good", field="share", was=0.8, value=0.85))
    norms.change(city, BOSS, command("drill_levels", "good", field="mend_days", was=45, value=40))
    with city.engine.connect() as conn:
        good = next(one for one in drill_levels(conn) if one.code == "good")
    assert (good.share, good.mend_days) == (0.85, 40)
