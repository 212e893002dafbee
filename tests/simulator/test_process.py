"""The simulator as a process: it says where it is, ends at once, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

_COMMAND = [sys.executable, "-m", "simulator", "--port", "0"]


@pytest.fixture
def process() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running one, and its address."""
    with subprocess.Popen(_COMMAND, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        line = running.stdout.readline()
        assert line.startswith("simulator: http://127.0.0.1:")
        yield running, line.split()[1]
        running.kill()


def _ends(running: subprocess.Popen[str]) -> float:
    began = time.monotonic()
    running.wait(45)
    return time.monotonic() - began


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_at_once_while_somebody_waits(
    process: tuple[subprocess.Popen[str], str], name: signal.Signals
) -> None:
    running, url = process
    poll = f"{url}/bot5:{'x' * 35}/getUpdates?timeout=50"
    waiting = [asyncio.to_thread(urllib.request.urlopen, one) for one in (poll, f"{url}/control/events")]
    tasks = [asyncio.ensure_future(one) for one in waiting]
    await asyncio.sleep(0.5)
    running.send_signal(name)
    assert await asyncio.to_thread(_ends, running) < 30
    assert running.returncode == 0
    for one in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(one, BaseException):
            one.close()


def test_it_ends_with_the_process_that_it_belongs_to() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent:
        with subprocess.Popen([*_COMMAND, "--parent-pid", str(parent.pid)], stdout=subprocess.PIPE) as running:
            assert running.stdout is not None
            assert running.stdout.readline()
            os.kill(parent.pid, signal.SIGKILL)
            running.wait(30)
            assert running.returncode == 0
        parent.wait(30)


def test_a_taken_port_is_told(process: tuple[subprocess.Popen[str], str]) -> None:
    port = process[1].rpartition(":")[2]
    second = subprocess.run([*_COMMAND, "--port", port], capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 3
    assert "simulator:" in second.stderr


def test_only_named_tokens_are_bots() -> None:
    token = f"5:{'x' * 35}"
    with subprocess.Popen([*_COMMAND, "--token", token], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        url = running.stdout.readline().split()[1]
        with urllib.request.urlopen(f"{url}/bot{token}/getMe") as answer:
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(f"{url}/bot6:{'x' * 35}/getMe")
        running.terminate()
