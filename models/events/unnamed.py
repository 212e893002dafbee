"""Topics that somebody has written, without the names of people: for tables that go from hand to hand."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from models.masking import masked, without
from models.unit import Unit, sql

_STAFF = sql("SELECT id, sealed_name FROM person WHERE school_id = :school AND staff_number IS NOT NULL")
_PERSON = sql("SELECT id, sealed_name FROM person WHERE id = :id")


class Titles:
    """Opens own topics of one school; names are read only once there is one."""

    def __init__(self, unit: Unit, school_id: int) -> None:
        self._unit, self._school_id = unit, school_id
        self._staff: list[str] | None = None

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
        names = self._of_staff()[:]
        if row.sealed_speaker is not None:
            names.append(vault.open("event", row.id, "speaker", bytes(row.sealed_speaker)).strip())
        if row.speaker_id is not None:
            names += [self._open(one) for one in self._unit.execute(_PERSON, id=row.speaker_id)]
        return without([written], names)[0]

    def _of_staff(self) -> list[str]:
        if self._staff is None:
            self._staff = [self._open(one) for one in self._unit.execute(_STAFF, school=self._school_id)]
        return self._staff

    def _open(self, row: Row[Any]) -> str:
        return self._unit.vault.open("person", row.id, "name", row.sealed_name)
