"""A bare echo bot on aiogram, as its own documentation writes one: default polling, nothing kept.

Run by bench.relay with the interpreter of .venv-peers: python -m bench.echo_aiogram URL TOKEN
"""

from __future__ import annotations

import sys
from typing import Any

# mypy runs in .venv, which has no aiogram.
from aiogram import Bot, Dispatcher, F  # type: ignore[import-not-found]
from aiogram.client.session.aiohttp import AiohttpSession  # type: ignore[import-not-found]
from aiogram.client.telegram import TelegramAPIServer  # type: ignore[import-not-found]


async def echo(message: Any) -> None:
    """Says it again."""
    await message.answer(message.text)


async def echo_photo(message: Any) -> None:
    """Shows it again, by its file id."""
    await message.answer_photo(message.photo[-1].file_id, caption=message.caption)


def main() -> None:
    """Polls until SIGTERM."""
    url, token = sys.argv[1:3]
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo, F.text, ~F.text.startswith("/"))
    dispatcher.message.register(echo_photo, F.photo)
    dispatcher.run_polling(bot)


if __name__ == "__main__":
    main()
