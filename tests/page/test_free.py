"""A teacher says on a page when he or she is free: in a real headless Chromium, opened from the chat as Telegram opens it."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Dialog, Page, expect

from bot.config import Settings
from handlers import say
from handlers.texts import Rich
from models.appointments import availability
from models.unit import Unit
from simulator.application import start
from simulator.client import Person, Telegram
from tests.conftest import settings_for
from tests.school import MENTOR, OTHER_MENTOR, ZONE, Bot

PHONE = {"width": 360, "height": 740}
TUESDAY, THURSDAY = 1, 3


@pytest.fixture
async def simulator() -> AsyncIterator[str]:
    """A pretend Telegram of this test's own: its page of phones knows one bot."""
    runner, url, _ = await start("127.0.0.1", 0)
    yield url
    await runner.cleanup()


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the page asks of the database is tried on both in tests/bot/test_pages.py."""
    return sqlite_url


@pytest.fixture
def settings(simulator: str, database_url: str, free_port: int) -> Settings:
    public = {"BOT_WEB__PORT": str(free_port), "BOT_WEB__PUBLIC_URL": f"http://127.0.0.1:{free_port}"}
    return settings_for(simulator, database_url, **public)


async def opens(bot: Bot, person: Person, **at: float) -> str:
    """The bot offers the page, the person opens it; answers the address that the client then loads."""

    def offer(unit: Unit) -> None:
        button = say.Button("打开日历", page=f"{bot.settings.web.public_url}/app/free")
        payload = say.text(Rich("您什么时候有空？"), buttons=[[button]])
        unit.queue(answers=True, bot_id=bot.id, chat_id=person.id, kind=say.TEXT, payload=payload)

    assert bot.app is not None
    await bot.app.in_unit(offer)
    await person.sees("什么时候有空")
    return await person.opens_page("打开日历", date=(bot.clock.now() + timedelta(**at)).timestamp())


async def looks(browser: Browser, address: str, **how: Any) -> Page:
    context = await browser.new_context(locale="zh-CN", viewport=PHONE, device_scale_factor=2, **how)  # type: ignore[arg-type]
    page = await context.new_page()
    troubles: list[str] = []
    page.on("console", lambda one: troubles.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    await page.goto(address)
    page.troubles = troubles  # type: ignore[attr-defined]
    return page


def said(bot: Bot, name: str = "李明") -> list[tuple[Any, ...]]:
    unit = bot.school.unit()
    found = availability.kept(unit, bot.school.ids[name])
    unit.connection.close()
    return [(one.purpose, one.weekday, one.day, one.begins, one.ends, one.free) for one in found]


def cell(page: Page, weekday: int, hour: float) -> Any:
    return page.locator(f"td[data-day='{weekday}'][data-row='{int((hour - 7) * 2)}']")


async def drags(page: Page, weekday: int, begins: float, last: float) -> None:
    # Into the middle of the screen: near its end a drag scrolls on by itself, faster or slower than this moves the mouse.
    middle = begins + int(last - begins) / 2
    await cell(page, weekday, middle).evaluate("one => one.scrollIntoView({block: 'center'})")
    await cell(page, weekday, begins).hover()
    await page.mouse.down()
    hour = begins
    while hour < last:
        hour += 0.5
        await cell(page, weekday, hour).hover()
    await page.mouse.up()


async def saves(page: Page) -> None:
    await page.click("#save")
    await expect(page.locator("#said")).to_contain_text("已保存")


async def test_a_mentor_drags_tuesday_afternoon_and_it_is_kept(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    await expect(page.locator("h1")).to_have_text("我什么时候有空")
    await drags(page, TUESDAY, 14, 16.5)
    await expect(page.locator("#summary")).to_have_text("周二 14:00–17:00")
    await expect(page.locator("#said")).to_contain_text("有改动，还没有保存")
    await saves(page)
    assert said(bot) == [("visit", TUESDAY, None, 840, 1020, True)]
    await page.reload()
    await expect(page.locator("#summary")).to_have_text("周二 14:00–17:00")
    await cell(page, TUESDAY, 15).click()
    await saves(page)
    assert said(bot) == [("visit", TUESDAY, None, 840, 900, True), ("visit", TUESDAY, None, 930, 1020, True)]
    assert not page.troubles  # type: ignore[attr-defined]


async def test_who_closes_it_with_changes_is_asked_first(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    asked: list[str] = []

    async def stays(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stays)
    await cell(page, TUESDAY, 15).click()
    await page.keyboard.press("Escape")
    await expect(page.locator("#said")).to_have_class("trouble")
    await expect(page.locator("#said")).to_contain_text("现在关掉就没了")
    await page.close(run_before_unload=True)
    await expect(page.locator("#summary")).to_have_text("周二 15:00–15:30")
    assert asked == ["beforeunload"]
    await saves(page)
    await page.reload()
    assert asked == ["beforeunload"]


async def test_a_finger_taps_holds_and_drags_and_scrolls(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor), has_touch=True, is_mobile=True)
    await expect(page.locator("#how")).to_contain_text("按住再拖")
    await cell(page, 0, 8).tap()
    await expect(page.locator("#summary")).to_have_text("周一 08:00–08:30")
    finger = await page.context.new_cdp_session(page)

    async def touch(kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        await finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    box = await cell(page, THURSDAY, 9).bounding_box()
    assert box is not None
    x, y = box["x"] + 20, box["y"] + 10
    await touch("touchStart", x, y)
    await page.wait_for_timeout(350)
    for step in range(1, 9):
        await touch("touchMove", x, y + step * 13)
    await touch("touchEnd")
    await expect(page.locator("#summary")).to_have_text("周一 08:00–08:30 周四 09:00–11:30")
    assert await page.evaluate("scrollY") == 0
    # Without resting first the finger moves the page and fills nothing.
    await touch("touchStart", x, y + 200)
    for step in range(1, 9):
        await touch("touchMove", x, y + 200 - step * 20)
    await touch("touchEnd")
    await page.wait_for_function("scrollY > 50")
    await expect(page.locator("#summary")).to_have_text("周一 08:00–08:30 周四 09:00–11:30")


async def test_all_of_it_goes_by_keyboard(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    await page.focus("#tab-visit")
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#tab-hour")).to_be_focused()
    await expect(page.get_by_role("tab", selected=True)).to_have_text("到校面谈")
    await page.keyboard.press("Tab")
    await expect(cell(page, 0, 14)).to_be_focused()
    for key in ("ArrowRight", "ArrowDown", "Space", "Shift+ArrowDown", "Shift+ArrowDown"):
        await page.keyboard.press(key)
    await expect(cell(page, TUESDAY, 15.5)).to_be_focused()
    await expect(cell(page, TUESDAY, 15.5)).to_have_attribute("aria-selected", "true")
    await expect(cell(page, TUESDAY, 15.5)).to_have_attribute("aria-label", "星期二 15:30–16:00 有空")
    await page.focus("#save")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_have_text(re.compile("到校面谈 1.5 小时"))
    assert said(bot) == [("hour", TUESDAY, None, 870, 960, True)]


async def test_single_days_are_added_and_taken_away(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    today = bot.clock.now().astimezone(ZONE).date()
    page = await looks(browser, await opens(bot, mentor))
    await page.fill("#date", str(today - timedelta(days=1)))
    await page.get_by_role("button", name="添加这一天").click()
    await expect(page.locator("#day-trouble")).to_contain_text("今天或以后")
    later = today + timedelta(days=5)
    await page.fill("#date", str(later))
    await page.fill("#until", "14:00")
    await page.get_by_role("button", name="添加这一天").click()
    await expect(page.locator("#day-trouble")).to_contain_text("晚于")
    await page.fill("#until", "16:32")
    await page.get_by_role("button", name="添加这一天").click()
    await page.get_by_role("radio", name="这天没空").check()
    await page.fill("#date", str(today))
    await page.get_by_role("button", name="添加这一天").click()
    await expect(page.locator("#days li")).to_have_count(2)
    await expect(page.locator("#days li").first).to_contain_text("整天 这天没空")
    await saves(page)
    away, also = ("visit", None, today, 0, 1440, False), ("visit", None, later, 840, 990, True)
    assert sorted(said(bot), key=str) == sorted([away, also], key=str)
    await page.locator("#days li").first.get_by_role("button", name="去掉").click()
    await saves(page)
    assert said(bot) == [also]


async def test_times_that_the_grid_does_not_show_are_kept_as_they_are(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    unit = bot.school.unit()
    availability.set_week(unit, bot.school.ids["李明"], "hour", [(0, 380, 415), (0, 970, 1005)])
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    page = await looks(browser, await opens(bot, mentor))
    await page.click("#tab-hour")
    await expect(page.locator("#summary")).to_have_text("周一 06:20–06:55 16:10–16:45")
    await expect(page.locator("td.part")).to_have_count(2)
    await cell(page, THURSDAY, 16).click()
    await saves(page)
    assert said(bot) == [
        ("hour", 0, None, 380, 415, True),
        ("hour", 0, None, 970, 1005, True),
        ("hour", THURSDAY, None, 960, 990, True),
    ]


async def test_it_speaks_english_to_who_has_chosen_it(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    bot.school.run("UPDATE account SET language = 'en' WHERE user_id = :user", user=MENTOR)
    page = await looks(browser, await opens(bot, mentor))
    await expect(page.locator("h1")).to_have_text("When I am free")
    await expect(page.locator("thead")).to_contain_text("Mon")
    assert await page.get_attribute("html", "lang") == "en"


async def test_what_was_changed_in_the_chat_meanwhile_is_not_lost_unseen(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    await cell(page, 0, 8).click()
    unit = bot.school.unit()
    availability.set_week(unit, bot.school.ids["李明"], "visit", [(4, 600, 660)])
    unit.finish()
    unit.connection.commit()
    unit.connection.close()
    await page.click("#save")
    await expect(page.locator("#said")).to_contain_text("您在聊天里也改过时间")
    assert said(bot) == [("visit", 4, None, 600, 660, True)]
    await saves(page)
    assert said(bot) == [("visit", 0, None, 480, 510, True)]


async def test_a_page_that_was_open_for_too_long_asks_to_be_opened_again(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    await cell(page, 0, 8).click()
    bot.later(minutes=31)
    await page.click("#save")
    await expect(page.locator("#said")).to_contain_text("请回到聊天里再打开一次")
    assert said(bot) == []


async def test_without_a_connection_nothing_is_lost_and_it_says_so(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    page = await looks(browser, await opens(bot, mentor))
    await cell(page, 0, 8).click()
    await page.context.set_offline(True)
    await page.click("#save")
    await expect(page.locator("#said")).to_contain_text("连不上服务器")
    await page.context.set_offline(False)
    await saves(page)
    assert said(bot) == [("visit", 0, None, 480, 510, True)]


async def test_page_and_server_reckon_times_alike(bot: Bot, browser: Browser) -> None:
    page = await looks(browser, f"{bot.settings.web.public_url}/app/free")
    dice = random.Random(7)

    def span() -> tuple[int, int]:
        begins, ends = sorted(dice.sample(range(0, 1441, 5), 2))
        return begins, ends

    cases = [(availability.merged(span() for _ in range(dice.randrange(6))), *span()) for _ in range(300)]
    found = await page.evaluate(
        """async (cases) => {
            const { filled, emptied, within } = await import("./spans.js");
            return cases.map((one) => [filled(...one), emptied(...one), within(...one)]);
        }""",
        [list(one) for one in cases],
    )
    for (there, begins, ends), (full, empty, inside) in zip(cases, found, strict=True):
        assert [tuple(one) for one in full] == availability.merged([*there, (begins, ends)])
        assert [tuple(one) for one in empty] == availability.without(there, [(begins, ends)])
        assert inside == sum(e - b for b, e in availability.both(there, [(begins, ends)]))


async def test_it_wears_the_colours_of_the_chat(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    address = await opens(bot, mentor)
    for paper, theme in (("17212b", "dark"), ("ffffff", "light")):
        colours = quote(f'{{"bg_color":"#{paper}"}}', safe="")
        page = await looks(browser, f"{address}&tgWebAppThemeParams={colours}")
        assert await page.get_attribute("html", "data-theme") == theme


async def test_strangers_and_guardians_see_nothing(bot: Bot, browser: Browser) -> None:
    stranger, father = await bot.stranger(), await bot.father()
    await stranger.starts()
    for person in (stranger, father):
        page = await looks(browser, await opens(bot, person))
        await expect(page.locator("#before")).to_have_text("这个页面只给已经加入的老师用。")
        await expect(page.locator("#page")).to_be_hidden()


async def test_an_old_a_changed_or_no_address_opens_nothing(bot: Bot, browser: Browser) -> None:
    mentor = await bot.joined_mentor()
    other = await bot.joined_mentor(OTHER_MENTOR, "周静", "T2")
    fresh = await opens(bot, mentor)
    old = await opens(bot, mentor, hours=-2)
    borrowed = fresh.replace(f"{MENTOR}", f"{other.id}")
    assert borrowed != fresh
    for address in (old, borrowed, fresh.partition("#")[0], fresh.replace("hash%3D", "hash%3D0")):
        page = await looks(browser, address)
        await expect(page.locator("#before")).to_have_text("请回到聊天里，再打开一次这个页面。")


async def test_the_page_of_phones_shows_it_over_the_phone(
    bot: Bot, browser: Browser, telegram: Telegram, simulator: str
) -> None:
    mentor = await bot.joined_mentor()
    clock = {"base": bot.clock.offset.total_seconds(), "zone": 8 * 3600}
    people = [{"id": MENTOR, "first_name": "李明", "language_code": "zh-hans"}]
    await telegram.post("scene", title={"zh": "演示", "en": "Demo"}, people=people, clock=clock)
    await opens(bot, mentor)
    page = await browser.new_page(locale="zh-CN", viewport={"width": 420, "height": 900})
    await page.goto(simulator)
    button = page.get_by_role("button", name="打开日历")
    await button.click()
    inside = page.frame_locator("iframe")
    await expect(inside.locator("h1")).to_have_text("我什么时候有空")
    await expect(page.get_by_role("button", name="关闭")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("iframe")).to_have_count(0)
    await expect(button).to_be_focused()
    await button.press("Enter")
    await inside.locator("#tab-hour").click()
    await page.keyboard.press("Escape")
    await expect(page.locator("iframe")).to_have_count(0)
