"""Whether a text names a child, where no child is to be named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from models.directory.deciding import given_name
from models.masking import pupils_in
from models.unit import Unit, sql

_FAMILY = "(?:的?(?:爸|妈|父|母|家长|爷|奶|外公|外婆|姥|哥|姐))"
"""What stands behind a given name where it is one: 小雨 alone may be light rain."""
_CLASSES = sql(
    "SELECT DISTINCT pu.school_class_id FROM mentorship m JOIN pupil pu ON pu.id = m.pupil_id AND pu.ended_at IS NULL"
    " WHERE m.mentor_id = :mentor AND m.until IS NULL"
)


def names_child(unit: Unit, class_ids: Iterable[int], text: str) -> bool:
    """Whether a pupil of these classes is named: whole, or by the given name as somebody's child."""
    plain = "".join(text.split())
    names = [name for name in pupils_in(unit, class_ids) if len(name) > 1]
    if any("".join(name.split()) in plain for name in names):
        return True
    given = sorted({re.escape(given_name(name)) for name in names if not name.isascii() and len(given_name(name)) > 1})
    return bool(given) and re.search(f"(?:{'|'.join(given)}){_FAMILY}", plain) is not None


def classes_of_mentor(unit: Unit, mentor_id: int) -> list[int]:
    """The classes in which a mentor has pupils."""
    return [row.school_class_id for row in unit.execute(_CLASSES, mentor=mentor_id)]
