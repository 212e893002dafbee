"""Which cards somebody sees, and what a school does with them: hide, show, pick, end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from models.base import as_day
from models.contact import FREE
from models.directory import content
from models.directory.content import Card, SignUp
from models.standing import Standing, class_label
from models.unit import Unit, sql

_COLUMNS = (
    "SELECT c.id, c.school_id, c.code, c.kind, c.sealed_content, c.stages, c.places, c.taken, c.sign_up, c.approver_id,"
    " c.class_id, c.offered_by, c.named, c.valid_until, CASE WHEN c.offered_by IS NULL OR EXISTS (SELECT 1 FROM person p"
    f" WHERE p.id = c.offered_by AND {FREE}) THEN 1 ELSE 0 END AS free FROM directory_card c"
)
_RUNS = "c.ended_at IS NULL AND (c.valid_until IS NULL OR c.valid_until >= :today)"
_OFFER_STANDS = (
    "(c.offered_by IS NULL OR EXISTS (SELECT 1 FROM person p JOIN guardianship g ON g.person_id = p.id AND g.until IS NULL"
    " AND g.confirmed_at IS NOT NULL JOIN pupil pu ON pu.id = g.pupil_id AND pu.ended_at IS NULL"
    " AND pu.school_class_id = c.class_id WHERE p.id = c.offered_by AND p.ended_at IS NULL))"
)
"""A parent's offer counts as long as that parent has a child in the class."""
_HIDDEN = "EXISTS (SELECT 1 FROM directory_hidden h WHERE h.school_id = :school AND h.card_id = c.id)"
_OF_SCHOOL = f"(c.school_id = :school OR c.school_id IS NULL) AND {_RUNS}"
_SEEN = sql(f"{_COLUMNS} WHERE {_OF_SCHOOL} AND NOT {_HIDDEN} AND {_OFFER_STANDS} ORDER BY c.id")
_ONE_SEEN = sql(f"{_COLUMNS} WHERE c.id = :id AND {_OF_SCHOOL} AND NOT {_HIDDEN} AND {_OFFER_STANDS}")
_ALL = sql(f"{_COLUMNS} WHERE {_OF_SCHOOL} ORDER BY c.id")
_ONE_OF_ALL = sql(f"{_COLUMNS} WHERE c.id = :id AND {_OF_SCHOOL}")
_ROW = sql(f"{_COLUMNS} WHERE c.id = :id")
_BUILT_IN_HIDDEN = sql("SELECT card_id FROM directory_hidden WHERE school_id = :school")
_HIDE = sql("INSERT INTO directory_hidden (school_id, card_id) VALUES (:school, :card) ON CONFLICT DO NOTHING")
_SHOW = sql("DELETE FROM directory_hidden WHERE school_id = :school AND card_id = :card")
_PICK = sql(
    "INSERT INTO directory_pick (school_id, month, card_id) VALUES (:school, :month, :card)"
    " ON CONFLICT (school_id, month) DO UPDATE SET card_id = :card"
)
_UNPICK = sql("DELETE FROM directory_pick WHERE school_id = :school AND month = :month")
_PICKED = sql("SELECT card_id FROM directory_pick WHERE school_id = :school AND month = :month")
_END = sql(
    "UPDATE directory_card SET ended_at = :now WHERE id = :id AND school_id = :school AND ended_at IS NULL"
    " AND offered_by IS NULL"
)
_GROUP = sql("SELECT grade, name FROM school_class WHERE id = :id")
_NAME = sql("SELECT sealed_name FROM person WHERE id = :id")


def _card(unit: Unit, row: Row[Any]) -> Card | None:
    kind = content.kind_of(row.kind)
    if kind is None:  # of a newer program
        return None
    return Card(
        id=row.id,
        school_id=row.school_id,
        code=row.code,
        kind=kind,
        content=content.opened(unit.vault, row.id, row.sealed_content),
        stages=tuple(str(row.stages).split()),
        places=row.places,
        taken=row.taken,
        sign_up=SignUp(row.sign_up),
        approver_id=row.approver_id,
        class_id=row.class_id,
        offered_by=row.offered_by,
        named=bool(row.named),
        valid_until=None if row.valid_until is None else as_day(row.valid_until),
    )


def today_in(unit: Unit, zone: str) -> date:
    """The day that it is in a zone."""
    return unit.now.astimezone(ZoneInfo(zone)).date()


def school_of(who: Standing) -> int | None:
    """The school whose directory an account sees: where it works, otherwise its children's."""
    if who.staff is not None:
        return who.staff.school_id
    return next((one.school_id for one in who.children), None)


