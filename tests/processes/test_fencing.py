"""A sender that was stopped and wakes too late, and a silence that Telegram has asked for: neither is forgotten."""

from __future__ import annotations

import os
import signal
import time

import pytest
from sqlalchemy.exc import OperationalError

from tests.processes.conftest import Cluster, Clusters
from tests.processes.test_roles import holder


def expired(cluster: Cluster) -> bool:
    """Ends the sender's lease; False where its row is locked."""
    try:
        cluster.rows("UPDATE lease SET until = 1 WHERE name = :name", name=f"delivery:{cluster.town.bot_id}")
    except OperationalError:
        return False
    return True


@pytest.mark.timeout(120)
async def test_a_sender_that_wakes_after_a_takeover_claims_nothing_says_why_and_ends(cluster: Clusters) -> None:
    async with cluster(intake=1, worker=1, delivery=2) as found:
        family, mentor = found.phones[found.town.guardians[0]], found.phones[found.town.mentors[0]]
        await found.ready(intake=1, worker=1, delivery=1)
        await family.says("消息 #1")
        await mentor.sees("消息 #1", timeout=30)
        await found.until(lambda: found.said("delivery", "another process"))
        # Telegram's answer is kept by then: what is stopped before that may rightly be sent once more, marked.
        await found.until(lambda: not found.rows("SELECT id FROM outbox WHERE state IN ('waiting', 'sending')"))
        late = holder(found, "delivery")
        os.kill(late, signal.SIGSTOP)
        await family.says("消息 #2")
        # As if its fifteen seconds were over. Stopped in the midst of a transaction it keeps the row until the database
        # ends that (bot.database.STOPPED).
        await found.until(lambda: expired(found))
        await mentor.sees("消息 #2", timeout=40)
        epoch = found.rows("SELECT epoch FROM lease WHERE name = :name", name=f"delivery:{found.town.bot_id}")
        for number in range(3, 8):
            await family.says(f"消息 #{number}")
        os.kill(late, signal.SIGCONT)
        for number in range(8, 13):
            await family.says(f"消息 #{number}")
        await mentor.sees("消息 #12", timeout=30)
        process = next(one for _, one in found.processes.all if one.pid == late)
        await found.until(lambda: process.poll() is not None)
        told = found.said("delivery", "another process sends for this bot by now")
        assert told + found.said("delivery", "this process no longer acts for the bot") > 0
        texts = [text for text in await mentor.reads() if "消息 #" in text]
        assert texts == [text for text in texts if "可能重复" not in text]
        assert [text.rpartition("#")[2].split()[0] for text in texts] == [str(number) for number in range(1, 13)]
        # All that left after the takeover was claimed by the new one.
        assert found.rows("SELECT MAX(fence) FROM outbox") == epoch


@pytest.mark.timeout(120)
async def test_a_silence_that_telegram_has_asked_for_outlives_the_sender(cluster: Clusters) -> None:
    async with cluster(intake=1, worker=1, delivery=2) as found:
        family, mentor = found.phones[found.town.guardians[0]], found.phones[found.town.mentors[0]]
        await found.ready(intake=1, worker=1, delivery=1)
        await found.until(lambda: found.said("delivery", "another process"))
        await found.telegram.faults({"method": "sendMessage", "kind": "retry_after", "rate": 1.0, "retry_after": 24})
        await family.says("消息 #1")
        held = "SELECT held_until FROM bot WHERE held_until IS NOT NULL"
        await found.until(lambda: found.rows(held))
        until = int(str(found.rows(held)[0][0])) / 1000
        os.kill(holder(found, "delivery"), signal.SIGKILL)
        await found.telegram.faults()
        await found.until(lambda: found.said("delivery", "Telegram has asked for silence before the start"))
        assert time.time() < until
        await mentor.sees("消息 #1", timeout=45)
        assert time.time() >= until
        calls = [one for one in await found.telegram.calls("sendMessage") if one["bot"] == found.town.bot_id]
        refused = [one["time"] for one in calls if one["status"] == 429]
        # Those were under way together when the first was refused; nobody asked again before the end.
        assert max(refused) < min(refused) + 5
        assert min(one["time"] for one in calls if one["status"] == 200 and one["time"] > max(refused)) >= until
