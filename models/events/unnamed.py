"""Topics that somebody has written, without the names of people: for tables that go from hand to hand."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.masking import masked
from models.unit import Unit, sql

_STAFF = sql("SELECT id, sealed_name FROM person WHERE school_id = :school AND staff_number IS NOT NULL")
_GUARDIANS = text(
    "SELECT DISTINCT p.id, p.sealed_name FROM pupil pu JOIN guardianship g ON g.pupil_id = pu.id"
    " JOIN person p ON p.id = g.person_id WHERE pu.school_class_id IN :classes"
).bindparams(bindparam("classes", expanding=True))
_PERSON = sql("SELECT id, sealed_name FROM person WHERE id = :id")


class Titles:
    """Opens own topics of one school; names are read only once there is one."""

    def __init__(self, unit: Unit, school_id: int) -> None:
        self._unit, self._school_id = unit, school_id
        self._staff: list[str] | None = None
        self._families: dict[tuple[int, ...], list[str]] = {}

    def own(self, row: Row[Any], classes: tuple[int, ...]) -> str:
        """The topic of an event's row (id, sealed_topic, speaker_id, sealed_speaker), empty where it is none of its own.

        In the place of each name of a pupil, a guardian, a member of staff or who gives it stands '…'.
        """
        if row.sealed_topic is None:
            return ""
        vault = self._unit.vault
        (written,) = masked(
            self._unit, classes, [vault.open("event", row.id, "topic", bytes(row.sealed_topic)).strip()]
        )
        names = [*self._of_staff(), *self._of_families(classes)]
        if row.sealed_speaker is not None:
            names.append(vault.open("event", row.id, "speaker", bytes(row.sealed_speaker)).strip())
        if row.speaker_id is not None:
            names += [self._open(one) for one in self._unit.execute(_PERSON, id=row.speaker_id)]
        known = sorted({one for one in names if len(one) > 1}, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, known)), "…", written) if known else written

    def _of_staff(self) -> list[str]:
        if self._staff is None:
            self._staff = [self._open(one) for one in self._unit.execute(_STAFF, school=self._school_id)]
        return self._staff

    def _of_families(self, classes: tuple[int, ...]) -> list[str]:
        if not classes:
            return []
        if classes not in self._families:
            rows = self._unit.execute(_GUARDIANS, classes=list(classes))
            self._families[classes] = [self._open(one) for one in rows]
        return self._families[classes]

    def _open(self, row: Row[Any]) -> str:
        return self._unit.vault.open("person", row.id, "name", row.sealed_name)
