"""The settings: one typed object, made once at the start from a TOML file and the environment (bot/config_reading.py).

Every key can stand in the file or in the environment (`[telegram] token` is BOT_TELEGRAM__TOKEN, which wins; an empty
variable counts as not set). Secrets can also stand in files of their own.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config_values import (
    TELEGRAM,
    Rate,
    Section,
    Text,
    api_root,
    database_address,
    key,
    matches,
    normal_url,
    public_address,
    webhook_address,
    zone_name,
)
from models.appointments.rules import VisitRules
from models.events.rules import EventRules
from models.notices.rules import NoticeRules
from models.rights.rules import RetentionRules

DEFAULT_DATABASE = "sqlite:///data/mentor.db"


class Telegram(Section):
    """[telegram]; times in seconds."""

    token: Annotated[SecretStr, matches(r"\d+:[\w-]{30,}")] = key(
        SecretStr(""), "the bot's token as BotFather gave it: digits, a colon, letters"
    )
    api_url: Annotated[Text, AfterValidator(api_root)] = key(
        TELEGRAM, "the Bot API server's root, like https://api.telegram.org, without /bot and without a question mark"
    )
    mode: Literal["polling", "webhook"] = key("polling", '"polling" or "webhook"')
    webhook_url: Annotated[Text, AfterValidator(webhook_address)] = key(
        "",
        "an https address that Telegram can reach (http only for this machine itself), not one of the bot's own pages:"
        " /healthz, /readyz, /metrics, /calendar, /app",
    )
    webhook_secret: Annotated[SecretStr, matches(r"[\w-]{1,256}")] = key(
        SecretStr(""), "1 to 256 of the characters A-Z a-z 0-9 _ -"
    )
    poll_timeout: int = key(25, "whole seconds from 1 to 50", ge=1, le=50)


class DatabaseKeys(Section):
    """[database]; the address may hold a password."""

    url: Annotated[SecretStr, AfterValidator(database_address)] = key(
        SecretStr(DEFAULT_DATABASE),
        "sqlite:///path/of/the/file.db (a file, not memory) or postgresql://user:password@host/name",
    )


class Keys(Section):
    """[keys]: what seals names, phone numbers and messages."""

    file: Annotated[Text, Field(min_length=1)] = key("data/keys.txt", "the key file's path")
    value: SecretStr = key(SecretStr(""), "lines or comma-separated parts 'id:base64 of 32 bytes'")


class Web(Section):
    """[web]: where health, metrics and the webhook are served."""

    host: Annotated[Text, Field(min_length=1)] = key(
        "127.0.0.1", "an address of this machine, like 127.0.0.1 or 0.0.0.0"
    )
    port: int = key(8081, "a port from 1 to 65535, or 0 for any free one", ge=0, le=65535)
    public_url: Annotated[Text, AfterValidator(public_address)] = key(
        "", "the https address under which this machine's pages are reached, without a question mark; empty for nowhere"
    )


class School(Section):
    """[school]: what people are told, and the school's time."""

    name: Text = key("", "the school's name as in the roster; empty for every school of the roster")
    zone: Annotated[Text, AfterValidator(zone_name)] = key("Asia/Shanghai", "a time zone's name like Asia/Shanghai")
    invite_days: int = key(30, "whole days from 1 to 365", ge=1, le=365)
    phone: Text = key("", "a text of at most 100 characters", max_length=100)
    notice_operator: Text = key("", "a text of at most 200 characters", max_length=200)


class Hours(Section):
    """[hours]: when messages go out, and by when they are answered."""

    keep: bool = key(True, "true or false")
    answer_days: int = key(2, "whole school days from 1 to 20", ge=1, le=20)


def _from_json(value: Any) -> Any:
    """A list within the environment is written as JSON."""
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


Step = Annotated[
    tuple[Literal["mentor", "chief_mentor", "counsellor", "duty_leader", "admin"], ...], Field(min_length=1)
]


