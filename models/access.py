"""Which member of staff looked at what of a child, when and why: a log in which each line is bound to the one before.

The lines of a school make a chain: each carries a keyed digest of its own content and of the digest before it, and the
school's row in `access_chain` says how many there are and what the last digest is. Whoever changes, inserts or removes a line
in the database without the key is found by `verify`; whoever has both the key and the database is not, unless somebody kept
the count and code of an earlier day (`Checked.code`), which then no longer fit.

A reason is sealed and bound by its hash, so that the words can be erased and the chain still holds.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, text

from models.base import id_at, new_id
from models.unit import Unit, sql
from models.vault import Vault, VaultError

LOOK = 900_000
"""Milliseconds within which looking again at the same is one look."""
START = b"\0" * 32
"""What stands before a school's first line."""

_SCHOOLS = text("SELECT id, school_id FROM pupil WHERE id IN :pupils ORDER BY school_id, id").bindparams(
    bindparam("pupils", expanding=True)
)
_SEEN = text(
    "SELECT DISTINCT pupil_id FROM access WHERE pupil_id IN :pupils AND person_id = :person AND what = :what AND at > :after"
    " AND COALESCE(guardian_id, 0) = :guardian"
).bindparams(bindparam("pupils", expanding=True))
_OPEN = sql(
    "INSERT INTO access_chain (school_id, number, digest, first_number, first_digest) VALUES (:school, 0, :start, 1, :start)"
    " ON CONFLICT (school_id) DO NOTHING"
)
_TAKE = sql("UPDATE access_chain SET number = number + :lines WHERE school_id = :school")
_HEAD = sql("SELECT number, digest, first_number, first_digest FROM access_chain WHERE school_id = :school")
_CLOSE = sql("UPDATE access_chain SET digest = :digest WHERE school_id = :school")
_INSERT = sql(
    "INSERT INTO access (id, school_id, number, person_id, pupil_id, guardian_id, what, sealed_reason, reason_hash, at,"
    " digest) VALUES (:id, :school, :number, :person, :pupil, :guardian, :what, :reason, :hash, :at, :digest)"
)


def note(
    unit: Unit,
    person_id: int,
    pupil_id: int,
    what: str,
    reason: str = "",
    *,
    within: int = LOOK,
    guardian_id: int | None = None,
) -> bool:
    """Notes that a member of staff looked at what belongs to a child; called where it is read, in the same transaction.

    `what` is a short word (texts `access.<what>`). The same person's looking at the same again within `within` milliseconds is
    one look; one with a reason is always a line of its own. `guardian_id`: it is one guardian's side, such as a conversation,
    and the other guardian must not learn of it. Answers whether a line was written.
    """
    return note_all(unit, person_id, [pupil_id], what, reason, within=within, guardian_id=guardian_id) == 1


def note_all(
    unit: Unit,
    person_id: int,
    pupil_ids: Sequence[int],
    what: str,
    reason: str = "",
    *,
    within: int = LOOK,
    guardian_id: int | None = None,
) -> int:
    """The same for what several children have in common, such as a list; answers how many lines were written."""
    wanted = set(pupil_ids)
    if wanted and not reason and within:
        seen = unit.execute(
            _SEEN,
            pupils=list(wanted),
            person=person_id,
            what=what,
            after=unit.now_ms - within,
            guardian=guardian_id or 0,
        )
        wanted -= {row.pupil_id for row in seen}
    if not wanted:
        return 0
    written = 0
    for school, rows in groupby(unit.execute(_SCHOOLS, pupils=list(wanted)).all(), key=lambda row: row.school_id):
        written += _write(unit, school, person_id, [row.id for row in rows], what, reason, guardian_id)
    return written


def _write(
    unit: Unit, school: int, person_id: int, pupil_ids: list[int], what: str, reason: str, guardian_id: int | None
) -> int:
    unit.write(_OPEN, school=school, start=START)
    # The row is taken first: of several processes one after the other writes its lines.
    unit.write(_TAKE, school=school, lines=len(pupil_ids))
    head = unit.execute(_HEAD, school=school).one()
    digest, number, at = bytes(head.digest), head.number - len(pupil_ids), unit.now_ms
    hashed = unit.vault.lookup("reason", reason) if reason else None
    for pupil_id in pupil_ids:
        row, number = new_id(), number + 1
        whose = () if guardian_id is None else (guardian_id,)
        digest = _digest(unit.vault, digest, school, number, row, person_id, pupil_id, what, hashed, at, *whose)
        unit.later(
            _INSERT,
            id=row,
            school=school,
            number=number,
            person=person_id,
            pupil=pupil_id,
            guardian=guardian_id,
            what=what,
            reason=unit.vault.seal("access", row, "reason", reason) if reason else None,
            hash=hashed,
            at=at,
            digest=digest,
        )
    unit.write(_CLOSE, school=school, digest=digest)
    return len(pupil_ids)


def _digest(vault: Vault, before: bytes, *values: object) -> bytes:
    plain = [value.hex() if isinstance(value, bytes) else value for value in values]
    return vault.chained(before, json.dumps(plain, ensure_ascii=True))


@dataclass(frozen=True, slots=True)
class Checked:
    """What `verify` found: so many lines, from which number on something does not fit, and the last line's code."""

    lines: int
    number: int
    """The last line's number; lines that were let go for their age are counted in it."""
    broken_at: int | None
    code: str
    """To be kept elsewhere, with `number`: what the chain was like at this line."""
    expected: bool | None = None
    """Whether the line that was asked for still has the code that was kept; None where none was asked for."""


