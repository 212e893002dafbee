"""A round's proposal: reckoned from its rows, kept in them, and read by those who co-ordinate."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.matching import rounds, tellings, wishes
from models.matching.problem import Cause, Facts, Problem, causes
from models.matching.rounds import Round
from models.matching.stable import Proposal, Why, propose
from models.matching.wishes import MentorWish
from models.unit import Unit, sql

_PUPILS = sql(
    "SELECT m.id, m.pupil_id, pu.school_class_id, pu.sealed_name, m.sealed_wish, m.wished_at, m.with_child, m.sealed_facts,"
    " m.mentor_id, m.why, m.unmet, m.moved_by, m.former_id, ms.mentor_id AS present_id FROM match_pupil m"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " JOIN match_class c ON c.round_id = m.round_id AND c.class_id = pu.school_class_id"
    " LEFT JOIN mentorship ms ON ms.pupil_id = m.pupil_id AND ms.until IS NULL"
    " WHERE m.round_id = :round ORDER BY m.pupil_id"
)
_MENTORS = sql(
    "SELECT m.id, m.person_id, p.sealed_name, p.subject, m.capacity, m.sealed_wish FROM match_mentor m"
    " JOIN person p ON p.id = m.person_id AND p.ended_at IS NULL WHERE m.round_id = :round AND EXISTS (SELECT 1 FROM role ro"
    " WHERE ro.person_id = p.id AND ro.kind = 'mentor' AND ro.until IS NULL) ORDER BY m.person_id"
)
_OUTSIDE = sql(
    "SELECT ms.mentor_id, COUNT(*) AS pupils FROM match_mentor m JOIN mentorship ms ON ms.mentor_id = m.person_id"
    " AND ms.until IS NULL JOIN pupil pu ON pu.id = ms.pupil_id AND pu.ended_at IS NULL WHERE m.round_id = :round"
    " AND pu.school_class_id NOT IN (SELECT class_id FROM match_class WHERE round_id = :round) GROUP BY ms.mentor_id"
)
_PAIRS = sql("SELECT pupil_id, mentor_id, must FROM match_pair WHERE round_id = :round ORDER BY pupil_id, mentor_id")
_SAVE = sql(
    "UPDATE match_pupil SET mentor_id = :mentor, why = :why, unmet = :unmet, moved_by = :moved, former_id = :former"
    " WHERE id = :id"
)
_PROPOSED = sql(
    "UPDATE match_round SET state = 'proposed', proposed_at = :now, version = version + 1, slack = :slack,"
    " unbounded = :unbounded WHERE id = :id AND state IN ('wishes', 'proposed') AND version = :version"
)
_NOT_LOOKED = sql("UPDATE match_class SET looked_by = NULL, looked_at = NULL WHERE round_id = :round")


@dataclass(frozen=True, slots=True)
class PupilRow:
    """A pupil of a round and what is proposed."""

    id: int
    pupil_id: int
    class_id: int
    sealed_name: bytes
    wishes: tuple[int, ...]
    wished: bool
    with_child: bool
    facts: Facts
    mentor: int | None
    why: str
    unmet: str
    moved_by: int | None
    present: int | None
    former: int | None
    """The mentor when it was proposed."""

    @property
    def stands(self) -> bool:
        """Whether somebody has given another mentor since it was proposed: that stands."""
        return self.mentor is not None and self.present not in (self.mentor, self.former)


@dataclass(frozen=True, slots=True)
class MentorRow:
    """A mentor of a round; `room` is for pupils of the round."""

    id: int
    person_id: int
    sealed_name: bytes
    subject: str | None
    capacity: int
    room: int
    wish: MentorWish


@dataclass(frozen=True)
class Loaded:
    """A round as it is now."""

    round: Round
    pupils: Mapping[int, PupilRow]
    mentors: Mapping[int, MentorRow]
    must: frozenset[tuple[int, int]]
    never: frozenset[tuple[int, int]]
    problem: Problem = field(repr=False)

    @property
    def proposed(self) -> dict[int, int]:
        """Pupils with their proposed mentors."""
        return {one.pupil_id: one.mentor for one in self.pupils.values() if one.mentor is not None}

    def pupil_name(self, unit: Unit, pupil_id: int) -> str:
        """A pupil's name."""
        return unit.vault.open("pupil", pupil_id, "name", self.pupils[pupil_id].sealed_name)

    def by_row(self, row_id: int) -> PupilRow | None:
        """The pupil of a row of the round."""
        return next((one for one in self.pupils.values() if one.id == row_id), None)

    def mentor_by_row(self, row_id: int) -> MentorRow | None:
        """The mentor of a row of the round."""
        return next((one for one in self.mentors.values() if one.id == row_id), None)


def load(unit: Unit, round_: Round) -> Loaded:
    """All of a round: its pupils and mentors of today. Everything sealed in it is opened: for those who may co-ordinate."""
    pupils = {
        row.pupil_id: PupilRow(
            row.id,
            row.pupil_id,
            row.school_class_id,
            bytes(row.sealed_name),
            wishes.opened(unit, row.id, row.sealed_wish),
            row.wished_at is not None,
            bool(row.with_child),
            wishes.opened_facts(unit, row.id, row.sealed_facts),
            row.mentor_id,
            row.why,
            row.unmet,
            row.moved_by,
            row.present_id,
            row.former_id,
        )
        for row in unit.execute(_PUPILS, round=round_.id)
    }
    outside = {row.mentor_id: row.pupils for row in unit.execute(_OUTSIDE, round=round_.id)}
    mentors = {}
    for row in unit.execute(_MENTORS, round=round_.id):
        capacity = round_.capacity if row.capacity is None else row.capacity
        mentors[row.person_id] = MentorRow(
            row.id,
            row.person_id,
            bytes(row.sealed_name),
            row.subject,
            capacity,
            max(0, capacity - outside.get(row.person_id, 0)),
            wishes.opened_mentor(unit, row.id, row.sealed_wish),
        )
    pairs = unit.execute(_PAIRS, round=round_.id).all()
    must = frozenset((row.pupil_id, row.mentor_id) for row in pairs if row.must)
    never = frozenset((row.pupil_id, row.mentor_id) for row in pairs if not row.must)
    return Loaded(round_, pupils, mentors, must, never, _problem(round_, pupils, mentors, must, never))


