"""Roles, verbs and areas."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from core.permissions import (
    ACCOUNT_ROLES,
    ADMIN_ROLES,
    API_VERBS,
    OPERATIONS,
    SYSTEM,
    TOKEN_KINDS,
    VERBS_BY_ROLE,
    Principal,
    Scope,
    is_area_prefix,
    may,
    may_enter,
    prefixes,
    visible,
)

ALL_VERBS = sorted(frozenset().union(*VERBS_BY_ROLE.values()) | API_VERBS)


def person(role, **more):
    return Principal(id="01A", name="甲", role=role, **more)


@given(st.sampled_from(ALL_VERBS), st.sampled_from(list(combinations(ADMIN_ROLES, 2))))
def test_no_two_administrators_share_a_verb(verb, pair):
    assert not (may(person(pair[0]), verb) and may(person(pair[1]), verb))


@given(st.sampled_from(sorted(OPERATIONS)), st.sampled_from(ADMIN_ROLES))
def test_no_administrator_does_operations(verb, role):
    assert not may(person(role), verb)


@given(st.sampled_from(ALL_VERBS), st.sampled_from(("officer", "leader", "viewer", "engineer", *TOKEN_KINDS)))
def test_an_administrators_verb_belongs_to_nobody_else_who_logs_in(verb, role):
    if any(may(person(admin), verb) for admin in ADMIN_ROLES):
        assert not may(person(role), verb)


def test_a_leader_does_all_an_officer_does_and_reopens_backdates_supervises():
    assert VERBS_BY_ROLE["officer"] < VERBS_BY_ROLE["leader"]
    for verb in ("reopen", "backdate", "supervise"):
        assert may(person("leader"), verb)
        assert not may(person("officer"), verb)


def test_a_data_engineer_imports_exports_and_does_no_operations():
    done = {verb for verb in ALL_VERBS if may(person("engineer"), verb)}
    assert done == {"read", "import", "export", "norms"}


def test_a_viewer_only_reads():
    assert [verb for verb in ALL_VERBS if may(person("viewer"), verb)] == ["read"]


def test_an_api_token_does_what_its_list_says_and_never_an_account_or_the_audit():
    token = person("api", kind="api", verbs=frozenset({"report", "user.add", "audit.verify"}))
    assert [verb for verb in ALL_VERBS if may(token, verb)] == ["report"]


def test_an_api_token_without_a_list_does_nothing():
    assert not any(may(person("api", kind="api"), verb) for verb in ALL_VERBS)


def test_a_wall_reads_and_displays():
    wall = person("wall", kind="wall")
    assert [verb for verb in ALL_VERBS if may(wall, verb)] == ["display", "read"]


def test_a_unit_acts_on_assignments_but_does_not_read_the_board_or_replace_another():
    unit = person("unit", kind="unit")
    assert may(unit, "assignment.ack") and may(unit, "positions")
    assert not may(unit, "assignment.replace") and not may(unit, "read")


def test_an_unknown_role_may_nothing():
    assert not any(may(person("emperor"), verb) for verb in ALL_VERBS)


def test_the_system_may_everything():
    assert all(may(SYSTEM, verb) for verb in ALL_VERBS) and may_enter(SYSTEM, "system")


def test_every_account_role_has_a_row():
    assert set(ACCOUNT_ROLES) <= set(VERBS_BY_ROLE)


def test_a_token_bound_to_a_realm_stays_there():
    token = person("api", kind="api", realm="drill:7", verbs=frozenset({"read"}))
    assert may_enter(token, "drill:7") and not may_enter(token, "live")


def test_a_wall_in_a_drill_hears_live_as_well():
    assert may_enter(person("wall", kind="wall", realm="drill:7"), "live")


def test_the_system_realm_is_the_auditors():
    assert may_enter(person("auditor"), "system") and not may_enter(person("leader"), "system")


def test_the_whole_city_sees_all_even_what_has_no_area():
    assert visible(Scope(), "") and visible(Scope(), "990101001001001") and visible(Scope(), "G-0001")


def test_a_town_sees_its_own_grids_and_nothing_beside():
    town = Scope(area="990101001")
    assert visible(town, "990101001001001") and visible(town, "990101001")
    assert not visible(town, "990101002001001") and not visible(town, "990101") and not visible(town, "")


def test_a_community_sees_what_it_was_whistled_to():
    assert visible(Scope(area="990101001001"), "990101002001001", owners=("990101001001",))


def test_a_code_that_is_no_division_covers_only_itself():
    assert visible(Scope(area="G-1"), "G-1") and not visible(Scope(area="G-1"), "G-10")
    assert not visible(Scope(area="12"), "123")


def test_prefixes_run_from_the_city_to_the_place():
    assert prefixes("990101001") == ("", "99", "9901", "990101", "990101001")
    assert prefixes("") == ("",)
    assert prefixes("G-0001") == ("", "G-0001")


@given(st.text("0123456789", min_size=15, max_size=15), st.sampled_from((0, 2, 4, 6, 9, 12, 15)))
def test_seeing_a_division_is_the_prefix_test(code, length):
    for area in (code[:length], code[:length][::-1]):
        assert visible(Scope(area=area), code) == code.startswith(area)


def test_only_division_lengths_stand_for_an_area_unseen():
    assert all(is_area_prefix("9" * length) for length in (0, 2, 4, 6, 9, 12, 15, 20))
    assert not any(is_area_prefix(text) for text in ("9", "999", "G-0001", "99a1", "９９０１"))


def test_equal_scopes_are_one_key():
    assert len({Scope.of(person("officer")), Scope.of(person("leader")), Scope()}) == 1
