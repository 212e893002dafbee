"""A bare echo bot on python-telegram-bot, as its own documentation writes one: default settings, nothing kept.

Run by bench.relay with the interpreter of .venv-peers: python -m bench.echo_ptb URL TOKEN
"""

from __future__ import annotations

import sys
from typing import Any

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Says it again."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


async def echo_photo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Shows it again, by its file id."""
    if update.message is not None and update.message.photo:
        await update.message.reply_photo(update.message.photo[-1].file_id, caption=update.message.caption)


def main() -> None:
    """Polls until SIGTERM."""
    url, token = sys.argv[1:3]
    application: Any = Application.builder().token(token).base_url(f"{url}/bot").build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.add_handler(MessageHandler(filters.PHOTO, echo_photo))
    application.run_polling()


if __name__ == "__main__":
    main()