_LINES = sql(
    "SELECT id, number, person_id, pupil_id, guardian_id, what, sealed_reason, reason_hash, at, digest FROM access"
    " WHERE school_id = :school AND number > :after ORDER BY number LIMIT 2000"
)


def verify(unit: Unit, school_id: int, number: int = 0, code: str = "") -> Checked:
    """Goes through a school's lines. With a `number` and `code` kept from an earlier day: whether that line is still the same."""
    head = unit.execute(_HEAD, school=school_id).first()
    if head is None:
        return Checked(0, 0, None, code_of(START), None if not number else False)
    digest, at, lines, broken = bytes(head.first_digest), head.first_number - 1, 0, None
    expected = None if not number else code_of(digest) == _plain(code) and number == at
    known = head.number
    while True:
        rows = unit.execute(_LINES, school=school_id, after=at).all()
        if not rows:
            # Others may have looked, or old lines have gone, since this began.
            head, begun = unit.execute(_HEAD, school=school_id).one(), head.first_number
            if head.first_number != begun:
                return verify(unit, school_id, number, code)
            if head.number in (at, known):
                break
            known = head.number
        for row in rows:
            lines += 1
            digest = _digest(unit.vault, digest, *_content(school_id, row))
            if broken is None and (row.number != at + 1 or digest != bytes(row.digest) or not _same_reason(unit, row)):
                broken = at + 1
            at, digest = row.number, bytes(row.digest)
            if row.number == number:
                expected = code_of(digest) == _plain(code)
    if broken is None and (at != head.number or digest != bytes(head.digest)):
        broken = at + 1
    return Checked(lines, head.number, broken, code_of(bytes(head.digest)), expected)


def _content(school_id: int, row: Row[Any]) -> tuple[object, ...]:
    hashed = None if row.reason_hash is None else bytes(row.reason_hash)
    whose = () if row.guardian_id is None else (row.guardian_id,)
    return school_id, row.number, row.id, row.person_id, row.pupil_id, row.what, hashed, row.at, *whose


def _same_reason(unit: Unit, row: Row[Any]) -> bool:
    """A reason that is there is the one that was given; it may have been erased."""
    if row.sealed_reason is None:
        return True
    try:
        reason = unit.vault.open("access", row.id, "reason", bytes(row.sealed_reason))
    except VaultError:
        return False
    return row.reason_hash is not None and unit.vault.lookup("reason", reason) == bytes(row.reason_hash)


def code_of(digest: bytes) -> str:
    """Twelve letters and digits (60 bits) of a digest, in threes of four: short enough to be written down."""
    plain = base64.b32encode(digest[:8]).decode()[:12]
    return "-".join(plain[at : at + 4] for at in (0, 4, 8))


def _plain(code: str) -> str:
    letters = "".join(sign for sign in code.upper() if sign.isalnum())
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


_OLD_END = sql(
    "SELECT number FROM access WHERE school_id = :school AND number >= :first AND number < :first + :most AND at < :before"
    " ORDER BY number DESC LIMIT 1"
)
_YOUNG = sql(
    "SELECT MIN(number) AS number FROM access WHERE school_id = :school AND number >= :first AND number < :first + :most"
    " AND at >= :before"
)
_DIGEST = sql("SELECT digest FROM access WHERE school_id = :school AND number = :number")
_BEGIN = sql(
    "UPDATE access_chain SET first_number = :first, first_digest = :digest WHERE school_id = :school AND first_number = :was"
)
_DROP = sql("DELETE FROM access WHERE school_id = :school AND number < :first")
_DROP_UNCHAINED = sql("DELETE FROM access WHERE id < :below AND number IS NULL AND at < :before")
_CHAINS = sql("SELECT school_id FROM access_chain ORDER BY school_id")


def prune(unit: Unit, school_id: int, before_ms: int, most: int = 1_000) -> int:
    """Lets go of at most `most` lines from before that moment, from the chain's beginning: what is left still fits, because
    the chain keeps what stood before it. Answers how many."""
    head = unit.execute(_HEAD, school=school_id).first()
    if head is None:
        return 0
    part = {"school": school_id, "first": head.first_number, "most": most, "before": before_ms}
    last = unit.execute(_OLD_END, **part).first()
    if last is None:
        return 0
    young = unit.execute(_YOUNG, **part).one().number
    end = last.number if young is None else min(last.number, young - 1)
    row = unit.execute(_DIGEST, school=school_id, number=end).first()
    if row is None:
        return 0
    # The row is taken first: of several processes one lets go.
    begun = {"first": end + 1, "digest": bytes(row.digest), "was": head.first_number}
    if unit.write(_BEGIN, school=school_id, **begun) != 1:
        return 0
    return unit.write(_DROP, school=school_id, first=end + 1)


def prune_all(unit: Unit, before_ms: int, most: int = 1_000) -> int:
    """The same for every school, and for lines from before there was a chain. Answers how many."""
    gone = unit.write(_DROP_UNCHAINED, before=before_ms, below=id_at(before_ms))
    for row in unit.execute(_CHAINS).all():
        gone += prune(unit, row.school_id, before_ms, most)
    return gone
