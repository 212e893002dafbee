"""Parts of one bot as processes of their own: they find each other, stand by, take over, and end when told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes.conftest import Cluster, Clusters


def holder(cluster: Cluster, name: str) -> int:
    """The process that holds it; 0 for none."""
    found = cluster.rows(
        "SELECT holder FROM lease WHERE name = :name AND until > 0", name=f"{name}:{cluster.town.bot_id}"
    )
    return int(str(found[0][0]).split("|")[1]) if found else 0


@pytest.mark.timeout(120)
async def test_a_message_goes_through_three_processes_and_another_takes_over_after_a_kill(cluster: Clusters) -> None:
    async with cluster(intake=2, worker=1, delivery=2) as found:
        town = found.town
        family, mentor = found.phones[town.guardians[0]], found.phones[town.mentors[0]]
        await found.ready(intake=1, worker=1, delivery=1)
        await family.says("消息 #1")
        await mentor.sees("消息 #1", timeout=30)
        await found.until(lambda: found.said("intake", "another process") and found.said("delivery", "another process"))
        first = {name: holder(found, name) for name in ("intake", "delivery")}
        for pid in first.values():
            os.kill(pid, signal.SIGKILL)
        await family.says("消息 #2")
        # The promise is half a minute; the dead were on this machine, so nobody waits for their time to end.
        await mentor.sees("消息 #2", timeout=30)
        assert holder(found, "intake") != first["intake"]
        assert holder(found, "delivery") != first["delivery"]
        found.processes.stop()  # raises where one of them does not end
        assert found.rows("SELECT COUNT(*) FROM lease WHERE until > 0") == [(0,)]
        assert found.rows("SELECT COUNT(*) FROM outbox WHERE state = 'sending'") == [(0,)]


@pytest.mark.parametrize("role", ["intake", "worker", "delivery"])
def test_on_sqlite_a_part_is_refused_with_a_reason(role: str, tmp_path: Path) -> None:
    town_environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("BOT_")},
        "BOT_TELEGRAM__TOKEN": f"123456789:{'A' * 35}",
        "BOT_DATABASE__URL": f"sqlite:///{tmp_path}/school.db",
        "BOT_KEYS__FILE": str(tmp_path / "keys.txt"),
    }
    command = [sys.executable, "-m", "bot", "run", "--role", role]
    ended = subprocess.run(command, env=town_environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert "PostgreSQL" in ended.stderr
    assert not (tmp_path / "school.db").exists()
