"""Two towns and a city that hands incidents about: what is not a town's is told to it by no way at all.

Whom an incident concerns is reckoned here anew, out of what was done, and compared with everything that goes
out: the stream, `/cases`, lists, the log, exported files and tiles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from actions import assignments, case_queries, cases, incidents, queries, reading
from actions.commands import AssistCommand, AssistEndCommand, TransferCommand, WhistleCommand
from actions.export import NothingToExport, export_file
from actions.services import Services
from actions.unit_of_work import Call
from core.board import Board
from core.errors import Refusal
from core.fold import apply
from core.permissions import Principal, Scope
from core.tiling import Tile
from db import log
from db.tiles import read_tile
from feed import patches
from tests import mvt
from tests.cast import AREA_A, AREA_B, GRID_A, GRID_B, IN_A, IN_B, LEADER, LITTER, TOWN_A, TOWN_B
from tests.parts import elsewhere, facts, head, report, send, stores_with

CITY = Call(LEADER)
TOWNS = {town: Principal(town, f"of {town}", "leader", area=town, seat=town) for town in (TOWN_A, TOWN_B)}
SPOTS = {TOWN_A: IN_A, TOWN_B: IN_B}
GRIDS = {TOWN_A: GRID_A, TOWN_B: GRID_B}
UNITS = ("F1", "F2", "P1", "P2")


@dataclass
class Told:
    """What was done with one incident, and which towns it concerned at any time."""

    id: str
    number: str
    town: str
    owner: str
    accepted: bool = False
    former: list[str] = field(default_factory=list)
    helpers: set[str] = field(default_factory=set)
    whistled: set[str] = field(default_factory=set)
    bonds: list[str] = field(default_factory=list)
    ever: set[str] = field(default_factory=set)

    def concerns(self, town: str) -> bool:
        offices = (f"@{self.town}", self.owner, *self.helpers, *self.whistled)
        return any(office.startswith(f"@{town}") for office in offices)

    def given_to(self, owner: str) -> None:
        self.accepted = True
        if owner != self.owner:
            self.former.append(self.owner)
        self.owner = owner
        self.helpers.discard(owner)


class Towns:
    """The city, what is known of its incidents, and a board that follows the log for both towns' screens."""

    def __init__(self, city: Services) -> None:
        self.city, self.told = city, list[Told]()
        self.board, self.streamed = Board("live"), dict[str, list[dict[str, Any]]]()
        self.follow()

    def report(self, town: str) -> None:
        ident = report(self.city, SPOTS[town], **{"class": LITTER})
        number = queries.read_incident(self.city, LEADER, "live", ident).number
        self.told.append(Told(ident, number, town, f"@{GRIDS[town]}"))

    def one(self, act: str, number: int, town: str) -> None:
        """Do something with one of the last incidents; what is refused changes nothing."""
        about = self.told[-1 - number % min(3, len(self.told))]
        acts: dict[str, Callable[[Told, str], None]] = {
            "accept": self.accept, "transfer": self.transfer, "return": self.give_back, "assist": self.assist,
            "end": self.end, "whistle": self.whistle, "report_in": self.report_in, "relocate": self.relocate,
            "dispatch": self.dispatch, "release": self.release, "note": self.note,
        }  # fmt: skip
        try:
            acts[act](about, town)
        except Refusal:
            return

    def accept(self, one: Told, _town: str) -> None:
        incidents.accept(self.city, CITY, one.id)
        one.given_to("@")

    def transfer(self, one: Told, town: str) -> None:
        cases.transfer(self.city, CITY, one.id, TransferCommand(to=f"@{town}", reason="属地"))
        one.given_to(f"@{town}")

    def give_back(self, one: Told, _town: str) -> None:
        cases.give_back(self.city, CITY, one.id, "请再核")
        one.owner = one.former.pop()
        one.helpers.discard(one.owner)

    def assist(self, one: Told, town: str) -> None:
        cases.assist(self.city, CITY, one.id, AssistCommand(offices=(f"@{town}",)))
        one.helpers.add(f"@{town}")

    def end(self, one: Told, town: str) -> None:
        """By the town itself."""
        cases.end_help(self.city, Call(TOWNS[town]), one.id, AssistEndCommand(offices=(f"@{town}",)))
        one.helpers.discard(f"@{town}")

    def whistle(self, one: Told, town: str) -> None:
        cases.whistle(self.city, CITY, one.id, WhistleCommand(offices=(f"@{town}",), text="速来"))
        one.whistled.add(f"@{town}")

    def report_in(self, one: Told, town: str) -> None:
        cases.report_in(self.city, Call(TOWNS[town]), one.id, None)

    def relocate(self, one: Told, town: str) -> None:
        """The city's own stays the city's; a grid's or a town's goes with the place."""
        incidents.relocate(self.city, CITY, one.id, elsewhere(SPOTS[town]), None)
        if town != one.town and one.owner != "@" and not one.owner.startswith(f"@{town}"):
            local = one.owner == f"@{GRIDS[one.town]}"
            one.owner = f"@{GRIDS[town]}" if local else f"@{town}"
            one.helpers.discard(one.owner)
        one.town = town

    def dispatch(self, one: Told, town: str) -> None:
        """Who sends units to what nobody has accepted accepts it."""
        of_town = UNITS[::2] if town == TOWN_A else UNITS[1::2]
        one.bonds += send(self.city, one.id, of_town[len(one.bonds) % 2])
        if not one.accepted:
            one.given_to("@")

    def release(self, one: Told, _town: str) -> None:
        if one.bonds:
            assignments.advance(self.city, CITY, one.bonds.pop(), "release")

    def note(self, one: Told, _town: str) -> None:
        incidents.note(self.city, CITY, one.id, "现场情况")

    def follow(self) -> None:
        """What both towns' screens are sent of the facts since."""
        self.streamed = {town: [] for town in TOWNS}
        for wire in facts(self.city, after=self.board.seq):
            frame = patches.Frame(apply(self.board, log.to_event(wire)))
            for town, found in self.streamed.items():
                if payload := frame.payload(self.board, Scope(town)):
                    found.append(orjson.loads(payload))


