"""Where a family is met: an address for its two teachers and for a time only; and the part of town, for the way between.

An address is sealed in the visit's row, and goes when the visit is over. Each look at it is noted, and so is where it stands
in a teacher's chat, so that it can be taken away there too.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Row

from models import access
from models.appointments import party, safety, visits
from models.appointments.diary import lock
from models.appointments.states import HOLDING, OPEN, OUTSIDE, VisitState
from models.appointments.tables import Visit
from models.base import new_id
from models.unit import Unit, sql

HOUR = 3_600_000
DAY = 24 * HOUR
"""An address is shown from so long before the start, and until so long after the planned end at most."""
KEEPABLE = 46 * HOUR
"""After so long it is taken out of a chat whatever the visit does: Telegram lets a bot delete its messages for 48 hours."""
AGAIN = HOUR
"""It is asked anew where nobody has confirmed within this time that it was taken away,"""
HOPELESS = 72 * HOUR
"""and no more so long after it was shown."""
MOST = 200


@dataclass(frozen=True, slots=True)
class Place:
    """An address or a meeting place: in words, as a point on the map, or both."""

    text: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An address that stands in a teacher's chat. `id` is its row's: see `gone`."""

    id: int
    bot_id: int
    chat_id: int
    place_id: int
    language: str
    """Of that chat's owner."""


# --- kept ---


def wanted(visit: Visit | None) -> bool:
    """Whether a place may be said (or said anew): it is agreed, somebody goes out, and nobody has arrived yet."""
    return visit is not None and visit.state == VisitState.CONFIRMED and visit.form in OUTSIDE


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a guardian typed when an address was asked for, while nobody has said whether it is one."""

    text: str
    spans: tuple[dict[str, Any], ...]
    message: int
    """Where it stands in the guardian's chat."""
    point: tuple[float, float] | None = None
    """A place on the map that followed it."""


def keep(unit: Unit, visit: Visit, guardian_id: int, place: Place) -> bool:
    """Keeps it for the form of now, instead of what this guardian had typed before. False where it is too late."""
    fresh = _alone(unit, visit)
    if fresh.state != VisitState.CONFIRMED:
        return False
    content = _content(unit, fresh) | {
        "form": fresh.form,
        "text": place.text,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }
    content["doubts"].pop(str(guardian_id), None)
    if not _put(unit, fresh, content):
        return False
    visits.log(unit, visit.id, guardian_id, "place_said", VisitState.CONFIRMED)
    return True


def doubt(unit: Unit, visit: Visit, guardian_id: int, one: Doubt | None) -> bool:
    """Keeps what was typed until its writer says whether it is an address; None forgets it. False where it is too late."""
    fresh = _alone(unit, visit)
    content = _content(unit, fresh)
    content["doubts"].pop(str(guardian_id), None)
    if one is not None:
        content["doubts"][str(guardian_id)] = [fresh.form, one.text, list(one.spans), one.message, one.point]
    return _put(unit, fresh, content)


def doubted(unit: Unit, visit: Visit, guardian_id: int) -> Doubt | None:
    """What this guardian has typed and not said yet what it is. Nobody else sees it."""
    found = _content(unit, visit)["doubts"].get(str(guardian_id))
    if found is None or found[0] != visit.form:
        return None
    return Doubt(found[1], tuple(found[2]), found[3], None if found[4] is None else (found[4][0], found[4][1]))


def of(unit: Unit, visit: Visit) -> Place | None:
    """The place, if it was said for the form that the visit has now. Rights are the caller's to ask."""
    found = _content(unit, visit)
    if found.get("form") is None or found["form"] != visit.form:
        return None
    return Place(found["text"], found["latitude"], found["longitude"])


def _alone(unit: Unit, visit: Visit) -> Visit:
    """Read once nobody else can be about to change it: two guardians may say something at once."""
    lock(unit, [visit.pupil_id])
    return visits.must(unit, visit.id)


