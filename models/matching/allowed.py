"""Who may do what in a round: asked anew from the tables of today each time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, text

from models.contact import FREE
from models.matching import rounds
from models.matching.rounds import Round
from models.standing import Line, Standing, administers
from models.unit import Unit, sql


@dataclass(frozen=True, slots=True)
class Acting:
    """As whom somebody acts: the person, and which classes of the round are theirs (None: all of them)."""

    person_id: int
    classes: frozenset[int] | None

    @property
    def is_admin(self) -> bool:
        """Whether all of the round is theirs."""
        return self.classes is None

    def has(self, class_id: int) -> bool:
        """Whether a class is theirs."""
        return self.classes is None or class_id in self.classes


_LED = sql(
    "SELECT c.class_id FROM match_class c JOIN class_team t ON t.school_class_id = c.class_id AND t.until IS NULL"
    " WHERE c.round_id = :round AND t.chief_mentor_id = :person"
)
_CHILD = text(
    "SELECT m.id, m.round_id FROM match_pupil m JOIN match_round r ON r.id = m.round_id AND r.state = 'wishes'"
    " JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL JOIN match_class c ON c.round_id = m.round_id"
    " AND c.class_id = pu.school_class_id WHERE m.pupil_id = :pupil AND r.wishes_until > :now"
)
_MENTOR = sql(
    "SELECT m.id, m.round_id FROM match_mentor m JOIN match_round r ON r.id = m.round_id AND r.state = 'wishes'"
    " AND r.wishes_until > :now JOIN role ro ON ro.person_id = m.person_id AND ro.kind = 'mentor' AND ro.until IS NULL"
    " WHERE m.person_id = :person ORDER BY m.id"
)
_OPEN_OF = text(
    "SELECT DISTINCT m.pupil_id FROM match_pupil m JOIN match_round r ON r.id = m.round_id AND r.state = 'wishes'"
    " JOIN pupil pu ON pu.id = m.pupil_id JOIN match_class c ON c.round_id = m.round_id AND c.class_id = pu.school_class_id"
    " WHERE m.pupil_id IN :pupils AND r.wishes_until > :now"
).bindparams(bindparam("pupils", expanding=True))


_BARRED = text(f"SELECT p.id FROM person p WHERE p.id IN :people AND NOT ({FREE})").bindparams(
    bindparam("people", expanding=True)
)


def _barred(unit: Unit, person_ids: list[int]) -> set[int]:
    """Of these guardians those whom nothing may be told: for them there is no round, as far as they can see."""
    return {row.id for row in unit.execute(_BARRED, people=person_ids)}


def admin_of(unit: Unit, who: Standing, round_id: int) -> tuple[Round, int] | None:
    """A round and the admin that this account is for its school."""
    found = rounds.one(unit, round_id)
    if found is None or who.staff is None or found.school_id not in administers(unit, who):
        return None
    return found, who.staff.person_id


def looks(unit: Unit, who: Standing, round_id: int) -> tuple[Round, Acting] | None:
    """A round with a proposal, and as whom this account co-ordinates it: an admin, or a chief mentor once asked to look."""
    admin = admin_of(unit, who, round_id)
    if admin is not None:
        return admin[0], Acting(admin[1], None)
    found, staff = rounds.one(unit, round_id), who.staff
    if found is None or staff is None or found.shown_at is None or found.state is not rounds.RoundState.PROPOSED:
        return None
    led = frozenset(row.class_id for row in unit.execute(_LED, round=round_id, person=staff.person_id))
    return (found, Acting(staff.person_id, led)) if led else None


def child_in_round(unit: Unit, who: Standing, pupil_id: int) -> tuple[Line, int, Round] | None:
    """The line of one of this account's own children, the child's row in a round that takes wishes, and the round."""
    line = next((one for one in who.children if one.pupil_id == pupil_id), None)
    if line is not None and _barred(unit, [line.guardian_id]):
        return None
    row = None if line is None else unit.execute(_CHILD, pupil=pupil_id, now=unit.now_ms).first()
    found = None if row is None else rounds.one(unit, row.round_id)
    return None if line is None or row is None or found is None else (line, row.id, found)


def children_in_rounds(unit: Unit, who: Standing) -> list[Line]:
    """The own children for whom wishes can be given now."""
    if not who.children:
        return []
    pupils = list({one.pupil_id for one in who.children})
    there = {row.pupil_id for row in unit.execute(_OPEN_OF, pupils=pupils, now=unit.now_ms)}
    if not there:
        return []
    barred = _barred(unit, list({one.guardian_id for one in who.children}))
    return list(
        {one.pupil_id: one for one in who.children if one.pupil_id in there and one.guardian_id not in barred}.values()
    )


def rounds_of_mentor(unit: Unit, who: Standing) -> list[Round]:
    """The rounds in which this account can say what it wishes as a mentor."""
    rows = [] if who.staff is None else unit.execute(_MENTOR, person=who.staff.person_id, now=unit.now_ms).all()
    return [found for row in rows if (found := rounds.one(unit, row.round_id)) is not None]


def mentor_in_round(unit: Unit, who: Standing, round_id: int | None = None) -> tuple[int, Round, int] | None:
    """This account's own row as a mentor in a round that takes wishes, the round, and the person."""
    staff = who.staff
    rows = [] if staff is None else unit.execute(_MENTOR, person=staff.person_id, now=unit.now_ms).all()
    row = next((one for one in rows if round_id in (None, one.round_id)), None)
    found = None if row is None else rounds.one(unit, row.round_id)
    return None if row is None or found is None or staff is None else (row.id, found, staff.person_id)