def check_stream(towns: Towns, before: set[tuple[str, str]]) -> None:
    """A patch names what concerned the town before the act or does after it; else it takes away, and never
    what the town never had."""
    for one in towns.told:
        one.ever |= {town for town in TOWNS if one.concerns(town)}
        for town, sent in towns.streamed.items():
            shown = orjson.dumps([{**patch, "remove": {}} for patch in sent])
            if one.id.encode() in shown or one.number.encode() in shown:
                assert one.concerns(town) or (town, one.id) in before
            if one.id.encode() in orjson.dumps(sent):
                assert town in one.ever


def check_all(towns: Towns, folder: Path) -> None:
    """Every other way out tells exactly what concerns the town now."""
    city = towns.city
    for town, principal in TOWNS.items():
        own = {one.id for one in towns.told if one.concerns(town)}
        known = {one.id for one in towns.told}
        ways = {
            "stream": drawn(orjson.loads(patches.whole(towns.board, Scope(town)))),
            "state": drawn(orjson.loads(reading.state_at(city, principal, "live", head(city))[1])),
            "file": exported(city, principal, folder / "incidents.csv") & known,
            "cases": {
                one.id
                for one in case_queries.list_cases(city, principal, "live", case_queries.Wanted("all")).items
            },
            "incidents": {
                str(one["id"])
                for one in queries.list_incidents(city, principal, "live", queries.IncidentFilter())[0]
            },
        }
        assert {name: found ^ own for name, found in ways.items()} == {name: set() for name in ways}
        log_of_town = {fact["subject"] for fact in reading.events(city, principal, "live", 0, 10_000).seen}
        ever = {one.id for one in towns.told if town in one.ever}
        assert own <= log_of_town & known <= ever, "what happened in the town is its own to read later, too"


def drawn(patch: dict[str, Any]) -> set[str]:
    """Incidents that are drawn, and those that links and units name."""
    found = {feature["id"] for feature in patch["upsert"].get("incidents", [])}
    for layer in ("links", "units"):
        about = (feature["properties"].get("incident") for feature in patch["upsert"].get(layer, []))
        found |= {str(one) for one in about if one}
    return found


def exported(city: Services, principal: Principal, path: Path) -> set[str]:
    try:
        export_file(city, principal, "incidents", path)
    except NothingToExport:
        return set()
    return set(path.read_text(encoding="utf-8-sig").replace("\n", ",").replace('"', "").split(","))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["accept", "transfer", "return", "assist", "assist", "end", "whistle", "report_in", "relocate",
             "dispatch", "release", "note"]
        ),
        st.integers(0, 2),
        st.sampled_from(sorted(TOWNS)),
    ),
    min_size=5,
    max_size=10,
)  # fmt: skip


def test_no_town_is_told_what_is_not_its_own_by_any_way(city: Services, tmp_path: Path) -> None:
    towns = Towns(city)

    @settings(
        max_examples=8, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    @given(ACTS, st.sampled_from(sorted(TOWNS)))
    def told(acts: list[tuple[str, int, str]], town: str) -> None:
        towns.report(town)
        for act, number, where in [("note", 0, town), *acts]:
            before = {(t, one.id) for t in TOWNS for one in towns.told if one.concerns(t)}
            towns.one(act, number, where)
            towns.follow()
            check_stream(towns, before)
        check_all(towns, tmp_path)

    told()


def test_a_tile_holds_a_towns_own_places_alone(city: Services) -> None:
    """What is drawn by tiles has no incidents, and of places and grids those of the town."""
    stores_with(city, 5.0, 5.0)
    whole = Tile(0, 0, 0)
    with city.engine.connect() as conn:
        for town, code, area in ((TOWN_A, "S1", AREA_A), (TOWN_B, "S2", AREA_B)):
            stores = mvt.read(read_tile(conn, "stores", whole, town))["stores"]
            assert {(one.props["code"], one.props["area"]) for one in stores} == {(code, area)}
