"""Launch data of pages: what Telegram has signed is taken, anything else is refused; and so with sessions."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.launch import AHEAD, MOST_BYTES, OLDEST, SESSION, LaunchRefused, checked, session, session_user

TOKEN = f"700000001:{'A' * 35}"
OTHER = f"700000001:{'A' * 34}B"
NOW = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
USER = {"id": 2001, "first_name": "李明 + - ? /", "language_code": "zh-hans", "allows_write_to_pm": True}


def signed(token: str = TOKEN, at: datetime = NOW, **more: str) -> list[tuple[str, str]]:
    """Launch data in pairs, signed by hand as Telegram's page on validating it says."""
    values = {
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": json.dumps(USER, ensure_ascii=False).replace("/", "\\/"),
        "auth_date": str(int(at.timestamp())),
        "signature": "zL-ucjNyREiHDE8aihFwpfR9aggP2xiAo3NSpfe-p7IbCisNlDKlo7Kb6G4D0Ao2mBrSgEk4maLSdv6MLIlADQ",
        **more,
    }
    lines = "\n".join(f"{name}={value}" for name, value in sorted(values.items()))
    key = hmac.new(b"WebAppData", token.encode(), "sha256").digest()
    return [*values.items(), ("hash", hmac.new(key, lines.encode(), "sha256").hexdigest())]


def joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)


GOOD = joined(signed())
PLAIN = sorted(parse_qsl(GOOD))


def test_what_telegram_has_signed_is_taken() -> None:
    assert checked(GOOD, TOKEN, NOW).user_id == 2001
    assert checked(joined(signed(chat_type="sender", start_param="")), TOKEN, NOW).user_id == 2001
    assert checked(joined(sorted(signed(), reverse=True)), TOKEN, NOW).user_id == 2001


@pytest.mark.parametrize("age", [-AHEAD, timedelta(0), OLDEST])
def test_it_counts_for_an_hour(age: timedelta) -> None:
    assert checked(joined(signed(at=NOW - age)), TOKEN, NOW).user_id == 2001


@pytest.mark.parametrize("age", [-AHEAD - timedelta(seconds=1), OLDEST + timedelta(seconds=1), timedelta(hours=2)])
def test_what_is_older_or_from_the_future_is_refused(age: timedelta) -> None:
    with pytest.raises(LaunchRefused):
        checked(joined(signed(at=NOW - age)), TOKEN, NOW)


def swapped(name: str, value: str) -> str:
    return joined([(key, value if key == name else old) for key, old in signed()])


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "&",
        "hash",
        f"{GOOD}&",
        swapped("user", json.dumps({**USER, "id": 2002})),
        joined(signed(OTHER)),
        joined(signed("700000002:" + TOKEN.partition(":")[2])),
        joined([*signed(), ("user", json.dumps({**USER, "id": 2002}))]),
        joined([("user", json.dumps({**USER, "id": 2002})), *signed()]),
        joined([*signed(), ("hash", "0" * 64)]),
        joined(signed()[:-1]),
        swapped("hash", ""),
        swapped("hash", dict(signed())["hash"].upper()),
        swapped("hash", dict(signed())["hash"] + "0"),
        joined(signed(user="[2001]")),
        joined(signed(user="2001")),
        joined(signed(user="not JSON")),
        joined(signed(user="")),
        joined(signed(user='{"id": "2001"}')),
        joined(signed(user='{"id": true}')),
        joined(signed(user='{"id": 2001.0}')),
        joined(signed(user='{"id": -5}')),
        joined(signed(user='{"first_name": "x"}')),
        joined([one for one in signed() if one[0] != "user"]),
        joined(signed(auth_date="")),
        joined(signed(auth_date="soon")),
        joined(signed(auth_date="٢")),
        joined(signed(auth_date=f"{NOW.timestamp():.0f} ")),
        joined(signed(auth_date="9" * 40)),
        f"{GOOD}&more=%zz",
        f"{GOOD}&more=%",
        f"{GOOD}&more=%ff",
        f"{GOOD}&more=\ud800",
        joined(signed(more="x" * MOST_BYTES)),
        "x" * 10_000_000,
    ],
)
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(LaunchRefused):
        checked(wrong, TOKEN, NOW)


