"""权责清单: whose affair a class is, where."""

from core.duties import Duty, DutyList

LIST = DutyList(
    [
        Duty("yingji", "2", "", "市"),
        Duty("xiaofang", "21", "", "市"),
        Duty("ranqi", "24000", "990101", "区"),
    ]
)


def test_a_duty_holds_for_every_class_below_its_code():
    assert LIST.covers("xiaofang", "21100", "990101001")
    assert not LIST.covers("xiaofang", "22000", "990101001")


def test_a_duty_of_a_district_holds_in_it_alone():
    assert LIST.covers("ranqi", "24000", "990101001002")
    assert not LIST.covers("ranqi", "24000", "990102001")
    assert not LIST.covers("ranqi", "24000", "")


def test_the_desk_of_an_area_answers_for_everything_there():
    assert LIST.covers("", "61000", "990101001")


def test_a_department_that_is_not_listed_answers_for_nothing():
    assert not LIST.covers("haishi", "21000", "990101001")


def test_the_most_specific_department_comes_first():
    assert LIST.responsible("24000", "990101001") == ("ranqi", "yingji")
    assert LIST.responsible("61000", "990101001") == ()
