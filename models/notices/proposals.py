"""Words that somebody wants to put in the place of those that are out: kept sealed until that person says yes.

Kept as a notice that nobody gets (state dropped), so that they are sealed and deleted as every notice's words are.
"""

from __future__ import annotations

from models.base import new_id
from models.notices import notices
from models.notices.content import Content
from models.notices.states import NoticeState
from models.notices.tables import Notice
from models.standing import Standing
from models.unit import Unit


def keep(unit: Unit, notice: Notice, who: Standing, said: Content) -> int:
    """Keeps them for that version of the notice. Answers the proposal's id. Raises ValueError for who is no staff."""
    staff = who.staff
    if staff is None:
        raise ValueError("only staff corrects notices")
    row = new_id()
    unit.session.add(
        Notice(
            id=row,
            school_id=staff.school_id,
            author_id=staff.person_id,
            bot_id=who.bot_id,
            level=notice.level,
            audience=notice.audience,
            sealed_content=unit.vault.seal("notice", row, "content", said.to_json()),
            state=NoticeState.DROPPED,
            version=notice.version,
            again_of=notice.id,
            created_at=unit.now_ms,
            ended_at=unit.now_ms,
        )
    )
    unit.session.flush()
    return row


def one(unit: Unit, proposal_id: int, who: Standing) -> Notice | None:
    """A proposal of this account."""
    found = notices.one(unit, proposal_id)
    mine = found is not None and found.state == NoticeState.DROPPED and found.author_id in who.person_ids
    return found if mine else None
