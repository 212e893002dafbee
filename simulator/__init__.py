"""A pretend Telegram for one machine: its Bot API over HTTP, people who press and type, and a page with their phones.

Nothing of the bot is imported here, and the bot imports nothing of this: they meet over HTTP, like the real ones.
"""
