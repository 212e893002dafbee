"""A handover as a signed file: what a family takes from one deployment to another.

JSON with a body (a string that is JSON again), the public key that signed it and the Ed25519 signature over exactly these
bytes. A file is taken only as it was written: one that has been formatted anew, or changed in a single byte, is refused. It
is signed, not sealed: whoever has it can read it, as on paper.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from models.base import from_ms
from models.pupil_file import preparing
from models.pupil_file.preparing import Fact

FORMAT, VERSION = "mentor-bot handover", 1
_DOMAIN = b"mentor-bot handover 1\n"
"""Stands before what is signed: no signature for anything else is one for this."""
VALID = 180 * 86_400_000
"""Milliseconds within which a file is taken."""
MOST_BYTES = 2 << 20
MOST_ITEMS = 100
LONGEST = 2000
"""UTF-16 units of one item: what two sides agreed at a visit may be longer than an entry, and one message shows it."""
LATEST = 2**42
"""Milliseconds since 1970 after which nothing was written: the year 2109."""


class Refused(ValueError):
    """A file is not taken. `code` says why: see docs/file.md; `found` is what was found, where that helps."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(f"{code}: {found}" if found else code)
        self.code, self.found = code, found


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a file. `number` is its own; times are ms since 1970."""

    number: str
    school: str
    child: str
    made_at: int
    expires_at: int
    facts: tuple[Fact, ...]


def public_line(key: Ed25519PrivateKey) -> str:
    """The public key as an operator passes it on: base64 of its 32 bytes."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def write(key: Ed25519PrivateKey, school: str, child: str, facts: Sequence[Fact], now_ms: int) -> bytes:
    """A signed file. Only what is everybody's and below level 2 may be in it: raises ValueError otherwise."""
    if any(one.level > 1 or one.owner_id is not None for one in facts):
        raise ValueError("what is one guardian's, or need to know, leaves no deployment by a file")
    body = _json(
        {
            "number": secrets.token_hex(12),
            "school": school,
            "child": child,
            "made_at": now_ms,
            "expires_at": now_ms + VALID,
            "items": [{"kind": one.kind, "text": one.text, "at": one.at} for one in facts],
        }
    )
    signature = key.sign(_DOMAIN + body.encode())
    return _whole(body, public_line(key), base64.b64encode(signature).decode())


def _whole(body: str, public: str, signature: str) -> bytes:
    outer = {"format": FORMAT, "version": VERSION, "body": body, "key": public, "signature": signature}
    return _json(outer).encode() + b"\n"


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def read(content: bytes, trusted: Mapping[str, str], now_ms: int) -> Content:
    """What a file holds. `trusted` are public keys (as `public_line` gives them) and whose they are. Raises Refused:

    too_large, not_a_file, wrong_version, unknown_key, altered, expired (also where it was made in the future).
    """
    if len(content) > MOST_BYTES:
        raise Refused("too_large", f"{len(content)} bytes")
    outer = _object(content)
    if outer is None or outer.get("format") != FORMAT:
        raise Refused("not_a_file")
    if outer.get("version") != VERSION or isinstance(outer.get("version"), bool):
        raise Refused("wrong_version", _printable(outer.get("version"), 20))
    body, public, signature = (outer.get(name) for name in ("body", "key", "signature"))
    if not (isinstance(body, str) and isinstance(public, str) and isinstance(signature, str)):
        raise Refused("not_a_file")
    if public not in trusted:
        raise Refused("unknown_key", _printable(public, 60))
    if content != _whole(body, public, signature):
        raise Refused("altered")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        raw = base64.b64decode(signature, validate=True)
        if base64.b64encode(raw).decode() != signature:
            raise InvalidSignature  # four of its bits stand in no byte: there is one way to write it, not sixteen
        key.verify(raw, _DOMAIN + body.encode())
    except (InvalidSignature, binascii.Error, ValueError):
        raise Refused("altered") from None
    found = _content(body)
    if not found.made_at - 86_400_000 <= now_ms < found.expires_at:
        raise Refused("expired", from_ms(min(found.expires_at, 2**41)).date().isoformat())
    return found


def _printable(value: object, most: int) -> str:
    """What nobody has signed, for an operator's terminal: without anything that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in str(value)[:most])


def _writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(content: bytes | str) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _content(body: str) -> Content:
    """What was signed, checked all the same: another deployment may run another program."""
    found = _object(body) or {}
    number, school, child = (found.get(name) for name in ("number", "school", "child"))
    made, expires, items = (found.get(name) for name in ("made_at", "expires_at", "items"))
    if not (isinstance(number, str) and isinstance(school, str) and isinstance(child, str)):
        raise Refused("not_a_file")
    if not (number.isascii() and number.isalnum() and _writable(school) and _writable(child)):
        raise Refused("not_a_file")
    if not (type(made) is int and type(expires) is int and isinstance(items, list)):
        raise Refused("not_a_file")
    if not (0 < len(number) <= 64 and 0 < len(items) <= MOST_ITEMS and 0 <= made < expires < 2**53):
        raise Refused("not_a_file")
    return Content(number, school[:100], child, made, expires, tuple(_fact(one) for one in items))


def _fact(one: object) -> Fact:
    if not isinstance(one, dict):
        raise Refused("not_a_file")
    kind, text, at = one.get("kind"), one.get("text"), one.get("at")
    fits = (
        isinstance(text, str)
        and 0 < len(text.encode("utf-16-le", "surrogatepass")) // 2 <= LONGEST
        and type(at) is int
        and 0 <= at < LATEST
    )
    if kind not in preparing.ORDER or not fits or not (isinstance(text, str) and _writable(text) and text.strip()):
        raise Refused("not_a_file")
    return Fact(str(kind), str(text), int(str(at)))
