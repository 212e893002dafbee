"""A broadcast on python-telegram-bot while texts are relayed: python -m bench.flood_ptb URL TOKEN limiter|loop FIRST MANY

Run by bench.flood with the interpreter of .venv-peers. `limiter`: as the library's documentation has it, all messages given to
its AIORateLimiter at once (asyncio.gather), which waits and tries again. `loop`: one after the other, and again after the
time that a 429 names. The relay is a handler as in the library's echo example; it tries again in the same way.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from telegram import Update
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter, Application, ContextTypes, MessageHandler, filters

FIRST_GUARDIAN, FIRST_MENTOR, MENTORS = 10_001, 20_001, 40
"""As in bench/school.py, which cannot be imported here: it needs our own libraries."""
TRIES = 100


async def send(bot: Any, chat_id: int, text: str) -> None:
    """Until it is taken."""
    while True:
        try:
            await bot.send_message(chat_id, text)
        except RetryAfter as error:
            wait: Any = error.retry_after  # an int, or a timedelta in later versions
            await asyncio.sleep(wait)
        else:
            return


async def relay(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """To the mentor."""
    if update.message is not None and update.message.text is not None:
        await send(context.bot, FIRST_MENTOR + (update.message.chat.id - FIRST_GUARDIAN) % MENTORS, update.message.text)


async def broadcast(bot: Any, way: str, first: int, many: int) -> None:
    """Tells everybody."""
    texts = ((chat, f"各位家长:周五晚七点家长课堂。({chat})") for chat in range(first, first + many))
    if way == "limiter":
        await asyncio.gather(*(bot.send_message(chat, text) for chat, text in texts), return_exceptions=True)
    else:
        for chat, text in texts:
            await send(bot, chat, text)


def main() -> None:
    """Polls until SIGTERM."""
    url, token, way, first, many = sys.argv[1:6]

    async def begin(application: Any) -> None:
        application.create_task(broadcast(application.bot, way, int(first), int(many)))

    builder: Any = Application.builder().token(token).base_url(f"{url}/bot").concurrent_updates(True).post_init(begin)
    if way == "limiter":
        builder = builder.rate_limiter(AIORateLimiter(max_retries=TRIES)).connection_pool_size(256).pool_timeout(60)
    application: Any = builder.build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, relay))
    application.run_polling()


if __name__ == "__main__":
    main()