def test_a_signed_line_cannot_be_hidden_in_another() -> None:
    """Both strings have the same lines; the second says that there is no query_id."""
    pairs = dict(signed())
    hidden = f"{pairs.pop('query_id')}\nsignature={pairs.pop('signature')}"
    with pytest.raises(LaunchRefused):
        checked(joined([("query_id", hidden), *pairs.items()]), TOKEN, NOW)


def test_a_refusal_tells_nothing_of_the_data() -> None:
    with pytest.raises(LaunchRefused) as refused:
        checked(swapped("user", json.dumps({**USER, "id": 2002})), TOKEN, NOW)
    assert "200" not in str(refused.value)


@given(st.data())
def test_any_change_of_a_character_is_refused(data: st.DataObject) -> None:
    """Replaced, put in, left out, cut off. What only writes the same values in another way is no change."""
    at = data.draw(st.integers(0, len(GOOD) - 1))
    piece = data.draw(st.text(st.characters(max_codepoint=0x2FF), max_size=3) | st.sampled_from("&=%+#;\n\x00"))
    cut = data.draw(st.integers(0, 3) | st.just(len(GOOD)))
    changed = GOOD[:at] + piece + GOOD[at + cut :]
    try:
        same = sorted(parse_qsl(changed, keep_blank_values=True, strict_parsing=True)) == PLAIN
    except ValueError:
        same = False
    if same:
        assert checked(changed, TOKEN, NOW).user_id == 2001
        return
    with pytest.raises(LaunchRefused):
        checked(changed, TOKEN, NOW)


@given(st.sampled_from(signed()[:-1]), st.text(max_size=40))
@example(("user", ""), '{"id":2002}')
def test_any_other_value_is_refused(pair: tuple[str, str], value: str) -> None:
    changed = [(name, value if name == pair[0] else old) for name, old in signed()]
    if changed != signed() and not any("\ud800" <= one <= "\udfff" for one in value):
        with pytest.raises(LaunchRefused):
            checked(joined(changed), TOKEN, NOW)


@given(st.text() | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_nonsense_is_refused_and_nothing_else_happens(text: str) -> None:
    with pytest.raises(LaunchRefused):
        checked(text, TOKEN, NOW)
    with pytest.raises(LaunchRefused):
        session_user(text, TOKEN, NOW)


def test_a_session_is_one_accounts_with_one_bot_for_half_an_hour() -> None:
    made = session(2001, TOKEN, NOW)
    assert session_user(made, TOKEN, NOW) == 2001
    assert session_user(made, TOKEN, NOW + SESSION - timedelta(seconds=1)) == 2001
    with pytest.raises(LaunchRefused):
        session_user(made, TOKEN, NOW + SESSION)
    with pytest.raises(LaunchRefused):
        session_user(made, OTHER, NOW)
    assert GOOD not in made


@given(st.data())
def test_any_change_of_a_session_is_refused(data: st.DataObject) -> None:
    made = session(2001, TOKEN, NOW)
    at = data.draw(st.integers(0, len(made)))
    piece, cut = data.draw(st.text(max_size=2)), data.draw(st.integers(0, 2))
    changed = made[:at] + piece + made[at + cut :]
    if changed != made:
        with pytest.raises(LaunchRefused):
            session_user(changed, TOKEN, NOW)


def test_launch_data_is_no_session_and_a_session_no_launch_data() -> None:
    with pytest.raises(LaunchRefused):
        session_user(GOOD, TOKEN, NOW)
    with pytest.raises(LaunchRefused):
        checked(session(2001, TOKEN, NOW), TOKEN, NOW)
