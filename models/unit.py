"""The unit of work: everything that a rule may touch within one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, bindparam, text
from sqlmodel import Session

from models.base import new_id, to_ms
from models.queues import Lane
from models.vault import Vault

type_of_row = Mapping[str, Any]


def sql(statement: str) -> TextClause:
    """A statement of the hot path, written once at import, so that the compiled form is kept."""
    return text(statement)


_INSERT_OUTBOX = sql(
    "INSERT INTO outbox (id, bot_id, chat_id, lane, kind, sealed_payload, state, due_at, useful_until, attempts,"
    " unsure, dedupe_key, message_id, author_id, notice_id, answers, created_at) VALUES (:id, :bot_id, :chat_id, :lane,"
    " :kind, :sealed_payload, 'waiting', :due_at, :useful_until, 0, 0, :dedupe_key, :message_id, :author_id, :notice_id,"
    " :answers, :created_at)"
)


@dataclass(slots=True)
class Queued:
    """Something that this transaction wants to say; becomes a row of `outbox` when it commits."""

    id: int
    bot_id: int
    chat_id: int
    lane: int
    kind: str
    payload: str
    due_at: int
    useful_until: int | None
    dedupe_key: str | None
    message_id: int | None
    answers: bool = False
    author_id: int | None = None
    notice_id: int | None = None
    unsure: int = 0
    attempts: int = 0


@dataclass
class Unit:
    """One transaction's connection, clock and keys, and what it wants to say.

    Plain inserts of the hot path are gathered in `later` and written together by `flush`; whoever reads those tables
    through `session` or `execute` sees them, because both flush first.
    """

    connection: Connection
    vault: Vault
    now: datetime
    queued: list[Queued] = field(default_factory=list)
    _unwritten: int = 0
    _later: list[tuple[TextClause, dict[str, Any]]] = field(default_factory=list)
    _session: Session | None = None
    _nested: Any = None
    albums: set[int] = field(default_factory=set)
    """Accounts with an open album (models/albums.py)."""
    notes: dict[object, object] = field(default_factory=dict)
    """What was read once and holds for the whole unit."""
    _silenced: frozenset[tuple[int, int]] | None = None
    _keys: set[str] = field(default_factory=set)
    """Of what is queued."""
    _unsaid: set[str] = field(default_factory=set)
    """Keys that were asked for beforehand and are in no row."""
    faults: list[Exception] = field(default_factory=list)
    """What failed by itself (`attempt`): for the log."""
    touched: bool = False
    """True once something was written other than through `later` and `queue`."""

    @property
    def now_ms(self) -> int:
        """The unit's moment in milliseconds since 1970."""
        return to_ms(self.now)

    @property
    def session(self) -> Session:
        """The ORM's session on this transaction, for all that is not the hot path."""
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        if self._nested is None:
            self.flush()
            self._nested = self._session.begin_nested()
            # The session makes the savepoint with its first statement; plain writes before that would not be taken back.
            self._session.connection()
            self.touched = True
        return self._session

    def execute(self, statement: TextClause, **values: Any) -> CursorResult[Any]:
        """Runs a reading statement; what is gathered is written first."""
        self.flush()
        return self.connection.execute(statement, values)

    def write(self, statement: TextClause, **values: Any) -> int:
        """Runs a writing statement at once and tells how many rows it met (for guarded updates)."""
        session = self.session
        session.flush()
        return self.connection.execute(statement, values).rowcount

    def later(self, statement: TextClause, **values: Any) -> None:
        """Gathers a write whose result nobody needs."""
        self._later.append((statement, values))

    def queue(
        self,
        *,
        bot_id: int,
        chat_id: int,
        kind: str,
        payload: str,
        lane: Lane = Lane.RELAY,
        due_at: int | None = None,
        useful_until: int | None = None,
        dedupe_key: str | None = None,
        message_id: int | None = None,
        answers: bool = False,
        author_id: int | None = None,
        notice_id: int | None = None,
    ) -> None:
        """Puts something into the outbox. With a `dedupe_key` that was said before, nothing happens.

        `answers` for what this very chat asked for by its own act; all else is dropped for a chat that must not be
        contacted (see models/safeguarding). `author_id`: media or a notice of that person, which a freeze stops.
        """
        if not answers and (bot_id, chat_id) in self._not_to_contact():
            return
        if dedupe_key is not None:
            # What this unit has queued is known here: its rows are written together, not one by one before each question.
            if dedupe_key in self._keys:
                return
            if dedupe_key not in self._unsaid and self.connection.execute(_KNOWN_KEY, {"key": dedupe_key}).first():
                return
            self._keys.add(dedupe_key)
        self.queued.append(
            Queued(
                new_id(),
                bot_id,
                chat_id,
                int(lane),
                kind,
                payload,
                self.now_ms if due_at is None else due_at,
                useful_until,
                dedupe_key,
                message_id,
                answers,
                author_id,
                notice_id,
            )
        )

    def foresee(self, keys: Sequence[str]) -> None:
        """Asks once for all these dedupe keys which were said before, so that `queue` does not ask for each."""
        if not keys:
            return
        known = {row.dedupe_key for row in self.connection.execute(_KNOWN_KEYS, {"keys": list(keys)})}
        self._keys |= known
        self._unsaid.update(key for key in keys if key not in known)

    def _not_to_contact(self) -> frozenset[tuple[int, int]]:
        if self._silenced is None:
            rows = self.execute(_SILENCED).all()
            self._silenced = frozenset((row.bot_id, row.user_id) for row in rows)
        return self._silenced

    def contact_changed(self) -> None:
        """Who must not be contacted has changed within this unit: asked again."""
        self._silenced = None

    def once(self, key: str, bot_id: int, chat_id: int) -> bool:
        """True the first time that a key is asked for: a cancelled row keeps it, nothing is sent for it."""
        if self.execute(_KNOWN_KEY, key=key).first() is not None:
            return False
        self.write(_KEEP_KEY, id=new_id(), bot=bot_id, chat=chat_id, key=key, now=self.now_ms, no=False)
        return True

    def flush(self) -> None:
        """Writes what is gathered, each statement once for all its rows, in the order of first use."""
        if self._later:
            groups: dict[TextClause, list[dict[str, Any]]] = {}
            for statement, values in self._later:
                groups.setdefault(statement, []).append(values)
            self._later.clear()
            for statement, rows in groups.items():
                self.connection.execute(statement, rows)
        fresh = self.queued[self._unwritten :]
        if fresh:
            seal = self.vault.seal
            created = self.now_ms
            self.connection.execute(
                _INSERT_OUTBOX,
                [
                    {
                        "id": one.id,
                        "bot_id": one.bot_id,
                        "chat_id": one.chat_id,
                        "lane": one.lane,
                        "kind": one.kind,
                        "sealed_payload": seal("outbox", one.id, "payload", one.payload),
                        "due_at": one.due_at,
                        "useful_until": one.useful_until,
                        "dedupe_key": one.dedupe_key,
                        "message_id": one.message_id,
                        "answers": one.answers,
                        "author_id": one.author_id,
                        "notice_id": one.notice_id,
                        "created_at": created,
                    }
                    for one in fresh
                ],
            )
            self._unwritten = len(self.queued)

    @contextmanager
    def part(self) -> Iterator[None]:
        """One update's share of the transaction: an exception takes back this share and nothing else."""
        if self._nested is not None:
            self._nested.commit()
            self._nested = None
        queued, later, self.touched = len(self.queued), len(self._later), False
        try:
            yield
            if self._nested is not None:
                self.flush()
                self._nested.commit()
        except BaseException:
            if self._nested is not None:
                self._nested.rollback()
                # What earlier parts had gathered was written before the savepoint; only this part's is dropped.
                later = min(later, len(self._later))
                if self._session is not None:
                    self._session.expunge_all()
            del self._later[later:]
            for one in self.queued[queued:]:
                self._keys.discard(one.dedupe_key or "")
            del self.queued[queued:]
            self._unwritten = min(self._unwritten, queued)
            raise
        finally:
            self._nested = None

    def attempt(self, work: Callable[[], object]) -> bool:
        """One of many things that the clock does: where it fails, it alone is taken back, and `faults` has the error.

        So a row that cannot be read does not keep the others waiting. Only within `part`, where a session was begun.
        """
        session = self.session
        session.flush()
        self.flush()
        savepoint = session.begin_nested()
        session.connection()
        queued, later = len(self.queued), len(self._later)
        try:
            work()
            session.flush()
            self.flush()
            savepoint.commit()
        except Exception as error:
            savepoint.rollback()
            session.expunge_all()
            for one in self.queued[queued:]:
                self._keys.discard(one.dedupe_key or "")
            del self.queued[queued:]
            del self._later[later:]
            self._unwritten = min(self._unwritten, queued)
            self.faults.append(error)
            return False
        return True

    def finish(self) -> Sequence[Queued]:
        """Writes all that is left; called before the commit. Answers what was queued."""
        if self._nested is not None:
            self._nested.commit()
            self._nested = None
        self.flush()
        return self.queued


_KNOWN_KEY = sql("SELECT 1 FROM outbox WHERE dedupe_key = :key")
_KNOWN_KEYS = text("SELECT dedupe_key FROM outbox WHERE dedupe_key IN :keys").bindparams(
    bindparam("keys", expanding=True)
)
_SILENCED = sql(
    "SELECT a.bot_id, a.user_id FROM no_contact n JOIN person p ON p.id = n.person_id"
    " JOIN account a ON a.id = p.account_id WHERE n.until IS NULL"
)
_KEEP_KEY = sql(
    "INSERT INTO outbox (id, bot_id, chat_id, lane, kind, state, due_at, attempts, unsure, dedupe_key, answers,"
    " created_at, finished_at) VALUES (:id, :bot, :chat, 1, 'key', 'cancelled', :now, 0, 0, :key, :no, :now, :now)"
)
