"""Who lives in the town: two schools, every role, and every way in which people can be related, or no longer be."""

from __future__ import annotations

from datetime import timedelta

from models import people
from models.base import from_ms, new_id
from models.joining import NOTICE_VERSION
from models.queues import Bot
from models.terms import CalendarSpan, LessonHours
from models.vault import token_hash
from tests.isolation.rows import BOT, DAY, Rows

FIRST_USER = 7001
ROOM = -100_500
"""The group in which 宋老师 has the families as topics."""
LINES = (
    # pupil, class, mentor, guardians
    ("P1", "A1", "M1", ("G1", "G2")),
    ("P2", "A1", "M2", ("G1",)),
    ("P3", "A1", "M2", ("G3",)),
    ("P4", "A1", "M4", ("G4",)),
    ("P5", "A2", "M3", ("GM4",)),
    ("P6", "A2", "M3", ("G6", "G7")),
    ("P7", "A1", "M2", ("GNC",)),
    ("P8", "A2", None, ("G8",)),
    ("PB", "B1", "MB", ("GB",)),
    ("PC", "B1", "MB", ("GC",)),
)
"""G1 has two children with two mentors, P1 two guardians who are separated, GM4 is M4 at home; GNC must not be contacted."""
STAFF = {
    "M1": ("A", "mentor"),
    "M2": ("A", "mentor"),
    "M3": ("A", "mentor"),
    "M4": ("A", "mentor"),
    "M5": ("A", "mentor"),
    "SUB": ("A", "mentor"),
    "COUNSELLOR": ("A", "counsellor"),
    "ADMIN": ("A", "admin"),
    "DUTY": ("A", "duty_leader"),
    "CENTRE": ("A", "centre"),
    "PLAIN": ("A", None),
    "LEFT": ("A", None),
    "MB": ("B", "mentor"),
    "ADMINB": ("B", "admin"),
    "COUNSB": ("B", "counsellor"),
}
CHIEFS = {"A1": "M1", "A2": "M3", "B1": "MB"}
GUARDIANS = ("G1", "G2", "G3", "G4", "GM4", "G6", "G7", "GNC", "G8", "GX", "GB", "GC")
ENGLISH = ("G3", "M3")


def settle(rows: Rows) -> None:
    """Schools, classes, people, what they are to each other."""
    names, since = rows.names, rows.now - timedelta(days=80)
    rows.put(Bot, id=BOT, username="try_bot")
    for school in ("A", "B"):
        names[school] = rows.put(people.School, name=f"学校{school}")
        stage = rows.put(people.Stage, school_id=names[school], name="小学")
        today = rows.now.date()
        names[f"term{school}"] = rows.put(
            people.Term,
            school_id=names[school],
            name="本学期",
            starts_on=today - timedelta(days=70),
            ends_on=today + timedelta(days=70),
        )
        rows.put(LessonHours, school_id=names[school], stage="小学", begins=490, ends=960)
        exam = today + timedelta(days=50)
        rows.put(CalendarSpan, school_id=names[school], kind="exam", name="期末", first=exam, last=exam)
        for label in [one for one in CHIEFS if one[0] == school]:
            names[label] = rows.put(
                people.SchoolClass, school_id=names[school], stage_id=stage, grade="五年级", name=f"{label}班"
            )
    for number, (name, (school, role)) in enumerate(STAFF.items(), 1):
        _person(rows, name, school, staff=f"T{number}")
        if role is not None:
            rows.put(people.Role, person_id=names[name], kind=role, since=since)
    for name in GUARDIANS:
        # M4 is both with one account.
        _person(rows, name, "B" if name in ("GB", "GC") else "A", account=names["@M4"] if name == "GM4" else None)
    _account(rows, "STRANGER")
    for label, chief in CHIEFS.items():
        rows.put(people.ClassTeam, school_class_id=names[label], chief_mentor_id=names[chief], since=since)
    for number, (pupil, label, mentor, guardians) in enumerate(LINES, 1):
        _pupil(rows, pupil, label, number)
        if mentor is not None:
            rows.put(people.Mentorship, pupil_id=names[pupil], mentor_id=names[mentor], since=since)
        for one in guardians:
            _guards(rows, pupil, one, confirmed=one != "G7")
    _former(rows)
    rows.put(
        people.Absence,
        mentor_id=names["M2"],
        substitute_id=names["SUB"],
        starts_at=rows.now_ms - DAY,
        ends_at=rows.now_ms + 5 * DAY,
        set_by=names["M2"],
        started_told=True,
    )


