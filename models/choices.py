"""What waits for a word of its writer: 'for whom is this?', 'shall this card be sent?', and the text after 'Answer'."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import select

from models.base import new_id
from models.conversation import Body
from models.standing import Reach, Standing
from models.threads import Choice, Draft
from models.unit import Unit, sql

ANSWERING = timedelta(minutes=30)
"""How long 'Answer' waits for the text before a bare text is asked about again."""
GATHERS = timedelta(minutes=2)
"""How long further messages belong to an open question; what comes later is asked about by itself, where it stands."""
WHOM, CONTACT = "whom", "contact"


@dataclass(frozen=True, slots=True)
class Kept:
    """What was written, until its writer has answered: where it stands, and what it replies to."""

    body: Body
    places: tuple[int, ...]
    reply_to: int | None = None


def ask_later(
    unit: Unit, who: Standing, body: Body, places: Sequence[int], *, kind: str = WHOM, reply_to: int | None = None
) -> tuple[int, int, bool]:
    """Keeps what was written until its writer has answered.

    Answers the choice, how many wait in it, and whether it is new (then it has to be asked). Each card is a question of
    its own.
    """
    session = unit.session
    choice = None
    if kind == WHOM:
        choice = session.exec(
            select(Choice).where(
                Choice.account_id == who.account_id,
                Choice.settled_at == None,  # noqa: E711
                Choice.kind == kind,
                Choice.asked_at > unit.now - GATHERS,
            )
        ).first()
    fresh = choice is None
    if choice is None:
        choice = Choice(account_id=who.account_id, kind=kind, asked_at=unit.now)
        session.add(choice)
        session.flush()
    draft_id = new_id()
    whole = json.dumps({"b": body.to_json(), "p": list(places), "r": reply_to}, ensure_ascii=False)
    session.add(
        Draft(
            id=draft_id,
            choice_id=choice.id,
            sealed_body=unit.vault.seal("draft", draft_id, "body", whole),
            origin_place_id=places[0],
            written_at=unit.now,
        )
    )
    session.flush()
    count = len(session.exec(select(Draft.id).where(Draft.choice_id == choice.id)).all())
    return choice.id, count, fresh


def settle(unit: Unit, who: Standing, choice_id: int) -> list[Kept] | None:
    """Closes a choice and answers what waited in it, in order; nothing where it was closed before."""
    if unit.write(_SETTLE, id=choice_id, account=who.account_id, now=unit.now_ms) != 1:
        return None
    drafts = unit.session.exec(select(Draft).where(Draft.choice_id == choice_id).order_by(Draft.id)).all()  # type: ignore[arg-type]
    found = [_kept(unit, draft) for draft in drafts]
    for draft in drafts:
        unit.session.delete(draft)
    return found


def _kept(unit: Unit, draft: Draft) -> Kept:
    whole = json.loads(unit.vault.open("draft", draft.id, "body", draft.sealed_body))
    if "b" not in whole:  # written by the first version
        return Kept(Body(whole["t"], tuple(whole["s"])), (draft.origin_place_id,))
    return Kept(Body.from_json(whole["b"]), tuple(whole["p"]), whole["r"])


def amend(unit: Unit, who: Standing, place_id: int, body: Body) -> bool:
    """A text that still waits for its writer's word was edited: it says the new words. True where one was found."""
    drafts = unit.session.exec(
        select(Draft)
        .join(Choice, Choice.id == Draft.choice_id)  # type: ignore[arg-type]
        .where(Choice.account_id == who.account_id, Choice.settled_at == None)  # noqa: E711
    ).all()
    for draft in drafts:
        kept = _kept(unit, draft)
        if place_id not in kept.places:
            continue
        media = kept.body.media
        if len(kept.places) > 1 and body.media:
            number = kept.places.index(place_id)
            piece = {**body.media[0], "text": body.text, "spans": list(body.spans)}
            media = (*media[:number], piece, *media[number + 1 :])
            changed = Body(kept.body.text, kept.body.spans, media, kept.body.quote, kept.body.about)
        else:
            changed = Body(body.text, body.spans, body.media, kept.body.quote, kept.body.about)
        whole = json.dumps({"b": changed.to_json(), "p": list(kept.places), "r": kept.reply_to}, ensure_ascii=False)
        draft.sealed_body = unit.vault.seal("draft", draft.id, "body", whole)
        unit.session.add(draft)
        unit.session.flush()
        return True
    return False


_SETTLE = sql("UPDATE choice SET settled_at = :now WHERE id = :id AND account_id = :account AND settled_at IS NULL")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """A choice that nobody made for a while."""

    choice_id: int
    reach: Reach
    texts: int


_FORGOTTEN = sql(
    "SELECT c.id, a.bot_id, a.user_id, a.language, a.reachable, COUNT(d.id) AS texts FROM choice c"
    " JOIN account a ON a.id = c.account_id JOIN draft d ON d.choice_id = c.id"
    " WHERE c.settled_at IS NULL AND c.reminded_at IS NULL AND c.asked_at <= :before AND a.bot_id = :bot"
    " GROUP BY c.id, a.bot_id, a.user_id, a.language, a.reachable ORDER BY c.id"
)


def forgotten(unit: Unit, bot_id: int, after: timedelta) -> list[Forgotten]:
    """Choices open for longer than `after` and not reminded of; marks them as reminded."""
    before = unit.now_ms - int(after.total_seconds() * 1000)
    found = []
    for row in unit.execute(_FORGOTTEN, bot=bot_id, before=before).all():
        unit.write(_REMINDED, id=row.id, now=unit.now_ms)
        if row.reachable:
            found.append(Forgotten(row.id, Reach(row.bot_id, row.user_id, row.language, True), row.texts))
    return found


_REMINDED = sql("UPDATE choice SET reminded_at = :now WHERE id = :id AND reminded_at IS NULL")


# --- 'Answer' ---


def answer_next(unit: Unit, who: Standing, thread_id: int) -> None:
    """The next bare text of this account goes to that thread, for ANSWERING from now."""
    unit.write(
        _ANSWERING,
        account=who.account_id,
        thread=thread_id,
        until=unit.now_ms + int(ANSWERING.total_seconds() * 1000),
    )


def answered(unit: Unit, who: Standing) -> None:
    """The text after 'Answer' has come, or was called off."""
    unit.write(_ANSWERING, account=who.account_id, thread=None, until=None)
    who.answering_thread_id = None


_ANSWERING = sql("UPDATE account SET answering_thread_id = :thread, answering_until = :until WHERE id = :account")


def is_answering(unit: Unit, who: Standing) -> int | None:
    """The thread that 'Answer' was pressed for, while that counts."""
    if who.answering_thread_id is None or who.answering_until is None or who.answering_until < unit.now:
        return None
    return who.answering_thread_id
