"""Where the classes of a map divide."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.measures import CLASSES, METHODS, class_of, cuts

VALUES = st.lists(st.floats(0, 1e6) | st.sampled_from([0.0, 1.0]), max_size=60)


def test_quantiles_put_as_many_areas_in_each_class():
    assert cuts(range(10), "quantile") == [2, 4, 6, 8]


def test_equal_steps_are_of_one_width():
    assert cuts([0, 1, 2, 3, 4, 5, 10], "equal") == [2, 4, 10]


def test_many_equal_values_make_fewer_classes():
    assert cuts([0, 0, 0, 0, 0, 0, 0, 0, 1, 9], "quantile") == [1, 9]
    assert cuts([7, 7, 7], "equal") == []
    assert cuts([], "quantile") == []


def test_the_many_without_any_are_a_class_of_their_own():
    assert cuts([0] * 20 + [1] * 6 + [2, 3, 4, 5], "quantile") == [1, 3]


def test_a_value_on_a_border_belongs_above_it():
    assert [class_of(value, [2, 4]) for value in (1, 2, 3, 4, 5)] == [0, 1, 1, 2, 2]


@settings(deadline=None)
@given(VALUES, st.sampled_from(METHODS))
def test_no_class_is_ever_empty(values: list[float], method: str):
    borders = cuts(values, method)  # type: ignore[arg-type]
    assert len(borders) < CLASSES
    found = {class_of(value, borders) for value in values}
    assert found == set(range(len(borders) + 1)) if values else not found