class Urgent(Section):
    """[urgent]: who is paged about a child's safety."""

    path: Annotated[tuple[Step, ...], BeforeValidator(_from_json)] = key(
        (("mentor",), ("chief_mentor",), ("counsellor",), ("duty_leader",)),
        "a list of steps, each a list of roles: mentor, chief_mentor, counsellor, duty_leader, admin",
        min_length=1,
    )
    minutes: int = key(10, "whole minutes from 1 to 240", ge=1, le=240)
    duty_phone: Text = key("", "a text of at most 60 characters", max_length=60)


Level = Annotated[str, BeforeValidator(lambda value: value.strip()), Field(min_length=1, max_length=12)]


class TeamKeys(Section):
    """[team]: what the class team uses among itself."""

    levels: Annotated[tuple[Level, ...], BeforeValidator(_from_json)] = key(
        ("平稳", "关注", "重点"),
        "a list of 2 to 5 names of at most 12 characters, from what needs nothing to what needs most",
        min_length=2,
        max_length=5,
    )


class VisitKeys(Section):
    """[visits]: home visits and set hours."""

    teachers: int = key(2, "1 or 2", ge=1, le=2)
    minutes: int = key(30, "whole minutes from 10 to 180, a multiple of 5", ge=10, le=180, multiple_of=5)
    hour_minutes: int = key(15, "whole minutes from 5 to 120, a multiple of 5", ge=5, le=120, multiple_of=5)
    latest: Annotated[Text, Field(pattern=r"^([01]?\d|2[0-3]):[0-5][05]$")] = key(
        "20:00", "a time of day like 20:00, minutes a multiple of 5"
    )
    travel_minutes: int = key(30, "whole minutes from 0 to 240, a multiple of 5", ge=0, le=240, multiple_of=5)
    near_minutes: int = key(10, "whole minutes from 0 to 240, a multiple of 5", ge=0, le=240, multiple_of=5)
    most_per_week: int = key(6, "a whole number from 1 to 100", ge=1, le=100)
    notice_hours: int = key(24, "whole hours from 1 to 240", ge=1, le=240)
    safety_minutes: int = key(60, "whole minutes from 10 to 240", ge=10, le=240)
    safety_step_minutes: int = key(15, "whole minutes from 5 to 120", ge=5, le=120)

    def rules(self) -> VisitRules:
        """The same as the rules take it."""
        hour, _, minute = self.latest.partition(":")
        return VisitRules(
            teachers=self.teachers,
            minutes=self.minutes,
            hour_minutes=self.hour_minutes,
            latest=int(hour) * 60 + int(minute),
            travel_minutes=self.travel_minutes,
            near_minutes=self.near_minutes,
            most_per_week=self.most_per_week,
            notice_hours=self.notice_hours,
            safety_minutes=self.safety_minutes,
            safety_step_minutes=self.safety_step_minutes,
        )


class EventKeys(Section):
    """[events]: parent classes and other events."""

    lectures: int = key(1, "a whole number from 1 to 10", ge=1, le=10)
    topic_days: int = key(21, "whole days from 7 to 60", ge=7, le=60)
    remind_minutes: int = key(60, "whole minutes from 15 to 360", ge=15, le=360)
    sign_in_minutes: int = key(30, "whole minutes from 5 to 120", ge=5, le=120)
    questions_days: int = key(3, "whole days from 1 to 14", ge=1, le=14)
    keep_days: int = key(30, "whole days from 14 to 200", ge=14, le=200)

    def rules(self) -> EventRules:
        """The same as the rules take it."""
        return EventRules(**self.model_dump())


