"""抽调演练: real crews that take part in a drill in the field, told in live. The subject is the unit."""

from __future__ import annotations

from typing import Literal

from core.envelope import Body


class CrewLent(Body):
    """在演练: nobody sends it until it is called back. `drill` is the realm of the drill, `name` its name."""

    drill: str
    name: str


class CrewReturned(Body):
    """召回, or by itself when the drill ended."""

    why: Literal["recalled", "ended"]
