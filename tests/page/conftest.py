"""A browser, a pretend Telegram of the test's own, and a bot whose pages are reached on this machine."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
expect.set_options(timeout=30_000)  # it stops waiting as soon as it is there


@pytest.fixture
def chromium() -> str:
    """The system's Chromium. Where there is none these tests are skipped, but never in CI."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium on this machine")
    assert found is not None, "CI has to install Chromium"
    return found


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """A running browser."""
    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield found
        await found.close()


@pytest.fixture
def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])