class NoticeKeys(Section):
    """[notices]: what is said to many."""

    per_week: int = key(2, "a whole number from 1 to 50", ge=1, le=50)
    approve_above: int = key(500, "a whole number from 1 to 10000000", ge=1, le=10_000_000)
    valid_days: int = key(7, "whole days from 1 to 90", ge=1, le=90)
    list_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = key(
        "friday", "a day of the week like friday"
    )
    list_time: Annotated[Text, Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")] = key("18:00", "a time of day like 18:00")

    def rules(self) -> NoticeRules:
        """The same as the rules take it."""
        hour, _, minute = self.list_time.partition(":")
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        return NoticeRules(
            per_week=self.per_week,
            approve_above=self.approve_above,
            valid_days=self.valid_days,
            list_day=days.index(self.list_day),
            list_minute=int(hour) * 60 + int(minute),
        )


class RetentionKeys(Section):
    """[retention]: how many days each kind of record is kept."""

    messages: int = key(30, "whole days from 7 to 400", ge=7, le=400)
    drafts: int = key(7, "whole days from 2 to 60", ge=2, le=60)
    visits: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)
    records: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)
    private: int = key(150, "whole days from 30 to 4000", ge=30, le=4000)
    agreements: int = key(800, "whole days from 30 to 4000", ge=30, le=4000)
    notes: int = key(800, "whole days from 30 to 4000", ge=30, le=4000)
    file: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)
    team: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)
    requests: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)
    slips: int = key(1100, "whole days from 30 to 4000", ge=30, le=4000)
    cases: int = key(1100, "whole days from 365 to 7300", ge=365, le=7300)
    consents: int = key(1100, "whole days from 365 to 7300", ge=365, le=7300)
    invites: int = key(90, "whole days from 30 to 400", ge=30, le=400)
    corrections: int = key(90, "whole days from 30 to 400", ge=30, le=400)
    access: int = key(1100, "whole days from 365 to 7300", ge=365, le=7300)
    identity: int = key(400, "whole days from 30 to 4000", ge=30, le=4000)

    def rules(self) -> RetentionRules:
        """The same as the rules take it."""
        return RetentionRules(**self.model_dump())


def _own_or_trusted(value: str) -> str:
    """A line 'name:key', the key base64 of 32 bytes, as `python -m bot handover key` prints it."""
    name, _, public = value.strip().rpartition(":")
    if not name.strip() or len(base64.b64decode(public, validate=True)) != 32:
        raise ValueError(value)
    return value.strip()


class HandoverKeys(Section):
    """[handover]: whose signed files are taken."""

    trusted: Annotated[tuple[Annotated[str, BeforeValidator(_own_or_trusted)], ...], BeforeValidator(_from_json)] = key(
        (), "a list of 'name:key' of other deployments, each key as their `python -m bot handover key` prints it"
    )

    def keys(self) -> dict[str, str]:
        """Public keys, and whose they are."""
        return {one.rpartition(":")[2]: one.rpartition(":")[0].strip() for one in self.trusted}


class LimitKeys(Section):
    """[limits]: how fast may be sent."""

    bulk_per_second: Rate = key(30.0, "messages a second, above 0")
    people_count: bool = key(True, "true or false")
    paid_per_second: int = key(0, "a whole number from 0 to 1000; 0 for never", ge=0, le=1000)
    chat_per_second: Rate = key(1.0, "messages a second, above 0")
    chat_burst: int = key(5, "a whole number from 1 to 100", ge=1, le=100)
    person_per_minute: int = key(20, "a whole number from 1 to 100000", ge=1, le=100_000)
    in_flight: int = key(32, "a whole number from 1 to 1000", ge=1, le=1000)


class Logs(Section):
    """[logs]."""

    level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        BeforeValidator(lambda value: value.strip().upper() if isinstance(value, str) else value),
    ] = key("INFO", '"DEBUG", "INFO", "WARNING" or "ERROR"')
    format: Literal["json", "console"] = key("json", '"json" or "console"')