def _content(unit: Unit, visit: Visit) -> dict[str, Any]:
    if visit.sealed_place is None:
        return {"doubts": {}}
    found: dict[str, Any] = orjson.loads(unit.vault.open("visit", visit.id, "place", visit.sealed_place))
    return {"doubts": {}} | found


def _put(unit: Unit, visit: Visit, content: dict[str, Any]) -> bool:
    empty = content.get("form") is None and not content["doubts"]
    sealed = None if empty else unit.vault.seal("visit", visit.id, "place", orjson.dumps(content).decode())
    return visits.change(unit, visit.id, HOLDING, sealed_place=sealed)


# --- seen ---


def is_time(visit: Visit, now: int) -> bool:
    """Whether this is a time at which its teachers may see the address."""
    if visit.state not in HOLDING or visit.starts_at is None or visit.ends_at is None:
        return False
    return visit.starts_at - DAY <= now < visit.ends_at + DAY


def viewer(unit: Unit, visit: Visit, person_ids: list[int]) -> int | None:
    """As whom somebody may see the address: a teacher who takes part, or a leader while nobody knows where those are."""
    found = party.acting(unit, visit, person_ids)
    return found if found is not None else safety.leads(unit, visit, person_ids)


def look(unit: Unit, visit: Visit, person_id: int) -> Place | None:
    """The address for somebody who may see it; the look is noted."""
    found = of(unit, visit)
    if found is not None:
        access.note(unit, person_id, visit.pupil_id, "address", within=0)
    return found


_SHOWN = sql(
    "INSERT INTO visit_shown (id, visit_id, bot_id, chat_id, place_id, at)"
    " VALUES (:id, :visit, :bot, :chat, :place, :now)"
)


def shown(unit: Unit, visit_id: int, bot_id: int, chat_id: int, place_id: int) -> None:
    """It stands there now."""
    unit.later(_SHOWN, id=new_id(), visit=visit_id, bot=bot_id, chat=chat_id, place=place_id, now=unit.now_ms)


# --- taken away ---

_HOLD = ", ".join(f"'{one.value}'" for one in HOLDING)
_OUT = ", ".join(f"'{one.value}'" for one in OUTSIDE)
_STALE = sql(
    "SELECT s.id, s.bot_id, s.chat_id, s.place_id FROM visit_shown s JOIN visit v ON v.id = s.visit_id"
    " WHERE s.erase_at <= :again OR s.erase_at IS NULL AND (s.at <= :old"
    f" OR v.state NOT IN ({_HOLD}) OR v.form NOT IN ({_OUT}) OR v.ends_at <= :over OR v.starts_at > :far"
    " OR NOT (v.safety_step BETWEEN 2 AND 6 AND v.safe_at IS NULL) AND NOT EXISTS (SELECT 1 FROM account a"
    " JOIN person p ON p.account_id = a.id AND p.ended_at IS NULL WHERE a.bot_id = s.bot_id AND a.user_id = s.chat_id"
    " AND (p.id = v.mentor_id OR p.id IN (SELECT b.subject_id FROM busy b WHERE b.visit_id = v.id)"
    " OR p.id IN (SELECT ab.substitute_id FROM absence ab WHERE ab.mentor_id = v.mentor_id AND ab.cancelled_at IS NULL"
    " AND ab.starts_at <= :now AND ab.ends_at > :now)))) ORDER BY s.id LIMIT :most"
)
_OF = sql(
    "SELECT id, bot_id, chat_id, place_id FROM visit_shown WHERE visit_id = :visit AND erase_at IS NULL ORDER BY id"
)
_LANGUAGE = sql("SELECT language FROM account WHERE bot_id = :bot AND user_id = :chat")
_ASKED = sql("UPDATE visit_shown SET erase_at = :now WHERE id = :id")
_HOPELESS = sql("DELETE FROM visit_shown WHERE erase_at IS NOT NULL AND at <= :before")
_GONE = sql("DELETE FROM visit_shown WHERE id = :id")
_OVER = sql(
    "UPDATE visit SET sealed_place = NULL WHERE id IN (SELECT id FROM visit WHERE sealed_place IS NOT NULL"
    f" AND (state NOT IN ('accepted', {_HOLD}) OR ends_at <= :over OR (state IN ({_HOLD}) AND form NOT IN ({_OUT}))"
    f" OR (state = 'accepted' AND (wish_at IS NULL OR wish_at <= :over OR wish_form NOT IN ({_OUT})))) LIMIT :most)"
)


