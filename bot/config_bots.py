"""[[bots]]: several bots in one deployment, read from the file with the place of each fault, as `bots[3].token`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.config import BotKeys, LimitKeys

FILES = {"token_file": "token", "webhook_secret_file": "webhook_secret"}
"""Keys that name a file with a secret, and the key that the secret goes to."""
SECRETS = frozenset(FILES.values())
KNOWN = frozenset({*BotKeys.model_fields, *FILES, *(f"limits.{name}" for name in LimitKeys.model_fields)} - {"limits"})
ALONE = (
    "telegram.token",
    "telegram.token_file",
    "telegram.webhook_url",
    "telegram.webhook_secret",
    "telegram.webhook_secret_file",
    "school.name",
)
"""Keys of a deployment with one bot: with [[bots]] they stand there, for each."""
_NAME = re.compile(r"bots\[(\d+)\]\.(.+)")


def name_of(number: int, key: str) -> str:
    """How a key of the so-manieth bot is called; the first is 1."""
    return f"bots[{number}].{key}"


def split(name: str) -> tuple[int, str] | None:
    """The bot's number and key; nothing where it is no key of a bot."""
    found = _NAME.fullmatch(name)
    return None if found is None else (int(found[1]), found[2])


def flat(table: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values of one bot's table; those of its limits as limits.key."""
    for key, value in table.items():
        if key == "limits" and isinstance(value, dict):
            yield from ((f"limits.{inner}", one) for inner, one in value.items())
        else:
            yield key, value


def expected(key: str) -> str:
    """What a fault of that key says."""
    model = LimitKeys if key.startswith("limits.") else BotKeys
    field = model.model_fields.get(key.removeprefix("limits."))
    return (field.description if field else None) or "another value"


def line(text: str, number: int, key: str) -> str:
    """':12' where the key of the so-manieth bot stands on a line of its own, otherwise nothing."""
    bot, inner = 0, ""
    wanted, table = key.removeprefix("limits."), "limits" if key.startswith("limits.") else ""
    for at, one in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*bots\s*\]\]", one):
            bot, inner = bot + 1, ""
        elif heading := re.match(r"\s*\[\s*([\w.-]+)\s*\]", one):
            inner = heading[1].removeprefix("bots.")
        elif bot == number and inner == table and re.match(rf"\s*[\"']?{re.escape(wanted)}[\"']?\s*=", one):
            return f":{at}"
    return ""


def tables(values: dict[str, Any], limits: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """What the settings take: a table for each bot, its limits laid over the deployment's."""
    made: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, value in values.items():
        place = split(name)
        if place is None:
            continue
        number, key = place
        if key.startswith("limits."):
            made[number - 1].setdefault("limits", dict(limits))[key.removeprefix("limits.")] = value
        else:
            made[number - 1][key] = value
    return made


def same(values: dict[str, Any], count: int, *, webhook: bool) -> Iterator[tuple[str, str]]:
    """Keys whose value another bot has already, with what is expected instead."""
    kinds = [("token", "another bot's token than"), ("school", "another school than")]
    if webhook:
        kinds.append(("webhook_url", "an address with another path than"))
    for key, told in kinds:
        first: dict[str, int] = {}
        for number in range(1, count + 1):
            value = values.get(name_of(number, key))
            if not isinstance(value, str) or not value.strip():
                continue
            if key == "token":
                value = value.partition(":")[0]
            elif key == "webhook_url":
                try:
                    value = urlsplit(value).path or "/"
                except ValueError:
                    continue
            known = first.setdefault(value.strip(), number)
            if known != number:
                yield name_of(number, key), f"{told} {name_of(known, key)}"
