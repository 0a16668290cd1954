import pytest

from core.staffing import StaffRule, balance, spread, staffed


@pytest.mark.parametrize(
    ("managers", "assistants", "state"),
    [(1, 2, "right"), (1, 5, "right"), (1, 1, "short"), (0, 3, "short"), (None, 3, "short"), (1, 6, "over"),
     (2, 3, "over"), (2, 1, "short"), (None, None, "unknown")],
)  # fmt: skip
def test_a_base_grid_has_one_manager_and_two_to_five_assistants(managers, assistants, state):
    assert staffed(managers, assistants, StaffRule(1, 2, 5)) == state


def test_the_heaviest_grid_stands_first_with_its_share_of_the_mean():
    loads = balance({"a": 2, "b": 6, "c": 4})
    assert [(load.code, load.ratio) for load in loads] == [("b", 1.5), ("c", 1.0), ("a", 0.5)]
    assert balance({"a": 0})[0].ratio is None
    assert balance({}) == []


def test_the_spread_is_0_for_equal_loads_and_near_1_when_one_bears_all():
    assert spread([3, 3, 3, 3]) == 0
    assert spread([0] * 99 + [5]) == 0.99
    assert spread([0, 0]) is None