def stale(unit: Unit) -> list[Shown]:
    """Addresses that are to be taken out of chats now: the visit is over, far, or no longer this person's, or it is time.

    Each once, and again after a while if nobody has confirmed that it is gone.
    """
    now = unit.now_ms
    unit.write(_HOPELESS, before=now - HOPELESS)
    rows = unit.execute(
        _STALE, now=now, over=now - DAY, far=now + DAY, old=now - KEEPABLE, again=now - AGAIN, most=MOST
    ).all()
    return [_to_go(unit, row) for row in rows]


def outdated(unit: Unit, visit_id: int) -> list[Shown]:
    """The same for one visit whose place was said anew."""
    return [_to_go(unit, row) for row in unit.execute(_OF, visit=visit_id).all()]


def _to_go(unit: Unit, row: Row[Any]) -> Shown:
    unit.write(_ASKED, id=row.id, now=unit.now_ms)
    account = unit.execute(_LANGUAGE, bot=row.bot_id, chat=row.chat_id).first()
    return Shown(row.id, row.bot_id, row.chat_id, row.place_id, "" if account is None else account.language)


def gone(unit: Unit, shown_id: int) -> None:
    """It surely stands there no more."""
    unit.later(_GONE, id=shown_id)


def wipe(unit: Unit) -> int:
    """Takes places out of rows that need them no longer. Answers how many."""
    return unit.write(_OVER, over=unit.now_ms - DAY, most=MOST)


# --- the part of town ---

LONGEST_AREA = 20
"""Characters."""
_PUT_AREA = sql(
    "INSERT INTO pupil_area (pupil_id, sealed_name, area_hash, at) VALUES (:pupil, :name, :hash, :now)"
    " ON CONFLICT (pupil_id) DO UPDATE SET sealed_name = :name, area_hash = :hash, at = :now"
)
_AREA = sql("SELECT sealed_name FROM pupil_area WHERE pupil_id = :pupil")
_SCHOOL = sql("SELECT school_id FROM pupil WHERE id = :pupil")
_FOLLOW = sql(
    "UPDATE visit SET area_hash = :hash WHERE pupil_id = :pupil AND state IN ({})".format(
        ", ".join(f"'{one.value}'" for one in OPEN)
    )
)


def normalised(name: str) -> str:
    """A part of town as it is compared: full and half width, case and spaces make no other place of it."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def set_area(unit: Unit, pupil_id: int, name: str) -> None:
    """In which part of town the family lives; its open visits follow."""
    name = " ".join(name.split())
    school = unit.execute(_SCHOOL, pupil=pupil_id).one().school_id
    hashed = unit.vault.lookup("area", f"{school}|{normalised(name)}")
    sealed = unit.vault.seal("pupil_area", pupil_id, "name", name)
    unit.write(_PUT_AREA, pupil=pupil_id, name=sealed, hash=hashed, now=unit.now_ms)
    unit.write(_FOLLOW, pupil=pupil_id, hash=hashed)


def area_of(unit: Unit, pupil_id: int) -> str:
    """The part of town as it was said; empty where nobody has."""
    row = unit.execute(_AREA, pupil=pupil_id).first()
    return "" if row is None else unit.vault.open("pupil_area", pupil_id, "name", row.sealed_name)
