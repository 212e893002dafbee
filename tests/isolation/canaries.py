"""Words that tell whose they are: each text field of the town carries one, and whatever is said is searched for them."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

_TOKEN = re.compile(r"qz\d{4}")
TYPED = "qz9999"
"""In what an actor types."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A word that stands in one field of one row: of which kind, and the ids by which the role matrix judges it."""

    token: str
    kind: str
    of: dict[str, int]


class Aviary:
    """All canaries of a town."""

    def __init__(self) -> None:
        self.known: dict[str, Canary] = {}

    def hatch(self, kind: str, **of: int) -> str:
        """A new one."""
        token = f"qz{len(self.known) + 1:04}"
        self.known[token] = Canary(token, kind, of)
        return token

    def heard(self, words: str) -> set[str]:
        """Which of them, and the typed one, stand in a text."""
        return {one for one in _TOKEN.findall(words) if one in self.known or one == TYPED}


def visible(payload: str) -> str:
    """Everything of an outbox payload that a person could read: texts, buttons, addresses, names of files and what is in them."""
    return "\n".join(_strings(orjson.loads(payload)))


def _strings(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, str):
        yield _unpacked(value) if name == "content" else value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _buttons(one) if key == "buttons" else _strings(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _buttons(rows: list[list[list[str]]]) -> Iterator[str]:
    """A button's data is a claim for this very account and is read by nobody; all else of it is."""
    for row in rows:
        for label, _data, *more in row:
            yield label
            yield from more


def _unpacked(packed: str) -> str:
    content = base64.b64decode(packed)
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            content = b"\n".join(parts.read(one) for one in parts.namelist())
    # A PDF's streams are left plain by the tests (see conftest.py): Latin letters and digits stand in it as they are.
    return content.decode("utf-8", "replace")


def claims(payload: str) -> Iterator[str]:
    """The data of each button of a payload."""
    found = orjson.loads(payload)
    for row in found.get("buttons", ()) if isinstance(found, dict) else ():
        for _label, data, *_more in row:
            if data:
                yield data
