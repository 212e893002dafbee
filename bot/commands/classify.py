"""python -m bot classify: what the program makes of texts, line by line; for a school that wants to try its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from models.checklist import topic
from models.safeguarding import signals


class Unreadable(Exception):
    """The file cannot be read; the message says why and what to do."""


def lines_of(path: Path) -> list[str]:
    """The lines of a text file, UTF-8 or GB18030; '-' is the standard input. Raises Unreadable."""
    try:
        raw = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path}: {error.strerror or error}") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding).splitlines()
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{path}: neither UTF-8 nor GB18030; save it as UTF-8 and try again")


def classify(lines: list[str]) -> None:
    """Prints a JSON object for each line that is not empty: text, categories (best first), signal."""
    for line in lines:
        text = line.strip()
        if text:
            found = {"text": text, "categories": topic.propose(text), "signal": signals.is_signal(text)}
            sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
