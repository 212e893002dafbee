"""What a bot says to Telegram about itself: who it is, how updates come, which commands there are."""

from __future__ import annotations

import asyncio
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from bot.config import Settings
from bot.deployment import Deployment
from bot.http_client import Outcome, outcome_of
from bot.logs import get_logger
from bot.menu import EVERYBODY
from bot.translate import ALLOWED_UPDATES
from bot.web import Health
from handlers.texts import words

log = get_logger("greeting")

_LONGEST = 30.0
"""Seconds between two tries to reach Telegram at the start."""


async def meet(bot: Bot, health: Health, deployment: Deployment, label: str) -> bool:
    """Asks who the bot is, until Telegram answers; a wrong token is said at once and tried again. False at the end."""
    wait = 0.5
    while not deployment.ending.is_set():
        try:
            await bot.initialize()
            if not health.receives:
                health.intake_state(None)
            return True
        except TelegramError as error:
            if outcome_of(error) is Outcome.STOP:
                health.intake_state("Telegram does not know this token")
                log.error("Telegram does not know this token", token_of=label)
            else:
                log.warning("Telegram does not answer yet", error=type(error).__name__, bot=label)
            await deployment.pause(wait)
            wait = min(wait * 2, _LONGEST)
    return False


async def introduce(bot: Bot, config: Settings, health: Health) -> None:
    """Tells Telegram how updates come and which commands there are. Decoration may fail; receiving may not."""
    await _receive_as_set(bot, config, health)
    for language, code in (("en", None), ("zh_CN", "zh")):
        commands = [{"command": name, "description": words(language, f"menu.{name}")} for name in EVERYBODY]
        values: dict[str, Any] = {"commands": commands, "scope": {"type": "all_private_chats"}}
        description: dict[str, Any] = {"description": words(language, "bot.description")}
        for method, parts in (("setMyCommands", values), ("setMyDescription", description)):
            parameters = parts if code is None else {**parts, "language_code": code}
            try:
                await bot.do_api_request(method, api_kwargs=parameters)
            except TelegramError as error:
                log.warning("could not set the bot's menu or description", method=method, error=type(error).__name__)


async def _receive_as_set(bot: Bot, config: Settings, health: Health) -> None:
    telegram = config.telegram
    wait = 1.0
    while True:
        try:
            if telegram.mode == "polling":
                await bot.do_api_request("deleteWebhook", api_kwargs={"drop_pending_updates": False})
                return
            await bot.do_api_request(
                "setWebhook",
                api_kwargs={
                    "url": telegram.webhook_url,
                    "secret_token": telegram.webhook_secret.get_secret_value(),
                    "allowed_updates": ALLOWED_UPDATES,
                    "max_connections": 40,
                    "drop_pending_updates": False,
                },
            )
            health.intake_state(None)
            return
        except TelegramError as error:
            log.warning("could not tell Telegram how to send updates", error=type(error).__name__)
            if telegram.mode == "polling" and outcome_of(error) is Outcome.REFUSED_FORMAT:
                return
            await asyncio.sleep(wait)
            wait = min(wait * 2, 60)
