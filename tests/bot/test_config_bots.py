"""[[bots]]: each bot's own settings, and every fault at once with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import Settings
from bot.config_reading import load
from bot.config_values import ConfigFaults, Fault

TOKENS = [f"{123456780 + number}:CANARY_token-abcdefghijklmnopqrstuv" for number in range(3)]


def loaded(folder: Path, text: str, *, need_token: bool = True) -> Settings:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return load(path, {}, need_token=need_token)


def faults(folder: Path, text: str) -> dict[str, Fault]:
    """By place, as ':12: bots[1].token'."""
    with pytest.raises(ConfigFaults) as caught:
        loaded(folder, text)
    assert "CANARY" not in str(caught.value)
    return {fault.where.removeprefix(str(folder / "config.toml")): fault for fault in caught.value.faults}


def test_each_bot_has_what_is_its_own_and_the_deployments_for_the_rest(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKENS[1])
    settings = loaded(
        tmp_path,
        f"""
[school]
zone = "Asia/Urumqi"
phone = "1"
[limits]
bulk_per_second = 20
chat_burst = 3
[[bots]]
token = "{TOKENS[0]}"
school = "一小"
[[bots]]
token_file = "{tmp_path}/token"
school = "二小"
phone = "2"
duty_phone = "3"
notice_operator = "二小"
[bots.limits]
bulk_per_second = 10
""",
    )
    first, second = settings.each()
    assert [one.bot_id for one in (first, second)] == [123456780, 123456781]
    assert (first.school.name, first.school.phone, first.school.zone) == ("一小", "1", "Asia/Urumqi")
    assert (second.school.name, second.school.phone, second.school.zone) == ("二小", "2", "Asia/Urumqi")
    assert (first.urgent.duty_phone, second.urgent.duty_phone) == ("", "3")
    assert (first.limits.bulk_per_second, first.limits.chat_burst) == (20, 3)
    assert (second.limits.bulk_per_second, second.limits.chat_burst) == (10, 3)
    assert second.school.notice_operator == "二小"
    assert first.each() == [first]


def test_with_one_bot_it_is_itself(tmp_path: Path) -> None:
    settings = loaded(tmp_path, f'[telegram]\ntoken = "{TOKENS[0]}"\n')
    assert settings.each() == [settings]
    assert settings.bot_id == 123456780


def test_every_fault_of_all_bots_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        f"""[telegram]
token = "{TOKENS[2]}"
[limits]
chat_per_second = 0
[school]
name = "一小"
[[bots]]
token = "{TOKENS[0]}"
school = "一小"
[[bots]]
token = "{TOKENS[0]}"
school = "一小"
tokn = "CANARY"
[[bots]]
token = "CANARY"
token_file = "/nowhere"
phone = 3
[bots.limits]
bulk_per_second = -1
bulk_per_secnd = 1
""",
    )
    assert sorted(found) == sorted(
        [
            ":2: telegram.token",
            ":4: limits.chat_per_second",
            ":6: school.name",
            ":11: bots[2].token",
            ":12: bots[2].school",
            ":13: bots[2].tokn",
            ":15: bots[3].token",
            ":16: bots[3].token_file",
            ":17: bots[3].phone",
            ": bots[3].school",
            ":19: bots[3].limits.bulk_per_second",
            ":20: bots[3].limits.bulk_per_secnd",
        ]
    )
    assert found[":11: bots[2].token"].value_shown == "(hidden)"
    assert found[":11: bots[2].token"].expected == "another bot's token than bots[1].token"
    assert found[":13: bots[2].tokn"].expected.endswith("did you mean token?")


def test_by_webhook_each_bot_has_its_own_address_and_secret(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        f"""[telegram]
mode = "webhook"
[[bots]]
token = "{TOKENS[0]}"
school = "一小"
webhook_url = "https://bot.example/a"
webhook_secret = "s"
[[bots]]
token = "{TOKENS[1]}"
school = "二小"
webhook_url = "https://other.example/a"
webhook_secret = "s"
[[bots]]
token = "{TOKENS[2]}"
school = "三小"
webhook_url = "https://bot.example:1234/b"
""",
    )
    assert sorted(found) == sorted([":11: bots[2].webhook_url", ":16: bots[3].webhook_url", ": bots[3].webhook_secret"])
    assert "another path" in found[":11: bots[2].webhook_url"].expected


def test_what_is_no_table_is_told(tmp_path: Path) -> None:
    assert list(faults(tmp_path, "bots = 3\n"))
    assert list(faults(tmp_path, f'[telegram]\ntoken = "{TOKENS[0]}"\n[bots]\ntoken = "x"\n'))


def test_without_a_need_for_tokens_only_the_schools_are_asked_for(tmp_path: Path) -> None:
    settings = loaded(tmp_path, '[[bots]]\nschool = "一小"\n', need_token=False)
    assert [one.school.name for one in settings.each()] == ["一小"]
