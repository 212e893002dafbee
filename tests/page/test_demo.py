"""make demo in a real headless Chromium: the story from the first slip to the last, and hostile text."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[str]:
    """A running demo; it must end by Ctrl-C within seconds and leave nothing behind."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "demo",
        "--port",
        "18080",
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert process.stderr is not None
    address = ""
    async with asyncio.timeout(60):
        while not address:
            line = (await process.stderr.readline()).decode()
            assert line, "the demo ended by itself"
            address = line.strip() if line.strip().startswith("http") else ""
    yield address
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        assert await process.wait() == 0
    assert not list(tmp_path.glob("mentor-demo-*"))


@pytest.fixture
async def page(demo: str, browser: Browser) -> Page:
    """The demo's page in a Chinese browser."""
    found = await browser.new_page(locale="zh-CN", viewport={"width": 1600, "height": 1000})
    await found.goto(demo)
    await expect(found.locator(".phone")).to_have_count(4)
    return found


async def test_the_story_is_told_to_its_end_and_people_may_go_on_by_themselves(page: Page) -> None:
    steps = int((await page.inner_text("#progress")).rpartition("/")[2])
    for step in range(1, steps + 1):
        await page.click("#next")
        await expect(page.locator("#progress")).to_have_text(f"{step} / {steps}", timeout=60_000)
    mother, mentor = page.locator("#phone-1001"), page.locator("#phone-2001")
    # The bot follows the page's clock a moment later.
    await expect(mentor.get_by_text(re.compile("离开：.* 17:0[4-9]"))).to_have_count(1)
    hostile = '<img src=x onerror="document.title=1"><b>不是粗体</b>'
    await mother.locator("textarea").fill(hostile)
    await mother.locator("textarea").press("Enter")
    await mother.get_by_role("button", name="张小雨（李明老师）").click()
    await expect(mentor.locator(".bubble").last).to_contain_text(hostile)
    assert await mentor.locator(".bubble").last.locator("img").count() == 0
    await page.click("#language")
    await expect(page.locator("#next")).to_have_text("Next step")
    await expect(mentor.locator(".who")).to_contain_text("Mentor")


async def test_the_clock_moves_to_monday_and_the_mentors_week_arrives(page: Page) -> None:
    steps = int((await page.inner_text("#progress")).rpartition("/")[2])
    for step in range(1, 9):  # so far that the mentor has joined and a family has written
        await page.click("#next")
        await expect(page.locator("#progress")).to_have_text(f"{step} / {steps}", timeout=60_000)
    mentor = page.locator("#phone-2001")
    for _ in range(3):  # a Monday may be a holiday
        await page.click("#monday")
        await expect(page.locator("#now")).to_contain_text("周一")
        await page.wait_for_timeout(1500)
        if await mentor.get_by_text("【本周该做】").count():
            break
    await expect(mentor.get_by_text("【本周该做】").first).to_be_visible()
    before = await page.inner_text("#now")
    await page.click("#hour")
    await expect(page.locator("#now")).not_to_have_text(before)
    await page.click("#month")
    await expect(page.locator("#now")).to_contain_text("1月" if "12月" in before else "月")
