"""Random histories of appointments by everybody who may act, with time passing and restarts, on both databases.

After every step all that must hold is reckoned a second way, from raw rows (reckoned.py). `VISIT_HISTORIES=5000` tries so
many, each another time; what failed is printed by hypothesis as a program to repeat it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, Row, create_engine, event, text
from sqlalchemy.engine import make_url

from bot.database import open_engine
from handlers.appointments import before, care
from handlers.context import SchoolSettings
from models.appointments import availability, booking, safety, slots, visits, waiting
from models.appointments.booking import Result
from models.appointments.rules import VisitRules
from models.appointments.slots import LESSONS
from models.appointments.states import Form, Purpose, Reply, VisitState
from models.base import new_id, to_ms
from models.unit import Unit
from models.vault import Vault
from tests.appointments import reckoned
from tests.appointments.reckoned import Facts, Seen
from tests.appointments.town import BOT, ZONE, Town
from tests.effort import examples

S = VisitState
RULES = VisitRules(most_per_week=2)
SCHOOL = SchoolSettings(visits=RULES)
MINUTE, DAY = 60_000, 86_400_000
ANY = st.integers(0, 10_000)
FORMS = st.sampled_from(["home", "home", "public", "school", "school", "video"])
OPEN = reckoned.OPEN
ONE = text("SELECT * FROM visit WHERE id = :id")

OFTEN = {
    "takes_an_offered_time": 5,
    "takes_what_somebody_has": 3,
    "names_any_time": 2,
    "proposes": 2,
    "joins": 2,
    "does_not_come_along": 2,
    "declines": 2,
    "the_second_teacher_agrees": 5,
    "the_second_teacher_cannot": 1,
    "somebody_else_is_asked_along": 2,
    "the_mentor_answers_a_proposal": 3,
    "is_called_off": 1,
    "goes_there": 2,
    "plan": 2,
    "waits": 3,
    "waits_no_more": 1,
    "takes_what_is_kept": 2,
    "ticks": 5,
    "minutes_pass": 1,
    "hours_pass": 2,
    "days_pass": 1,
    "restarts": 1,
    "says_when_free": 1,
    "says_when_free_once": 2,
    "a_mentor_will_be_away": 1,
    "a_pupil_gets_another_mentor": 1,
}
"""How often each thing happens, of all together."""
WHAT = [name for name, times in OFTEN.items() for _ in range(times)]


class Place:
    """A town whose rows every history begins with, and how to get a database with them."""

    def __init__(self, engine: Engine, vault: Vault, fresh: Callable[[], str]) -> None:
        town = Town(engine, vault)
        self.town, self.vault, self.fresh = town, vault, fresh
        self.mentors = [town.teacher(name) for name in "甲乙"]
        self.staff = [*self.mentors, *(town.teacher(name) for name in "丙丁")]
        for mentor in self.mentors:
            for weekday in (1, 3, 5):
                town.free(mentor, weekday, 17 * 60, 18 * 60 + 30)
        one, two = self.mentors
        mother, father = town.guardian("一妈"), town.guardian("一爸")
        both, alone, fourth = (
            (town.guardian("二妈"), town.guardian("二爸")),
            town.guardian("三妈"),
            town.guardian("四爸"),
        )
        self.families: dict[int, list[int]] = {
            town.pupil("一", one, mother, father): [mother, father],
            town.pupil("二大", one, *both): list(both),
            town.pupil("二小", two, *both): list(both),
            town.pupil("三", two, alone): [alone],
            town.pupil("四", one, fourth): [fourth],
        }
        self.pupils = list(self.families)
        for pupil in (self.pupils[0], self.pupils[4]):
            town.school.run(
                "INSERT INTO pupil_area (pupil_id, sealed_name, area_hash, at) VALUES (:pupil, :seal, :seal, 0)",
                pupil=pupil,
                seal=b"by the river",
            )
        children: dict[int, set[int]] = {}
        for pupil, guardians in self.families.items():
            for guardian in guardians:
                children.setdefault(guardian, set()).add(pupil)
        self.facts = Facts(RULES, ZONE, children)


class Histories(RuleBasedStateMachine):
    """Two mentors, two more teachers, four families of which one has two children; they do whatever they like."""

    place: ClassVar[Place]

    @initialize()
    def begins(self) -> None:
        self.url = self.place.fresh()
        self.engine = opened(self.url)
        self.now = self.place.town.now
        for pupil in self.place.pupils:
            self.invite(pupil, 3, hour=False, asked=False)
        self.before = self.look()
        self.about: set[int] | None = set()

    def teardown(self) -> None:
        if hasattr(self, "engine"):
            self.engine.dispose()

    # --- what every step needs ---

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self.engine.begin() as connection:
            unit = Unit(connection, self.place.vault, self.now)
            yield unit
            unit.finish()

    def look(self) -> Seen:
        with self.engine.connect() as connection:
            return reckoned.look(connection, to_ms(self.now))

    def one(self, number: int, *states: str) -> Row[Any] | None:
        """An appointment in one of these states, and the step is about it."""
        found = [one for one in self.before.visits.values() if one.state in states]
        if not found:
            return None
        self.about = {found[number % len(found)].id}
        return found[number % len(found)]

    def guardian(self, visit: Row[Any], number: int) -> int:
        family = self.place.families[visit.pupil_id]
        return family[number % len(family)]

    def is_after(self, visit_id: int) -> Row[Any]:
        with self.engine.connect() as connection:
            return connection.execute(ONE, {"id": visit_id}).one()

    @invariant()
    def all_holds(self) -> None:
        if not hasattr(self, "before"):
            return
        after = self.look()
        reckoned.check(after, self.place.facts)
        reckoned.compare(self.before, after, self.place.facts, self.about)
        self.before, self.about = after, set()

    def kept(self, visit: Row[Any]) -> None:
        """A refusal takes no agreed time away."""
        now, rules = self.is_after(visit.id), self.place.facts.rules
        assert reckoned.calendar(now, rules) == reckoned.calendar(visit, rules)

    # --- who acts: one rule, so that no history lacks the half of them ---

    @rule(what=st.sampled_from(WHAT), number=ANY, who=ANY, which=ANY, form=FORMS)
    def somebody(self, what: str, number: int, who: int, which: int, form: str) -> None:
        getattr(self, what)(number, who, which, form)

    # --- inviting, asking ---

    def plan(self, number: int, second: int, which: int, _form: str) -> None:
        self.invite(
            self.place.pupils[number % len(self.place.pupils)], second, hour=which % 6 == 0, asked=which % 2 == 0
        )

    def invite(self, pupil: int, second: int, *, hour: bool, asked: bool) -> None:
        with self.unit() as unit:
            row = unit.connection.execute(
                text("SELECT mentor_id FROM mentorship WHERE pupil_id = :pupil AND until IS NULL"), {"pupil": pupil}
            ).one()
            others = [None, *(one for one in self.place.staff if one != row.mentor_id)]
            visit, fresh = visits.plan(
                unit,
                school_id=self.place.town.school.ids["school"],
                pupil_id=pupil,
                mentor_id=row.mentor_id,
                purpose=Purpose.HOUR if hour else Purpose.VISIT,
                state=S.PLANNED if asked else S.INVITED,
                actor=row.mentor_id,
                companion_id=others[second % len(others)],
            )
            for guardian in self.place.families[pupil] if fresh else ():
                visits.says(unit, visit, guardian, Reply.INVITED)

    # --- families choose ---

    def choose(self, visit: Row[Any], who: int, form: str, at: int, *, proposed: bool = False) -> Result:
        guardian = self.guardian(visit, who)
        purpose_form = Form.SCHOOL if visit.purpose == "hour" else Form(form)
        with self.unit() as unit:
            result = booking.choose(unit, visit.id, guardian, purpose_form, at, RULES, ZONE, proposed=proposed)
        self.came(visit, result, at)
        now = self.is_after(visit.id)
        if result in (Result.WAITS_MENTOR, Result.WAITS_COMPANION, Result.NEEDS_COMPANION):
            assert (now.wish_at, now.wish_by) == (at, guardian)
        if result is Result.CONFIRMED and visit.purpose == "visit":
            assert now.guardian_id == guardian
            with self.engine.connect() as connection:
                reckoned.offered(connection, now, to_ms(self.now), self.place.facts, LESSONS)
        return result

    def came(self, visit: Row[Any], result: Result, at: int) -> None:
        if result is Result.CONFIRMED:
            now = self.is_after(visit.id)
            assert (now.state, now.starts_at, now.wish_at) == ("confirmed", at, None)
        else:
            self.kept(visit)

    def takes_an_offered_time(self, number: int, who: int, which: int, form: str) -> None:
        visit = self.one(number, "planned", "invited", "accepted", "confirmed")
        if visit is None:
            return
        chosen = Form.SCHOOL if visit.purpose == "hour" else Form(form)
        with self.unit() as unit:
            row = visits.must(unit, visit.id)
            wanted = booking.wanted_for(row, chosen, self.guardian(visit, who), RULES, ZONE)
            free = slots.free(unit, wanted, RULES)
        if free:
            result = self.choose(visit, who, form, free[which % min(len(free), 5)].starts_at)
            begun = visit.state == "confirmed" and visit.starts_at <= to_ms(self.now)
            assert result is not Result.GONE, "it was offered, and is refused"
            assert (result is Result.OVER) == begun, "only what has begun is past choosing"

    def takes_what_somebody_has(self, number: int, who: int, which: int, form: str) -> None:
        taken = [one.starts_at or one.wish_at for one in self.before.visits.values() if one.starts_at or one.wish_at]
        taken += [one.starts_at for one in self.before.live for _ in range(3)]
        visit = self.one(number, "planned", "invited", "accepted", "confirmed")
        if visit is not None and taken:
            shift = (0, 0, 0, 15, 30, 45, 60, -30)[which % 8]
            self.choose(visit, who, form, taken[which // 8 % len(taken)] + shift * MINUTE)

    def at(self, days: int, minutes: int) -> int:
        """That minute of a day so many days from now, at the school."""
        there = self.now.astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
        return to_ms(there + timedelta(days=days, minutes=minutes))

    def names_any_time(self, number: int, who: int, which: int, form: str) -> None:
        visit = self.one(number, *OPEN, *reckoned.HELD, "cancelled", "declined")
        if visit is not None:
            self.choose(visit, who, form, self.at(which % 26 - 1, number % 289 * 5), proposed=which % 2 == 0)

    def proposes(self, number: int, who: int, which: int, form: str) -> None:
        visit = self.one(number, "planned", "invited", "accepted", "confirmed")
        if visit is not None:
            self.choose(visit, who, form, self.at(1 + which % 5, (16 + which % 24) * 30), proposed=True)

    def joins(self, number: int, who: int, _which: int, _form: str) -> None:
        visit = self.one(number, *reckoned.HOLDING) or self.one(number, *OPEN)
        if visit is not None:
            with self.unit() as unit:
                result = booking.join(unit, visit.id, self.guardian(visit, who))
            assert visit.state == "confirmed" or result is Result.OVER

    def does_not_come_along(self, number: int, who: int, _which: int, _form: str) -> None:
        visit = self.one(number, *OPEN)
        if visit is not None:
            with self.unit() as unit:
                booking.leave(unit, visit.id, self.guardian(visit, who))
            self.kept(visit)

    def declines(self, number: int, who: int, _which: int, _form: str) -> None:
        visit = self.one(number, *OPEN)
        if visit is not None:
            with self.unit() as unit:
                booking.decline(unit, visit.id, self.guardian(visit, who))
            self.kept(visit)

    # --- teachers agree, or do not ---

    def the_second_teacher_agrees(self, number: int, _who: int, which: int, _form: str) -> None:
        asked = [one for one in self.before.visits.values() if one.companion_says == "asked" and one.wish_at]
        if not asked:
            return
        visit = asked[number % len(asked)]
        self.about = {visit.id}
        stranger, late = which % 9 == 0, 30 * (which % 7 == 0)
        who, at = visit.mentor_id if stranger else visit.companion_id, visit.wish_at + late * MINUTE
        with self.unit() as unit:
            result = booking.companion_agrees(unit, visit.id, who, at, RULES, ZONE)
        assert result is Result.OVER or not (stranger or late), "somebody else has agreed, or to another time"
        self.came(visit, result, at)

    def the_second_teacher_cannot(self, number: int, _who: int, _which: int, _form: str) -> None:
        visit = self.one(number, "planned", "invited", "accepted", "confirmed")
        if visit is not None and visit.companion_id is not None:
            with self.unit() as unit:
                booking.companion_refuses(unit, visit.id, visit.companion_id)

    def somebody_else_is_asked_along(self, number: int, who: int, _which: int, _form: str) -> None:
        visit = self.one(number, "accepted") or self.one(number, "planned", "invited", "confirmed")
        if visit is not None:
            with self.unit() as unit:
                booking.ask_companion(unit, visit.id, visit.mentor_id, self.place.staff[who % len(self.place.staff)])
            self.kept(visit)

    def the_mentor_answers_a_proposal(self, number: int, _who: int, which: int, _form: str) -> None:
        asked = [one for one in self.before.visits.values() if one.wish_proposed]
        if not asked:
            return
        visit = asked[number % len(asked)]
        self.about = {visit.id}
        with self.unit() as unit:
            if which % 3:
                result = booking.mentor_agrees(unit, visit.id, visit.mentor_id, visit.wish_at, RULES, ZONE)
            else:
                booking.drop_wish(unit, visit.id, visit.mentor_id)
                result = Result.GONE
        self.came(visit, result, visit.wish_at)

    # --- out of it, and during it ---

    def is_called_off(self, number: int, _who: int, which: int, _form: str) -> None:
        visit = self.one(number, *OPEN)
        if visit is None:
            return
        how = ("cancelled", "reopened", "reopened", "no_show", "declined")[which % 5]
        with self.unit() as unit:
            if how == "reopened":
                booking.reopen(unit, visit.id, visit.mentor_id, "mentor_moves")
            else:
                booking.end(unit, visit.id, S(how), visit.mentor_id)

    def goes_there(self, number: int, _who: int, which: int, _form: str) -> None:
        visit = self.one(number, *reckoned.HOLDING)
        if visit is None:
            return
        # Who means to go does so when it is time.
        self.now = max(self.now, reckoned.moment(visit.starts_at) - timedelta(minutes=10))
        with self.unit() as unit:
            row = visits.must(unit, visit.id)
            if which % 3 == 0:
                safety.arrive(unit, visit.id, visit.mentor_id)
            elif which % 3 == 1:
                safety.not_arrived(unit, row, visit.mentor_id)
            else:
                safety.leave(unit, row, visit.mentor_id)

    # --- waiting ---

    def waits(self, number: int, who: int, which: int, form: str) -> None:
        visit = self.one(number, "planned", "invited") or self.one(number, *OPEN)
        if visit is None:
            return
        # Often all of a mentor's families do, one after the other: then the order counts.
        waiting_ = [visit]
        if which % 2:
            found = (one for one in self.before.visits.values() if one.state == "invited")
            waiting_ = sorted(
                (one for one in found if one.mentor_id == visit.mentor_id), key=lambda one: one.id * (who % 2 or -1)
            )
        self.about = {one.id for one in waiting_}
        for one in waiting_:
            self.now += timedelta(seconds=1)
            chosen = Form.SCHOOL if one.purpose == "hour" else Form(form)
            with self.unit() as unit:
                waiting.wait(unit, one.id, self.guardian(one, who), chosen, RULES, ZONE)

    def waits_no_more(self, number: int, _who: int, which: int, _form: str) -> None:
        if self.before.waits:
            self.about = {self.before.waits[number % len(self.before.waits)].visit_id}
            with self.unit() as unit:
                for visit in self.about:
                    (waiting.leave if which % 2 else waiting.pass_over)(unit, visit)

    def takes_what_is_kept(self, number: int, who: int, _which: int, _form: str) -> None:
        if self.before.live:
            offer = self.before.live[number % len(self.before.live)]
            visit = self.before.visits[offer.visit_id]
            self.about = {visit.id}
            self.choose(visit, who, visit.form, offer.starts_at)

    def ticks(self, *_: Any) -> None:
        self.about = None
        could = self._could_be_offered()
        with self.unit() as unit:
            before.tick(unit, BOT, SCHOOL)
            care.tick(unit, SCHOOL)
        self._was_offered_in_order(could)

    def _could_be_offered(self) -> dict[int, list[int]]:
        """Beginnings that each waiting family could be offered, the best first."""
        found: dict[int, list[int]] = {}
        with self.unit() as unit:
            for one in self.before.waits:
                visit = visits.must(unit, one.visit_id)
                wanted = booking.wanted_for(visit, Form(visit.form or ""), one.guardian_id, RULES, ZONE)
                known = {int(each) * MINUTE for each in one.seen.split()}
                known |= {each.starts_at for each in self.before.offers if each.visit_id == visit.id}
                found[visit.id] = [
                    at for each in slots.free(unit, wanted, RULES) if (at := each.starts_at) not in known
                ]
        return found

    def _was_offered_in_order(self, could: dict[int, list[int]]) -> None:
        """Nobody is offered what somebody who waits longer could have had, and would have had before what that one got."""
        after, old = self.look(), {(one.visit_id, one.starts_at) for one in self.before.offers}
        fresh = {one.visit_id: one.starts_at for one in after.offers if (one.visit_id, one.starts_at) not in old}
        had = {one.visit_id for one in self.before.live}
        for place, earlier in enumerate(after.waits):
            for later in after.waits[place + 1 :]:
                if later.visit_id not in fresh or later.mentor_id != earlier.mentor_id or earlier.visit_id in had:
                    continue
                best, got = could[earlier.visit_id], fresh.get(earlier.visit_id)
                better = best if got is None else best[: best.index(got)]
                assert fresh[later.visit_id] not in better, "somebody who came later was offered it"

    # --- what changes around them ---

    def minutes_pass(self, number: int, *_: Any) -> None:
        self.now += timedelta(minutes=1 + number % 90)

    def hours_pass(self, number: int, *_: Any) -> None:
        self.now += timedelta(minutes=60 + number % 1200)

    def days_pass(self, number: int, *_: Any) -> None:
        self.now += timedelta(days=1 + number % 3)

    def restarts(self, *_: Any) -> None:
        self.engine.dispose()
        self.engine = opened(self.url)

    def says_when_free(self, number: int, _who: int, which: int, _form: str) -> None:
        with self.unit() as unit:
            begins = (14 + which % 6) * 60
            availability.toggle_week(unit, self.place.staff[number % 3], "visit", which % 7, begins, begins + 60)

    def says_when_free_once(self, number: int, _who: int, which: int, _form: str) -> None:
        day, begins = (self.now + timedelta(days=which % 8)).date(), (8 + which % 12) * 60
        with self.unit() as unit:
            who, purpose = self.place.staff[number % 4], "hour" if which % 2 else "visit"
            availability.add_day(unit, who, purpose, day, begins, begins + 60, free=number % 3 > 0)

    def a_mentor_will_be_away(self, number: int, _who: int, which: int, _form: str) -> None:
        mentors, begins = self.place.mentors, to_ms(self.now) + which % 10 * DAY
        with self.unit() as unit:
            unit.connection.execute(
                text(
                    "INSERT INTO absence (id, mentor_id, substitute_id, starts_at, ends_at, set_by, started_told,"
                    " ended_told) VALUES (:id, :mentor, :other, :begins, :ends, :mentor, :no, :no)"
                ),
                {
                    "id": new_id(),
                    "mentor": mentors[number % 2],
                    "other": mentors[(number + 1) % 2],
                    "begins": begins,
                    "ends": begins + (1 + which % 5) * DAY,
                    "no": False,
                },
            )

    def a_pupil_gets_another_mentor(self, number: int, who: int, _which: int, _form: str) -> None:
        if who % 3:
            return  # it ends all that is open, so it comes seldom
        pupil = self.place.pupils[number % len(self.place.pupils)]
        with self.unit() as unit:
            run = unit.connection.execute
            row = run(text("SELECT * FROM mentorship WHERE pupil_id = :p AND until IS NULL"), {"p": pupil}).one()
            new = next(one for one in self.place.mentors if one != row.mentor_id)
            run(text("UPDATE mentorship SET until = :now WHERE id = :id"), {"now": to_ms(self.now), "id": row.id})
            values = {"id": new_id(), "p": pupil, "new": new, "now": to_ms(self.now)}
            run(text("INSERT INTO mentorship (id, pupil_id, mentor_id, since) VALUES (:id, :p, :new, :now)"), values)


def opened(url: str) -> Engine:
    """An engine as the bot has it; what a crash of the machine could lose is not what is tried here."""
    engine = open_engine(url)
    if "sqlite" in url:

        @event.listens_for(engine, "connect")
        def fast(connection: Any, _record: object) -> None:
            connection.execute("PRAGMA synchronous=OFF")

    return engine


def tried(place: Place, examples: int) -> None:
    """Tries histories that begin with this town."""
    many = os.environ.get("VISIT_HISTORIES")
    machine = type("TheHistories", (Histories,), {"place": place})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples if many is None else max(int(many) * examples // 200, 1),
            stateful_step_count=50,
            deadline=None,
            # Making a failed one small takes minutes: that is for who looks for it.
            phases=[Phase.generate] if many is None else [Phase.generate, Phase.shrink],
            database=None,
            derandomize=many is None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(7200 if "VISIT_HISTORIES" in os.environ else 400)
def test_any_history_on_sqlite(sqlite_template: Path, tmp_path: Path, vault: Vault) -> None:
    folder = tmp_path
    base, copy = folder / "base.db", folder / "copy.db"
    shutil.copy(sqlite_template, base)
    engine = opened(f"sqlite:///{base}")

    def fresh() -> str:
        for one in folder.glob("copy.db*"):
            one.unlink()
        shutil.copy(base, copy)
        return f"sqlite:///{copy}"

    place = Place(engine, vault, fresh)
    with engine.connect() as connection:
        connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    tried(place, examples(40, of=200))


@pytest.mark.timeout(7200 if "VISIT_HISTORIES" in os.environ else 400)
def test_any_history_on_postgresql(postgres: str, vault: Vault) -> None:
    root = make_url(postgres)
    admin = create_engine(postgres, isolation_level="AUTOCOMMIT")

    def named(name: str) -> str:
        return root.set(database=name).render_as_string(hide_password=False)

    def fresh() -> str:
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS history"))
            connection.execute(text("CREATE DATABASE history TEMPLATE history_base"))
        return named("history")

    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE history_base TEMPLATE template_school"))
    engine = open_engine(named("history_base"))
    place = Place(engine, vault, fresh)
    engine.dispose()
    tried(place, examples(6, of=15))
    admin.dispose()
