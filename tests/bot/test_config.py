"""Settings: from file and environment, and every fault at once in plain words."""

from __future__ import annotations

import base64
import os
import re
import socket
import tomllib
from pathlib import Path

import pytest

from bot.config import Settings
from bot.config_checks import check, keys_text, write_key_file
from bot.config_reading import KNOWN, find, load
from bot.config_values import ConfigFaults, Fault, normal_url
from models.events.rules import EventRules
from models.notices.rules import NoticeRules

TOKEN = "123456789:CANARY_token-abcdefghijklmnopqrstuv"
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
KEY = "1:" + base64.b64encode(bytes(32)).decode()


def file_of(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def faults_of(path: Path | None, environ: dict[str, str] | None = None) -> list[Fault]:
    with pytest.raises(ConfigFaults) as caught:
        load(path, environ or {})
    assert "CANARY" not in str(caught.value)
    assert "CANARY" not in repr(caught.value.faults)
    return caught.value.faults


def only_fault_of(path: Path | None, environ: dict[str, str] | None = None) -> Fault:
    faults = faults_of(path, environ)
    assert len(faults) == 1, faults
    return faults[0]


def test_the_example_is_valid_but_for_the_token() -> None:
    fault = only_fault_of(EXAMPLE)
    assert "telegram.token" in fault.where
    assert "BotFather" in fault.expected
    assert load(EXAMPLE, {"BOT_TELEGRAM__TOKEN": TOKEN}).model_dump(exclude={"telegram"}) == load(
        None, {"BOT_TELEGRAM__TOKEN": TOKEN}
    ).model_dump(exclude={"telegram"})


def test_the_example_names_every_key_and_the_value_it_has_anyway() -> None:
    text = EXAMPLE.read_text("utf-8")
    shown = tomllib.loads(text)
    defaults = Settings().model_dump(mode="json")
    named = {f"{section}.{key}" for section, keys in shown.items() for key in keys}
    commented = set(re.findall(r"^#(\w+_file) =", text, re.M))
    assert named | {name for name in KNOWN if name.split(".")[1] in commented} == KNOWN - {"keys.value"}
    for section, keys in shown.items():
        for key, value in keys.items():
            if (section, key) != ("database", "url"):
                assert value == defaults[section][key], (section, key)
    assert shown["database"]["url"] == Settings().database.url.get_secret_value()


def test_every_key_can_stand_in_the_environment() -> None:
    environ = {
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_TELEGRAM__API_URL": "http://127.0.0.1:9000/",
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": "https://bot.example.org/hook/a",
        "BOT_TELEGRAM__WEBHOOK_SECRET": "abc_-9",
        "BOT_TELEGRAM__POLL_TIMEOUT": "7",
        "BOT_DATABASE__URL": "postgres://u:pw@db/mentor",
        "BOT_KEYS__FILE": "k.txt",
        "BOT_KEYS__VALUE": KEY,
        "BOT_WEB__HOST": "0.0.0.0",
        "BOT_WEB__PORT": "80",
        "BOT_WEB__PUBLIC_URL": "https://bot.example.org/pages/",
        "BOT_TEAM__LEVELS": '["green", "red"]',
        "BOT_HANDOVER__TRUSTED": f'["别处:{"A" * 43}="]',
        "BOT_SCHOOL__NAME": "第一小学",
        "BOT_SCHOOL__ZONE": "Europe/Berlin",
        "BOT_SCHOOL__INVITE_DAYS": "3",
        "BOT_SCHOOL__PHONE": "010-1",
        "BOT_SCHOOL__NOTICE_OPERATOR": "区教育局",
        "BOT_HOURS__KEEP": "false",
        "BOT_HOURS__ANSWER_DAYS": "3",
        "BOT_URGENT__PATH": '[["mentor", "counsellor"], ["admin"]]',
        "BOT_URGENT__MINUTES": "5",
        "BOT_URGENT__DUTY_PHONE": "0511-1",
        "BOT_EVENTS__LECTURES": "2",
        "BOT_EVENTS__TOPIC_DAYS": "28",
        "BOT_EVENTS__REMIND_MINUTES": "90",
        "BOT_EVENTS__SIGN_IN_MINUTES": "20",
        "BOT_EVENTS__QUESTIONS_DAYS": "5",
        "BOT_EVENTS__KEEP_DAYS": "60",
        "BOT_NOTICES__PER_WEEK": "3",
        "BOT_NOTICES__APPROVE_ABOVE": "50",
        "BOT_NOTICES__VALID_DAYS": "10",
        "BOT_NOTICES__LIST_DAY": "sunday",
        "BOT_NOTICES__LIST_TIME": "17:30",
        **{f"BOT_RETENTION__{one.upper()}": "60" for one in ("messages", "drafts", "visits", "records", "private")},
        **{
            f"BOT_RETENTION__{one.upper()}": "90"
            for one in ("agreements", "notes", "file", "team", "requests", "slips")
        },
        **{f"BOT_RETENTION__{one.upper()}": "366" for one in ("cases", "consents", "access", "identity")},
        **{f"BOT_RETENTION__{one.upper()}": "40" for one in ("invites", "corrections")},
        "BOT_VISITS__TEACHERS": "1",
        "BOT_VISITS__MINUTES": "45",
        "BOT_VISITS__HOUR_MINUTES": "20",
        "BOT_VISITS__LATEST": "19:30",
        "BOT_VISITS__TRAVEL_MINUTES": "20",
        "BOT_VISITS__NEAR_MINUTES": "5",
        "BOT_VISITS__MOST_PER_WEEK": "4",
        "BOT_VISITS__NOTICE_HOURS": "48",
        "BOT_VISITS__SAFETY_MINUTES": "30",
        "BOT_VISITS__SAFETY_STEP_MINUTES": "10",
        "BOT_LIMITS__BULK_PER_SECOND": "10.5",
        "BOT_LIMITS__PEOPLE_COUNT": "false",
        "BOT_LIMITS__PAID_PER_SECOND": "250",
        "BOT_LIMITS__CHAT_PER_SECOND": "2",
        "BOT_LIMITS__CHAT_BURST": "1",
        "BOT_LIMITS__PERSON_PER_MINUTE": "9",
        "BOT_LIMITS__IN_FLIGHT": "4",
        "BOT_LOGS__LEVEL": "debug",
        "BOT_LOGS__FORMAT": "console",
    }
    named = {name.removeprefix("BOT_").lower().replace("__", ".") for name in environ}
    assert named == KNOWN - {name for name in KNOWN if name.endswith("_file")}
    settings = load(EXAMPLE, environ)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.bot_base_url == "http://127.0.0.1:9000/bot"
    assert settings.file_base_url == "http://127.0.0.1:9000/file/bot"
    assert settings.webhook_path == "/hook/a"
    assert settings.visits.rules().latest == 19 * 60 + 30
    assert settings.events.rules() == EventRules(2, 28, 90, 20, 5, 60)
    assert settings.notices.rules() == NoticeRules(3, 50, 10, 6, 17 * 60 + 30)
    assert settings.database_url == "postgresql+psycopg://u:pw@db/mentor"
    assert settings.web.port == 80
    assert settings.web.public_url == "https://bot.example.org/pages"
    assert settings.team.levels == ("green", "red")
    assert settings.handover.keys() == {"A" * 43 + "=": "别处"}
    assert settings.limits.bulk_per_second == 10.5
    assert not settings.limits.people_count
    assert settings.limits.paid_per_second == 250
    assert settings.logs.level == "DEBUG"
    assert settings.school.name == "第一小学"


def test_the_environment_wins_and_an_empty_variable_counts_as_not_set(tmp_path: Path) -> None:
    path = file_of(tmp_path, f'[telegram]\ntoken = "{TOKEN}"\npoll_timeout = 9\n[web]\nport = 1234\n')
    settings = load(path, {"BOT_WEB__PORT": "4321", "BOT_TELEGRAM__POLL_TIMEOUT": "", "OTHER_THING": "x"})
    assert settings.web.port == 4321
    assert settings.telegram.poll_timeout == 9


def test_all_faults_are_told_at_once_with_their_lines(tmp_path: Path) -> None:
    path = file_of(
        tmp_path,
        "\n".join(
            (
                "[telegram]",
                'token = "CANARY"',
                'mode = "pigeon"',
                'tokne = "CANARY"',
                "poll_timeout = 0.5",
                "[web]",
                'port = "many"',
                "[school]",
                'zone = "Mars/Olympus"',
                "[limits]",
                "bulk_per_second = 0",
                "chat_burst = -1",
                "[scool]",
                "[database]",
                'url = "mysql://root:CANARY@host/x"',
            )
        ),
    )
    faults = faults_of(path, {"BOT_LOGS__LEVEL": "loud", "BOT_TELEGRM__TOKEN": "CANARY", "BOT_WEB__PORTS": "1"})
    found = {fault.where.removeprefix(str(path)): fault for fault in faults}
    assert set(found) == {
        ":2: telegram.token",
        ":3: telegram.mode",
        ":4: telegram.tokne",
        ":5: telegram.poll_timeout",
        ":7: web.port",
        ":9: school.zone",
        ":11: limits.bulk_per_second",
        ":12: limits.chat_burst",
        ": [scool]",
        ":15: database.url",
        "environment: BOT_LOGS__LEVEL",
        "environment: BOT_TELEGRM__TOKEN",
        "environment: BOT_WEB__PORTS",
    }
    assert "did you mean telegram.token?" in found[":4: telegram.tokne"].expected
    assert "did you mean school?" in found[": [scool]"].expected
    assert "did you mean BOT_TELEGRAM__TOKEN?" in found["environment: BOT_TELEGRM__TOKEN"].expected
    assert "did you mean BOT_WEB__PORT?" in found["environment: BOT_WEB__PORTS"].expected
    assert found[":3: telegram.mode"].value_shown == "'pigeon'"
    assert found[":3: telegram.mode"].expected == '"polling" or "webhook"'
    assert found[":2: telegram.token"].value_shown == "(hidden)"
    assert not re.search(r"pydantic|validation|input_value|ValueError", "\n".join(map(str, faults)))


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    assert "cp config.example.toml config.toml" in only_fault_of(tmp_path / "none.toml").expected
    assert "cp config.example.toml config.toml" in only_fault_of(None).expected


def test_broken_toml_is_one_fault_with_line_and_column(tmp_path: Path) -> None:
    fault = only_fault_of(file_of(tmp_path, '[telegram]\ntoken = "CANARY\n'))
    assert "line 2, column" in fault.value_shown
    fault = only_fault_of(file_of(tmp_path, "telegram = 3\n"), {"BOT_TELEGRAM__TOKEN": TOKEN})
    assert "[telegram]" in fault.expected
    (tmp_path / "config.toml").write_bytes(b"\xff\xfe[")
    assert "UTF-8" in only_fault_of(tmp_path / "config.toml").expected


def test_values_of_a_wrong_type_are_told_in_plain_words(tmp_path: Path) -> None:
    path = file_of(tmp_path, '[telegram]\ntoken = ["CANARY"]\n[school]\nname = 3\n[web]\nport = [1]\n')
    wheres = [fault.where.rpartition(": ")[2] for fault in faults_of(path)]
    assert sorted(wheres) == ["school.name", "telegram.token", "web.port"]


def test_secrets_come_from_files_too(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "secret").write_text("hook-secret")
    (tmp_path / "password").write_text("p@ss/word\n")
    environ = {
        "BOT_TELEGRAM__TOKEN_FILE": str(tmp_path / "token"),
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": "https://x.example.org:8443/t",
        "BOT_TELEGRAM__WEBHOOK_SECRET_FILE": str(tmp_path / "secret"),
        "BOT_DATABASE__URL": "postgresql://mentor@db/mentor",
        "BOT_DATABASE__PASSWORD_FILE": str(tmp_path / "password"),
    }
    settings = load(None, environ)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.telegram.webhook_secret.get_secret_value() == "hook-secret"
    assert settings.database_url == "postgresql+psycopg://mentor:p%40ss%2Fword@db/mentor"
    assert not re.search(r"CANARY|hook-secret|p@ss|p%40", repr(settings) + str(settings))


def test_a_secret_file_that_cannot_be_read_is_one_fault(tmp_path: Path) -> None:
    fault = only_fault_of(None, {"BOT_TELEGRAM__TOKEN_FILE": str(tmp_path / "none")})
    assert fault.where == "environment: BOT_TELEGRAM__TOKEN_FILE"
    (tmp_path / "token").write_text("not a token CANARY")
    fault = only_fault_of(None, {"BOT_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")})
    assert fault.value_shown == "(hidden)"