def _problem(
    round_: Round,
    pupils: Mapping[int, PupilRow],
    mentors: Mapping[int, MentorRow],
    must: frozenset[tuple[int, int]],
    never: frozenset[tuple[int, int]],
) -> Problem:
    told = {pupil for pupil, _ in must}
    # What the school has said since then goes before what was moved by hand.
    fixed = must | frozenset(
        (one.pupil_id, one.mentor)
        for one in pupils.values()
        if one.moved_by is not None and one.mentor is not None and one.mentor in mentors and one.pupil_id not in told
        if (one.pupil_id, one.mentor) not in never
    )
    refused = {(pupil, one.person_id) for one in mentors.values() for pupil in one.wish.refused}
    return Problem(
        tuple(pupils),
        {one.person_id: one.room for one in mentors.values()},
        # Whoever has gone keeps the place in a family's order: the second wish is told as the second one.
        {one.pupil_id: one.wishes for one in pupils.values() if any(m in mentors for m in one.wishes)},
        {one.person_id: tuple(p for p in one.wish.liked if p in pupils) for one in mentors.values() if one.wish.liked},
        frozenset(one.person_id for one in mentors.values() if one.wish.keep),
        fixed,
        # What the school says goes before what a mentor asks for.
        never | frozenset(refused - fixed),
        {one.pupil_id: one.present for one in pupils.values() if one.present in mentors and one.present is not None},
        {one.pupil_id: one.facts for one in pupils.values()},
        round_.balance,
        round_.priority,
        round_.keep,
        round_.seed,
    )


def make(unit: Unit, round_: Round) -> list[Cause]:
    """Makes the proposal, or makes it anew: what was moved by hand stays. Answers why it cannot be, empty where it was made.

    Wishes are closed with it. Raises RuntimeError where the round was changed meanwhile.
    """
    rounds.add_pupils(unit, round_.id)
    loaded = load(unit, round_)
    found = causes(loaded.problem)
    if found:
        return found
    proposal = propose(loaded.problem)
    unbounded = proposal.slack is None
    if (
        unit.write(
            _PROPOSED,
            id=round_.id,
            version=round_.version,
            now=unit.now_ms,
            slack=proposal.slack,
            unbounded=unbounded,
        )
        != 1
    ):
        raise RuntimeError("the round was changed meanwhile")
    unit.write(_NOT_LOOKED, round=round_.id)
    tellings.unsay(unit, round_.id, *tellings.QUESTIONS)
    _save(unit, loaded, proposal)
    return []


def _save(unit: Unit, loaded: Loaded, proposal: Proposal) -> None:
    for pupil, row in loaded.pupils.items():
        place = proposal.places.get(pupil)
        by_hand = place is not None and row.moved_by is not None and row.mentor == place.mentor
        unit.later(
            _SAVE,
            id=row.id,
            mentor=None if place is None else place.mentor,
            why="" if place is None else Why.HAND.value if by_hand else place.why.value,
            unmet="" if place is None or by_hand else place.unmet,
            moved=row.moved_by if by_hand else None,
            former=row.present,
        )
    unit.flush()


@dataclass(frozen=True, slots=True)
class Sums:
    """A proposal in numbers."""

    pupils: int
    wished: int
    met: tuple[int, int, int]
    """First, second and third wishes met."""
    left: int
    """Without a mentor."""
    changed: int
    """Who would get another mentor than today's, or a first one."""
    stands: int
    """Who was given another mentor by somebody since it was proposed, and keeps that one."""


def sums(loaded: Loaded) -> Sums:
    """What a proposal comes to. By rank of the wish, whatever the way on which it was met."""
    met: Counter[int] = Counter()
    for one in loaded.pupils.values():
        if one.mentor is not None and one.mentor in one.wishes:
            met[one.wishes.index(one.mentor)] += 1
    return Sums(
        len(loaded.pupils),
        sum(bool(one.wishes) for one in loaded.pupils.values()),
        (met[0], met[1], met[2]),
        sum(one.mentor is None for one in loaded.pupils.values()),
        sum(one.mentor not in (None, one.present) and not one.stands for one in loaded.pupils.values()),
        sum(one.stands for one in loaded.pupils.values()),
    )


@dataclass(frozen=True, slots=True)
class Load:
    """What a mentor would have."""

    mentor: int
    pupils: int
    room: int
    boys: int
    girls: int
    priority: int


def loads(loaded: Loaded, mentors: Mapping[int, int] | None = None) -> dict[int, Load]:
    """What each mentor would have, with the proposal or with other pairs, in no order of size."""
    with_: defaultdict[int, list[Facts]] = defaultdict(list)
    for pupil, mentor in (loaded.proposed if mentors is None else mentors).items():
        with_[mentor].append(loaded.pupils[pupil].facts)
    return {
        person: Load(
            person,
            len(with_[person]),
            one.room,
            sum(facts.sex == "m" for facts in with_[person]),
            sum(facts.sex == "f" for facts in with_[person]),
            sum(facts.priority for facts in with_[person]),
        )
        for person, one in loaded.mentors.items()
    }
