"""Sealed fields: names, phone numbers and message bodies are encrypted before they reach the database.

AES-256-GCM for each field, bound to its table, row and column, so that a value copied to another row does not open.
The key's id stands in the value, so that keys can rotate. What must be found again (a phone number) has a keyed hash
beside it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import threading
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = 1
_NONCE = 12  # bytes, NIST SP 800-38D


class _Random:
    """The operating system's random bytes, asked for in blocks: one system call for hundreds of nonces."""

    BLOCK = 8192

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Drops what is left: after a fork both processes would hand out the same."""
        self._lock = threading.Lock()
        self._block, self._at = b"", 0

    def take(self, count: int) -> bytes:
        with self._lock:
            if self._at + count > len(self._block):
                self._block, self._at = os.urandom(self.BLOCK), 0
            taken = self._block[self._at : self._at + count]
            self._at += count
            return taken


_random = _Random()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_random.forget)


def random_bytes(count: int) -> bytes:
    """Random bytes of the operating system, each handed out once; `count` at most 8,192."""
    return _random.take(count)


class VaultError(Exception):
    """A sealed value does not open: wrong key, or moved from another row."""


class KeyFault(ValueError):
    """The text of the keys is not what it should be; the message says what is."""


@dataclass(frozen=True, slots=True)
class Key:
    """One master key: `id` 1 to 255, `secret` 32 bytes."""

    id: int
    secret: bytes


def parse_keys(text: str) -> list[Key]:
    """Reads lines (or comma-separated parts) `id:base64 of 32 bytes`. Raises KeyFault with the line's number."""
    keys: list[Key] = []
    for number, raw in enumerate(text.replace(",", "\n").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        name, _, value = line.partition(":")
        if not name.strip().isdigit() or not 1 <= int(name) <= 255:
            raise KeyFault(f"line {number}: expected 'id:key' with an id from 1 to 255")
        try:
            secret = base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise KeyFault(f"line {number}: the key is not base64") from None
        if len(secret) != 32:
            raise KeyFault(f"line {number}: the key has {len(secret)} bytes, expected 32")
        if any(key.id == int(name) for key in keys):
            raise KeyFault(f"line {number}: the id {int(name)} stands twice")
        keys.append(Key(int(name), secret))
    if not keys:
        raise KeyFault("no key found: expected a line 'id:base64 of 32 bytes'")
    return keys


def new_key_line(key_id: int = 1) -> str:
    """A fresh random key as a line of the key file."""
    return f"{key_id}:{base64.b64encode(os.urandom(32)).decode()}"


class Vault:
    """Seals and opens fields. The last key seals; every key opens.

    The first key also keys the lookup hashes and the buttons' signatures: it stays in the file as long as the
    database lives.
    """

    def __init__(self, keys: list[Key]) -> None:
        self._ciphers = {key.id: AESGCM(_derived(key.secret, b"seal")) for key in keys}
        self._current = keys[-1].id
        self._lookup = _derived(keys[0].secret, b"lookup")
        self._sign = _derived(keys[0].secret, b"sign")
        self._chain = _derived(keys[0].secret, b"chain")
        self._handover = _derived(keys[0].secret, b"handover")

    def seal(self, table: str, row: int, column: str, text: str) -> bytes:
        """The sealed bytes of a text, bound to the place where it will stand."""
        nonce = random_bytes(_NONCE)
        bound = f"{table}|{row}|{column}|{self._current}".encode()
        body = self._ciphers[self._current].encrypt(nonce, text.encode("utf-8", "surrogatepass"), bound)
        return bytes((_FORMAT, self._current)) + nonce + body

    def open(self, table: str, row: int, column: str, sealed: bytes) -> str:
        """The text again. Raises VaultError where key or place is another."""
        if len(sealed) < 2 + _NONCE or sealed[0] != _FORMAT or sealed[1] not in self._ciphers:
            raise VaultError(f"no key here opens {table}.{column} of row {row}")
        bound = f"{table}|{row}|{column}|{sealed[1]}".encode()
        try:
            plain = self._ciphers[sealed[1]].decrypt(sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :], bound)
        except InvalidTag:
            raise VaultError(f"{table}.{column} of row {row} does not open") from None
        return plain.decode("utf-8", "surrogatepass")

    def lookup(self, kind: str, value: str) -> bytes:
        """A keyed hash (16 bytes) by which a sealed value is found again; `kind` keeps hashes of kinds apart."""
        return hmac.digest(self._lookup, f"{kind}|{value}".encode(), "sha256")[:16]

    def chained(self, before: bytes, text: str) -> bytes:
        """The keyed digest (32 bytes) of a line of a log and of the digest before it (models/access.py)."""
        return hmac.digest(self._chain, before + text.encode(), "sha256")

    def handover_key(self) -> Ed25519PrivateKey:
        """The key with which this deployment signs what a family takes to another one (models/pupil_file/signed.py)."""
        return Ed25519PrivateKey.from_private_bytes(self._handover)

    def sign(self, text: str) -> str:
        """A short signature (12 characters, 72 bits) of a button's data: enough against guessing over a network."""
        return base64.urlsafe_b64encode(hmac.digest(self._sign, text.encode(), "sha256")[:9]).decode()

    def signed(self, text: str, signature: str) -> bool:
        """Whether `sign` made that signature for that text; compared in constant time."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode("utf-8", "replace"))


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"mentor-bot " + purpose).derive(secret)


def token_hash(token: str) -> bytes:
    """What is kept of a one-time link: SHA-256 of its payload, which has 192 random bits or more."""
    return hashlib.sha256(token.encode()).digest()