class BotKeys(Section):
    """[[bots]]: one of several bots, each a school's own. What is a rule (hours, zone, visits, events) is the deployment's."""

    token: Annotated[SecretStr, matches(r"\d+:[\w-]{30,}")] = key(
        SecretStr(""), "the bot's token as BotFather gave it: digits, a colon, letters"
    )
    school: Annotated[Text, Field(min_length=1)] = key(..., "the school's name as in the roster")
    webhook_url: Annotated[Text, AfterValidator(webhook_address)] = key(
        "",
        "an https address that Telegram can reach (http only for this machine itself), not one of the bot's own pages:"
        " /healthz, /readyz, /metrics, /calendar, /app",
    )
    webhook_secret: Annotated[SecretStr, matches(r"[\w-]{1,256}")] = key(
        SecretStr(""), "1 to 256 of the characters A-Z a-z 0-9 _ -"
    )
    phone: Text | None = key(None, "a text of at most 100 characters", max_length=100)
    notice_operator: Text | None = key(None, "a text of at most 200 characters", max_length=200)
    duty_phone: Text | None = key(None, "a text of at most 60 characters", max_length=60)
    limits: LimitKeys | None = key(None, "a table with keys of [limits]")
    """Those of [limits] with what this bot has instead."""


class Settings(BaseSettings):
    """All settings. Made by `load`; nothing else reads the file or the environment."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    telegram: Telegram = Telegram()
    database: DatabaseKeys = DatabaseKeys()
    keys: Keys = Keys()
    web: Web = Web()
    school: School = School()
    hours: Hours = Hours()
    urgent: Urgent = Urgent()
    team: TeamKeys = TeamKeys()
    visits: VisitKeys = VisitKeys()
    events: EventKeys = EventKeys()
    notices: NoticeKeys = NoticeKeys()
    retention: RetentionKeys = RetentionKeys()
    handover: HandoverKeys = HandoverKeys()
    limits: LimitKeys = LimitKeys()
    logs: Logs = Logs()
    bots: tuple[BotKeys, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` gives: it merges file and environment itself, to know where each value stands."""
        return (init_settings,)

    @property
    def database_url(self) -> str:
        """The address for SQLAlchemy's synchronous drivers, password included: never log it."""
        return normal_url(self.database.url.get_secret_value()).render_as_string(hide_password=False)

    @property
    def bot_base_url(self) -> str:
        """What python-telegram-bot calls base_url."""
        return f"{self.telegram.api_url}/bot"

    @property
    def file_base_url(self) -> str:
        """What python-telegram-bot calls base_file_url."""
        return f"{self.telegram.api_url}/file/bot"

    @property
    def webhook_path(self) -> str:
        """The path under which Telegram's calls arrive."""
        return urlsplit(self.telegram.webhook_url).path or "/"

    def each(self) -> list[Settings]:
        """The settings of each bot, as if it were the only one."""
        return [self._of(one) for one in self.bots] or [self]

    def _of(self, bot: BotKeys) -> Settings:
        own = bot.model_dump(include={"phone", "notice_operator"}, exclude_none=True)
        duty = bot.model_dump(include={"duty_phone"}, exclude_none=True)
        telegram = bot.model_dump(include={"token", "webhook_url", "webhook_secret"})
        return self.model_copy(
            update={
                "telegram": self.telegram.model_copy(update=telegram),
                "school": self.school.model_copy(update={"name": bot.school, **own}),
                "urgent": self.urgent.model_copy(update=duty),
                "limits": bot.limits or self.limits,
                "bots": (),
            }
        )

    @property
    def bot_id(self) -> int:
        """The messenger's id of the bot: the first part of its token. 0 where there is none."""
        return int(self.telegram.token.get_secret_value().partition(":")[0] or 0)


SECTIONS: dict[str, type[BaseModel]] = {
    "telegram": Telegram,
    "database": DatabaseKeys,
    "keys": Keys,
    "web": Web,
    "school": School,
    "hours": Hours,
    "urgent": Urgent,
    "team": TeamKeys,
    "visits": VisitKeys,
    "events": EventKeys,
    "notices": NoticeKeys,
    "retention": RetentionKeys,
    "handover": HandoverKeys,
    "limits": LimitKeys,
    "logs": Logs,
}
