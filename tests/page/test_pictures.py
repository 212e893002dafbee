"""Photos on the page of phones: what is a picture is shown, what is none keeps its sign."""

from __future__ import annotations

import aiohttp
from playwright.async_api import Browser, expect

from handlers.plot import Bar, bars
from simulator.application import start
from simulator.client import Telegram

TOKEN = f"700000001:{'A' * 35}"


async def test_a_photo_that_is_a_picture_is_shown_and_stays_when_the_chat_goes_on(browser: Browser) -> None:
    runner, url, _ = await start("127.0.0.1", 0)
    async with aiohttp.ClientSession() as http, Telegram(url) as telegram:
        await http.post(f"{url}/bot{TOKEN}/getMe")
        await telegram.post("scene", people=[{"id": 1001, "first_name": "王芳"}])
        mother = await telegram.person(1001)
        await mother.starts()
        form = aiohttp.FormData({"chat_id": "1001", "caption": "三月"})
        form.add_field("photo", bars([Bar("3", (1, 2))]), filename="march.png")
        await http.post(f"{url}/bot{TOKEN}/sendPhoto", data=form)
        await mother.sends("photo", caption="作业")
        page = await browser.new_page()
        await page.goto(url)
        pictures, shown = page.locator(".bubble .picture"), page.locator(".bubble img")
        await expect(pictures).to_have_count(2)
        await expect(shown).to_have_count(1)
        assert await shown.evaluate("image => image.naturalWidth") == 900
        await expect(pictures.last).to_have_text("🏞")
        await shown.evaluate("image => { image.dataset.same = 'yes'; }")
        await mother.says("收到")
        await expect(page.locator(".bubble").last).to_contain_text("收到")
        await expect(shown).to_have_attribute("data-same", "yes")
    await runner.cleanup()