def _hidden(unit: Unit, school_id: int) -> set[int]:
    return {row.card_id for row in unit.execute(_BUILT_IN_HIDDEN, school=school_id)}


def _free(row: Row[Any], reader: Sequence[int]) -> bool:
    """To whom nothing may go, of that one nothing is offered; which that one alone does not notice."""
    return bool(row.free) or row.offered_by in reader


def seen(unit: Unit, school_id: int, zone: str, reader: Sequence[int] = ()) -> list[Card]:
    """All that a school's people see today, the oldest first; help lines last. `reader`: as which people it is read."""
    rows = unit.execute(_SEEN, school=school_id, today=today_in(unit, zone)).all()
    own = [card for row in rows if _free(row, reader) and (card := _card(unit, row)) is not None]
    hidden = _hidden(unit, school_id)
    return own + [one for one in content.everywhere() if one.id not in hidden]


def one(unit: Unit, card_id: int, school_id: int, zone: str, reader: Sequence[int] = ()) -> Card | None:
    """A card, where a school's people see it today. `reader`: as which people it is read."""
    if card_id < content.BUILT_IN:
        hidden = _hidden(unit, school_id)
        return next((one for one in content.everywhere() if one.id == card_id and one.id not in hidden), None)
    row = unit.execute(_ONE_SEEN, id=card_id, school=school_id, today=today_in(unit, zone)).first()
    return None if row is None or not _free(row, reader) else _card(unit, row)


def whatever(unit: Unit, card_id: int) -> Card | None:
    """A card, whether it is shown or has ended: for requests that were made of it."""
    row = unit.execute(_ROW, id=card_id).first()
    return None if row is None else _card(unit, row)


def offerer(unit: Unit, card: Card) -> tuple[str, str]:
    """Of a parent's offer: the class, and the parent's name where the parent wants it there."""
    group = unit.execute(_GROUP, id=card.class_id).first()
    label = "" if group is None else class_label(group.grade, group.name)
    row = unit.execute(_NAME, id=card.offered_by).first() if card.named else None
    return label, "" if row is None else unit.vault.open("person", card.offered_by or 0, "name", row.sealed_name)


# --- what a school does with them; rights are the caller's to ask ---


def managed(unit: Unit, school_id: int, zone: str) -> list[tuple[Card, bool]]:
    """Every card that a school could show today, and whether it does."""
    rows = unit.execute(_ALL, school=school_id, today=today_in(unit, zone)).all()
    hidden = _hidden(unit, school_id)
    every = [card for row in rows if (card := _card(unit, row)) is not None] + list(content.everywhere())
    return [(one, one.id not in hidden) for one in every]


def managed_one(unit: Unit, card_id: int, school_id: int, zone: str) -> Card | None:
    """One of them."""
    if card_id < content.BUILT_IN:
        return next((one for one in content.everywhere() if one.id == card_id), None)
    row = unit.execute(_ONE_OF_ALL, id=card_id, school=school_id, today=today_in(unit, zone)).first()
    return None if row is None else _card(unit, row)


def hides(unit: Unit, school_id: int, card_id: int) -> bool:
    """Whether the school does not show a card."""
    return card_id in _hidden(unit, school_id)


def hide(unit: Unit, school_id: int, card_id: int) -> None:
    """The school does not show it any more; other schools are not concerned."""
    unit.write(_HIDE, school=school_id, card=card_id)


def show(unit: Unit, school_id: int, card_id: int) -> None:
    """The school shows it again."""
    unit.write(_SHOW, school=school_id, card=card_id)


def pick(unit: Unit, school_id: int, card_id: int, month: date) -> None:
    """It is the school's pick of that month (its first day), in the place of another one."""
    unit.write(_PICK, school=school_id, card=card_id, month=month.replace(day=1))


def unpick(unit: Unit, school_id: int, month: date) -> None:
    """The month has no pick."""
    unit.write(_UNPICK, school=school_id, month=month.replace(day=1))


def picked(unit: Unit, school_id: int, month: date) -> int | None:
    """The pick of a month; whether it is still shown is another question."""
    row = unit.execute(_PICKED, school=school_id, month=month.replace(day=1)).first()
    return None if row is None else int(row.card_id)


def end(unit: Unit, school_id: int, card_id: int) -> bool:
    """A card of the school's own ends; a parent's ends when the parent takes it back."""
    return unit.write(_END, id=card_id, school=school_id, now=unit.now_ms) == 1
