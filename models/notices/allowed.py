"""Who may send a notice to whom, who may see how it goes, and who may agree to it: asked here, each time."""

from __future__ import annotations

from models.notices.audience import Audience
from models.notices.states import Level, NoticeState
from models.notices.tables import Notice
from models.people import RoleKind
from models.standing import CHIEF_MENTOR, Self, Standing, administers, roles
from models.unit import Unit, sql

_LED = sql("SELECT school_class_id FROM class_team WHERE until IS NULL AND chief_mentor_id = :person ORDER BY 1")
_SCHOOL_OF = sql("SELECT school_id FROM school_class WHERE id = :id")
_MENTORS = sql("SELECT 1 FROM mentorship WHERE mentor_id = :person AND until IS NULL LIMIT 1")
_CENTRE = sql(
    "SELECT 1 FROM role r JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL"
    " WHERE r.kind = 'centre' AND r.until IS NULL AND r.person_id = :person"
)


def levels(unit: Unit, who: Standing) -> list[Level]:
    """On whose behalf this account may send today; empty for none."""
    staff = who.staff
    if staff is None:
        return []
    mine = roles(unit, who)
    found = []
    if RoleKind.CENTRE in mine:
        found.append(Level.CENTRE)
    if RoleKind.ADMIN in mine:
        found.append(Level.SCHOOL)
    if CHIEF_MENTOR in mine:
        found.append(Level.CLASS)
    if unit.execute(_MENTORS, person=staff.person_id).first() is not None:
        found.append(Level.MENTOR)
    return found


def classes_led(unit: Unit, person_id: int) -> list[int]:
    """The classes of which somebody is the chief mentor today."""
    return [row.school_class_id for row in unit.execute(_LED, person=person_id)]


def may_send(unit: Unit, who: Standing, level: Level, audience: Audience) -> Self | None:
    """As whom this account may send to that audience today, or nothing. Asked again at the moment of sending."""
    staff = who.staff
    if staff is None or level not in levels(unit, who):
        return None
    if level is Level.CENTRE:
        return staff
    if level is Level.SCHOOL:
        own = set(administers(unit, who))
        inside = all(unit.execute(_SCHOOL_OF, id=one).one().school_id in own for one in audience.classes)
        return staff if audience.schools and set(audience.schools) <= own and inside else None
    if level is Level.CLASS:
        led = set(classes_led(unit, staff.person_id))
        return staff if audience.classes and set(audience.classes) <= led else None
    narrow = audience.families and audience.mentor == staff.person_id
    return staff if narrow else None


_ADMIN = sql(
    "SELECT 1 FROM role r JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL"
    " WHERE r.kind = 'admin' AND r.until IS NULL AND r.person_id = :person AND p.school_id = :school"
)


def speaks_for(unit: Unit, notice: Notice) -> bool:
    """Whether its author still has the role that the level takes; otherwise nothing of the school is offered for it."""
    if notice.level == Level.CENTRE:
        return unit.execute(_CENTRE, person=notice.author_id).first() is not None
    if notice.level == Level.SCHOOL:
        return unit.execute(_ADMIN, person=notice.author_id, school=notice.school_id).first() is not None
    return True


def tends(unit: Unit, notice: Notice, who: Standing) -> int | None:
    """As which person this account may look after a notice (pause, stop, correct, counts): its author, and for the
    school's an admin of the school, for the centre's the centre."""
    staff = who.staff
    if staff is None:
        return None
    if staff.person_id == notice.author_id:
        return staff.person_id
    if notice.state in (NoticeState.DRAFT, NoticeState.DROPPED):
        return None
    if notice.level == Level.CENTRE:
        return staff.person_id if unit.execute(_CENTRE, person=staff.person_id).first() is not None else None
    return staff.person_id if notice.school_id in administers(unit, who) else None


def approves(unit: Unit, notice: Notice, who: Standing) -> int | None:
    """As which person this account may agree to a notice: somebody else than its author who might have sent it."""
    staff = who.staff
    if staff is None or staff.person_id == notice.author_id or notice.state != NoticeState.ASKED:
        return None
    found = tends(unit, notice, who)
    if found is None and unit.execute(_CENTRE, person=staff.person_id).first() is not None:
        found = staff.person_id
    return found


def invites(unit: Unit, who: Standing) -> set[int] | None:
    """The schools for whose families this account may make joining slips; nothing stands for all of them."""
    if who.staff is not None and unit.execute(_CENTRE, person=who.staff.person_id).first() is not None:
        return None
    return set(administers(unit, who))


_APPROVERS = sql(
    "SELECT DISTINCT p.id FROM role r JOIN person p ON p.id = r.person_id AND p.ended_at IS NULL"
    " JOIN account a ON a.id = p.account_id AND a.reachable WHERE r.until IS NULL AND p.id <> :author"
    " AND ((r.kind = 'admin' AND p.school_id = :school AND :level <> 'centre') OR r.kind = 'centre') ORDER BY p.id"
)


def approvers(unit: Unit, notice: Notice) -> list[int]:
    """The people who may agree to it and can be asked."""
    rows = unit.execute(_APPROVERS, author=notice.author_id, school=notice.school_id, level=notice.level)
    return [row.id for row in rows]
