"""Structured logs: one line an event, without bodies, names or tokens.

All lines leave through one handler at the root, those of the libraries too. What it writes has no token in it, no
control characters that could forge a line or paint a terminal, and no values of local variables.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor

TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
"""What a bot's token looks like (Telegram Bot API, Authorizing your bot)."""
_UNSAFE = r"\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_UNSAFE_IN_LINE = re.compile(rf"[\n{_UNSAFE}]")
_UNSAFE_IN_TRACE = re.compile(rf"[{_UNSAFE}]")
_DEEPEST = 6
QUIET = (
    "httpx",
    "httpcore",
    "aiohttp.access",
    "aiohttp.client",
    "aiohttp.server",
    "telegram",
    "apscheduler",
    "asyncio",
    "sqlalchemy",
    "alembic",
)
"""Libraries that would log addresses (with the token), bodies or parameters below WARNING."""


def clean(text: str) -> str:
    """A text in which no token stands and which cannot forge another line."""
    return _UNSAFE_IN_LINE.sub(" ", TOKEN.sub("<token>", text))


def set_up(level: str = "INFO", style: str = "json", stream: TextIO | None = None, *, uncaught: bool = True) -> None:
    """Sets the root handler. `style` is json or console; `stream` is standard error if not given.

    `uncaught`: errors that end the program or a thread are logged the same way, not printed by Python.
    """
    target = stream or sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=target.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    handler = _Handler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.StackInfoRenderer(),
                _clean_values,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    if uncaught:
        sys.excepthook = _uncaught
        threading.excepthook = _uncaught_in_thread


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger; fields are keywords: log.info("stored", rows=3)."""
    found: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(f"bot.{name}")
    return found


class _Handler(logging.StreamHandler[TextIO]):
    """The last hand on every line: whatever brought a token into it, it does not leave."""

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub("<token>", super().format(record))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        # logging would print the message and its arguments as they are.
        error = sys.exc_info()[0]
        self.stream.write(f"a log line of {record.name} could not be written: {error and error.__name__}\n")


def _clean_values(_logger: Any, _method: str, event: EventDict) -> EventDict:
    # A traceback has lines of its own: set in, so that none of them can look like an event.
    return {name: _trace(value) if name in ("exception", "stack") else _safe(value) for name, value in event.items()}


def _trace(value: object) -> str:
    text = _UNSAFE_IN_TRACE.sub(" ", TOKEN.sub("<token>", str(value)))
    return "    " + text.replace("\n", "\n    ")


def _safe(value: object, depth: int = 0) -> Any:
    """The same value of plain types only; what is none becomes its clean text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return clean(value)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {clean(str(name)): _safe(one, depth + 1) for name, one in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple | set | frozenset):
        return [_safe(one, depth + 1) for one in value]
    return clean(repr(value))


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("stopped by an error", exc_info=(kind, error, trace))


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    if what.exc_value is not None and what.exc_type is not SystemExit:
        where = what.thread.name if what.thread else "?"
        told = (what.exc_type, what.exc_value, what.exc_traceback)
        logging.getLogger("bot").critical("a thread ended by an error", exc_info=told, extra={"thread": where})
