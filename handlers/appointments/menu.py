"""The commands, buttons and typed texts of appointments, gathered for bot/menu.py and handlers/asked.py."""

from __future__ import annotations

from collections.abc import Callable

from handlers.context import CommandHandler, Context, Press
from handlers.events import Wrote
from models.duties.forms import Asked

COMMANDS: dict[str, CommandHandler] = {}
PRESSES: dict[str, Press] = {}
TEXTS: dict[str, Callable[[Context, Wrote, Asked], bool]] = {}
