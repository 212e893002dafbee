"""Who has opened one of the bot's pages: Telegram's signed launch data, and the short session that takes its place.

The launch data stands in the page's address, so it may be seen over a shoulder or kept in a history. It is looked at
once, is refused after an hour, and is exchanged for a session that only the page's memory holds.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

import orjson

MOST_BYTES = 4096
"""Launch data is a few hundred bytes; what is longer is none."""
OLDEST = timedelta(hours=1)
AHEAD = timedelta(seconds=60)
"""How far Telegram's clock may be before ours."""
SESSION = timedelta(minutes=30)

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NAME = re.compile(r"[a-z_]{1,40}")
_HASH = re.compile(r"[0-9a-f]{64}")
_DATE = re.compile(r"[1-9][0-9]{0,10}")
_SESSION = re.compile(r"([1-9][0-9]{0,18})\.([1-9][0-9]{0,10})\.([0-9a-f]{64})", re.ASCII)


class LaunchRefused(Exception):
    """Not what Telegram has signed for this bot, or not any more; the message says why, without the data."""


@dataclass(frozen=True, slots=True)
class Launch:
    """A page that was opened from the chat, and whose chat it was."""

    user_id: int


def checked(init_data: str, token: str, now: datetime) -> Launch:
    """Reads launch data as the page has it, still encoded (Telegram, 'Validating data received via the Mini App').

    The signature is over the sorted lines 'name=value' of all but the hash. A name that stands twice is refused, because
    readers differ in which one counts; so is a line break within a value, which could hide one signed line in another.
    Raises LaunchRefused.
    """
    values = _values(init_data)
    signature = values.pop("hash", "")
    if not _HASH.fullmatch(signature):
        raise LaunchRefused("no signature")
    signed = "\n".join(f"{name}={values[name]}" for name in sorted(values))
    if not hmac.compare_digest(_signature(signed, token), signature):
        raise LaunchRefused("another signature")
    date = values.get("auth_date", "")
    if not _DATE.fullmatch(date):
        raise LaunchRefused("no date")
    age = now.timestamp() - int(date)
    if age > OLDEST.total_seconds() or age < -AHEAD.total_seconds():
        raise LaunchRefused("too old" if age > 0 else "not yet")
    return Launch(_user(values.get("user", "")))


def _values(init_data: str) -> dict[str, str]:
    try:
        if len(init_data.encode()) > MOST_BYTES:
            raise LaunchRefused("too long")
        if _BROKEN.search(init_data):
            raise LaunchRefused("not encoded as an address is")
        pairs = parse_qsl(init_data, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:  # no pairs, or not UTF-8
        raise LaunchRefused("no launch data") from None
    values = dict(pairs)
    if len(values) < len(pairs):
        raise LaunchRefused("a name stands twice")
    if any(not _NAME.fullmatch(name) or "\n" in value for name, value in pairs):
        raise LaunchRefused("no launch data")
    return values


def _signature(signed: str, token: str) -> str:
    key = hmac.digest(b"WebAppData", token.encode(), "sha256")
    return hmac.digest(key, signed.encode(), "sha256").hex()


def _user(text: str) -> int:
    try:
        user = orjson.loads(text)
    except ValueError:
        user = None
    number = user.get("id") if isinstance(user, dict) else None
    # A bool is an int to Python, and nobody to Telegram.
    if type(number) is not int or number <= 0:
        raise LaunchRefused("no user")
    return number


def session(user_id: int, token: str, now: datetime) -> str:
    """A session of this account with this bot, for half an hour. A new token of the bot ends all of them."""
    claim = f"{user_id}.{int((now + SESSION).timestamp())}"
    return f"{claim}.{_session_signature(claim, token)}"


def session_user(text: str, token: str, now: datetime) -> int:
    """The account whose session that is. Raises LaunchRefused where it is over, another bot's, or none."""
    found = _SESSION.fullmatch(text)
    if found is None:
        raise LaunchRefused("no session")
    claim = f"{found[1]}.{found[2]}"
    if not hmac.compare_digest(_session_signature(claim, token), found[3]):
        raise LaunchRefused("another signature")
    if int(found[2]) <= now.timestamp():
        raise LaunchRefused("the session is over")
    return int(found[1])


def _session_signature(claim: str, token: str) -> str:
    # Another key than the launch data's: neither can ever pass for the other.
    key = hmac.digest(b"mentor bot page session", token.encode(), "sha256")
    return hmac.digest(key, claim.encode(), "sha256").hex()
