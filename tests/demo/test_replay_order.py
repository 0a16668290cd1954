"""Rows of a dispatch log into acts: the order within a second, units held twice, times out of order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from demo.replay.acts import BACK_ON_CALL, DISPATCHED_AGAIN, Act, Plan
from demo.replay.mapping import Mapping, MappingInvalid, read_mapping
from demo.replay.plan import make_plan
from demo.replay.rows import Response, RowsRefused, read_row, read_rows

COLUMNS = (
    "call",
    "unit",
    "type",
    "received",
    "entry",
    "dispatch",
    "response",
    "scene",
    "hospital",
    "available",
)
MAPPING = {
    "name": "test",
    "time": {
        "format": "%H:%M:%S %d.%m.%Y", "zone": "America/Los_Angeles", "received": "received",
        "accepted": "entry", "dispatched": "dispatch", "enroute": "response", "arrived": "scene",
        "released": "available",
    },
    "incident": {"id": "call", "channel": "911", "text": ["type"]},
    "location": {"columns": ["place"]},
    "class": {"column": "type", "values": {"Fire": "21000"}},
    "unit": {"id": "unit", "kind": {"default": "fire"}, "home": {"pattern": "^E0*(.+)$", "post": "^{0}$"}},
    "note": [{"column": "hospital", "text": "{unit} at hospital"}],
}  # fmt: skip


def mapping(**more: object) -> Mapping:
    return Mapping.model_validate(MAPPING | more)


def row(number: int, call: str, unit: str, *times: str, **cells: str) -> Response:
    """Times in the order of COLUMNS from `received` on, as HH:MM:SS of 1 April 2020; "" is blank."""
    stated = [f"{time} 01.04.2020" if time else "" for time in times]
    stated += [""] * (len(COLUMNS) - 3 - len(stated))
    values = dict(zip(COLUMNS, [call, unit, "Fire", *stated], strict=True))
    return read_row(number, values | {"place": "POINT (-122.4 37.7)"} | cells, mapping())


def plan(*rows: Response, **more: object) -> Plan:
    return make_plan(rows, mapping(**more))


def told(acts: list[Act]) -> list[str]:
    """Each act as `verb incident units HH:MM:SS`, on the clock of the rows."""
    return [f"{a.verb} {a.incident} {'+'.join(a.units)} {clock(a.at)}" for a in acts]


def clock(at: datetime) -> str:
    return f"{(at.hour - 7) % 24:02}:{at:%M:%S}"


def kinds(made: Plan) -> list[tuple[int, str]]:
    return [(correction.row, correction.kind) for correction in made.corrections]


def whole(number: int, call: str, unit: str, hour: int) -> Response:
    """A response of half an hour with every time stated."""
    times = ("00:00", "01:00", "02:00", "03:00", "10:00", "20:00", "30:00")
    return row(number, call, unit, *(f"{hour:02}:{time}" for time in times))


def test_a_whole_row_becomes_every_verb_in_its_order():
    made = plan(whole(1, "A", "E1", 8))
    assert told(made.acts) == [
        "report A E1 08:00:00", "accept A E1 08:01:00", "dispatch A E1 08:02:00", "enroute A E1 08:03:00",
        "arrive A E1 08:10:00", "note A E1 08:20:00", "release A E1 08:30:00",
    ]  # fmt: skip
    assert made.corrections == [] and all(act.at == act.occurred_at for act in made.acts)


def test_times_are_read_in_the_zone_of_the_mapping():
    assert whole(1, "A", "E1", 8).at("received") == datetime(2020, 4, 1, 15, 0, tzinfo=UTC)


def test_units_sent_to_one_incident_in_one_second_are_one_order():
    made = plan(whole(1, "A", "E1", 8), whole(2, "A", "E2", 8))
    assert [a for a in told(made.acts) if a.startswith("dispatch")] == ["dispatch A E1+E2 08:02:00"]
    assert [a.verb for a in made.acts].count("report") == 1


def test_a_release_goes_before_a_dispatch_in_the_same_second():
    first = row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:05:00", "", "08:30:00")
    second = row(2, "B", "E1", "08:29:00", "", "08:30:00", "", "08:40:00", "", "08:50:00")
    made = plan(second, first)
    assert told(made.acts)[4:6] == ["release A E1 08:30:00", "dispatch B E1 08:30:00"]
    assert kinds(made) == [(2, "same_second")]


def test_a_release_in_the_second_of_its_own_dispatch_comes_after_it():
    made = plan(row(1, "A", "E1", "08:00:00", "", "08:00:00", "08:00:00", "08:00:00", "", "08:00:00"))
    assert [act.verb for act in made.acts] == ["report", "dispatch", "enroute", "arrive", "release"]


def test_a_unit_still_held_is_released_first_and_the_reason_is_given():
    first = row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:05:00", "", "09:00:00")
    second = row(2, "B", "E1", "08:20:00", "", "08:21:00", "", "08:30:00", "", "08:40:00")
    made = plan(first, second)
    assert told(made.acts)[4:6] == ["release A E1 08:21:00", "dispatch B E1 08:21:00"]
    assert made.acts[4].text == DISPATCHED_AGAIN == "source dispatched it again"
    assert kinds(made) == [(1, "after_release"), (1, "still_held")]
    assert told(made.acts)[-1] == "note A E1 09:00:00" and "available" in made.acts[-1].text


def test_a_unit_that_arrives_where_it_was_taken_from_is_bound_there_again():
    first = row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:30:00", "", "09:00:00")
    second = row(2, "B", "E1", "08:20:00", "", "08:21:00", "", "", "", "08:22:00")
    made = plan(first, second)
    again, arrival, release = made.acts[-3:]
    assert told([again, arrival, release]) == [
        "dispatch A E1 08:30:00", "arrive A E1 08:30:00", "release A E1 09:00:00",
    ]  # fmt: skip
    assert again.text == BACK_ON_CALL
    assert again.occurred_at == first.at("dispatched"), "its way there still counts from its own dispatch"
    assert kinds(made) == [(1, "back_on_call"), (2, "never_on_scene"), (1, "still_held")]


def test_a_unit_taken_again_from_where_it_came_back_to_is_told_apart():
    first = row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:30:00", "", "09:00:00")
    second = row(2, "B", "E1", "08:20:00", "", "08:21:00", "", "", "", "08:22:00")
    third = row(3, "C", "E1", "08:40:00", "", "08:41:00", "", "08:42:00", "", "08:50:00")
    assert (1, "held_again") in kinds(plan(first, second, third))


def test_a_row_that_is_never_available_holds_its_unit_until_the_next_dispatch():
    first = row(1, "A", "E1", "08:00:00", "", "08:01:00")
    second = row(2, "B", "E1", "20:00:00", "", "20:01:00", "", "20:05:00", "", "20:10:00")
    made = plan(first, second)
    assert "release A E1 20:01:00" in told(made.acts)
    assert kinds(made) == [(1, "never_available"), (1, "never_on_scene"), (1, "still_held")]


def test_times_out_of_order_are_kept_and_done_when_they_can_be():
    made = plan(row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:20:00", "", "08:10:00"))
    release = made.acts[-1]
    assert (release.verb, clock(release.at), clock(release.occurred_at)) == (
        "release",
        "08:20:00",
        "08:10:00",
    )
    assert kinds(made) == [(1, "out_of_order")]


def test_a_note_stated_after_the_release_does_not_hold_the_unit():
    made = plan(row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "08:05:00", "08:40:00", "08:30:00"))
    assert told(made.acts)[-2:] == ["release A E1 08:30:00", "note A E1 08:40:00"]
    assert kinds(made) == [(1, "out_of_order")]


def test_an_incident_is_closed_after_its_last_time_with_what_the_source_says():
    made = plan(row(1, "A", "E1", "08:00:00", "", "08:01:00", "", "", "", "08:30:00"), close={"text": "type"})
    assert told(made.acts)[-4:] == [f"{verb} A  08:30:00" for verb in ("handle", "reply", "verify", "close")]


def test_an_incident_with_a_unit_that_never_comes_back_stays_open():
    made = plan(row(1, "A", "E1", "08:00:00", "", "08:01:00"), close={"text": "type"})
    assert [act.verb for act in made.acts] == ["report", "dispatch"]


def test_acts_have_keys_of_their_own_which_stay_when_the_file_grows():
    short, longer = (
        [whole(1, "A", "E1", 8)],
        [whole(1, "A", "E1", 8), whole(2, "A", "E1", 8), whole(3, "B", "E2", 9)],
    )
    keys = [act.key() for act in plan(*longer).acts]
    assert len(set(keys)) == len(keys)
    assert {act.key() for act in plan(*short).acts} <= set(keys)


def test_units_are_met_in_the_file_with_the_post_they_may_live_at():
    made = plan(whole(1, "A", "T9", 8), whole(2, "B", "E01", 9))
    assert [(unit.code, unit.post) for unit in made.units] == [("E01", "^1$"), ("T9", None)]


@pytest.mark.parametrize(
    ("cell", "order"), [("POINT (-122.4 37.7)", "lon lat"), ("(37.7, -122.4)", "lat lon")]
)
def test_one_column_may_hold_the_place(cell, order):
    of_place = mapping(location={"columns": ["place"], "order": order})
    cells = dict.fromkeys(COLUMNS, "") | {"call": "A", "unit": "E1", "type": "Fire", "place": cell}
    cells |= {"received": "08:00:00 01.04.2020", "dispatch": "08:00:00 01.04.2020"}
    made = read_row(1, cells, of_place)
    assert (made.lon, made.lat) == (-122.4, 37.7)


def write(folder, *lines: str):
    path = folder / "calls.csv"
    path.write_text("\n".join([",".join((*COLUMNS, "place")), *lines]) + "\n")
    return path


def test_an_unreadable_row_is_named_and_nothing_is_taken(tmp_path):
    good = "A,E1,Fire,08:00:00 01.04.2020,,08:00:00 01.04.2020,,,,,(1 2)"
    with pytest.raises(RowsRefused) as refused:
        read_rows(
            write(tmp_path, good, good.replace("Fire", "Flood"), good.replace("08:00", "8h")), mapping()
        )
    assert refused.value.params == {
        "file": "calls.csv", "count": 2, "row": 2, "column": "type", "value": "Flood",
    }  # fmt: skip


def test_a_column_that_the_file_lacks_is_named(tmp_path):
    with pytest.raises(MappingInvalid) as refused:
        read_rows(write(tmp_path), mapping(severity={"column": "priority"}))
    assert refused.value.params["field"] == "priority"


def test_a_mapping_with_an_unknown_word_is_refused(tmp_path):
    path = tmp_path / "map.toml"
    path.write_text('name = "x"\ncolour = "red"\n')
    with pytest.raises(MappingInvalid):
        read_mapping(path)
