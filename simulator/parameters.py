"""Reading a call's parameters: query, JSON, form or multipart; nested ones may come as JSON texts."""

from __future__ import annotations

import json
from typing import Any

import orjson
from aiohttp import web

from simulator.refusals import Refused, bad

Values = dict[str, Any]
"""Parameters by name. An uploaded file is a pair of its name and its bytes."""


async def read_values(request: web.Request) -> Values:
    """All parameters of a call; later ones win. Raises Refused for a body that cannot be read."""
    values: Values = dict(request.query) if request.query_string else {}
    kind = request.content_type
    try:
        if kind == "application/json":
            raw = await request.read()
            found = orjson.loads(raw) if raw else {}
            if not isinstance(found, dict):
                raise bad("can't parse request: expected an Object")
            return {**values, **found} if values else found
        if kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            for name, value in (await request.post()).items():
                uploaded = isinstance(value, web.FileField)
                values[name] = (value.filename, value.file.read()) if uploaded else value  # type: ignore[union-attr]
    except ValueError as error:
        raise bad(await _unreadable(request)) from error
    except web.HTTPRequestEntityTooLarge as error:
        raise Refused(413, "Request Entity Too Large") from error
    return values


async def _unreadable(request: web.Request) -> str:
    """Half a surrogate pair is told apart from what is no JSON at all."""
    try:
        json.loads(await request.read())
    except (ValueError, RuntimeError):
        return "can't parse JSON object"
    return "strings must be encoded in UTF-8"


def string(values: Values, name: str) -> str:
    """A text; empty where it is missing. Numbers count as texts, as they do at Telegram."""
    found = values.get(name)
    if isinstance(found, str):
        return found
    if isinstance(found, bool) or not isinstance(found, int | float):
        return ""
    return str(found)


def number(values: Values, name: str, missing: int = 0) -> int:
    """A whole number; `missing` where it is not there or is none."""
    found = values.get(name)
    if type(found) is int:
        return found
    try:
        return int(str(found))
    except ValueError:
        return missing


def truth(values: Values, name: str) -> bool:
    """A yes, in all the ways in which clients write it."""
    found = values.get(name)
    return found is True or (found is not None and str(found).lower() in ("true", "1", "yes"))


def nested(values: Values, name: str) -> Any:
    """An object or a list, from JSON text where it came as one; None where it is missing. Raises Refused."""
    found = values.get(name)
    if isinstance(found, str):
        if not found:
            return None
        try:
            return orjson.loads(found)
        except orjson.JSONDecodeError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
    return found


def listed(values: Values, name: str) -> list[Any] | None:
    """A list; None where it is missing. Raises Refused for anything else."""
    found = nested(values, name)
    if found is None or isinstance(found, list):
        return found
    raise bad(f"can't parse {name.replace('_', ' ')}: expected an Array")
