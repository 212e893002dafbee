"""Whatever is pressed in whatever order: a conversation is readable for who asked, after a second person's yes, for a day."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.base import new_id
from models.rights import looks
from models.standing import Standing, standing
from models.unit import Unit, sql
from tests.school import School

PEOPLE = {"赵主任": 1, "钱主任": 2, "李明": 3, "张强": 4}
STEPS = st.lists(
    st.one_of(
        st.sampled_from(["ask", "read"]),
        st.tuples(st.sampled_from(["agree", "decline", "read"]), st.sampled_from(sorted(PEOPLE))),
        st.integers(1, 40),
    ),
    max_size=14,
)


def _town(school: School, unit: Unit) -> dict[str, Standing]:
    vault, ids = school.vault, school.ids
    ids["钱主任"] = new_id()
    unit.write(
        sql(
            "INSERT INTO person (id, school_id, staff_number, sealed_name, name_hash, hours_from, hours_to)"
            " VALUES (:id, :school, 'T8', :name, :hash, 450, 1110)"
        ),
        id=ids["钱主任"],
        school=ids["school"],
        name=vault.seal("person", ids["钱主任"], "name", "钱主任"),
        hash=b"x",
    )
    unit.write(
        sql("INSERT INTO role (id, person_id, kind, since) VALUES (:id, :person, 'admin', 0)"),
        id=new_id(),
        person=ids["钱主任"],
    )
    for name, number in PEOPLE.items():
        account = new_id()
        unit.write(
            sql(
                "INSERT INTO account (id, bot_id, user_id, language, language_chosen, reachable, wrong_links, created_at)"
                " VALUES (:id, 1, :user, 'zh_CN', :no, :yes, 0, 0)"
            ),
            id=account,
            user=number,
            no=False,
            yes=True,
        )
        unit.write(sql("UPDATE person SET account_id = :account WHERE id = :id"), account=account, id=ids[name])
    unit.write(sql("UPDATE guardianship SET confirmed_at = 0 WHERE person_id = :id"), id=ids["张强"])
    unit.write(
        sql("INSERT INTO thread (id, pupil_id, guardian_id, mentor_id) VALUES (:id, :pupil, :guardian, :mentor)"),
        id=new_id(),
        pupil=ids["张小雨"],
        guardian=ids["张强"],
        mentor=ids["李明"],
    )
    found = {name: standing(unit, 1, number) for name, number in PEOPLE.items()}
    return {name: one for name, one in found.items() if one is not None}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_readable_only_so(school: School, steps: list[object]) -> None:
    unit = school.unit()
    try:
        who = _town(school, unit)
        side = looks.sides(unit, who["赵主任"], "S1")[0]
        look_id, asked_at, open_until, decided = 0, unit.now, None, False
        for step in steps:
            if step == "ask" and not look_id:
                look_id = looks.ask(unit, who["赵主任"], side, "有人来学校问过") or 0
                asked_at = unit.now
            elif isinstance(step, int):
                unit.now += timedelta(hours=step)
            elif look_id and isinstance(step, tuple) and step[0] != "read":
                one = looks.look(unit, look_id)
                assert one is not None
                said = looks.decide(unit, who[step[1]], one, agrees=step[0] == "agree")
                may = step[1] == "钱主任"  # the mentor takes part, the guardian too, who asks does not decide
                in_time = unit.now - asked_at < timedelta(milliseconds=looks.ANSWERED_WITHIN)
                assert said is (None if not may else not decided and in_time)
                if said:
                    decided = True
                    open_until = unit.now + timedelta(days=1) if step[0] == "agree" else None
            elif look_id:
                name = step[1] if isinstance(step, tuple) else "赵主任"
                lines = unit.execute(sql("SELECT COUNT(*) AS many FROM access WHERE what = 'thread'")).one().many
                found = looks.page(unit, who[name], look_id, 0)
                readable = name == "赵主任" and open_until is not None and unit.now < open_until
                assert (found is not None) is readable
                after = unit.execute(sql("SELECT COUNT(*) AS many FROM access WHERE what = 'thread'")).one().many
                assert after - lines == (1 if readable else 0)
    finally:
        unit.connection.rollback()
        unit.connection.close()
