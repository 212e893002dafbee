"""Who a guardian is: the same person as before, or a new one."""

from __future__ import annotations

from tests.roster.office import FATHER, MOTHER, Office, pupil, staff

NEW_PHONE = ("王芳", "妈妈", "13900000009")


def test_same_telephone_and_name_are_the_same_person_in_every_row(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2", MOTHER)])
    assert office.person_of("1", "王芳") == office.person_of("2", "王芳")


def test_one_telephone_and_two_names_are_two_people(office: Office) -> None:
    office.bring([pupil("1", MOTHER, ("林强", "爸爸", MOTHER[2]))])
    assert office.guardians("1") == [("林强", "father", "+8613800000001"), ("王芳", "mother", "+8613800000001")]


def test_same_name_and_another_telephone_in_another_row_are_two_people(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2", NEW_PHONE)])
    assert office.person_of("1", "王芳") != office.person_of("2", "王芳")


def test_a_new_telephone_stays_with_the_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER)])
    before = office.person_of("1", "王芳")
    told = office.bring([pupil("1", NEW_PHONE)])
    assert "1 guardians with another name or telephone (by pupil): 1" in told
    assert office.guardians("1") == [("王芳", "mother", "+8613900000009")]
    assert office.person_of("1", "王芳") == before


def test_a_new_telephone_in_every_row_of_a_family_stays_with_the_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2", MOTHER)])
    before = office.person_of("1", "王芳")
    office.bring([pupil("1", NEW_PHONE), pupil("2", NEW_PHONE)])
    assert office.person_of("1", "王芳") == office.person_of("2", "王芳") == before
    assert office.people() == 2


def test_a_new_telephone_that_another_row_contradicts_is_another_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2", MOTHER)])
    before = office.person_of("1", "王芳")
    told = office.bring([pupil("1", NEW_PHONE), pupil("2", MOTHER)])
    assert office.person_of("2", "王芳") == before
    assert len(office.guardians("1")) == 2
    assert "1 guardians (by pupil): 1 (mother)" in told
    office.bring([pupil("1", NEW_PHONE), pupil("2", MOTHER)], end_missing=True)
    assert office.guardians("1") == [("王芳", "mother", "+8613900000009")]
    assert office.person_of("1", "王芳") != before


def test_two_rows_that_disagree_on_the_new_telephone_make_two_people(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2", MOTHER)])
    rows = [pupil("2", ("王芳", "妈妈", "13900000008")), pupil("1", NEW_PHONE)]
    office.bring(rows)
    assert "Nothing will change" in office.bring(rows)
    assert office.bring(rows, end_missing=True)
    assert office.guardians("1") == [("王芳", "mother", "+8613900000009")]
    assert office.guardians("2") == [("王芳", "mother", "+8613900000008")]


def test_a_corrected_name_stays_with_the_person(office: Office) -> None:
    office.bring([pupil("1", ("王方", "妈妈", MOTHER[2]))])
    before = office.person_of("1", "王方")
    office.bring([pupil("1", MOTHER)])
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]
    assert office.person_of("1", "王芳") == before


def test_another_name_with_another_relation_is_another_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER)])
    before = office.person_of("1", "王芳")
    office.bring([pupil("1", ("林强", "爸爸", MOTHER[2]))], end_missing=True)
    assert office.person_of("1", "林强") != before


def test_a_guardian_without_telephone_is_known_by_name_within_the_pupil(office: Office) -> None:
    rows = [pupil("1", ("王芳", "妈妈", "")), pupil("2", ("王芳", "妈妈", ""))]
    office.bring(rows)
    assert office.person_of("1", "王芳") != office.person_of("2", "王芳")
    assert "Nothing will change" in office.bring(rows)
    before = office.person_of("1", "王芳")
    office.bring([pupil("1", MOTHER), rows[1]])
    assert office.person_of("1", "王芳") == before
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]
    assert office.guardians("2") == [("王芳", "mother", None)]


def test_an_empty_telephone_cell_leaves_the_known_telephone(office: Office) -> None:
    office.bring([pupil("1", MOTHER)])
    assert "Nothing will change" in office.bring([pupil("1", ("王芳", "妈妈", ""))])
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]


def test_another_relation_changes_the_tie_alone(office: Office) -> None:
    office.bring([pupil("1", MOTHER)])
    before = office.person_of("1", "王芳")
    assert "1 ties with another relation (by pupil): 1 (mother → 姑姑)" in office.bring(
        [pupil("1", ("王芳", "姑姑", MOTHER[2]))]
    )
    assert office.guardians("1") == [("王芳", "姑姑", "+8613800000001")]
    assert office.person_of("1", "王芳") == before


def test_a_member_of_staff_is_guardian_as_the_same_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER), pupil("2")], [staff("T1", name="王芳", phone=MOTHER[2])])
    assert office.people() == 1
    assert office.guardians("1") == [("王芳", "mother", "+8613800000001")]
    assert office.staff()["T1"][:2] == ("王芳", "+8613800000001")


def test_a_guardian_who_becomes_staff_stays_the_same_person(office: Office) -> None:
    office.bring([pupil("1", MOTHER, mentor="")], [])
    before = office.person_of("1", "王芳")
    office.bring([], [staff("T1", name="王芳", phone=MOTHER[2])])
    assert office.people() == 1
    office.bring([pupil("1", MOTHER, mentor="T1")], [staff("T1", name="王芳", phone=MOTHER[2])])
    assert office.person_of("1", "王芳") == before
    assert office.pupils()["1"][2] == "T1"


def test_a_pupil_s_row_does_not_change_what_the_staff_s_row_says(office: Office) -> None:
    people = [staff("T1", name="王芳", phone=MOTHER[2])]
    office.bring([pupil("1", MOTHER)], people)
    rows = [pupil("1", NEW_PHONE)]
    office.bring(rows, people)
    assert office.staff()["T1"][1] == "+8613800000001"
    assert "Nothing will change" in office.bring(rows, people)


def test_staff_who_end_stay_as_guardians(office: Office) -> None:
    rows = [pupil("1", MOTHER, mentor="T2")]
    office.bring(rows, [staff("T1", name="王芳", phone=MOTHER[2]), staff("T2")])
    before = office.person_of("1", "王芳")
    office.bring(rows, [staff("T2")], end_missing=True)
    assert office.staff().keys() == {"T2"}
    assert office.person_of("1", "王芳") == before
    assert office.ended_people == []
    assert "Nothing will change" in office.bring(rows, [staff("T2")], end_missing=True)


def test_guardians_of_nobody_end_and_come_back(office: Office) -> None:
    office.bring([pupil("1", MOTHER, FATHER), pupil("2", MOTHER)])
    mother, father = office.person_of("1", "王芳"), office.person_of("1", "林强")
    office.bring([pupil("1"), pupil("2", MOTHER)], end_missing=True)
    assert office.ended_people == [father]
    assert office.people(ended=True) == 1
    office.bring([pupil("1", FATHER), pupil("2", MOTHER)])
    assert office.person_of("1", "林强") == father
    assert office.person_of("2", "王芳") == mother
    assert office.people(ended=True) == 0