def test_a_secret_given_twice_in_one_place_is_a_fault_and_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    both = f'[telegram]\ntoken = "{TOKEN}"\ntoken_file = "{tmp_path / "token"}"\n'
    assert "only one of" in only_fault_of(file_of(tmp_path, both)).expected
    other = TOKEN.replace("1", "9")
    path = file_of(tmp_path, f'[telegram]\ntoken_file = "{tmp_path / "token"}"\n')
    assert load(path, {"BOT_TELEGRAM__TOKEN": other}).telegram.token.get_secret_value() == other
    path = file_of(tmp_path, f'[telegram]\ntoken = "{other}"\n')
    environ = {"BOT_TELEGRAM__TOKEN_FILE": str(tmp_path / "token")}
    assert load(path, environ).telegram.token.get_secret_value() == TOKEN


def test_a_password_file_needs_a_postgresql_address_without_one(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("CANARY")
    for url in ("", "sqlite:///x.db", "postgresql://u:CANARY@h/d"):
        environ = {
            "BOT_TELEGRAM__TOKEN": TOKEN,
            "BOT_DATABASE__URL": url,
            "BOT_DATABASE__PASSWORD_FILE": str(tmp_path / "password"),
        }
        assert "PASSWORD_FILE" in only_fault_of(None, environ).where


def test_the_webhook_needs_address_and_secret() -> None:
    faults = faults_of(None, {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_TELEGRAM__MODE": "webhook"})
    assert [fault.where.split(" ")[0] for fault in faults] == ["telegram.webhook_url", "telegram.webhook_secret"]


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example.org/",
        "ftp://x/",
        "https://",
        "https://x/?a=1",
        "https://u:p@x/",
        "https://x:99999/",
        "https://x/healthz",
        "https://x/app/free",
        "https://x:8444/",
    ],
)
def test_a_webhook_address_that_telegram_cannot_call_is_a_fault(url: str) -> None:
    environ = {
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": url,
        "BOT_TELEGRAM__WEBHOOK_SECRET": "s",
    }
    assert only_fault_of(None, environ).where == "environment: BOT_TELEGRAM__WEBHOOK_URL"


def test_this_machine_may_be_called_without_tls() -> None:
    environ = {
        "BOT_TELEGRAM__TOKEN": TOKEN,
        "BOT_TELEGRAM__API_URL": "http://127.0.0.1:5000",
        "BOT_TELEGRAM__MODE": "webhook",
        "BOT_TELEGRAM__WEBHOOK_URL": "http://127.0.0.1:6000/hook",
        "BOT_TELEGRAM__WEBHOOK_SECRET": "s",
    }
    assert load(None, environ).webhook_path == "/hook"


@pytest.mark.parametrize("url", ["https://api.telegram.org/bot", "api.telegram.org", "https://x/bot123", "file:///x"])
def test_the_api_address_is_the_servers_root(url: str) -> None:
    environ = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_TELEGRAM__API_URL": url}
    assert only_fault_of(None, environ).where == "environment: BOT_TELEGRAM__API_URL"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("sqlite:///data/mentor.db", "sqlite:///data/mentor.db"),
        ("sqlite+aiosqlite:////var/x.db", "sqlite:////var/x.db"),
        ("postgres://u@h:5433/d", "postgresql+psycopg://u@h:5433/d"),
        ("postgresql+asyncpg://u@h/d?sslmode=require", "postgresql+psycopg://u@h/d?sslmode=require"),
    ],
)
def test_database_addresses_are_made_one_kind(given: str, used: str) -> None:
    assert normal_url(given).render_as_string(hide_password=False) == used


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///:memory:", "mysql://h/d", "postgresql://h", "nonsense"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"database|SQLite"):
        normal_url(url)


