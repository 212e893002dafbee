"""The signed file: read as it was written, refused in every other shape, with the fault that it has."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config_reading import load
from bot.config_values import ConfigFaults
from models.pupil_file import signed
from models.pupil_file.preparing import Fact
from models.pupil_file.signed import Refused
from models.vault import Vault, new_key_line, parse_keys

NOW = 1_800_000_000_000
KEY = Vault(parse_keys(new_key_line())).handover_key()
OTHER = Ed25519PrivateKey.generate()
TRUSTED = {signed.public_line(KEY): "实验小学"}
FACTS = [Fact("strength", "会照顾同学“真的”\n两行😀", 1), Fact("goal", "每天读书", 2)]
FILE = signed.write(KEY, "实验小学", "张小雨", FACTS, NOW)


def refused(content: bytes, now: int = NOW, trusted: dict[str, str] | None = None) -> str:
    """Why a file is refused."""
    with pytest.raises(Refused) as found:
        signed.read(content, TRUSTED if trusted is None else trusted, now)
    return found.value.code


def test_what_was_written_is_read() -> None:
    found = signed.read(FILE, TRUSTED, NOW)
    assert (found.school, found.child) == ("实验小学", "张小雨")
    assert [(one.kind, one.text, one.level, one.owner_id) for one in found.facts] == [
        (one.kind, one.text, 1, None) for one in FACTS
    ]
    assert signed.write(KEY, "实验小学", "张小雨", FACTS, NOW) != FILE  # each has a number of its own


@settings(max_examples=400, deadline=None)
@given(at=st.integers(0, len(FILE) - 1), byte=st.integers(0, 255))
@example(at=len(FILE) - 1, byte=32)
@example(at=len(FILE) - 6, byte=ord("B"))
def test_one_byte_changed_is_refused(at: int, byte: int) -> None:
    changed = FILE[:at] + bytes([byte]) + FILE[at + 1 :]
    if changed != FILE:
        assert refused(changed) in {"not_a_file", "wrong_version", "unknown_key", "altered"}


@settings(max_examples=200, deadline=None)
@given(at=st.integers(0, len(FILE)), more=st.binary(max_size=3), less=st.integers(0, 3))
def test_a_byte_more_or_less_is_refused(at: int, more: bytes, less: int) -> None:
    changed = FILE[:at] + more + FILE[at + less :]
    if changed != FILE:
        assert refused(changed) in {"not_a_file", "wrong_version", "unknown_key", "altered"}


@settings(max_examples=200, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda one: one.encode("utf-8", "replace")))
)
def test_anything_else_is_no_file(content: bytes) -> None:
    assert refused(content) == "not_a_file"


def outer(**changed: object) -> bytes:
    """The file with other values around its body."""
    return json.dumps({**json.loads(FILE), **changed}, separators=(",", ":")).encode() + b"\n"


def signed_body(body: object) -> bytes:
    """A file that is rightly signed, whatever it says."""
    plain = json.dumps(body, separators=(",", ":"))
    signature = KEY.sign(b"mentor-bot handover 1\n" + plain.encode())
    return outer(body=plain, signature=base64.b64encode(signature).decode())


def test_each_fault_is_named() -> None:
    assert refused(b" " * (signed.MOST_BYTES + 1)) == "too_large"
    assert refused(b"[" * 100_000) == "not_a_file"
    assert refused(outer(version=2)) == "wrong_version"
    assert refused(outer(version=True)) == "wrong_version"
    assert refused(outer(key=signed.public_line(OTHER))) == "unknown_key"
    assert refused(FILE, trusted={}) == "unknown_key"
    assert refused(json.dumps(json.loads(FILE), indent=1).encode()) == "altered"
    both = {**TRUSTED, signed.public_line(OTHER): "别处"}
    assert refused(outer(key=signed.public_line(OTHER)), trusted=both) == "altered"
    assert refused(FILE, NOW + signed.VALID) == "expired"
    assert refused(FILE, NOW - 2 * 86_400_000) == "expired"
    body = json.loads(json.loads(FILE)["body"])
    for part in ("number", "school", "child", "made_at", "expires_at", "items"):
        wrong: list[object] = [None, [], {}, 1.5, "x" * 100, True]
        for value in wrong:
            if not (part in ("school", "child") and isinstance(value, str)):
                assert refused(signed_body({**body, part: value})) == "not_a_file", (part, value)
    for wrong_text in ("\ud800", " "):
        assert refused(signed_body({**body, "items": [{"kind": "note", "text": wrong_text, "at": 1}]})) == "not_a_file"
    for part, value in (("school", "\ud800"), ("child", "\ud800"), ("number", "\0"), ("number", "a b")):
        assert refused(signed_body({**body, part: value})) == "not_a_file"
    items: list[object] = [
        {"kind": "note", "text": "x", "at": 2**42},
        {"kind": "note", "text": "😀" * 1001, "at": 1},
        {},
        [],
        {"kind": "chat", "text": "x", "at": 1},
        {"kind": "note", "text": "x" * 2001, "at": 1},
    ]
    for item in items:
        assert refused(signed_body({**body, "items": [item]})) == "not_a_file"
    assert refused(signed_body({**body, "items": [{"kind": "note", "text": "x", "at": 1}] * 101})) == "not_a_file"


def test_what_nobody_has_signed_writes_nothing_to_a_terminal() -> None:
    for changed in ({"key": "\x1b]0;x\x07\ud800"}, {"version": "\x1b[2J\ud800"}):
        with pytest.raises(Refused) as found:
            signed.read(outer(**changed), TRUSTED, NOW)
        assert found.value.found.isprintable()


def test_what_is_one_guardian_s_or_need_to_know_is_never_written() -> None:
    for fact in (Fact("note", "x", 1, level=2), Fact("works", "x", 1, owner_id=5)):
        with pytest.raises(ValueError, match="leaves no deployment"):
            signed.write(KEY, "s", "c", [fact], NOW)


def test_a_line_that_is_no_key_is_a_fault_of_the_configuration() -> None:
    for line in ("别处", ":" + "A" * 43 + "=", "别处:AAAA", "别处:" + "A" * 44):
        with pytest.raises(ConfigFaults) as found:
            load(None, {"BOT_HANDOVER__TRUSTED": json.dumps([line])})
        assert any("HANDOVER__TRUSTED" in str(fault) for fault in found.value.faults)
