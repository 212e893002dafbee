"""A notice's own row: begun, written, decided, moved from state to state. Rights are asked in allowed.py."""

from __future__ import annotations

from sqlmodel import col, select

from models.base import new_id
from models.notices.audience import Audience
from models.notices.content import Content
from models.notices.states import MOVES, Level, NoticeState
from models.notices.tables import Notice
from models.standing import Self, Standing
from models.unit import Unit, sql

_MOVE = sql(
    "UPDATE notice SET state = :state, began_at = CASE WHEN :begins THEN COALESCE(began_at, :now)"
    " ELSE began_at END, ended_at = CASE WHEN :ends THEN COALESCE(ended_at, :now) ELSE ended_at END"
    " WHERE id = :id AND state = :before"
)
_ENDS = {NoticeState.DONE, NoticeState.STOPPED, NoticeState.RECALLED, NoticeState.DROPPED}
KEPT_DRAFTS = 20
"""An author's newest drafts that are listed."""


def draft(
    unit: Unit, who: Standing, staff: Self, level: Level, audience: Audience, content: Content | None = None
) -> Notice:
    """A new notice that only its author sees."""
    row = new_id()
    fresh = Notice(
        id=row,
        school_id=staff.school_id,
        author_id=staff.person_id,
        bot_id=who.bot_id,
        level=level.value,
        audience=audience.to_json(),
        sealed_content=unit.vault.seal("notice", row, "content", (content or Content()).to_json()),
        created_at=unit.now_ms,
    )
    unit.session.add(fresh)
    unit.session.flush()
    return fresh


def one(unit: Unit, notice_id: int) -> Notice | None:
    """A notice as it stands now."""
    return unit.session.get(Notice, notice_id, populate_existing=True)


def content(unit: Unit, notice: Notice) -> Content:
    """What it says. Raises VaultError where it does not open."""
    return Content.from_json(unit.vault.open("notice", notice.id, "content", notice.sealed_content))


def audience(notice: Notice) -> Audience:
    """Who is to get it."""
    return Audience.from_json(notice.audience)


def write(unit: Unit, notice: Notice, said: Content) -> None:
    """Keeps what it says."""
    notice.sealed_content = unit.vault.seal("notice", notice.id, "content", said.to_json())
    unit.session.add(notice)
    unit.session.flush()


def aim(unit: Unit, notice: Notice, at: Audience, level: Level | None = None) -> None:
    """Keeps who is to get it."""
    notice.audience = at.to_json()
    if level is not None:
        notice.level = level.value
    unit.session.add(notice)
    unit.session.flush()


def move(unit: Unit, notice: Notice, state: NoticeState) -> bool:
    """Brings it from its state to another. False where it is not in that state any more: somebody was quicker.

    Raises ValueError for a move that there is not.
    """
    before = NoticeState(notice.state)
    if state not in MOVES[before]:
        raise ValueError(f"a notice does not go from {before} to {state}")
    moved = unit.write(
        _MOVE,
        id=notice.id,
        before=before.value,
        state=state.value,
        now=unit.now_ms,
        begins=state is NoticeState.RUNNING,
        ends=state in _ENDS,
    )
    if moved == 1:
        unit.session.refresh(notice)
    return moved == 1


def drafts(unit: Unit, person_id: int) -> list[Notice]:
    """The author's drafts, the newest first."""
    query = select(Notice).where(Notice.author_id == person_id, Notice.state == NoticeState.DRAFT)
    return list(unit.session.exec(query.order_by(col(Notice.id).desc()).limit(KEPT_DRAFTS)))


def tended(unit: Unit, who: Standing, schools: list[int], centre: bool, most: int, before: int) -> list[Notice]:
    """Notices that are decided and that this account looks after, the newest first, those with an id below `before`."""
    own = col(Notice.author_id).in_(who.person_ids)
    of_school = col(Notice.school_id).in_(schools) & (col(Notice.level) != Level.CENTRE)
    mine = own | of_school | (col(Notice.level) == Level.CENTRE) if centre else own | of_school
    query = (
        select(Notice)
        .where(mine, col(Notice.state).not_in((NoticeState.DRAFT, NoticeState.DROPPED)), Notice.id < before)
        .order_by(col(Notice.id).desc())
        .limit(most)
    )
    return list(unit.session.exec(query))
