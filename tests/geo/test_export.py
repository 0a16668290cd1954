"""Files that we write are read back as the same values, whatever people typed into their cells."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.export import FORMATS, write
from geo.files import Source, read
from geo.guard import guarded, unguarded
from geo.kinds import KINDS
from geo.shapefile import TextTooLong, cut_names
from geo.table import make_rows

#: Blanks around text are taken off by every import.
LETTERS = st.sampled_from("aZ09 =+-@'\"“，、;；,|\\/<>&%中文陳é😀Ω")
TEXTS = st.text(LETTERS, min_size=1, max_size=8).map(str.strip).filter(bool)
TRICKY = st.sampled_from(
    ["=1+1", "+86 592", "-5", "@SUM(A1)", "'=x", "''-1", "007", "1e5", "是", "a\nb", '"', ",", "1.0", "NaN"]
)
NAMES = st.one_of(TEXTS, TRICKY)
WORDS = st.lists(NAMES, min_size=1, max_size=4, unique=True).map(tuple)
NUMBERS = st.floats(-179.9, 179.9, allow_nan=False).map(lambda x: x + 0.0)
SPOTS = st.builds(shapely.Point, NUMBERS, st.floats(-89, 89).map(lambda x: x + 0.0))
OUTLINES = st.builds(lambda p, r: p.buffer(r, quad_segs=1), SPOTS, st.sampled_from([0.001, 0.3]))


def none_or(values):
    return st.none() | values


UNITS = st.fixed_dictionaries(
    {
        "geom": SPOTS, "code": st.text("ABC-0123=", min_size=1, max_size=8), "name": NAMES,
        "area": none_or(st.just("990101001001")), "address": none_or(NAMES), "kind": st.just("fire"),
        "skills": none_or(WORDS), "crew": none_or(st.integers(0, 500)), "vehicle": none_or(NAMES),
        "on_duty": none_or(st.booleans()), "sample": none_or(st.booleans()),
    }
)  # fmt: skip
KEYPLACES = st.fixed_dictionaries(
    {
        "geom": SPOTS | OUTLINES, "code": st.just("K1"), "name": NAMES, "area": st.none(),
        "address": none_or(NAMES), "category": none_or(NAMES), "owner": none_or(NAMES),
        "phone": none_or(NAMES), "sample": st.none(),
    }
)  # fmt: skip


def back(path, kind):
    reading = read(Source(path))
    rows = make_rows(reading, kind)
    assert [problem for problem in reading.problems if problem.level == "error"] == []
    return [{name: value for name, value in row.items() if name != "row"} for row in rows]


def check(path, kind, rows):
    write(path, kind, rows)
    found = back(path, kind)
    shapes = [(row.pop("geom"), one.pop("geom")) for row, one in zip(rows, found, strict=True)]
    assert found == rows
    for ours, theirs in shapes:
        assert shapely.hausdorff_distance(ours, theirs) < 1e-9


@pytest.mark.parametrize("form", FORMATS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(UNITS, min_size=1, max_size=5))
def test_points_come_back_with_every_word_number_flag_and_gap(tmp_path, form, rows):
    check(tmp_path / f"units.{form}", KINDS["units"], rows)


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - {"shp", "zip"}))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(KEYPLACES, min_size=1, max_size=4))
def test_points_and_outlines_of_one_layer_come_back(tmp_path, form, rows):
    check(tmp_path / f"keyplaces.{form}", KINDS["keyplaces"], rows)


def places(**changed):
    return dict.fromkeys(field.name for field in KINDS["keyplaces"].fields) | {"name": "校", **changed}


def test_a_shapefile_of_points_and_outlines_is_one_of_each(tmp_path):
    spot = shapely.Point(118.1, 24.4)
    rows = [places(code="K1", geom=spot), places(code="K2", geom=spot.buffer(0.01, quad_segs=1))]
    write(tmp_path / "k.shp", KINDS["keyplaces"], rows)
    assert {path.name for path in tmp_path.glob("*.shp")} == {"k_point.shp", "k_area.shp"}
    for part, row in (("point", rows[0]), ("area", rows[1])):
        (found,) = back(tmp_path / f"k_{part}.shp", KINDS["keyplaces"])
        assert shapely.equals(found.pop("geom"), row.pop("geom"))
        assert found == row
    assert (tmp_path / "k_area.cpg").read_text() == "UTF-8"


def test_names_that_a_shapefile_cuts_are_known_again(tmp_path):
    assert cut_names(KINDS["posts"]) == {"auxiliaries": "auxiliarie"}
    row = dict.fromkeys(field.name for field in KINDS["posts"].fields)
    row |= {"code": "P1", "name": "所", "auxiliaries": 7, "geom": shapely.Point(118.1, 24.4)}
    check(tmp_path / "posts.zip", KINDS["posts"], [row])


def test_a_text_that_a_shapefile_cannot_hold_is_refused_with_its_row(tmp_path):
    row = places(code="K7", geom=shapely.Point(118.1, 24.4), address="长" * 85)
    with pytest.raises(TextTooLong) as refused:
        write(tmp_path / "k.shp", KINDS["keyplaces"], [row])
    assert (refused.value.params["row"], refused.value.params["field"]) == ("K7", "address")


@given(NAMES)
def test_a_guarded_cell_never_begins_like_a_formula_and_is_told_again(text):
    assert guarded(text)[0] not in "=+-@\t\r"
    assert unguarded(guarded(text)) == text
    assert math.isnan(guarded(math.nan))