def test_keys_stand_in_the_environment_or_a_file_never_in_the_settings_file(tmp_path: Path) -> None:
    path = file_of(tmp_path, f'[telegram]\ntoken = "{TOKEN}"\n[keys]\nvalue = "CANARY"\n')
    assert "BOT_KEYS__VALUE" in only_fault_of(path).expected
    fault = only_fault_of(None, {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_KEYS__VALUE": "1:CANARY"})
    assert fault.where == "environment: BOT_KEYS__VALUE"
    settings = load(None, {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_KEYS__VALUE": KEY})
    assert keys_text(settings) == KEY


def test_commands_that_never_call_telegram_need_no_token() -> None:
    assert load(None, {}, need_token=False).telegram.token.get_secret_value() == ""


def test_settings_cannot_be_changed() -> None:
    settings = load(None, {}, need_token=False)
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]


def test_config_toml_is_found_where_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find(None) is None
    assert find(Path("x.toml")) == Path("x.toml")
    file_of(tmp_path, "")
    assert find(None) == Path("config.toml")


def settings_in(folder: Path, **more: str) -> Settings:
    environ = {
        "BOT_DATABASE__URL": f"sqlite:///{folder / 'data' / 'mentor.db'}",
        "BOT_KEYS__FILE": str(folder / "data" / "keys.txt"),
        "BOT_WEB__PORT": "0",
        **more,
    }
    return load(None, environ, need_token=False)


def test_a_new_place_gives_notes_only(tmp_path: Path) -> None:
    found = check(settings_in(tmp_path))
    assert [(note.where.split(" ")[0], note.is_note) for note in found] == [("keys.file", True), ("database.url", True)]


def test_a_key_file_is_made_for_its_owner_only_and_never_twice(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    path = Path(settings.keys.file)
    write_key_file(path, KEY)
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys_text(settings) == KEY + "\n"
    assert all(fault.is_note for fault in check(settings))
    with pytest.raises(FileExistsError):
        write_key_file(path, KEY)
    path.chmod(0o644)
    assert check(settings)[0].value_shown == "mode 0644"
    path.chmod(0o600)
    path.write_text("1:CANARY")
    fault = check(settings)[0]
    assert "base64" in fault.expected
    assert "CANARY" not in str(fault)


def test_a_database_without_its_keys_is_a_fault(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "mentor.db").write_bytes(b"SQLite format 3")
    found = check(settings)
    assert [fault.is_note for fault in found] == [False]
    assert "bring it back" in found[0].expected


def test_a_folder_that_is_none_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file in the way")
    found = [fault for fault in check(settings_in(tmp_path, BOT_KEYS__VALUE=KEY)) if not fault.is_note]
    assert len(found) == 1
    assert "folder" in found[0].expected


def test_a_taken_port_is_a_fault(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = check(settings_in(tmp_path, BOT_WEB__PORT=str(port)))
    assert [fault.value_shown for fault in found if not fault.is_note] == ["taken"]
    assert os.environ.get("BOT_WEB__PORT") is None


def test_a_page_over_http_is_for_this_machine_alone() -> None:
    environ = {"BOT_TELEGRAM__TOKEN": TOKEN, "BOT_WEB__PUBLIC_URL": "http://127.0.0.1:8081"}
    assert "PUBLIC_URL" in only_fault_of(None, environ).where
    load(None, environ | {"BOT_TELEGRAM__API_URL": "http://127.0.0.1:9000"})