def _former(rows: Rows) -> None:
    """Who once was: LEFT mentored P3 and has left; GX guarded P3; M5 mentored P1."""
    names, since, until = rows.names, rows.now - timedelta(days=400), rows.now - timedelta(days=81)
    rows.put(people.Mentorship, pupil_id=names["P3"], mentor_id=names["LEFT"], since=since, until=until)
    rows.put(people.Mentorship, pupil_id=names["P1"], mentor_id=names["M5"], since=since, until=until)
    rows.put(people.Role, person_id=names["LEFT"], kind="mentor", since=since, until=until)
    rows.put(people.Role, person_id=names["PLAIN"], kind="admin", since=since, until=until)
    rows.put(
        people.Guardianship,
        pupil_id=names["P3"],
        person_id=names["GX"],
        relation="other",
        since=since,
        until=until,
        confirmed_at=since,
    )
    rows.put(people.ClassTeam, school_class_id=names["A2"], chief_mentor_id=names["M5"], since=since, until=until)
    for one in rows.of(people.Person):
        if one["id"] == names["LEFT"]:
            one["ended_at"] = until


def _account(rows: Rows, name: str) -> int:
    number = FIRST_USER + len(rows.of(people.Account))
    found = rows.put(
        people.Account,
        bot_id=BOT,
        user_id=number,
        language="en" if name in ENGLISH else "zh_CN",
        language_chosen=True,
        created_at=from_ms(rows.now_ms - 90 * DAY),
    )
    rows.names[f"@{name}"] = found
    return found


def _person(rows: Rows, name: str, school: str, *, staff: str | None = None, account: int | None = None) -> None:
    row = rows.names[name] = new_id()
    account = account or _account(rows, name)
    phone = f"+86139{len(rows.of(people.Person)):08}"
    rows.put(
        people.Person,
        id=row,
        school_id=rows.names[school],
        staff_number=staff,
        subject="数学" if staff else None,
        sealed_name=f"王{rows.birds.hatch('staff' if staff else 'guardian', person=row)}",
        name_hash=rows.vault.lookup("name", name),
        sealed_phone=f"{phone} {rows.birds.hatch('phone', person=row)}",
        phone_hash=rows.vault.lookup("phone", phone),
        account_id=account,
        joined_at=rows.now - timedelta(days=79),
    )


def _pupil(rows: Rows, name: str, label: str, number: int) -> None:
    row = rows.names[name] = new_id()
    rows.put(
        people.Pupil,
        id=row,
        school_id=rows.names[label[0]],
        school_class_id=rows.names[label],
        number=f"S{number}",
        sealed_name=f"张{rows.birds.hatch('pupil', pupil=row)}",
        name_hash=rows.vault.lookup("name", name),
    )


def _guards(rows: Rows, pupil: str, guardian: str, *, confirmed: bool) -> None:
    names, when = rows.names, rows.now - timedelta(days=78)
    names[f"{pupil}-{guardian}"] = rows.put(
        people.Guardianship,
        pupil_id=names[pupil],
        person_id=names[guardian],
        relation="father" if guardian in ("G2", "G7") else "mother",
        since=when,
        confirmed_at=when if confirmed else None,
    )
    if confirmed:
        rows.put(people.Consent, person_id=names[guardian], version=NOTICE_VERSION, given_at=when)
    rows.put(
        people.Invite,
        school_id=names["B" if pupil in ("PB", "PC") else "A"],
        person_id=names[guardian],
        pupil_id=names[pupil],
        token_hash=token_hash(link(f"{pupil}-{guardian}")),
        created_at=when,
        expires_at=rows.now + timedelta(days=20),
        used_at=when if confirmed else None,
        used_by=names[f"@{'M4' if guardian == 'GM4' else guardian}"] if confirmed else None,
    )


def link(name: str) -> str:
    """The payload of a one-time link."""
    return f"link-{name}-".ljust(32, "x")
