"""Logs hold no token, no local values, and nobody outside can forge a line of them."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import QUIET, clean, get_logger, set_up

TOKEN = "123456789:CANARY_token-abcdefghijklmnopqrstuv"
BODY = "CANARY-BODY"


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers[:], (sys.excepthook, threading.excepthook) = handlers, hooks
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    structlog.reset_defaults()


@pytest.fixture(params=["json", "console"])
def out(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    set_up("DEBUG", request.param, stream)
    return stream


def as_json(level: str = "INFO") -> io.StringIO:
    stream = io.StringIO()
    set_up(level, "json", stream)
    return stream


def test_a_json_line_has_time_in_utc_level_event_and_fields() -> None:
    stream = as_json()
    get_logger("x").info("stored", rows=3, school="第一小学", nothing=None, share=0.5)
    line = json.loads(stream.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info",
        "logger": "bot.x",
        "event": "stored",
        "rows": 3,
        "school": "第一小学",
        "nothing": None,
        "share": 0.5,
    }


def test_lines_below_the_level_are_not_written() -> None:
    stream = as_json("WARNING")
    get_logger("x").info("quiet")
    logging.getLogger("other").info("quiet")
    assert stream.getvalue() == ""


def test_no_token_leaves_whatever_brought_it(out: io.StringIO) -> None:
    log = get_logger("x")
    log.info(f"POST https://api.telegram.org/bot{TOKEN}/sendMessage")
    log.info(
        "a field",
        url=f"/bot{TOKEN}/x",
        deep={"a": [TOKEN, {TOKEN: (TOKEN,)}]},
        data=TOKEN.encode(),
        error=ValueError(TOKEN),
    )
    log.info("an argument %s", TOKEN)
    logging.getLogger("lib").warning("GET %s %s", f"/bot{TOKEN}/getMe", {"token": TOKEN}, extra={"more": TOKEN})
    log.warning("stack", stack_info=True)
    assert "CANARY" not in out.getvalue()
    assert out.getvalue().count("<token>") >= 8


def test_tracebacks_show_neither_token_nor_local_values(out: io.StringIO) -> None:
    def inner(secret_local: str) -> None:
        raise KeyError(f"the token {TOKEN} was rejected")

    def outer() -> None:
        try:
            inner(BODY)
        except KeyError as error:
            raise RuntimeError(f"{TOKEN} again") from error

    for log in (get_logger("x"), logging.getLogger("lib")):
        try:
            outer()
        except RuntimeError:
            log.exception("failed")
    text = out.getvalue()
    assert text.count("KeyError: ") == 2
    assert text.count("The above exception was the direct cause") == 2
    assert "CANARY" not in text


@pytest.mark.parametrize("style", ["json", "console"])
def test_values_cannot_forge_a_line_or_paint_the_terminal(style: str) -> None:
    out = io.StringIO()
    # Set up here and not in a fixture: pytest's own handler has to be gone, because half a surrogate pair in what it
    # captures ends pytest-xdist's worker.
    set_up("DEBUG", style, out)
    evil = 'x\n{"level":"error","event":"forged"}\r\n\x1b[31m\u2028\u202e\x9b1m\ud800\x00'
    log = get_logger("x")
    log.info(evil, name=evil, deep=[evil, {evil: evil}])
    logging.getLogger("lib").warning("name %s", evil)
    try:
        raise ValueError(evil)
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert not any(sign in text for sign in "\r\x1b\u2028\u202e\x9b\ud800\x00")
    lines = text.splitlines()
    if lines[0].startswith("{"):
        assert [json.loads(line)["event"].startswith("forged") for line in lines] == [False] * 3
    else:
        # Lines of a traceback stand further in than any event.
        assert sum(not line.startswith("    ") for line in lines if line) == 3


def test_libraries_that_log_addresses_and_bodies_are_held_at_warning(out: io.StringIO) -> None:
    for name in (
        "httpx",
        "httpcore.http11",
        "telegram.Bot",
        "telegram.ext.Application",
        "aiohttp.access",
        "sqlalchemy.engine",
    ):
        logging.getLogger(name).info("text %s", BODY)
        logging.getLogger(name).debug(BODY)
        logging.getLogger(name).warning("seen")
    assert BODY not in out.getvalue()
    assert out.getvalue().count("seen") == 6


def test_a_line_that_cannot_be_written_says_so_without_its_values() -> None:
    out = as_json()
    logging.getLogger("lib").warning("%d rows", BODY)
    assert "could not be written: TypeError" in out.getvalue()
    assert BODY not in out.getvalue()


def test_errors_that_end_the_program_or_a_thread_are_logged_clean(out: io.StringIO) -> None:
    def fail() -> None:
        raise RuntimeError(TOKEN)

    thread = threading.Thread(target=fail, name="one")
    # pytest's own hook is set around the test; the one of set_up is what counts.
    thread.start()
    thread.join()
    try:
        fail()
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    text = out.getvalue()
    assert "a thread ended by an error" in text
    assert "stopped by an error" in text
    assert "CANARY" not in text


def test_clean_leaves_ordinary_text_as_it_is() -> None:
    assert clean("王芳 😀 12:30") == "王芳 😀 12:30"
    assert clean(f"a {TOKEN}\nb") == "a <token> b"
