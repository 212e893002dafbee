"""Written notes (成长寄语): a draft for each pupil and term, sent once on the mentor's word, and its cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.base import as_day, new_id, to_ms
from models.duties.due import days_of
from models.unit import Unit, sql

LONGEST = 500
"""Characters: what a card holds."""
AFTER_TERM = 45
"""Days after a term within which its notes can still be written."""


@dataclass(frozen=True, slots=True)
class NoteTerm:
    """The term that notes are for."""

    id: int
    name: str
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Draft:
    """A note as it stands: `sent_at` in milliseconds since 1970, empty while it is a draft."""

    id: int
    mentor_id: int
    text: str
    sent_at: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """All that stands on a card."""

    school: str
    child: str
    mentor: str
    term: str
    text: str
    day: date


_TERM = sql(
    "SELECT id, name, starts_on, ends_on FROM term WHERE school_id = :school AND starts_on <= :today AND ends_on >= :after"
    " ORDER BY starts_on DESC LIMIT 1"
)
_DRAFT = sql("SELECT id, mentor_id, sealed_text, sent_at FROM written_note WHERE pupil_id = :pupil AND term_id = :term")
_SAVE = sql(
    "INSERT INTO written_note (id, pupil_id, term_id, mentor_id, sealed_text, written_at)"
    " VALUES (:id, :pupil, :term, :mentor, :text, :now) ON CONFLICT (pupil_id, term_id) DO NOTHING"
)
_CHANGE = sql(
    "UPDATE written_note SET sealed_text = :text, mentor_id = :mentor, written_at = :now"
    " WHERE id = :id AND sent_at IS NULL"
)
_SENT = sql("UPDATE written_note SET sent_at = :now, mentor_id = :mentor WHERE id = :id AND sent_at IS NULL")
_REOPEN = sql(
    "UPDATE written_note SET sent_at = NULL WHERE id = (SELECT note_id FROM note_card WHERE message_id = :message)"
    " AND NOT EXISTS (SELECT 1 FROM note_card c JOIN message m ON m.id = c.message_id"
    " WHERE c.note_id = written_note.id AND m.state <> 'recalled')"
)
_CARD = sql("INSERT INTO note_card (message_id, note_id, guardian_id) VALUES (:message, :note, :guardian)")
_CARDS = sql(
    "SELECT c.message_id, c.note_id, m.state, m.thread_id, a.bot_id, a.user_id, a.language FROM note_card c"
    " JOIN message m ON m.id = c.message_id"
    " JOIN person p ON p.id = c.guardian_id LEFT JOIN account a ON a.id = p.account_id"
    " WHERE c.done_at IS NULL AND m.state IN ('delivered', 'refused', 'recalled') AND (a.bot_id = :bot OR a.id IS NULL)"
    " ORDER BY c.message_id LIMIT 50"
)
_CARD_DONE = sql("UPDATE note_card SET done_at = :now WHERE message_id = :message AND done_at IS NULL")
_WHOLE = sql(
    "SELECT n.id, n.sealed_text, n.sent_at, n.written_at, n.pupil_id, n.mentor_id, t.name AS term, s.name AS school, s.zone,"
    " pu.sealed_name AS pupil_sealed, p.sealed_name AS mentor_sealed FROM written_note n JOIN term t ON t.id = n.term_id"
    " JOIN pupil pu ON pu.id = n.pupil_id JOIN school s ON s.id = pu.school_id JOIN person p ON p.id = n.mentor_id"
    " WHERE n.id = :id"
)
_TALKED = sql(
    "SELECT m.item_id, COUNT(*) AS many FROM message m JOIN thread t ON t.id = m.thread_id WHERE t.pupil_id = :pupil"
    " AND m.item_id IS NOT NULL AND m.written_at >= :after AND m.state <> 'recalled' GROUP BY m.item_id"
    " ORDER BY many DESC, m.item_id LIMIT 5"
)


def term_of(unit: Unit, school_id: int, zone: str) -> NoteTerm | None:
    """The term of today, or the one that has just ended; nothing where the school has entered none."""
    today = days_of(unit, school_id, zone).today
    row = unit.execute(_TERM, school=school_id, today=today, after=today - timedelta(days=AFTER_TERM)).first()
    if row is None:
        return None
    return NoteTerm(row.id, row.name, as_day(row.starts_on), as_day(row.ends_on))


def draft(unit: Unit, pupil_id: int, term_id: int) -> Draft | None:
    """What was written for this pupil and term so far."""
    row = unit.execute(_DRAFT, pupil=pupil_id, term=term_id).first()
    if row is None:
        return None
    text = unit.vault.open("written_note", row.id, "text", bytes(row.sealed_text))
    return Draft(row.id, row.mentor_id, text, row.sent_at)


def save(unit: Unit, pupil_id: int, term_id: int, mentor_id: int, words: str) -> bool:
    """Keeps a draft, in place of the one before. False where the note was sent already."""
    known = draft(unit, pupil_id, term_id)
    note_id = new_id() if known is None else known.id
    sealed = unit.vault.seal("written_note", note_id, "text", words)
    values = {"id": note_id, "mentor": mentor_id, "text": sealed, "now": unit.now_ms}
    if known is None:
        return unit.write(_SAVE, pupil=pupil_id, term=term_id, **values) == 1
    return unit.write(_CHANGE, **values) == 1


def sent(unit: Unit, note_id: int, mentor_id: int) -> bool:
    """True for the one press that sends it."""
    return unit.write(_SENT, id=note_id, mentor=mentor_id, now=unit.now_ms) == 1


def card_follows(unit: Unit, note_id: int, message_id: int, guardian_id: int) -> None:
    """A card goes to this guardian once the message has arrived."""
    unit.write(_CARD, note=note_id, message=message_id, guardian=guardian_id)


_HAS_CARD = sql("SELECT 1 FROM note_card WHERE message_id = :message AND done_at IS NOT NULL")


def has_card(unit: Unit, message_id: int) -> bool:
    """Whether a card was sent behind this message."""
    return unit.execute(_HAS_CARD, message=message_id).first() is not None


def taken_back(unit: Unit, message_id: int) -> None:
    """A message was taken back: where it was a note's and none of the note's is left, the note is a draft again."""
    unit.write(_REOPEN, message=message_id)


@dataclass(frozen=True, slots=True)
class CardDue:
    """A card whose message has come to an end: it goes out where that arrived."""

    message_id: int
    note_id: int
    thread_id: int
    arrived: bool
    bot_id: int | None
    user_id: int | None
    language: str | None


def cards_due(unit: Unit, bot_id: int) -> list[CardDue]:
    """Cards whose message was delivered, or never will be. A few at a time: each is drawn."""
    return [
        CardDue(
            row.message_id, row.note_id, row.thread_id, row.state == "delivered", row.bot_id, row.user_id, row.language
        )
        for row in unit.execute(_CARDS, bot=bot_id)
    ]


def card_done(unit: Unit, message_id: int) -> bool:
    """True for the one who queues it."""
    return unit.write(_CARD_DONE, message=message_id, now=unit.now_ms) == 1


def card(unit: Unit, note_id: int) -> Card | None:
    """All that stands on the note's card."""
    row = unit.execute(_WHOLE, id=note_id).first()
    if row is None:
        return None
    written = row.sent_at if row.sent_at is not None else row.written_at
    return Card(
        school=row.school,
        child=unit.vault.open("pupil", row.pupil_id, "name", row.pupil_sealed),
        mentor=unit.vault.open("person", row.mentor_id, "name", row.mentor_sealed),
        term=row.term,
        text=unit.vault.open("written_note", row.id, "text", bytes(row.sealed_text)),
        day=datetime.fromtimestamp(written / 1000, ZoneInfo(row.zone)).date(),
    )


def talked_about(unit: Unit, pupil_id: int, begins: date, zone: str) -> list[tuple[int, int]]:
    """The checklist items that the messages of this term were about, the most frequent first, with their number."""
    after = to_ms(datetime.combine(begins, datetime.min.time(), ZoneInfo(zone)))
    return [(row.item_id, row.many) for row in unit.execute(_TALKED, pupil=pupil_id, after=after)]
