"""What advice says of a unit's arrival is what the order promises."""

from __future__ import annotations

import pytest

from actions.advice import advise
from actions.commands import DispatchCommand
from actions.dispatch import dispatch
from actions.driving import AT_HOME_M, is_home
from actions.services import Services
from actions.unit_of_work import Call
from tests.cast import OFFICER
from tests.parts import report


def test_an_order_promises_what_advice_told(city: Services) -> None:
    ident = report(city)
    told = {one["unit"]: one["eta_s"] for one in advise(city, OFFICER, "live", ident)["units"]}
    given = dispatch(city, Call(OFFICER, key="k"), ident, DispatchCommand(units=("F1",)))
    assert told["F1"] > city.reference.speeds().turnout("fire").home.usual_s
    assert given["assignments"][0]["eta_s"] == told["F1"]


def test_a_crew_near_its_home_or_of_unknown_place_turns_out_from_there() -> None:
    home = (118.1, 24.5)
    assert is_home(None, home)
    assert is_home((118.1, 24.501), home)
    assert not is_home((118.1, 24.502), home)
    assert pytest.approx(150) == AT_HOME_M
