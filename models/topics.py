"""Workspaces: a mentor's families as topics, in the private chat with the bot or in a group of the mentor's own.

The record is the truth and topics are a view of it: whatever happens to a topic, the conversation goes on in the plain
chat.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import select

from models.base import new_id
from models.standing import Reach, Standing
from models.threads import Workspace
from models.unit import Unit, sql

ASKED, ON, OFF = "asked", "on", "off"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose workspace a chat is."""

    workspace_id: int
    account_id: int
    chat_id: int
    is_group: bool
    state: str
    reach: Reach


_OWNER = (
    "SELECT w.id, w.account_id, w.chat_id, w.is_group, w.state, a.bot_id, a.user_id, a.language, a.reachable"
    " FROM workspace w JOIN account a ON a.id = w.account_id WHERE "
)
_BY_ROOM = sql(f"{_OWNER} w.bot_id = :bot AND w.chat_id = :chat")
_BY_ID = sql(f"{_OWNER} w.id = :id")
_BY_ACCOUNT = sql(f"{_OWNER} w.account_id = :account")


def _owner(unit: Unit, statement: object, **values: int) -> Owner | None:
    r = unit.execute(statement, **values).first()  # type: ignore[arg-type]
    if r is None:
        return None
    reach = Reach(r.bot_id, r.user_id, r.language, bool(r.reachable))
    return Owner(r.id, r.account_id, r.chat_id, bool(r.is_group), r.state, reach)


def of_room(unit: Unit, bot_id: int, chat_id: int) -> Owner | None:
    """The workspace that a chat is."""
    return _owner(unit, _BY_ROOM, bot=bot_id, chat=chat_id)


def by_id(unit: Unit, workspace_id: int) -> Owner | None:
    """A workspace."""
    return _owner(unit, _BY_ID, id=workspace_id)


def of_account(unit: Unit, account_id: int) -> Owner | None:
    """An account's workspace, in whatever state."""
    return _owner(unit, _BY_ACCOUNT, account=account_id)


def ask(unit: Unit, who: Standing, chat_id: int, *, is_group: bool) -> int:
    """An account wants a workspace in that chat; an earlier one is replaced. Answers the workspace."""
    session = unit.session
    for old in session.exec(select(Workspace).where(Workspace.account_id == who.account_id)).all():
        unit.write(_FORGET_TOPICS, id=old.id)
        session.delete(old)
    session.flush()
    fresh = Workspace(
        bot_id=who.bot_id,
        account_id=who.account_id,
        chat_id=chat_id,
        is_group=is_group,
        state=ASKED,
        since=unit.now_ms,
    )
    session.add(fresh)
    session.flush()
    return fresh.id


_FORGET_TOPICS = sql("DELETE FROM topic WHERE workspace_id = :id")
_SET = sql("UPDATE workspace SET state = :state WHERE id = :id AND state <> :state")
_MOVE = sql("UPDATE workspace SET chat_id = :new WHERE bot_id = :bot AND chat_id = :old")
_MOVE_PLACES = sql("UPDATE place SET chat_id = :new WHERE bot_id = :bot AND chat_id = :old")
_MOVE_ROWS = sql(
    "UPDATE outbox SET chat_id = :new WHERE bot_id = :bot AND chat_id = :old AND state IN ('waiting', 'frozen')"
)


def set_state(unit: Unit, workspace_id: int, state: str) -> bool:
    """Switches a workspace. False where it stood so before."""
    return unit.write(_SET, id=workspace_id, state=state) == 1


def moved(unit: Unit, bot_id: int, old: int, new: int) -> None:
    """The messenger has given a group another id: all that we know of it follows."""
    unit.write(_MOVE, bot=bot_id, old=old, new=new)
    unit.write(_MOVE_PLACES, bot=bot_id, old=old, new=new)
    unit.write(_MOVE_ROWS, bot=bot_id, old=old, new=new)


_TOPIC = sql("SELECT id, number, made_at FROM topic WHERE workspace_id = :workspace AND thread_id = :thread")
_THREAD_AT = sql("SELECT thread_id FROM topic WHERE workspace_id = :workspace AND number = :number")
_NEW = sql(
    "INSERT INTO topic (id, workspace_id, thread_id, made_at) VALUES (:id, :workspace, :thread, :now) ON CONFLICT DO NOTHING"
)
_MADE = sql("UPDATE topic SET number = :number WHERE workspace_id = :workspace AND thread_id = :thread")


def wanted(unit: Unit, workspace_id: int, thread_id: int) -> bool:
    """Notes that a thread is to have a topic. True the first time: then it has to be made."""
    if unit.execute(_TOPIC, workspace=workspace_id, thread=thread_id).first() is not None:
        return False
    return unit.write(_NEW, id=new_id(), workspace=workspace_id, thread=thread_id, now=unit.now_ms) == 1


def made(unit: Unit, workspace_id: int, thread_id: int, number: int | None) -> None:
    """The topic is there under that number; with None it is gone, and the thread goes on in the plain chat."""
    unit.write(_MADE, workspace=workspace_id, thread=thread_id, number=number)


def thread_at(unit: Unit, workspace_id: int, number: int) -> int | None:
    """The thread whose topic has that number."""
    row = unit.execute(_THREAD_AT, workspace=workspace_id, number=number).first()
    return None if row is None else int(row.thread_id)
