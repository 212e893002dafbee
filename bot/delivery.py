"""Sends what waits: limits, order, retries, and what follows from each answer, in this one place.

A row is marked 'sending' and committed before its call, and its answer is committed before the next row of the same chat is
tried. So after a crash only what was under way is unsure, at most one row a chat, and nothing overtakes. Every write asks
whether this process is still the bot's one sender (bot/lease.py): one that another has replaced claims and keeps nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection
from telegram import Bot, InputFile

from bot import outbox, wake
from bot.calls import IDEMPOTENT, call, places_of, topic_of
from bot.clock import Clock
from bot.database import Database, DatabaseGone
from bot.gate import Gate
from bot.http_client import AiohttpRequest, NotSent, Outcome, outcome_of, retry_after
from bot.lease import Lease, NotHeld
from bot.limiter import Call, Limiter, Limits, Way
from bot.logs import get_logger
from bot.metrics import Metrics
from bot.schedule import URGENT_ROOM, Item, Schedule
from handlers import outcomes, say, topics
from handlers.outcome import Tried
from models.queues import Lane
from models.unit import Queued, Unit
from models.vault import Vault

log = get_logger("delivery")
T = TypeVar("T")

SWEEP = 3.0
"""Seconds between looks at the table itself: other processes put rows there too (an import, a backup's restore)."""
MOST_IN_MEMORY = 20_000
"""Rows of a lane. What is above is read from the table when its turn comes, and no other lane waits for that."""
_GRACE = 3.0
"""Seconds that calls under way get to end when the bot is stopped."""
STOPPED_PAUSE = 30.0
"""Seconds before another try after 'unauthorized'."""

_PLACED = frozenset({"of", "under", "topic_of"})


def _is_about_format(error: str, payload: dict[str, Any]) -> bool:
    """Whether the same without formatting or quote may be taken."""
    has_some = any(payload.get(name) for name in ("spans", "quote")) or any(
        piece.get("spans") for piece in payload.get("pieces", ())
    )
    return has_some and any(word in error.lower() for word in ("entit", "parse", "quote"))


@dataclass(slots=True)
class _Answer:
    item: Item
    outcome: Outcome | None
    """None: taken."""
    places: tuple[int, ...] = ()
    topic: int | None = None
    number: int = 0
    error: str = ""
    wait: float = 0.0


class Delivery:
    """The one sender of a bot."""

    def __init__(
        self,
        database: Database,
        vault: Vault,
        bot: Bot,
        clock: Clock,
        limits: Limits,
        metrics: Metrics,
        on_stop: Callable[[str], None],
        lease: Lease,
        on_lost: Callable[[str], None],
    ) -> None:
        self._database, self._vault, self._bot, self._clock = database, vault, bot, clock
        self._limits, self._metrics, self._on_stop = limits, metrics, on_stop
        self._lease, self._on_lost, self._replaced = lease, on_lost, False
        self._silent_until = 0
        """Milliseconds since 1970: the end of Telegram's silence, until it is in the bot's row."""
        self._asked: set[int] = set()
        """Lanes to be read at once: another process has put rows there."""
        self._looking = asyncio.Event()
        self._request = bot.request
        self._limiter = Limiter(limits)
        self._schedule = Schedule(self._limiter)
        self._gate = Gate(self._limiter)
        metrics.follow_pace(lambda: self._limiter.pace(time.monotonic()))
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._answers: list[_Answer] = []
        self._woken = asyncio.Event()
        self._answered = asyncio.Event()
        self._stopping = False
        self._behind = {int(lane) for lane in Lane}
        """Lanes of which the table has due rows that are not in memory: what is pushed there stands behind those."""
        self._meanwhile: dict[int, list[Queued]] | None = None
        """While the table is read: what was pushed for lanes that are behind."""
        self._claiming = 0
        self._claims: set[asyncio.Task[None]] = set()

    def push(self, queued: list[Queued]) -> None:
        """What was just committed; what is due later, or stands behind too much, is read from the table in its turn."""
        soon = self._clock.now_ms() + outbox.AHEAD
        for one in queued:
            if one.due_at > soon or one.bot_id != self._bot.id:
                continue
            if one.lane not in self._behind and self._schedule.count(one.lane) >= MOST_IN_MEMORY:
                self._behind.add(one.lane)
            elif one.lane not in self._behind:
                self._schedule.add(outbox.item_of(one))
            elif self._meanwhile is not None:
                self._meanwhile.setdefault(one.lane, []).append(one)
        self._woken.set()

    def look(self) -> None:
        """Another process has put something there for which nobody should wait."""
        self._asked |= wake.AT_ONCE
        self._looking.set()

    async def stop(self) -> None:
        """Takes nothing new, lets calls under way end for a moment, keeps their answers."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Sends until `stop`."""
        while not self._stopping:
            try:
                unsure, silent = await self._write(lambda connection: outbox.recover(connection, self._bot.id))
                break
            except NotHeld:
                self._give_up()
            except DatabaseGone:
                await asyncio.sleep(0.5)
        else:
            return
        if (left := silent / 1000 - time.time()) > 0:
            self._limiter.hold(time.monotonic() + left)
            log.warning(
                "Telegram has asked for silence before the start, nothing is sent until then", seconds=round(left, 1)
            )
        if unsure:
            log.warning("some may have gone out before the last stop and go again, marked", rows=unsure)
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(self._keep_answers())
            sweeping = tasks.create_task(self._sweep_for_ever())
            await self._send_for_ever()
            sweeping.cancel()
            if self._under_way:
                await asyncio.wait(self._under_way.values(), timeout=_GRACE)
            for task in list(self._under_way.values()):
                task.cancel()
            await asyncio.sleep(0)
            self._answered.set()
            while self._answers and not self._replaced:  # noqa: ASYNC110 - the keeper empties it, at the end of the bot's life
                await asyncio.sleep(0.01)
            keeping.cancel()

    async def _write(self, work: Callable[[Connection], T]) -> T:
        """Writes as the bot's sender. Raises NotHeld where it is another process by now; then nothing is written."""

        def as_sender(connection: Connection) -> T:
            if not self._lease.holds(connection):
                raise NotHeld(self._lease.name)
            return work(connection)

        return await self._database.write(as_sender)

    def _give_up(self) -> None:
        """Another process sends for this bot: this one must not."""
        if not self._replaced:
            log.error(
                "another process sends for this bot by now: nothing more is claimed or sent here",
                epoch=self._lease.epoch,
            )
            self._on_lost(self._lease.name)
        self._replaced = self._stopping = True
        self._answers.clear()
        self._woken.set()

    async def _send_for_ever(self) -> None:
        while not self._stopping:
            self._woken.clear()
            room = self._limits.in_flight - len(self._under_way) - self._claiming
            taken = self._schedule.take(time.monotonic(), self._clock.now_ms(), most=room)
            if taken:
                self._claiming += len(taken)
                # The next claim is prepared while this one is committed.
                task = asyncio.create_task(self._claim_and_send(taken))
                self._claims.add(task)
                task.add_done_callback(self._claims.discard)
                continue
            now = time.monotonic()
            # Without room it is the end of a call that wakes this, not the next one's time.
            again = self._schedule.next_time(now) if room > -URGENT_ROOM else None
            try:
                async with asyncio.timeout(None if again is None else max(again - now, 0.001)):
                    await self._woken.wait()
            except TimeoutError:
                continue
        if self._claims:
            await asyncio.wait(self._claims, timeout=_GRACE)

    async def _claim_and_send(self, taken: list[Item]) -> None:
        now = self._clock.now_ms()
        late = [item for item in taken if item.is_late(now)]
        good = [item for item in taken if item not in late] if late else taken

        def work(connection: Connection) -> tuple[set[int], list[Queued]]:
            if late:
                self._expire(connection, late, now)
            claimed = outbox.claim(connection, [item.id for item in good], self._lease.epoch) if good else set()
            placed = [item for item in good if item.id in claimed and not item.payload.keys().isdisjoint(_PLACED)]
            if not placed:
                return claimed, []
            lost = outbox.resolve(connection, self._bot.id, placed, now)
            return claimed - {item.id for item in lost}, self._nothing_there(connection, lost) if lost else []

        try:
            claimed, queued = await self._write(work)
        except NotHeld:
            self._claiming -= len(taken)
            self._give_up()
            return
        except DatabaseGone as error:
            log.warning("the database did not answer, sending waits", error=str(error))
            await asyncio.sleep(0.5)
            self._claiming -= len(taken)
            self._behind |= {item.lane for item in taken}  # the table knows what is true: the sweep reads it again
            await self._database_back(taken)
            return
        self._claiming -= len(taken)
        if queued:
            self.push(queued)
        if claimed and self._replaced:
            return  # the new sender has marked them as unsure already
        for item in taken:
            if item.id in claimed and not self._stopping:
                task = asyncio.create_task(self._send(item))
                self._under_way[item.id] = task
            elif item.id in claimed:
                # Stopped between the claim and the call: it surely has not gone out.
                self._answers.append(_Answer(item, Outcome.NOT_SENT, error="stopped"))
                self._answered.set()
            else:
                self._schedule.free(item.chat_id)
        self._woken.set()

    def _expire(self, connection: Connection, late: list[Item], now: int) -> None:
        if plain := [{"id": one.id, "now": now} for one in late if not one.notice]:
            connection.execute(outbox.EXPIRED, plain)
        unit = Unit(connection, self._vault, self._clock.now())
        for one in late:
            # Whose row was taken back meanwhile may have another one by now.
            if one.notice and connection.execute(outbox.EXPIRED, {"id": one.id, "now": now}).rowcount == 1:
                outcomes.too_late(unit, self._tried(one))
        unit.finish()

    def _nothing_there(self, connection: Connection, lost: list[Item]) -> list[Queued]:
        unit = Unit(connection, self._vault, self._clock.now())
        for item in lost:
            outcomes.nothing_there(unit, self._tried(item))
        return list(unit.finish())

    def _tried(self, item: Item) -> Tried:
        return Tried(item.id, self._bot.id, item.chat_id, item.kind, item.message_id, item.payload)

    async def _database_back(self, taken: list[Item]) -> None:
        """The claim's commit is unknown: rows that it marked go back to waiting before their chats are free."""
        again = [
            {"id": item.id, "due": self._clock.now_ms(), "unsure": 0, "fence": self._lease.epoch} for item in taken
        ]
        while not self._stopping:
            try:
                await self._write(lambda connection: connection.execute(outbox.AGAIN, again).rowcount)
                break
            except NotHeld:
                self._give_up()
                return
            except DatabaseGone:
                await asyncio.sleep(1.0)
        for item in taken:
            self._schedule.add(item)
            self._schedule.free(item.chat_id)
        self._woken.set()

    async def _send(self, item: Item) -> None:
        started = time.monotonic()
        gone: Call | None = None
        try:
            method, values = call(item.kind, item.chat_id, item.payload, repeat=item.unsure > 0, plain=item.plain)
            way = self._limiter.way(item.lane, counted=item.counted, notice=item.notice)
            if way is Way.PAID:
                values["allow_paid_broadcast"] = True
            gone = await self._gate.enter(way, item.lane, item.id, item.chat_id if item.counted else None)
            started = gone.began
            self._schedule.called(item.id)
            self._woken.set()
            result = await self._post(method, values)
            number = result if isinstance(result, int) else 0
            answer = _Answer(item, None, places_of(result), topic_of(result), number)
        except asyncio.CancelledError:
            outcome = Outcome.NOT_SENT if gone is None else Outcome.UNKNOWN
            answer = _Answer(item, outcome, error="stopped while it was under way")
        except Exception as error:
            outcome = outcome_of(error)
            answer = _Answer(item, outcome, error=str(error)[:200])
            if outcome is Outcome.FLOOD and gone is not None:
                answer.wait = self._gate.refused(gone, retry_after(error))
        finally:
            self._under_way.pop(item.id, None)
            if gone is not None:
                self._gate.answered(gone)
        self._metrics.sent(
            item.kind, answer.outcome.name.lower() if answer.outcome else "ok", time.monotonic() - started
        )
        self._answers.append(answer)
        self._answered.set()

    async def _post(self, method: str, values: dict[str, Any]) -> object:
        if not self._lease.is_fresh():
            # The process was stopped for a while: whether it is still the sender is asked before anything leaves.
            raise NotSent("this process may not be the bot's sender any more")
        uploads = any(isinstance(one, InputFile) for one in values.values())
        if isinstance(self._request, AiohttpRequest) and not uploads:
            return await self._request.call(self._bot.base_url, method, values)
        return await self._bot.do_api_request(method, api_kwargs=values)

    async def _keep_answers(self) -> None:
        """Commits answers, as many as there are at once, then frees their chats."""
        while True:
            await self._answered.wait()
            self._answered.clear()
            answers = self._answers
            if not answers:
                continue
            self._answers = []
            for answer in answers:
                self._judge(answer)
            while True:
                try:
                    queued = await self._write(partial(self._keep, answers=answers))
                    break
                except NotHeld:
                    self._give_up()
                    return
                except DatabaseGone as error:
                    log.warning("the database did not answer, answers are kept in memory", error=str(error))
                    await asyncio.sleep(0.5)
            for answer in answers:
                if answer.outcome is Outcome.REFUSED_PERSON:
                    self._schedule.forget_chat(answer.item.chat_id)
                elif self._goes_again(answer):
                    self._schedule.add(answer.item)
                self._schedule.free(answer.item.chat_id)
            if queued:
                self.push(queued)
            self._woken.set()

    @staticmethod
    def _goes_again(answer: _Answer) -> bool:
        if answer.outcome is Outcome.REFUSED_FORMAT:
            return answer.wait < 0  # once more, without formatting
        return answer.outcome is not None

    def _judge(self, answer: _Answer) -> None:
        """What an answer means for the row in memory, before it is kept."""
        item, now_ms = answer.item, self._clock.now_ms()
        item.attempts += 1
        if answer.outcome is None:
            return
        if answer.outcome is Outcome.FLOOD:
            wait = answer.wait
            self._metrics.flood(wait)
            self._silent_until = int((time.time() + wait) * 1000)
            log.warning("too many requests, everything waits", seconds=round(wait, 1))
            item.due = now_ms
        elif answer.outcome is Outcome.STOP:
            self._on_stop(answer.error)
            item.due = now_ms + int(STOPPED_PAUSE * 1000)
        elif answer.outcome is Outcome.REFUSED_FORMAT:
            if not item.plain and _is_about_format(answer.error, item.payload):
                log.error("formatting was refused, sent plain: a fault of ours", outbox_row=item.id)
                item.plain = True
                answer.wait = -1.0
        elif answer.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN, Outcome.MIGRATED):
            if answer.outcome is Outcome.UNKNOWN and item.kind not in IDEMPOTENT:
                item.unsure += 1
            item.due = now_ms + min(60_000, 250 * 2 ** min(item.attempts, 8))

    def _keep(self, connection: Connection, answers: list[_Answer]) -> list[Queued]:
        unit = Unit(connection, self._vault, self._clock.now())
        now, fence = unit.now_ms, self._lease.epoch
        if any(answer.outcome is Outcome.FLOOD for answer in answers):
            # Kept, so that whoever sends next, after a crash too, keeps the silence.
            unit.later(outbox.HOLD, bot=self._bot.id, until=self._silent_until)
        for answer in answers:
            item = answer.item
            tried = self._tried(item)
            if answer.outcome is None:
                unit.later(
                    outbox.SENT, fence=fence, id=item.id, now=now, place=answer.places[0] if answer.places else None
                )
                outcomes.sent(unit, tried, answer.places, answer.topic)
                if item.kind == say.COUNT:
                    topics.counted(unit, tried, answer.number)
            elif answer.outcome is Outcome.REFUSED_PERSON:
                unit.later(outbox.FAILED, fence=fence, id=item.id, now=now, error=answer.error)
                if item.chat_id < 0:
                    outcomes.refused_in_room(unit, tried, answer.error)
                elif item.lane < Lane.BULK or item.kind in (say.TEXT, say.MEDIA, say.ALBUM):
                    outcomes.refused_by_person(unit, tried)
            elif answer.outcome is Outcome.REFUSED_FORMAT and answer.wait >= 0:
                self._refused(unit, tried, answer.error)
            else:
                unit.later(outbox.AGAIN, fence=fence, id=item.id, due=item.due, unsure=item.unsure)
        return list(unit.finish())

    def _refused(self, unit: Unit, tried: Tried, error: str) -> None:
        """The messenger will not take this call as it is."""
        text = error.lower()
        if tried.kind in (say.EDIT, say.AMEND, say.BUTTONS) and "not modified" in text:
            unit.later(outbox.SENT, fence=self._lease.epoch, id=tried.row_id, now=unit.now_ms, place=None)
            return
        if tried.kind == say.ERASE and "message to delete not found" in text:
            unit.later(outbox.SENT, fence=self._lease.epoch, id=tried.row_id, now=unit.now_ms, place=None)
            outcomes.sent(unit, tried, (), None)
            return
        unit.later(outbox.FAILED, fence=self._lease.epoch, id=tried.row_id, now=unit.now_ms, error=error)
        if tried.kind == say.EDIT:
            # The message is gone or too old: what was to stand there is said anew, unless nobody looks for it.
            if tried.payload.get("anew", True):
                unit.queue(
                    answers=True,
                    bot_id=tried.bot_id,
                    chat_id=tried.chat_id,
                    kind=say.TEXT,
                    payload=say.again(tried.payload),
                )
        elif outcomes.is_about_topic(error) or tried.kind == say.TOPIC:
            outcomes.refused_in_room(unit, tried, error)
        elif tried.kind == say.AMEND:
            outcomes.not_amended(unit, tried)
        elif tried.kind == say.ERASE:
            outcomes.not_erased(unit, tried)
        elif tried.kind in (say.TEXT, say.FILE, say.PICTURE, say.MEDIA, say.ALBUM):
            log.error("a message was refused for good", outbox_row=tried.row_id, error=error)
            outcomes.refused_for_good(unit, tried)

    async def _sweep_for_ever(self) -> None:
        looked = 0.0
        while True:
            every = time.monotonic() - looked >= SWEEP
            lanes = [
                int(lane)
                for lane in Lane
                # Half of it gone before more is read: a row is looked at twice at most, not once for each that leaves.
                if (every or lane in self._behind or lane in self._asked)
                and self._schedule.count(lane) < outbox.WINDOW // 2
            ]
            if lanes:
                # Before the reading: what is put there meanwhile is asked for again.
                self._asked.difference_update(lanes)
                try:
                    await self._sweep(lanes)
                except Exception as error:
                    log.warning("could not look for waiting rows", error=type(error).__name__)
            if every:
                looked = time.monotonic()
            self._looking.clear()
            if self._asked and lanes:
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(0.05 if self._behind or self._asked else SWEEP):
                    await self._looking.wait()

    async def _sweep(self, lanes: list[int]) -> None:
        self._meanwhile = {}
        try:
            found = await self._database.read(
                lambda connection: outbox.waiting(
                    connection, self._vault, self._bot.id, lanes, self._clock.now_ms(), self._schedule
                )
            )
            meanwhile = self._meanwhile
        finally:
            self._meanwhile = None
        for lane, (items, more) in found.items():
            for item in items:
                if item.id not in self._schedule:
                    self._schedule.add(item)
            if more:
                self._behind.add(lane)
                continue
            self._behind.discard(lane)
            for one in meanwhile.get(lane, ()):
                self._schedule.add(outbox.item_of(one))
        self._woken.set()
